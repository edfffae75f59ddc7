package grants

import (
	"cmp"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/guardrail/grant"
	"aws-access-guardrails/internal/clock"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/terminal"
	"aws-access-guardrails/internal/view/jsonline"
	"aws-access-guardrails/internal/words"
)

// Version is the version of the JSON form of Grants.
const Version = 1

// List are the grants of stack files, as they stand at an instant.
type List struct {
	Version int       `json:"version"`
	At      time.Time `json:"at"`
	// Grants are those that are open first, then those to come, then those that are over: each in the order in which
	// the next thing happens to it.
	Grants []Grant `json:"grants"`

	// Width is how wide a line of the text may be; zero is any width.
	Width int `json:"-"`

	zone *time.Location
	// read says that records were read, and unread how many of them could not be.
	read   bool
	unread int64
	// none is what is said where there are no grants.
	none string
}

// Use is what CloudTrail's records tell of the use of a grant. Records without a time mean that there are none of
// its account.
type Use struct {
	// LastUsed is nil where no record tells of a use.
	LastUsed *time.Time `json:"lastUsed,omitempty"`
	// RecordsFrom and RecordsTo are the times of the first and the last record of the account; nil where there is none.
	RecordsFrom *time.Time `json:"recordsFrom,omitempty"`
	RecordsTo   *time.Time `json:"recordsTo,omitempty"`
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
	// AskedBy and ApprovedBy are who asked for it and who approved it; empty where the file does not say.
	AskedBy    string `json:"askedBy,omitempty"`
	ApprovedBy string `json:"approvedBy,omitempty"`
	// From and Until are in UTC. ShellsEndBy is when the last shell that can be opened under it has been ended.
	From        time.Time `json:"from"`
	Until       time.Time `json:"until"`
	ShellsEndBy time.Time `json:"shellsEndBy"`
	// Use is when it was used last, where records were read.
	Use *Use `json:"use,omitempty"`
}

// The states of a grant, in the order in which they are listed.
const (
	Open   = "open"
	Coming = "coming"
	Over   = "over"
)

// Of are the grants of stacks at an instant. Text shows times in the zone, and in UTC.
func Of(moment time.Time, zone *time.Location, stacks ...*stack.Stack) *List {
	all := &List{
		Version: Version,
		At:      moment.UTC().Truncate(time.Second),
		Grants:  []Grant{},
		zone:    zone,
		none:    "There are no grants.",
	}
	for _, s := range stacks {
		for _, g := range s.AccessGrants() {
			one := Grant{
				Stack:       s.Name,
				Account:     s.Account.ID,
				State:       Open,
				Person:      g.Person,
				Role:        g.RoleName(),
				Opens:       cmp.Or(string(g.Opens), string(grant.GrantOSAccess)),
				Ticket:      g.Ticket,
				Projects:    g.Reaches(),
				RunAs:       g.RunAs,
				AskedBy:     g.AskedBy,
				ApprovedBy:  g.ApprovedBy,
				From:        g.From.UTC(),
				Until:       g.Until.UTC(),
				ShellsEndBy: g.ShellsEndBy().UTC(),
			}
			switch {
			case g.From.After(moment):
				one.State = Coming
			case !g.Until.After(moment):
				one.State = Over
			}
			all.Grants = append(all.Grants, one)
		}
	}
	states := []string{Open, Coming, Over}
	slices.SortStableFunc(all.Grants, func(a, b Grant) int {
		if c := slices.Index(states, a.State) - slices.Index(states, b.State); c != 0 {
			return c
		}
		if a.State == Coming {
			return a.From.Compare(b.From)
		}
		return a.Until.Compare(b.Until)
	})
	return all
}

// Since leaves those grants that an earlier state does not have as they are: the new ones, and those that became
// others.
func (g *List) Since(then *List) {
	g.none = "No grant is new, and none became another one."
	g.Grants = slices.DeleteFunc(g.Grants, func(one Grant) bool {
		return slices.ContainsFunc(then.Grants, func(other Grant) bool {
			one, other := one, other
			one.State, other.State, one.Use, other.Use = "", "", nil, nil
			return reflect.DeepEqual(one, other)
		})
	})
}

// Used tells of each grant when it was used last, in the order of Grants. unread is how many records could not be
// read, so that uses can be missing.
func (g *List) Used(uses []Use, unread int64) {
	g.read, g.unread = true, unread
	for i := range g.Grants {
		g.Grants[i].Use = &uses[i]
	}
}

// WriteJSON writes the grants as one line of JSON.
func (g *List) WriteJSON(w io.Writer) error { return jsonline.Write(w, g) }

// WriteText writes the grants as a table for a terminal, no wider than Width.
func (g *List) WriteText(w io.Writer) error {
	if len(g.Grants) == 0 {
		_, err := io.WriteString(w, g.none+"\n")
		return err
	}
	head := []string{"STATE", "PERSON", "STACK", "OPENS", "ROLE", "PROJECT", "OS USER", "TICKET", "WHEN"}
	if g.read {
		head = append(head, "LAST USED")
	}
	var rows [][]string
	for i := range g.Grants {
		one := &g.Grants[i]
		row := []string{
			one.State,
			one.Person,
			one.Stack,
			one.Opens,
			one.Role,
			words.OrNothing(strings.Join(one.Projects, ", ")),
			words.OrNothing(one.RunAs),
			one.Ticket,
			one.when(g.At, g.zone),
		}
		if g.read {
			row = append(row, one.lastUsed(g.At, g.zone))
		}
		rows = append(rows, row)
	}
	_, err := io.WriteString(w, terminal.Table(head, rows, g.Width)+terminal.Fit(g.known(), g.Width))
	return err
}

// known says what is not known of uses; empty where nothing is missing.
func (g *List) known() string {
	switch {
	case g.unread > 0:
		return fmt.Sprintf(
			"%d records or files could not be read, so that a use can be missing: replay lists them.\n",
			g.unread,
		)
	case !g.read && slices.ContainsFunc(g.Grants, func(one Grant) bool { return one.State != Coming }):
		return "When they were used last is not known here; --replay with the records of CloudTrail tells it.\n"
	}
	return ""
}

// lastUsed says since when a grant is unused, as far as the records tell.
func (g *Grant) lastUsed(moment time.Time, zone *time.Location) string {
	switch u := g.Use; {
	case g.State == Coming:
		return words.OrNothing("")
	case u == nil || u.RecordsTo == nil:
		return "not known: no records of " + g.Account
	case u.LastUsed != nil:
		text := clock.Show(*u.LastUsed, zone)
		if moment.After(*u.LastUsed) {
			text += ", unused for " + clock.Left(moment.Sub(*u.LastUsed))
		}
		return text
	case u.RecordsFrom.After(g.From):
		return fmt.Sprintf(
			"not in the records, which begin at %s and end at %s",
			clock.Show(*u.RecordsFrom, zone),
			clock.Show(*u.RecordsTo, zone),
		)
	default:
		return "not in the records, which end at " + clock.Show(*u.RecordsTo, zone)
	}
}

// when says what happens next, in words and as an instant.
func (g *Grant) when(moment time.Time, zone *time.Location) string {
	switch g.State {
	case Open:
		return fmt.Sprintf("until %s: %s left", clock.Show(g.Until, zone), clock.Left(g.Until.Sub(moment)))
	case Coming:
		return fmt.Sprintf(
			"in %s, from %s for %s",
			clock.Left(g.From.Sub(moment)),
			clock.Show(g.From, zone),
			clock.Left(g.Until.Sub(g.From)),
		)
	}
	text := fmt.Sprintf("ended at %s, %s ago", clock.Show(g.Until, zone), clock.Left(moment.Sub(g.Until)))
	if g.ShellsEndBy.After(moment) {
		text += "; its shells end by " + clock.Show(g.ShellsEndBy, zone)
	}
	return text
}
