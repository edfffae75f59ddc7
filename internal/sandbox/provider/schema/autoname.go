package schema

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// suffixDigits is how many random digits the real provider appends to a resource's name.
const suffixDigits = 7

// MadeUpName is the name of a resource whose program gives none: the one that it has, or the resource's name in the
// program and digits that follow from the engine's seed.
func MadeUpName(key resource.PropertyKey, name string, seed []byte, limit int, olds Values) resource.PropertyValue {
	if old, ok := olds[key]; ok && olds.Defaulted(key) {
		return old
	}
	sum := sha256.Sum256(append([]byte(name+" "), seed...))
	suffix := "-" + hex.EncodeToString(sum[:])[:suffixDigits]
	if len(name)+len(suffix) > limit {
		name = name[:limit-len(suffix)]
	}
	return Text(name + suffix)
}
