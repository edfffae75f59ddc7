package result

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"aws-access-guardrails/internal/awstype"
	"aws-access-guardrails/internal/awstype/token"
)

// replacedByHand are properties that AWS gives a resource when it is made: another one is another resource under the
// same name.
var replacedByHand = []string{"uniqueId"}

// Difference is one thing that AWS has otherwise than it is meant.
type Difference struct {
	// Property is the path of the property, such as "maxSessionDuration", "tags.Project" or
	// "content.inputs.idleSessionTimeout".
	Property string `json:"property"`
	// Statement is the Sid of a policy's statement, or "number 2" for one without; empty where the property is no
	// policy.
	Statement string `json:"statement,omitempty"`
	// Deployed and Found are the values as the program deploys them and as AWS has them; absent where there is none.
	Deployed any `json:"deployed,omitempty"`
	Found    any `json:"found,omitempty"`
	// ByHand is true when AWS has something else than the state had before AWS was read: somebody changed it. It is
	// false for an edit of the stack file that is not deployed yet, and for a change that "pulumi refresh" has taken
	// into the state; the two cannot be told apart.
	ByHand bool `json:"byHand"`
	// Left is true when up does not put it back, because the program does not set it.
	Left bool `json:"left,omitempty"`
	// Text says the same in words.
	Text string `json:"text"`

	Kind kind `json:"-"`
	// parts are what differs inside of a statement.
	parts []Difference
}

// kind is how two values differ.
type kind int

const (
	changedValue kind = iota
	setValue
	removedValue
	Listed
	addedStatement
	removedStatement
	changedStatement
	// madeAgain is a resource that somebody deleted and made again.
	madeAgain
	// older is an older version of a document in force.
	older
	// opaque are values that cannot be shown side by side.
	opaque
	// reordered is a policy with the same statements in another order.
	reordered
)

// top is the top-level property of a path.
func top(path string) string {
	if end := strings.IndexAny(path, ".["); end > 0 {
		return path[:end]
	}
	return path
}

// differences are what AWS holds otherwise than before, by property.
func differences(typ string, before, found map[string]any) []Difference {
	facts, _ := awstype.TypeOf(typ)
	keys := union(before, found)
	if _, ok := keys["tags"]; ok { // The same said twice: it is computed from tags.
		delete(keys, "tagsAll")
	}
	var all []Difference
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		if slices.Contains(facts.Reflected, key) || strings.HasPrefix(key, "__") {
			continue
		}
		if slices.Contains(replacedByHand, key) && before[key] != found[key] {
			return append(
				[]Difference{{Property: key, Deployed: before[key], Found: found[key], ByHand: true, Kind: madeAgain}},
				differences(typ, less(before, key), less(found, key))...)
		}
		all = append(all, differ(key, before[key], found[key])...)
	}
	return all
}

// olderInForce is a document of which somebody made an older version the default one: the provider reads and compares
// the newest version alone.
func olderInForce(typ string, found map[string]any) (Difference, bool) {
	inForce, newest := found["defaultVersion"], found["latestVersion"]
	if typ != token.SSMDocument || Empty(inForce) || Empty(newest) || inForce == newest {
		return Difference{}, false
	}
	return Difference{
		Property: "defaultVersion",
		Deployed: newest,
		Found:    inForce,
		ByHand:   true,
		Left:     true,
		Kind:     older,
	}, true
}

func less(object map[string]any, key string) map[string]any {
	object = maps.Clone(object)
	delete(object, key)
	return object
}

// differ compares one value: policies by statement, other documents and objects by key, lists as sets, and of lists of
// objects those by key that stand for each other.
func differ(path string, deployed, found any) []Difference {
	if Empty(deployed) && Empty(found) || reflect.DeepEqual(deployed, found) {
		return nil
	}
	if statements, ok := policies(path, deployed, found); ok {
		return statements
	}
	if a, b, ok := documents(deployed, found); ok {
		return differ(path, a, b)
	}
	if a, b, ok := both[map[string]any](deployed, found); ok {
		var all []Difference
		for _, key := range slices.Sorted(maps.Keys(union(a, b))) {
			all = append(all, differ(path+"."+key, a[key], b[key])...)
		}
		return all
	}
	if a, b, ok := both[[]any](deployed, found); ok {
		return listed(path, a, b)
	}
	d := Difference{Property: path, Deployed: deployed, Found: found}
	switch {
	case Empty(deployed):
		d.Kind = setValue
	case Empty(found):
		d.Kind = removedValue
	}
	return []Difference{d}
}

// listed compares two lists; the same in another order is no difference.
func listed(path string, deployed, found []any) []Difference {
	removed, added := without(deployed, found), without(found, deployed)
	var all []Difference
	for _, p := range paired(removed, added) {
		name := p.name
		if name == "" {
			name = fmt.Sprint(slices.IndexFunc(deployed, func(v any) bool { return reflect.DeepEqual(v, p.deployed) }))
		}
		all = append(all, differ(path+"["+name+"]", p.deployed, p.found)...)
		removed, added = without(removed, []any{p.deployed}), without(added, []any{p.found})
	}
	if len(removed)+len(added) == 0 {
		return all
	}
	d := Difference{Property: path, Deployed: deployed, Found: found, Kind: Listed}
	if len(all) > 0 { // Else what is told by key would be told again.
		d.Deployed, d.Found = removed, added
	}
	return append(all, d)
}

// pair are two objects of lists of which one became the other, with the name that both have; empty where they have none.
type pair struct {
	name            string
	deployed, found any
}

// naming are the keys by which an object of a list is known, the first that all have.
var naming = []string{"id", "name", "Name", "key", "Key"}

// paired are the objects of two lists that stand for each other: by their names, and where they have none by their
// order, if there are as many in both.
func paired(removed, added []any) (pairs []pair) {
	for _, key := range naming {
		was, isWas := byName(removed, key)
		is, isIs := byName(added, key)
		if !isWas || !isIs {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(was)) {
			if other, both := is[name]; both {
				pairs = append(pairs, pair{name, was[name], other})
			}
		}
		return pairs
	}
	if len(removed) != len(added) {
		return nil
	}
	for i := range removed {
		_, isWas := removed[i].(map[string]any)
		_, isIs := added[i].(map[string]any)
		if !isWas || !isIs {
			return nil
		}
		pairs = append(pairs, pair{deployed: removed[i], found: added[i]})
	}
	return pairs
}

// byName are the objects of a list by the text that they have under a key; false where one has none, or two have one.
func byName(list []any, key string) (map[string]any, bool) {
	named := map[string]any{}
	for _, item := range list {
		object, _ := item.(map[string]any)
		name, isText := object[key].(string)
		if _, twice := named[name]; twice || !isText {
			return nil, false
		}
		named[name] = item
	}
	return named, true
}

// documents are two texts that hold objects, read. One of them at least is JSON; Systems Manager takes YAML too, and
// somebody may have saved the other so.
func documents(a, b any) (x, y map[string]any, ok bool) {
	x, y = objectOf(a), objectOf(b)
	switch {
	case x != nil && y == nil:
		y = yamlOf(b)
	case x == nil && y != nil:
		x = yamlOf(a)
	}
	return x, y, x != nil && y != nil
}

// objectOf is the JSON object in a text; nil where there is none.
func objectOf(value any) (object map[string]any) {
	if text, isText := value.(string); isText && strings.HasPrefix(strings.TrimSpace(text), "{") {
		_ = json.Unmarshal([]byte(text), &object) // What cannot be read is compared as it is.
	}
	return object
}

// yamlOf is the object in a text of YAML, with the values that JSON has; nil where there is none.
func yamlOf(value any) (object map[string]any) {
	text, _ := value.(string)
	var read map[string]any
	if yaml.Unmarshal([]byte(text), &read) != nil {
		return nil
	}
	data, err := json.Marshal(read)
	if err != nil {
		return nil
	}
	_ = json.Unmarshal(data, &object)
	return object
}

// words say the difference: as what somebody did where that is known, as what up does where it is not.
func (d Difference) words() string {
	who, from, to := "somebody ", d.Deployed, d.Found
	if !d.ByHand {
		who, from, to = "up ", d.Found, d.Deployed
	}
	text := d.Property + ": "
	switch d.Kind {
	case madeAgain:
		return "somebody deleted it and made another of the same name; up makes that one what the stack file says"
	case older:
		text += fmt.Sprintf(
			"somebody made version %v the default one, and %v is the newest; ", d.Found, d.Deployed,
		)
		if d.Left {
			return text + "up leaves it: make the newest the default in the console of Systems Manager"
		}
		return text + "up makes a version of what the stack file says, and puts it in force"
	case opaque:
		text += tense(who, "changed", "changes") + " it"
	case reordered:
		return text + "the same statements in another order, which mean the same; up writes them in its own"
	case addedStatement, removedStatement:
		if (d.Kind == addedStatement) == d.ByHand {
			text += tense(who, "added", "adds") + " statement " + d.Statement + " " + Shown(to)
		} else {
			text += tense(who, "removed", "removes") + " statement " + d.Statement
		}
	case changedStatement:
		text += tense(who, "changed", "changes") + " statement " + d.Statement + ": "
		var parts []string
		for _, part := range d.parts {
			part.ByHand = d.ByHand
			parts = append(parts, part.brief(d.Statement))
		}
		text += strings.Join(parts, "; ")
	case Listed:
		text += who + listWords(from, to, d.ByHand)
	default:
		switch {
		case Empty(from):
			text += tense(who, "set", "sets") + " it to " + Shown(to)
		case Empty(to):
			text += tense(who, "removed", "removes") + " " + Shown(from)
		default:
			from, to = apart(from, to)
			text += tense(who, "changed", "changes") + " " + Shown(from) + " to " + Shown(to)
		}
	}
	if d.Left {
		text += "; no stack file sets it, and up leaves it"
	}
	return text
}

func tense(who, past, present string) string {
	if who == "up " {
		return who + present
	}
	return who + past
}

// brief is the difference inside of a statement.
func (d Difference) brief(statement string) string {
	from, to := d.Deployed, d.Found
	if !d.ByHand {
		from, to = to, from
	}
	key := strings.TrimPrefix(d.Property, statement+".") + ": "
	switch {
	case d.Kind == Listed:
		return key + listWords(from, to, true)
	case Empty(from):
		return key + "added " + Shown(to)
	case Empty(to):
		return key + "removed " + Shown(from)
	}
	from, to = apart(from, to)
	return key + Shown(from) + " to " + Shown(to)
}

// apart are two values without the beginning that long texts have alike: what differs is then not cut.
func apart(from, to any) (any, any) {
	a, b, ok := both[string](from, to)
	x, y := []rune(a), []rune(b)
	alike := 0
	for alike < min(len(x), len(y)) && x[alike] == y[alike] {
		alike++
	}
	const context = 20
	if !ok || alike < 3*context {
		return from, to
	}
	return "..." + string(x[alike-context:]), "..." + string(y[alike-context:])
}

// listWords say how a list became another.
func listWords(from, to any, past bool) string {
	a, b, _ := both[[]any](from, to)
	add, remove := "adds ", "removes "
	if past {
		add, remove = "added ", "removed "
	}
	var parts []string
	if added := without(b, a); len(added) > 0 {
		parts = append(parts, add+Shown(added...))
	}
	if removed := without(a, b); len(removed) > 0 {
		parts = append(parts, remove+Shown(removed...))
	}
	return strings.Join(parts, ", and ")
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

// Shown are values as a person reads them; long ones are cut.
func Shown(values ...any) string {
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
	add := func(sid string, kind kind, was, is any, parts ...Difference) {
		all = append(
			all,
			Difference{Property: path, Statement: sid, Deployed: was, Found: is, Kind: kind, parts: parts},
		)
	}
	for _, sid := range slices.Sorted(maps.Keys(union(a, b))) {
		was, had := a[sid]
		is, has := b[sid]
		switch {
		case !had:
			add(sid, addedStatement, nil, is)
		case !has:
			add(sid, removedStatement, was, nil)
		default:
			if parts := differ(sid, was, is); len(parts) > 0 {
				add(sid, changedStatement, was, is, parts...)
			}
		}
	}
	return all, len(all) > 0 ||
		sameBesideStatements(deployed, found) // Documents that differ elsewhere are compared as texts.
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

// Empty reports whether a property has no value, in any of the forms in which the provider says so.
func Empty(value any) bool {
	switch value := value.(type) {
	case nil:
		return true
	case string:
		return value == ""
	case []any:
		return len(value) == 0
	case map[string]any:
		return len(value) == 0
	}
	return false
}
