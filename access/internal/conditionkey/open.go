package conditionkey

import (
	"strings"
)

// Meeting is the name under which all keys meet that read one thing: a tag of the resource has several keys.
func (k *Key) Meeting() string {
	if k.Kind == KeyResourceTag {
		return "tag/" + strings.ToLower(k.Tag)
	}
	return strings.ToLower(k.Name)
}
