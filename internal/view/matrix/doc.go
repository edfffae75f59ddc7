// Package matrix shows who reaches which nodes as a table: as text, Markdown, CSV and JSON. Its rows are the facts of
// package reach in words.
package matrix
