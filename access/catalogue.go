package access

import (
	_ "embed"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:generate go run ./internal/cataloguegen -out catalogue.txt

// catalogueText is what AWS documents of its actions, resource types and condition keys; internal/cataloguegen describes the format.
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
	// Required tells that the action always names such a resource. Where no type of an action is required, it names one or none.
	Required bool
	// Keys are the condition keys that AWS sets when the action works on this type, besides those of the action and the global ones.
	Keys []string
}

// Actions lists every action that AWS documents, such as "ssm:StartSession", sorted by service and name.
func Actions() []string {
	c := catalogue()
	names := make([]string, len(c.actions))
	for i := range c.actions {
		names[i] = c.name(i)
	}
	return names
}

// KnownAction returns the action as AWS spells it, and false when AWS documents no such action. Case does not matter.
func KnownAction(action string) (string, bool) {
	c := catalogue()
	i, ok := c.find(action)
	if !ok {
		return "", false
	}
	return c.name(i), true
}

// ActionsMatching lists the actions of the catalogue that a pattern of an Action element matches, sorted.
func ActionsMatching(pattern string) []string {
	c := catalogue()
	var names []string
	for i := range c.matching(pattern).each() {
		names = append(names, c.name(i))
	}
	return names
}

// LevelsOf are the access levels of an action; nil when AWS documents no such action.
func LevelsOf(action string) []AccessLevel {
	c := catalogue()
	i, ok := c.find(action)
	if !ok {
		return nil
	}
	var levels []AccessLevel
	for _, letter := range []byte(c.entry(i).levels) {
		levels = append(levels, AccessLevel(letter))
	}
	return levels
}

// ResourceTypesOf are the resource types of an action, in AWS's order; nil for an action without any, whose resource is "*", and for an
// action that AWS does not document.
func ResourceTypesOf(action string) []ResourceType {
	c := catalogue()
	i, ok := c.find(action)
	if !ok {
		return nil
	}
	entry := c.entry(i)
	s := c.services[c.actions[i].service].details()
	types := make([]ResourceType, 0, len(entry.types))
	for _, ref := range entry.types {
		t := s.types[ref.index]
		keys := slices.Concat(s.keyNames(t.keys), s.keyNames(s.set(ref.keys)))
		types = append(types, ResourceType{Name: t.name, ARNs: slices.Clone(t.arns), Required: ref.required, Keys: sortedKeys(keys)})
	}
	return types
}

// KeysOf are the condition keys of its service and of tags that AWS documents for an action on any of its resource types, sorted. Keys with a
// part of their own end in a placeholder, such as aws:ResourceTag/${TagKey}. The global keys are left out: see KeyAppliesTo.
func KeysOf(action string) []string {
	c := catalogue()
	i, ok := c.find(action)
	if !ok {
		return nil
	}
	entry := c.entry(i)
	s := c.services[c.actions[i].service].details()
	keys := slices.Clone(s.keyNames(s.set(entry.keys)))
	for _, ref := range entry.types {
		keys = append(keys, s.keyNames(s.types[ref.index].keys)...)
		keys = append(keys, s.keyNames(s.set(ref.keys))...)
	}
	return sortedKeys(keys)
}

// KeyAppliesTo reports whether AWS sets a condition key in requests of an action: the keys that it documents for the action, and the global
// keys, but for those about tags of the resource and of the request, which it sets only where it documents them. An action that AWS does not
// document has every key.
func KeyAppliesTo(key, action string) bool {
	if !tagDependent(key) && isGlobalKey(key) {
		return true
	}
	if _, ok := KnownAction(action); !ok {
		return true
	}
	return slices.ContainsFunc(KeysOf(action), func(form string) bool { return keyHasForm(key, form) })
}

// tagDependent tells the global keys that AWS documents for each action by itself.
func tagDependent(key string) bool {
	lowered := strings.ToLower(key)
	return strings.HasPrefix(lowered, "aws:resourcetag/") || strings.HasPrefix(lowered, "aws:requesttag/") || lowered == "aws:tagkeys"
}

func isGlobalKey(key string) bool {
	lowered := strings.ToLower(key)
	if strings.HasPrefix(lowered, "aws:principaltag/") || tagDependent(key) {
		return true
	}
	return slices.ContainsFunc(globalKeys, func(k globalKey) bool { return strings.EqualFold(k.name, key) })
}

// keyHasForm compares a key with a documented form, in which ${...} and "tag-key" stand for any text.
func keyHasForm(key, form string) bool {
	key, form = strings.ToLower(key), strings.ToLower(form)
	if at := strings.Index(form, "${"); at >= 0 {
		end := strings.IndexByte(form[at:], '}')
		if end < 0 {
			return key == form
		}
		rest := form[at+end+1:]
		return len(key) > at+len(rest) && strings.HasPrefix(key, form[:at]) && (strings.Contains(rest, "${") || strings.HasSuffix(key, rest))
	}
	if prefix, found := strings.CutSuffix(form, "/tag-key"); found {
		return strings.HasPrefix(key, prefix+"/") && len(key) > len(prefix)+1
	}
	return key == form
}

// catalogueIndex knows where in catalogueText everything is. Lines are read when they are asked for.
type catalogueIndex struct {
	services []*catalogueService
	actions  []catalogueAction
	byPrefix map[string]int
	patterns sync.Map // string -> actionSet
}

type catalogueAction struct {
	service int
	line    string
}

type catalogueService struct {
	prefix string
	// first and last bound the service's actions; head is everything before them.
	first, last int
	head        string
	details     func() *serviceDetails
}

type serviceDetails struct {
	keys     []string
	keyTypes []string
	types    []serviceType
	sets     [][]int

	formsOnce   sync.Once
	actionForms []*actionForms
}

type serviceType struct {
	name string
	arns []string
	keys []int
}

// actionEntry is the line of an action, read.
type actionEntry struct {
	levels string
	keys   int // a set; -1 for none
	types  []typeRef
}

type typeRef struct {
	index    int
	required bool
	keys     int
}

var catalogue = sync.OnceValue(func() *catalogueIndex {
	c := &catalogueIndex{byPrefix: map[string]int{}, actions: make([]catalogueAction, 0, 24000)}
	var current *catalogueService
	headAt := 0
	for at := 0; at < len(catalogueText); {
		end := at + strings.IndexByte(catalogueText[at:], '\n')
		line := catalogueText[at:end]
		switch line[0] {
		case '=':
			current = &catalogueService{prefix: line[1:], first: len(c.actions), last: len(c.actions)}
			c.byPrefix[line[1:]] = len(c.services)
			c.services = append(c.services, current)
			headAt = end + 1
		case '#', '?', '>', '%':
		default:
			if current.last == current.first {
				current.head = catalogueText[headAt:at]
			}
			c.actions = append(c.actions, catalogueAction{service: len(c.services) - 1, line: line})
			current.last = len(c.actions)
		}
		at = end + 1
	}
	for _, s := range c.services {
		s.details = sync.OnceValue(s.read)
	}
	return c
})

func (s *catalogueService) read() *serviceDetails {
	d := &serviceDetails{}
	for line := range strings.Lines(s.head) {
		line = strings.TrimSuffix(line, "\n")
		switch body := line[1:]; line[0] {
		case '?':
			kind, name, _ := strings.Cut(body, " ")
			d.keys, d.keyTypes = append(d.keys, name), append(d.keyTypes, kind)
		case '>':
			fields := strings.SplitN(body, " ", 3)
			d.types = append(d.types, serviceType{name: fields[2], arns: strings.Split(fields[0], "|"), keys: numbers(fields[1])})
		case '%':
			d.sets = append(d.sets, numbers(body))
		}
	}
	return d
}

func (d *serviceDetails) set(n int) []int {
	if n < 0 {
		return nil
	}
	return d.sets[n]
}

func (d *serviceDetails) keyNames(indexes []int) []string {
	names := make([]string, len(indexes))
	for i, n := range indexes {
		names[i] = d.keys[n]
	}
	return names
}

func (c *catalogueIndex) name(i int) string {
	name, _, _ := strings.Cut(c.actions[i].line, " ")
	return c.services[c.actions[i].service].prefix + ":" + name
}

// entry reads the line of an action. The generator's own test holds every line to the format, so nothing is checked here.
func (c *catalogueIndex) entry(i int) actionEntry {
	fields := strings.Fields(c.actions[i].line)
	e := actionEntry{levels: fields[1], keys: setNumber(fields[2])}
	for _, field := range fields[3:] {
		ref := typeRef{keys: -1}
		number, set, found := strings.Cut(field, ":")
		if found {
			ref.keys = setNumber(set)
		}
		number, ref.required = strings.CutSuffix(number, "!")
		ref.index, _ = strconv.Atoi(number)
		e.types = append(e.types, ref)
	}
	return e
}

// find looks an action up in any case.
func (c *catalogueIndex) find(action string) (int, bool) {
	prefix, name, found := strings.Cut(action, ":")
	if !found {
		return 0, false
	}
	n, ok := c.byPrefix[strings.ToLower(prefix)]
	if !ok {
		return 0, false
	}
	s := c.services[n]
	wanted := strings.ToLower(name)
	i, ok := slices.BinarySearchFunc(c.actions[s.first:s.last], wanted, func(a catalogueAction, wanted string) int {
		have, _, _ := strings.Cut(a.line, " ")
		return strings.Compare(strings.ToLower(have), wanted)
	})
	return s.first + i, ok
}

func setNumber(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}

func numbers(s string) []int {
	if s == "-" {
		return nil
	}
	var out []int
	for field := range strings.SplitSeq(s, ",") {
		out = append(out, setNumber(field))
	}
	return out
}

func sortedKeys(keys []string) []string {
	slices.Sort(keys)
	return slices.Compact(keys)
}
