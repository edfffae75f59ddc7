package catalogue

import (
	_ "embed"
	"slices"
	"strings"

	"aws-access-guardrails/access/internal/conditionkey"
)

//go:generate go run ./internal/cataloguegen -out catalogue.txt -look-alikes ../doors/testdata/look-alikes.txt

// catalogueText is what AWS documents of its actions, resource types and condition keys; internal/cataloguegen
// describes the format.
//
//go:embed catalogue.txt
var catalogueText string

// CatalogueVersion names the data that Actions, KeysOf and ResourceTypesOf answer from, as its first line has it.
func CatalogueVersion() string {
	line, _, _ := strings.Cut(catalogueText, "\n")
	return strings.TrimPrefix(line, "# ")
}

// AccessLevel is how AWS's Service Authorization Reference classes an action.
type AccessLevel byte

// The access levels.
const (
	LevelList        AccessLevel = 'L'
	LevelRead        AccessLevel = 'R'
	LevelWrite       AccessLevel = 'W'
	LevelPermissions AccessLevel = 'P'
	LevelTagging     AccessLevel = 'T'
)

// ResourceType is a kind of resource that an action works on.
type ResourceType struct {
	// Name is AWS's word, such as "instance".
	Name string
	// ARNs are the forms of its ARNs, with placeholders such as ${Region}.
	ARNs []string
	// Required tells that the action always names such a resource. Where no type of an action is required, it names
	// one or none.
	Required bool
	// Keys are the condition keys that AWS sets when the action works on this type, besides those of the action and
	// the global ones.
	Keys []string
}

// Actions lists every action that AWS documents, such as "ssm:StartSession", sorted by service and name.
func Actions() []string {
	c := Catalogue()
	names := make([]string, len(c.Actions))
	for i := range c.Actions {
		names[i] = c.Name(i)
	}
	return names
}

// KnownAction returns the action as AWS spells it, and false when AWS documents no such action. Case does not matter.
func KnownAction(action string) (string, bool) {
	c := Catalogue()
	i, ok := c.Find(action)
	if !ok {
		return "", false
	}
	return c.Name(i), true
}

// ActionsMatching lists the actions of the catalogue that a pattern of an Action element matches, sorted.
func ActionsMatching(pattern string) []string {
	c := Catalogue()
	var names []string
	for i := range c.Matching(pattern).Each() {
		names = append(names, c.Name(i))
	}
	return names
}

// LevelsOf are the access levels of an action; nil when AWS documents no such action.
func LevelsOf(action string) []AccessLevel {
	c := Catalogue()
	i, ok := c.Find(action)
	if !ok {
		return nil
	}
	var levels []AccessLevel
	for _, letter := range []byte(c.Entry(i).Levels) {
		levels = append(levels, AccessLevel(letter))
	}
	return levels
}

// ResourceTypesOf are the resource types of an action, in AWS's order; nil for an action without any, whose resource
// is "*", and for an action that AWS does not document.
func ResourceTypesOf(action string) []ResourceType {
	c := Catalogue()
	i, ok := c.Find(action)
	if !ok {
		return nil
	}
	entry := c.Entry(i)
	s := c.Services[c.Actions[i].Service].Details()
	types := make([]ResourceType, 0, len(entry.types))
	for _, ref := range entry.types {
		t := s.types[ref.index]
		keys := slices.Concat(s.keyNames(t.keys), s.keyNames(s.set(ref.keys)))
		types = append(
			types,
			ResourceType{Name: t.name, ARNs: slices.Clone(t.arns), Required: ref.required, Keys: sortedKeys(keys)},
		)
	}
	return types
}

// KeysOf are the condition keys of its service and of tags that AWS documents for an action on any of its resource
// types, sorted. Keys with a part of their own end in a placeholder, such as aws:ResourceTag/${TagKey}. The global
// keys are left out: see KeyAppliesTo.
func KeysOf(action string) []string {
	c := Catalogue()
	i, ok := c.Find(action)
	if !ok {
		return nil
	}
	entry := c.Entry(i)
	s := c.Services[c.Actions[i].Service].Details()
	keys := slices.Clone(s.keyNames(s.set(entry.keys)))
	for _, ref := range entry.types {
		keys = append(keys, s.keyNames(s.types[ref.index].keys)...)
		keys = append(keys, s.keyNames(s.set(ref.keys))...)
	}
	return sortedKeys(keys)
}

// KeyAppliesTo reports whether AWS sets a condition key in requests of an action: the keys that it documents for the
// action, and the global keys, but for those about tags of the resource and of the request, which it sets only where
// it documents them. An action that AWS does not document has every key.
func KeyAppliesTo(key, action string) bool {
	if !tagDependent(key) && IsGlobalKey(key) {
		return true
	}
	if _, ok := KnownAction(action); !ok {
		return true
	}
	if strings.EqualFold(action, "sts:AssumeRoleWithWebIdentity") && conditionkey.IsOIDCKey(key) {
		// The claims of a token, whose issuer no catalogue can have.
		return true
	}
	return slices.ContainsFunc(KeysOf(action), func(form string) bool { return keyHasForm(key, form) })
}

// tagDependent tells the global keys that AWS documents for each action by itself.
func tagDependent(key string) bool {
	lowered := strings.ToLower(key)
	return strings.HasPrefix(lowered, "aws:resourcetag/") || strings.HasPrefix(lowered, "aws:requesttag/") ||
		lowered == "aws:tagkeys"
}

func IsGlobalKey(key string) bool {
	lowered := strings.ToLower(key)
	if strings.HasPrefix(lowered, "aws:principaltag/") || tagDependent(key) {
		return true
	}
	return slices.ContainsFunc(
		conditionkey.GlobalKeys,
		func(k conditionkey.GlobalKey) bool { return strings.EqualFold(k.Name, key) },
	)
}

// keyHasForm compares a key with a documented form, in which ${...} and "tag-key" stand for any text.
func keyHasForm(key, form string) bool {
	key, form = strings.ToLower(key), strings.ToLower(form)
	if start := strings.Index(form, "${"); start >= 0 {
		end := strings.IndexByte(form[start:], '}')
		if end < 0 {
			return key == form
		}
		rest := form[start+end+1:]
		return len(key) > start+len(rest) && strings.HasPrefix(key, form[:start]) &&
			(strings.Contains(rest, "${") || strings.HasSuffix(key, rest))
	}
	if prefix, found := strings.CutSuffix(form, "/tag-key"); found {
		return strings.HasPrefix(key, prefix+"/") && len(key) > len(prefix)+1
	}
	return key == form
}
