package workspace

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// reflected are properties that say what other resources do, or follow from another property: who attaches a policy to a role by hand shows where the
// attachments of the role are listed.
var reflected = map[string][]string{
	roleType:                                   {"managedPolicyArns", "inlinePolicies"},
	"aws:iam/policy:Policy":                    {"attachmentCount", "policyId"},
	"aws:ssm/document:Document":                {"latestVersion", "defaultVersion", "hash", "hashType", "status", "createdDate", "documentVersion", "schemaVersion", "parameters", "description"},
	"aws:iam/user:User":                        {},
	"aws:organizations/policy:Policy":          {},
	"aws:ssoadmin/permissionSet:PermissionSet": {"createdDate"},
}

// replacedByHand are properties that AWS gives a resource when it is made: another one is another resource under the same name.
var replacedByHand = []string{"uniqueId"}

// differences are what AWS holds otherwise, by property.
func differences(typ string, deployed, found map[string]any) []Difference {
	keys := map[string]bool{}
	for key := range deployed {
		keys[key] = true
	}
	for key := range found {
		keys[key] = true
	}
	if keys["tags"] { // The same said twice: it is computed from tags.
		delete(keys, "tagsAll")
	}
	var all []Difference
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		if slices.Contains(reflected[typ], key) || strings.HasPrefix(key, "__") {
			continue
		}
		if slices.Contains(replacedByHand, key) && deployed[key] != found[key] {
			return []Difference{{
				Property: key, Deployed: deployed[key], Found: found[key], Text: "somebody deleted it and made another of the same name",
			}}
		}
		all = append(all, differ(key, deployed[key], found[key])...)
	}
	return all
}

// differ compares one value: policies by statement, objects by key, lists as sets.
func differ(path string, deployed, found any) []Difference {
	if empty(deployed) && empty(found) || reflect.DeepEqual(deployed, found) {
		return nil
	}
	if statements, ok := policies(path, deployed, found); ok {
		return statements
	}
	if a, b, ok := both[map[string]any](deployed, found); ok {
		var all []Difference
		for _, key := range slices.Sorted(maps.Keys(union(a, b))) {
			all = append(all, differ(path+"."+key, a[key], b[key])...)
		}
		return all
	}
	if a, b, ok := both[[]any](deployed, found); ok {
		if added, removed := without(b, a), without(a, b); len(added)+len(removed) > 0 {
			text := path + ": "
			if len(added) > 0 {
				text += "somebody added " + shown(added...)
			}
			if len(removed) > 0 {
				if len(added) > 0 {
					text += ", and "
				} else {
					text += "somebody "
				}
				text += "removed " + shown(removed...)
			}
			return []Difference{{Property: path, Deployed: deployed, Found: found, Text: text}}
		}
		return nil // The same in another order.
	}
	d := Difference{Property: path, Deployed: deployed, Found: found}
	switch {
	case empty(deployed):
		d.Text = fmt.Sprintf("%s: somebody set it to %s", path, shown(found))
	case empty(found):
		d.Text = fmt.Sprintf("%s: somebody removed %s", path, shown(deployed))
	default:
		d.Text = fmt.Sprintf("%s: %s was deployed, it is %s", path, shown(deployed), shown(found))
	}
	return []Difference{d}
}

// both gives two values as one kind, of which one may be absent.
func both[T any](a, b any) (x, y T, ok bool) {
	x, isX := a.(T)
	y, isY := b.(T)
	return x, y, isX && isY || isX && b == nil || isY && a == nil
}

func union(a, b map[string]any) map[string]any {
	all := maps.Clone(a)
	if all == nil {
		all = map[string]any{}
	}
	maps.Copy(all, b)
	return all
}

// without are the values of a that b does not have.
func without(a, b []any) []any {
	return slices.DeleteFunc(slices.Clone(a), func(v any) bool {
		return slices.ContainsFunc(b, func(w any) bool { return reflect.DeepEqual(v, w) })
	})
}

// shown are values as a person reads them; long ones are cut.
func shown(values ...any) string {
	var texts []string
	for _, value := range values {
		text, err := json.Marshal(value)
		if err != nil {
			text = []byte(fmt.Sprint(value))
		}
		texts = append(texts, oneLine(string(text), 120))
	}
	return strings.Join(texts, ", ")
}

// policies compares two texts that are policy documents by their statements; false where they are none.
func policies(path string, deployed, found any) ([]Difference, bool) {
	a, okA := statementsOf(deployed)
	b, okB := statementsOf(found)
	if !okA || !okB {
		return nil, false
	}
	var all []Difference
	add := func(sid, what string, was, is any) {
		all = append(all, Difference{Property: path, Statement: sid, Deployed: was, Found: is, Text: fmt.Sprintf("%s: somebody %s statement %s", path, what, sid)})
	}
	for _, sid := range slices.Sorted(maps.Keys(union(a, b))) {
		was, had := a[sid]
		is, has := b[sid]
		switch {
		case !had:
			add(sid, "added", nil, is)
			all[len(all)-1].Text += " " + shown(is)
		case !has:
			add(sid, "removed", was, nil)
		default:
			var parts []string
			for _, d := range differ(sid, was, is) {
				parts = append(parts, strings.TrimPrefix(d.Text, sid+"."))
			}
			if len(parts) == 0 {
				continue
			}
			add(sid, "changed", was, is)
			all[len(all)-1].Text = fmt.Sprintf("%s: somebody changed statement %s: %s", path, sid, strings.Join(parts, "; "))
		}
	}
	return all, len(all) > 0 || sameBesideStatements(deployed, found) // Documents that differ elsewhere are compared as texts.
}

// sameBesideStatements reports whether two policy documents in texts have the same version and id.
func sameBesideStatements(a, b any) bool {
	var one, two struct{ Version, ID string }
	x, _ := a.(string)
	y, _ := b.(string)
	return json.Unmarshal([]byte(x), &one) == nil && json.Unmarshal([]byte(y), &two) == nil && one == two
}

// statementsOf are the statements of a policy document in a text, by Sid, or by their number where they have none.
func statementsOf(value any) (map[string]any, bool) {
	text, ok := value.(string)
	if !ok || !strings.HasPrefix(strings.TrimSpace(text), "{") {
		return nil, false
	}
	var document struct{ Statement any }
	if err := json.Unmarshal([]byte(text), &document); err != nil || document.Statement == nil {
		return nil, false
	}
	list, ok := document.Statement.([]any)
	if !ok {
		list = []any{document.Statement}
	}
	statements := map[string]any{}
	for i, s := range list {
		sid := fmt.Sprintf("number %d", i+1)
		if object, ok := s.(map[string]any); ok {
			if given, ok := object["Sid"].(string); ok && given != "" {
				sid = given
			}
		}
		statements[sid] = s
	}
	return statements, true
}
