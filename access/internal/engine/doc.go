// Package engine is the evaluator: documents compiled once, and decisions about requests. What it decides, and why,
// is public as package access.
package engine
