package catalogue

import (
	"slices"
	"strconv"
	"strings"
	"sync"
)

// catalogueIndex knows where in catalogueText everything is. Lines are read when they are asked for.
type catalogueIndex struct {
	Services []*catalogueService
	Actions  []catalogueAction
	ByPrefix map[string]int
	patterns sync.Map // string -> actionSet
}

type catalogueAction struct {
	Service int
	Line    string
}

type catalogueService struct {
	Prefix string
	// first and last bound the service's actions; head is everything before them.
	First, Last int
	Head        string
	Details     func() *serviceDetails
}

type serviceDetails struct {
	keys     []string
	keyTypes []string
	types    []serviceType
	sets     [][]int

	formsOnce   sync.Once
	actionForms []*ActionForms
}

type serviceType struct {
	name string
	arns []string
	keys []int
}

// actionEntry is the line of an action, read.
type actionEntry struct {
	Levels string
	keys   int // a set; -1 for none
	types  []typeRef
}

type typeRef struct {
	index    int
	required bool
	keys     int
}

var Catalogue = sync.OnceValue(func() *catalogueIndex {
	c := &catalogueIndex{ByPrefix: map[string]int{}, Actions: make([]catalogueAction, 0, 24000)}
	var current *catalogueService
	headAt := 0
	for start := 0; start < len(catalogueText); {
		end := start + strings.IndexByte(catalogueText[start:], '\n')
		line := catalogueText[start:end]
		switch line[0] {
		case '=':
			current = &catalogueService{Prefix: line[1:], First: len(c.Actions), Last: len(c.Actions)}
			c.ByPrefix[line[1:]] = len(c.Services)
			c.Services = append(c.Services, current)
			headAt = end + 1
		case '#', '?', '>', '%':
		default:
			if current.Last == current.First {
				current.Head = catalogueText[headAt:start]
			}
			c.Actions = append(c.Actions, catalogueAction{Service: len(c.Services) - 1, Line: line})
			current.Last = len(c.Actions)
		}
		start = end + 1
	}
	for _, s := range c.Services {
		s.Details = sync.OnceValue(s.read)
	}
	return c
})

func (s *catalogueService) read() *serviceDetails {
	d := &serviceDetails{}
	for line := range strings.Lines(s.Head) {
		line = strings.TrimSuffix(line, "\n")
		switch body := line[1:]; line[0] {
		case '?':
			kind, name, _ := strings.Cut(body, " ")
			d.keys, d.keyTypes = append(d.keys, name), append(d.keyTypes, kind)
		case '>':
			fields := strings.SplitN(body, " ", 3)
			d.types = append(
				d.types,
				serviceType{name: fields[2], arns: strings.Split(fields[0], "|"), keys: numbers(fields[1])},
			)
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

func (c *catalogueIndex) Name(i int) string {
	name, _, _ := strings.Cut(c.Actions[i].Line, " ")
	return c.Services[c.Actions[i].Service].Prefix + ":" + name
}

// Entry reads the line of an action. The generator's own test holds every line to the format, so nothing is checked
// here.
func (c *catalogueIndex) Entry(i int) actionEntry {
	fields := strings.Fields(c.Actions[i].Line)
	e := actionEntry{Levels: fields[1], keys: setNumber(fields[2])}
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

// Find looks an action up in any case.
func (c *catalogueIndex) Find(action string) (int, bool) {
	prefix, name, found := strings.Cut(action, ":")
	if !found {
		return 0, false
	}
	n, ok := c.ByPrefix[strings.ToLower(prefix)]
	if !ok {
		return 0, false
	}
	s := c.Services[n]
	wanted := strings.ToLower(name)
	i, ok := slices.BinarySearchFunc(c.Actions[s.First:s.Last], wanted, func(a catalogueAction, wanted string) int {
		have, _, _ := strings.Cut(a.Line, " ")
		return strings.Compare(strings.ToLower(have), wanted)
	})
	return s.First + i, ok
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
