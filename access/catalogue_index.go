package access

import (
	"slices"
	"strconv"
	"strings"
	"sync"
)

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
