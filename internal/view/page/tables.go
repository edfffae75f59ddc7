package page

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/doors"
	"aws-access-guardrails/internal/reach"
	"aws-access-guardrails/internal/view/explain"
	"aws-access-guardrails/internal/view/matrix"
	"aws-access-guardrails/internal/words"
)

// tables are who reaches what, for the script. Each text stands once, in Strings; everything else names texts and
// rows by their number, so that an organization of thousands stays small.
//
// Journeys of different people are the same but for the person: in the texts of steps nameMark and arnMark stand for
// the name and the ARN of the person of the way.
type tables struct {
	Strings []string `json:"strings"`
	// People are name, ARN, account and what kind of person it is, each a string.
	People [][]int `json:"people"`
	// Roles are name, ARN and account, each a string.
	Roles [][]int `json:"roles"`
	Doors []door  `json:"doors"`
	Ways  []way   `json:"ways"`
	Steps []step  `json:"steps"`
	// Journeys are lists of steps.
	Journeys [][]int  `json:"journeys"`
	Notes    []string `json:"notes"`
	Marks    []string `json:"marks"`
	// Nothing is the string of a cell that has nothing to say.
	Nothing int `json:"nothing"`
}

// door is a door with what somebody does who uses it.
type door struct {
	Name  string `json:"name"`
	Words string `json:"words"`
}

// way is a row of the table. Keys are short because there are many.
type way struct {
	Person int   `json:"p"`
	Via    []int `json:"r,omitempty"`
	// Account, Project, OSUser, Region, SignIn and When are strings.
	Account int   `json:"a"`
	Project int   `json:"n"`
	Doors   []int `json:"d,omitempty"`
	OSUser  int   `json:"o"`
	Region  int   `json:"g"`
	SignIn  int   `json:"s"`
	When    int   `json:"w"`
	// Others are further ways onto nodes, each a string.
	Others []int `json:"e,omitempty"`
	// Time is 0 for always, 1 for one that has an end, 2 for one that begins later, 3 for nothing at all.
	Time int `json:"t,omitempty"`
	// Weak is asSuperuser where somebody becomes a superuser, withoutMFA where somebody gets there without MFA, and the
	// sum of both where both are so.
	Weak  int   `json:"x,omitempty"`
	Notes []int `json:"i,omitempty"`
	// Journeys are those of the doors, in their order; of a way without doors the one of its roles.
	Journeys []int `json:"j,omitempty"`
}

// How a way is weak.
const (
	asSuperuser = 1 << iota
	withoutMFA
)

// step is a step of a journey: what it does, how it ended, and what decided. All texts are strings.
type step struct {
	Does    int    `json:"d"`
	Outcome int    `json:"o"`
	Note    int    `json:"n,omitempty"`
	Calls   []call `json:"c,omitempty"`
}

type call struct {
	Action   int       `json:"a"`
	Resource int       `json:"r"`
	Rule     int       `json:"u,omitempty"`
	Says     []verdict `json:"l,omitempty"`
}

// verdict is what one set of policies says, with the statements that say it and why they apply.
type verdict struct {
	Sentence   int     `json:"s"`
	Statements [][]int `json:"t,omitempty"`
}

// The marks stand for the person. No text of a file can have them: internal/visible shows characters of private use
// as escapes.
const (
	nameMark = "\ue000"
	arnMark  = "\ue001"
)

type builder struct {
	tables
	facts   *reach.Facts
	strings map[string]int
	people  map[string]int
	roles   map[string]int
	notes   map[string]int
	steps   map[string]int
	paths   map[string]int
}

func newTables(f *reach.Facts) (tables, error) {
	b := &builder{
		facts:   f,
		strings: map[string]int{},
		people:  map[string]int{},
		roles:   map[string]int{},
		notes:   map[string]int{},
		steps:   map[string]int{},
		paths:   map[string]int{},
	}
	b.tables = tables{
		Strings:  []string{},
		People:   [][]int{},
		Roles:    [][]int{},
		Ways:     []way{},
		Steps:    []step{},
		Journeys: [][]int{},
		Notes:    []string{},
		Marks:    []string{nameMark, arnMark},
	}
	b.text("")
	b.Nothing = b.text(words.Nothing)
	for _, d := range f.Doors() {
		b.Doors = append(b.Doors, door{string(d), doorWords(d)})
	}
	m := matrix.OfFacts(f)
	for i := range f.Ways {
		if err := b.add(&f.Ways[i], &m.Rows[i]); err != nil {
			return tables{}, err
		}
	}
	return b.tables, nil
}

func doorWords(d reach.Door) string {
	switch d {
	case reach.Start:
		return "start nodes"
	case reach.Stop:
		return "stop nodes"
	}
	if way, known := doors.WayNamed(string(d)); known {
		return way.Does
	}
	return string(d)
}

// text is the number of a text in Strings.
func (b *builder) text(s string) int { return intern(b.strings, &b.Strings, s, line(s)) }

// intern is the number of a value in a table, which it enters once.
func intern[T any](known map[string]int, table *[]T, key string, value T) int {
	n, found := known[key]
	if !found {
		n = len(*table)
		known[key] = n
		*table = append(*table, value)
	}
	return n
}

func (b *builder) add(w *reach.Way, row *matrix.Row) error {
	cells := row.Cells()
	out := way{
		Person: b.person(
			w.Person,
		),
		Account: b.text(accountName(w.Account())),
		Project: b.text(cells.Project),
		OSUser:  b.text(cells.OSUser),
		Region:  b.text(cells.Region),
		SignIn:  b.text(cells.SignIn),
		When:    b.text(when(w)),
		Time:    timeOf(w, b.facts.At),
	}
	if w.OSUser.Superuser {
		out.Weak |= asSuperuser
	}
	if len(w.WithoutMFA()) > 0 {
		out.Weak |= withoutMFA
	}
	for _, o := range row.Others {
		out.Others = append(out.Others, b.text(o))
	}
	for i := range w.Via {
		role := &w.Via[i]
		out.Via = append(out.Via, intern(b.roles, &b.Roles, role.ARN,
			[]int{b.text(words.OfRole(role)), b.text(role.ARN), b.text(accountName(role.Account))}))
	}
	for _, a := range w.Assumptions {
		assumed := words.OfAssumption(a).Text
		out.Notes = append(out.Notes, intern(b.notes, &b.Notes, assumed, line(assumed)))
	}
	for _, d := range w.Doors {
		for n := range b.Doors {
			if b.Doors[n].Name == string(d) {
				out.Doors = append(out.Doors, n)
			}
		}
	}
	if !w.Nothing() {
		if err := b.journeys(&out, w); err != nil {
			return err
		}
	}
	b.Ways = append(b.Ways, out)
	return nil
}

func (b *builder) person(p reach.Person) int {
	kind := map[reach.PersonKind]string{
		reach.IAMUser: "IAM user", reach.IdentityCenterUser: "user of IAM Identity Center", reach.IdentityCenterGroup: "group of IAM Identity Center",
		reach.Partner: "partner",
	}[p.Kind]
	home := "IAM Identity Center"
	switch p.Kind {
	case reach.IAMUser:
		home = accountName(p.Account)
	case reach.Partner:
		home = "elsewhere"
	}
	return intern(b.people, &b.People, p.ARN, []int{b.text(p.Name), b.text(p.ARN), b.text(home), b.text(kind)})
}

// journeys adds the journey of each door. An account that nobody describes has none.
func (b *builder) journeys(out *way, w *reach.Way) error {
	open := w.Doors
	if len(open) == 0 {
		open = []reach.Door{""}
	}
	for _, a := range w.Assumptions {
		if a.Kind == reach.AccountHasNoNodes {
			return nil
		}
	}
	unnamed := strings.NewReplacer(line(w.Person.ARN), arnMark, line(w.Person.Name), nameMark)
	for _, d := range open {
		walked, err := b.facts.Walk(w, d)
		if err != nil {
			return err
		}
		steps, err := explain.Steps(walked.Engine, walked.Steps)
		if err != nil {
			return err
		}
		var numbers []int
		for i := range steps {
			if i == 0 {
				steps[i].Does = signInWords(w, walked.SignIn)
			}
			numbers = append(numbers, b.step(&steps[i], unnamed))
		}
		key, err := json.Marshal(numbers)
		if err != nil {
			return err
		}
		out.Journeys = append(out.Journeys, intern(b.paths, &b.Journeys, string(key), numbers))
	}
	return nil
}

// signInWords is the first step, the sign-in.
func signInWords(w *reach.Way, s reach.SignIn) string {
	if s == reach.Portal {
		return "Signs in to the access portal of IAM Identity Center"
	}
	if s == reach.ExternalID {
		return "Assumes " + w.Via[0].Name + " with the external id"
	}
	return "Signs in as " + w.Person.Name + " of " + accountName(w.Person.Account) + ": " + string(s)
}

func (b *builder) step(s *explain.Step, unnamed *strings.Replacer) int {
	text := func(words string) int {
		words = unnamed.Replace(line(words))
		return intern(b.strings, &b.Strings, words, words)
	}
	out := step{Does: text(s.Sentence()), Outcome: text(s.Outcome), Note: text(s.Note)}
	if s.Fails != "" {
		out.Outcome = text("fails: " + s.Fails)
	}
	for i := range s.Calls {
		c := &s.Calls[i]
		one := call{Action: text(c.Action), Resource: text(c.Resource), Rule: text(c.Rule)}
		passed := false
		for _, l := range c.Layers {
			if onlyFullAccess(l) {
				passed = true
				continue
			}
			if passed {
				one.Says = append(one.Says, verdict{Sentence: text("No service control policy denies it.")})
				passed = false
			}
			v := verdict{Sentence: text(l.Sentence())}
			for _, st := range l.Statements {
				words := []int{text(statementWords(st.Sid)), text(st.Policy), text(st.Sid)}
				for _, reason := range st.Reasons {
					words = append(words, text(reason))
				}
				v.Statements = append(v.Statements, words)
			}
			one.Says = append(one.Says, v)
		}
		out.Calls = append(out.Calls, one)
	}
	key, err := json.Marshal(out)
	if err != nil {
		panic("page: a step is numbers alone: " + err.Error())
	}
	return intern(b.steps, &b.Steps, string(key), out)
}

// onlyFullAccess reports whether all that a set of policies says is AWS's default, which allows everything.
func onlyFullAccess(l explain.Layer) bool {
	return l.Kind == access.ServiceControlPolicySource.String() && l.Says == "allows" &&
		!slices.ContainsFunc(l.Statements, func(s explain.Statement) bool { return s.Policy != "FullAWSAccess" })
}

// statementWords is what a statement says, by its Sid; one without a Sid has its place.
func statementWords(sid string) string {
	if place, without := strings.CutPrefix(sid, "#"); without {
		return "Statement " + place + ", which has no Sid"
	}
	return words.OfSid(sid)
}

// accountName is the alias with the id, or the id alone.
func accountName(a reach.Account) string {
	if a.Alias == "" || a.Alias == a.ID {
		return a.ID
	}
	return a.Alias + " (" + a.ID + ")"
}

// when is the time of a way.
func when(w *reach.Way) string {
	switch {
	case w.Nothing():
		return "-"
	case w.From == nil && w.Until == nil:
		return "always"
	case w.From == nil:
		return "until " + clock(*w.Until)
	case w.Until == nil:
		return "from " + clock(*w.From)
	}
	return clock(*w.From) + " to " + clock(*w.Until)
}

func timeOf(w *reach.Way, moment time.Time) int {
	switch {
	case w.Nothing():
		return 3
	case w.From != nil && w.From.After(moment):
		return 2
	case w.Until != nil:
		return 1
	}
	return 0
}
