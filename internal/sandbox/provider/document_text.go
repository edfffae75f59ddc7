package provider

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"

	awspolicy "github.com/hashicorp/awspolicyequivalence"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// samePolicy holds policy documents that mean the same for equal, as the real provider does: the order of lists and of members does not count.
func samePolicy(old, new resource.PropertyValue) bool {
	if !old.IsString() || !new.IsString() {
		return false
	}
	equal, err := awspolicy.PoliciesAreEquivalent(old.StringValue(), new.StringValue())
	return err == nil && equal
}

// sameJSON holds texts that decode to the same JSON for equal.
func sameJSON(old, new resource.PropertyValue) bool {
	if !old.IsString() || !new.IsString() {
		return false
	}
	var a, b any
	if json.Unmarshal([]byte(old.StringValue()), &a) != nil || json.Unmarshal([]byte(new.StringValue()), &b) != nil {
		return false
	}
	return reflect.DeepEqual(a, b)
}

// checkPolicyText refuses what the real provider refuses as a policy without asking AWS.
func checkPolicyText(value resource.PropertyValue) string {
	text := value.StringValue()
	switch {
	case text == "":
		return "is an empty string, which is not a valid JSON value"
	case text[0] == ' ' || text[0] == '\t' || text[0] == '\r' || text[0] == '\n':
		return "contains an invalid JSON policy: leading space characters are not allowed"
	case text[0] == '"':
		return "contains an invalid JSON policy: contains a JSON-encoded string, not a JSON-encoded object"
	case text[0] == '[':
		return "contains an invalid JSON policy: contains a JSON array, not a JSON object"
	case text[0] != '{':
		return "contains an invalid JSON policy: not a JSON object"
	}
	if err := json.Unmarshal([]byte(text), new(any)); err != nil {
		return fmt.Sprintf("contains an invalid JSON policy: %v", err)
	}
	return ""
}

func checkJSONText(value resource.PropertyValue) string {
	if err := json.Unmarshal([]byte(value.StringValue()), new(any)); err != nil {
		return fmt.Sprintf("contains an invalid JSON: %v", err)
	}
	return ""
}

// normalizeJSON is the text as the real provider sends policies: minified, members sorted.
func normalizeJSON(text string) string {
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

// policyToSet is the text that the state keeps: the old one as long as AWS's means the same.
func policyToSet(old, fromAWS string) resource.PropertyValue {
	if old != "" && samePolicy(text(old), text(fromAWS)) {
		return text(old)
	}
	return text(normalizeJSON(fromAWS))
}
