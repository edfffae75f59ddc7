package report

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"aws-access-guardrails/guardrail/grant"
	"aws-access-guardrails/internal/clock"
	"aws-access-guardrails/internal/stack"
)

// GrantsVersion is the version of the JSON form of Grants.
const GrantsVersion = 1

// Grants are the grants of stack files, as they stand at an instant.
type Grants struct {
	Version int       `json:"version"`
	At      time.Time `json:"at"`
	// Grants are those that are open first, then those to come, then those that are over: each in the order in which
	// the next thing happens to it.
	Grants []Grant `json:"grants"`

	zone *time.Location
}

// Grant is one grant.
type Grant struct {
	Stack   string `json:"stack"`
	Account string `json:"account"`
	// State is "open", "coming" or "over". At from a grant is open, at until it is over.
	State  string `json:"state"`
	Person string `json:"person"`
	Role   string `json:"role"`
	// Opens is "osAccess", or the name of the role whose rights it gives.
	Opens    string   `json:"opens"`
	Ticket   string   `json:"ticket"`
	Projects []string `json:"projects,omitempty"`
	RunAs    string   `json:"runAs,omitempty"`
	// From and Until are in UTC. ShellsEndBy is when the last shell that can be opened under it has been ended.
	From        time.Time `json:"from"`
	Until       time.Time `json:"until"`
	ShellsEndBy time.Time `json:"shellsEndBy"`
}

// The states of a grant, in the order in which they are listed.
const (
	GrantOpen   = "open"
	GrantComing = "coming"
	GrantOver   = "over"
)

// GrantsOf are the grants of stacks at an instant. Text shows times in the zone, and in UTC.
func GrantsOf(at time.Time, zone *time.Location, stacks ...*stack.Stack) *Grants {
	all := &Grants{Version: GrantsVersion, At: at.UTC().Truncate(time.Second), Grants: []Grant{}, zone: zone}
	for _, s := range stacks {
		for _, g := range s.AccessGrants() {
			one := Grant{
				Stack:       s.Name,
				Account:     s.Account.ID,
				State:       GrantOpen,
				Person:      g.Person,
				Role:        g.RoleName(),
				Opens:       cmp.Or(string(g.Opens), string(grant.GrantOSAccess)),
				Ticket:      g.Ticket,
				Projects:    g.Reaches(),
				RunAs:       g.RunAs,
				From:        g.From.UTC(),
				Until:       g.Until.UTC(),
				ShellsEndBy: g.ShellsEndBy().UTC(),
			}
			switch {
			case g.From.After(at):
				one.State = GrantComing
			case !g.Until.After(at):
				one.State = GrantOver
			}
			all.Grants = append(all.Grants, one)
		}
	}
	states := []string{GrantOpen, GrantComing, GrantOver}
	slices.SortStableFunc(all.Grants, func(a, b Grant) int {
		if c := slices.Index(states, a.State) - slices.Index(states, b.State); c != 0 {
			return c
		}
		if a.State == GrantComing {
			return a.From.Compare(b.From)
		}
		return a.Until.Compare(b.Until)
	})
	return all
}

// WriteJSON writes the grants as one line of JSON.
func (g *Grants) WriteJSON(w io.Writer) error { return writeJSON(w, g) }

// WriteText writes the grants as a table for a terminal.
func (g *Grants) WriteText(w io.Writer) error {
	if len(g.Grants) == 0 {
		_, err := io.WriteString(w, "There are no grants.\n")
		return err
	}
	var table bytes.Buffer
	columns := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(columns, "STATE\tPERSON\tSTACK\tOPENS\tROLE\tPROJECT\tOS USER\tTICKET\tWHEN")
	for i := range g.Grants {
		one := &g.Grants[i]
		fmt.Fprintln(
			columns,
			strings.Join(
				[]string{one.State, one.Person, one.Stack, one.Opens, one.Role, orNothing(strings.Join(one.Projects, ", ")),
					orNothing(one.RunAs), one.Ticket, one.when(g.At, g.zone)},
				"\t",
			),
		)
	}
	if err := columns.Flush(); err != nil {
		return err
	}
	_, err := w.Write(table.Bytes())
	return err
}

// when says what happens next, in words and as an instant.
func (g *Grant) when(at time.Time, zone *time.Location) string {
	switch g.State {
	case GrantOpen:
		return fmt.Sprintf("until %s: %s left", clock.Show(g.Until, zone), clock.Left(g.Until.Sub(at)))
	case GrantComing:
		return fmt.Sprintf(
			"in %s, from %s for %s",
			clock.Left(g.From.Sub(at)),
			clock.Show(g.From, zone),
			clock.Left(g.Until.Sub(g.From)),
		)
	}
	text := fmt.Sprintf("ended at %s, %s ago", clock.Show(g.Until, zone), clock.Left(at.Sub(g.Until)))
	if g.ShellsEndBy.After(at) {
		text += "; its shells end by " + clock.Show(g.ShellsEndBy, zone)
	}
	return text
}
