// Package preferences is the preferences document of Session Manager, written and read here only.
package preferences
