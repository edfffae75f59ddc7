package grants

import (
	"strings"
	"time"

	"aws-access-guardrails/internal/clock"
)

// Fact is one thing that a stack file says of a grant. An empty Value says nothing.
type Fact struct{ Name, Value string }

// Facts are what the stack file says of the grant, with times in a zone.
func (g *Grant) Facts(zone *time.Location) []Fact {
	return []Fact{
		{"Person", g.Person},
		{"Opens", g.Opens},
		{"Projects", strings.Join(g.Projects, ", ")},
		{"OS user", g.RunAs},
		{"Account", g.Stack + " (" + g.Account + ")"},
		{"Role", g.Role},
		{"From", clock.Show(g.From, zone)},
		{"Until", clock.Show(g.Until, zone)},
		{"Ticket", g.Ticket},
		{"Asked by", g.AskedBy},
		{"Approved by", g.ApprovedBy},
	}
}
