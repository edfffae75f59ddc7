// Package jsonline writes what a verb found for machines: one value on one line.
package jsonline

import (
	"encoding/json"
	"io"
)

// Write writes a value as one line of JSON, with <, > and & as they are.
func Write(w io.Writer, v any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(v)
}
