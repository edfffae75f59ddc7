package catalogue

import (
	"slices"
	"strings"
)

// KeyType is the type that the catalogue has for a key, such as "ArrayOfString"; empty when it does not know the key.
func (c *catalogueIndex) KeyType(name string) string {
	prefix, _, _ := strings.Cut(name, ":")
	n, ok := c.ByPrefix[strings.ToLower(prefix)]
	if !ok {
		return ""
	}
	d := c.Services[n].Details()
	index := slices.IndexFunc(d.keys, func(form string) bool { return keyHasForm(name, form) })
	if index < 0 {
		return ""
	}
	return d.keyTypes[index]
}
