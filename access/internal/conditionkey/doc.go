// Package conditionkey knows the condition keys of AWS: how each is spelt, where its value comes from, and whether it
// has one value or several.
package conditionkey
