package schema

import (
	"bytes"
	"encoding/json"
	"reflect"

	awspolicy "github.com/hashicorp/awspolicyequivalence"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// samePolicy holds policy documents that mean the same for equal, as the real provider does: the order of lists and
// of members does not count.
func samePolicy(old, new resource.PropertyValue) bool {
	if !old.IsString() || !new.IsString() {
		return false
	}
	equal, err := awspolicy.PoliciesAreEquivalent(old.StringValue(), new.StringValue())
	return err == nil && equal
}

// SameJSON holds texts that decode to the same JSON for equal.
func SameJSON(old, new resource.PropertyValue) bool {
	if !old.IsString() || !new.IsString() {
		return false
	}
	var a, b any
	if json.Unmarshal([]byte(old.StringValue()), &a) != nil || json.Unmarshal([]byte(new.StringValue()), &b) != nil {
		return false
	}
	return reflect.DeepEqual(a, b)
}

// NormalizeJSON is the text as the real provider sends policies: minified, members sorted.
func NormalizeJSON(text string) string {
	var v any
	if json.Unmarshal([]byte(text), &v) != nil {
		return text
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if enc.Encode(v) != nil {
		return text
	}
	return string(bytes.TrimRight(buf.Bytes(), "\n"))
}

// PolicyToSet is the text that the state keeps: the old one as long as AWS's means the same.
func PolicyToSet(old, fromAWS string) resource.PropertyValue {
	if old != "" && samePolicy(Text(old), Text(fromAWS)) {
		return Text(old)
	}
	return Text(NormalizeJSON(fromAWS))
}
