package judging

import (
	_ "embed"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// namesText has the names of events that are not names of actions; its first lines describe the format.
//
//go:embed names.txt
var namesText string

// sdkNamesText is what the service models of AWS say, in the same format; tools/names writes it.
//
//go:embed names_sdk.txt
var sdkNamesText string

// untold is the action of a call that needs one of several, when the event does not tell which.
const untold = "?"

type namesTable struct {
	Prefixes map[string]string
	actions  map[string][]string
}

var NamesRead = sync.OnceValue(func() namesTable {
	t := namesTable{map[string]string{}, map[string][]string{}}
	for line := range strings.Lines(sdkNamesText + namesText) {
		text, _, _ := strings.Cut(line, "#")
		fields := strings.Fields(text)
		switch {
		case len(fields) != 3:
		case fields[0] == "@":
			t.Prefixes[fields[1]] = fields[2]
		default:
			t.actions[fields[0]+" "+fields[1]] = strings.Split(fields[2], ",")
		}
	}
	return t
})

// dated is the date that some services put behind the name of an operation.
//
// Source: AWS Lambda Developer Guide, Logging AWS Lambda API calls using AWS CloudTrail; Amazon CloudFront Developer
// Guide, likewise.
var dated = regexp.MustCompile(`^([A-Za-z]+?)(?:20[0-9]{6}|20[0-9]{2}_[0-9]{2}_[0-9]{2})(?:v[0-9]+)?$`)

// ActionsOf are the actions that AWS decides on for an event, and whether that is known. None is what a call has that
// needs no permission; "?" alone says that the event does not tell which of several it was. An event whose action AWS
// does not document is not known.
func ActionsOf(source, name string) (actions []string, known bool) {
	id := source + " " + name
	if have, ok := eventActions.Load(id); ok {
		found := have.(foundActions)
		return found.actions, found.known
	}
	actions, known = lookUpActions(source, name)
	if eventActionsKept.add() {
		eventActions.Store(id, foundActions{actions, known})
	}
	return actions, known
}

type foundActions struct {
	actions []string
	known   bool
}

var eventActions sync.Map // "source name" -> foundActions

// eventActionsKept bounds what is remembered: names in a log can be anything.
var eventActionsKept = &bounded{most: 50_000}

type bounded struct {
	sync.Mutex
	n, most int
}

func (b *bounded) add() bool {
	b.Lock()
	defer b.Unlock()
	b.n++
	return b.n <= b.most
}

func lookUpActions(source, name string) ([]string, bool) {
	t := NamesRead()
	service := strings.TrimSuffix(strings.TrimSuffix(source, ".cn"), ".amazonaws.com")
	if actions, listed := t.actions[service+" "+name]; listed {
		if slices.Equal(actions, []string{"-"}) {
			return nil, true
		}
		return actions, true
	}
	prefix := service
	if other, listed := t.Prefixes[service]; listed {
		prefix = other
	}
	if action, known := knownAction(prefix + ":" + name); known {
		return []string{action}, true
	}
	if m := dated.FindStringSubmatch(name); m != nil {
		if actions, listed := t.actions[service+" "+m[1]]; listed {
			return actions, true
		}
		if action, known := knownAction(prefix + ":" + m[1]); known {
			return []string{action}, true
		}
	}
	return nil, false
}
