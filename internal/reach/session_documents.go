package reach

import (
	"slices"
	"strings"

	"aws-access-guardrails/access/journey"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/access/world/sessiondoc"
)

// documentPrefix begins the doors that are session documents of an account, which have no kind of their own.
const documentPrefix = "document "

// DocumentDoor is the door that the session document of a name opens.
func DocumentDoor(name string) Door { return Door(documentPrefix + name) }

// OpensWith reports whether the door is opened with a session document.
func (d Door) OpensWith(document string) bool {
	if name, is := documentOf(d); is {
		return name == document
	}
	return world.DoorKind(d).Document() == document
}

// documentOf is the name of the session document that a door is.
func documentOf(door Door) (name string, is bool) {
	return strings.CutPrefix(string(door), documentPrefix)
}

// sessionDocuments are the session documents that an account has made in a Region, without the preferences, by name.
func sessionDocuments(account *world.Account, region string) []world.SessionDocument {
	var own []world.SessionDocument
	for _, d := range account.Documents {
		if d.Type == "Session" && d.Region == region && d.Owner == account.ID && d.Name != world.PreferencesDocument {
			own = append(own, d)
		}
	}
	slices.SortFunc(own, func(a, b world.SessionDocument) int { return strings.Compare(a.Name, b.Name) })
	return own
}

// doorOf is the door of a journey to a node: of one of the kinds, or of a session document.
func doorOf(door Door, account *world.Account, node world.Node) *journey.Door {
	name, is := documentOf(door)
	if !is {
		return &journey.Door{Kind: world.DoorKind(door), Node: node, Account: account.ID}
	}
	out := &journey.Door{Kind: world.Shell, Node: node, Account: account.ID, Document: name}
	for _, d := range sessionDocuments(account, node.Region) {
		if d.Name == name {
			out.Kind = sessiondoc.Opens(d.Content)
		}
	}
	return out
}

// Doors are the doors and powers of the facts: those of Doors, and the session documents that a way opens, by name.
func (f *Facts) Doors() []Door {
	var own []Door
	for i := range f.Ways {
		for _, door := range f.Ways[i].Doors {
			if _, is := documentOf(door); is && !slices.Contains(own, door) {
				own = append(own, door)
			}
		}
	}
	slices.Sort(own)
	return append(Doors(), own...)
}
