// Package schedule puts work that needs other work into levels, and runs it side by side as far as the needs allow.
package schedule
