package result

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// What the engine says of each protected resource is told of the others apart, each resource once; many are counted,
// and the first of them named.
func TestProtectedResourcesAreToldTogether(t *testing.T) {
	const says = "unable to delete resource \"x\"\nas it is currently marked for protection. To unprotect it ..."
	urnOf := func(name string) string { return "urn:pulumi:dev::p::aws:iam/user:User::" + name }
	other := Diagnostic{URN: urnOf("z"), Message: "AccessDenied"}
	kept, rest := KeptByProtection([]Diagnostic{
		{URN: urnOf("b"), Message: says}, other, {URN: urnOf("a"), Message: says}, {URN: urnOf("b"), Message: says},
	})
	assert.Equal(t, []string{urnOf("b"), urnOf("a")}, kept)
	assert.Equal(t, []Diagnostic{other}, rest)
	assert.Equal(t, "2 resources (iam.User a, iam.User b)", CountedAndNamed(kept))
	assert.Equal(t, "1 resource (iam.User a)", CountedAndNamed([]string{urnOf("a")}))
	var many []string
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
		many = append(many, urnOf(name))
	}
	assert.Equal(t, "8 resources (iam.User a, iam.User b, iam.User c, iam.User d, iam.User e, iam.User f and 2 more)",
		CountedAndNamed(many))
}
