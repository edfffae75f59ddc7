package world

import (
	"slices"
	"strconv"
	"strings"

	"aws-access-guardrails/policy"
)

// SourceUse says how many people a profile attribute of IAM Identity Center tells apart.
type SourceUse uint8

const (
	// SourceUnique: no two people of the identity store have one value.
	SourceUnique SourceUse = iota
	// SourcePersonal: meant for one person, and nothing keeps two people from having one value.
	SourcePersonal
	// SourceShared: many people have one value.
	SourceShared
)

// AttributeSource is an attribute in the profile of a person from which an attribute for access control can take its
// value.
type AttributeSource struct {
	// Path is the attribute, such as "enterprise.organization". The source is written "${path:<Path>}".
	Path string
	// Required says that everybody has a value.
	Required bool
	Use      SourceUse
	// Login says that a value can be a legal login of a Linux node.
	Login bool
}

// String is the source as attributes for access control have it.
func (s AttributeSource) String() string { return "${path:" + s.Path + "}" }

// attributeSources are all that IAM Identity Center supports; groups are not among them.
//
// Source: IAM Identity Center User Guide, Attribute mappings, "Supported IAM Identity Center attributes"; what
// everybody has: the constraints of the SCIM implementation developer guide, which wants names, userName and
// displayName.
var attributeSources = []AttributeSource{
	{Path: "userName", Required: true, Use: SourceUnique, Login: true},
	{Path: "name.familyName", Required: true, Use: SourcePersonal, Login: true},
	{Path: "name.givenName", Required: true, Use: SourcePersonal, Login: true},
	{Path: "displayName", Required: true, Use: SourcePersonal, Login: true},
	{Path: "nickName", Use: SourcePersonal, Login: true},
	{Path: "emails[primary eq true].value", Use: SourcePersonal},
	{Path: `addresses[type eq "work"].streetAddress`, Use: SourceShared, Login: true},
	{Path: `addresses[type eq "work"].locality`, Use: SourceShared, Login: true},
	{Path: `addresses[type eq "work"].region`, Use: SourceShared, Login: true},
	{Path: `addresses[type eq "work"].postalCode`, Use: SourceShared},
	{Path: `addresses[type eq "work"].country`, Use: SourceShared, Login: true},
	{Path: `addresses[type eq "work"].formatted`, Use: SourceShared},
	{Path: `phoneNumbers[type eq "work"].value`, Use: SourcePersonal},
	{Path: "userType", Use: SourceShared, Login: true},
	{Path: "title", Use: SourceShared, Login: true},
	{Path: "locale", Use: SourceShared, Login: true},
	{Path: "timezone", Use: SourceShared, Login: true},
	{Path: "enterprise.employeeNumber", Use: SourcePersonal, Login: true},
	{Path: "enterprise.costCenter", Use: SourceShared, Login: true},
	{Path: "enterprise.organization", Use: SourceShared, Login: true},
	{Path: "enterprise.division", Use: SourceShared, Login: true},
	{Path: "enterprise.department", Use: SourceShared, Login: true},
	{Path: "enterprise.manager.value", Use: SourceShared, Login: true},
}

// AttributeSources are the sources that IAM Identity Center supports.
func AttributeSources() []AttributeSource { return slices.Clone(attributeSources) }

// SourceOfUserNames is the one source that everybody has and that no two people share.
const SourceOfUserNames = "${path:userName}"

// ParseAttributeSource reads "${path:...}". The error is a *policy.ValueError.
func ParseAttributeSource(text string) (AttributeSource, error) {
	const write = "write one of the profile attributes that IAM Identity Center supports, such as " + SourceOfUserNames
	refused := func(why, fix string) (AttributeSource, error) {
		return AttributeSource{}, &policy.ValueError{Why: why, Fix: fix}
	}
	inner, prefixed := strings.CutPrefix(text, "${")
	inner, closed := strings.CutSuffix(inner, "}")
	if !prefixed || !closed {
		if index := sourceAt(text); index >= 0 {
			return refused("is not a source", "write "+attributeSources[index].String())
		}
		return refused("is not a source", write)
	}
	path, ours := strings.CutPrefix(inner, "path:")
	switch {
	case strings.Contains(strings.ToLower(inner), "group"):
		return refused(
			"is about groups, and groups are no source of attributes for access control",
			"put the value into the profile of each person, such as ${path:enterprise.department}, or assign a permission set to the group",
		)
	case !ours && (strings.HasPrefix(inner, "user:") || strings.HasPrefix(inner, "dir:")):
		return refused("is how attributes of a directory are mapped to Identity Center, and not a source", write)
	case !ours:
		return refused("is not a source", write)
	}
	if index := sourceAt(path); index >= 0 && attributeSources[index].Path == path {
		return attributeSources[index], nil
	}
	var known []string
	for _, s := range attributeSources {
		known = append(known, s.Path)
	}
	if near := policy.Closest(path, known); near != "" {
		return refused(
			"is not a profile attribute that IAM Identity Center supports",
			"did you mean "+strconv.Quote("${path:"+near+"}")+"?",
		)
	}
	return refused("is not a profile attribute that IAM Identity Center supports", write)
}

// sourceAt finds a path, whatever its case; -1 when there is none.
func sourceAt(path string) int {
	return slices.IndexFunc(attributeSources, func(s AttributeSource) bool { return strings.EqualFold(s.Path, path) })
}
