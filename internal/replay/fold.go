package replay

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"

	"aws-access-guardrails/internal/replay/cloudtrail"
	"aws-access-guardrails/internal/replay/judging"
)

// Row is what would have become of calls that are alike: the same caller, action and statement.
type Row struct {
	Section judging.Section `json:"section"`
	// Outcome is "refused" or "depends"; DependsOn are then the condition keys and resources that no record tells.
	Outcome   string   `json:"outcome"`
	DependsOn []string `json:"dependsOn,omitempty"`
	// Sid and Policy are the statement that refuses; Rule says in words what refuses where no statement does.
	Sid     string `json:"sid,omitempty"`
	Policy  string `json:"policy,omitempty"`
	Rule    string `json:"rule,omitempty"`
	Who     string `json:"who"`
	Account string `json:"account"`
	Action  string `json:"action"`
	// Count is how many calls, First and Last when.
	Count int64     `json:"count"`
	First time.Time `json:"first"`
	Last  time.Time `json:"last"`
	// Example is one of the events.
	Example string `json:"example,omitempty"`
	// Accepted is the reason that the file of accepted refusals gives; empty where it gives none.
	Accepted string `json:"accepted,omitempty"`

	sample *cloudtrail.Event
}

// Shell is a door to an operating system that somebody went through.
type Shell struct {
	Action  string `json:"action"`
	Who     string `json:"who"`
	Account string `json:"account"`
	// Sessions are names of role sessions: the people, where roles are shared. At most mostSessions.
	Sessions []string `json:"sessions,omitempty"`
	// Projects are those of the nodes whose tags a record or a stack tells; "" stands for nodes whose tags are not
	// known.
	Projects []string  `json:"projects"`
	Nodes    []string  `json:"nodes,omitempty"`
	Count    int64     `json:"count"`
	First    time.Time `json:"first"`
	Last     time.Time `json:"last"`
	// Lines are what keeps it working, for the stack file.
	Lines []string `json:"lines,omitempty"`
}

const (
	// mostRows bounds the rows that are kept; the calls of the others are counted.
	mostRows = 50_000
	// mostSessions and mostNodes bound the lists of one row.
	mostSessions, mostNodes = 20, 50
	// mostProblems bounds the problems that are told one by one.
	mostProblems = 100
)

// Problem is something of the input that could not be read.
type Problem struct {
	File   string `json:"file"`
	Line   int64  `json:"line,omitempty"`
	Record int64  `json:"record,omitempty"`
	Why    string `json:"why"`
}

// fold is what is kept of all events.
type fold struct {
	mu      sync.Mutex
	Rows    map[string]*Row
	Shells  map[string]*Shell
	Reasons map[judging.Reason]int64
	Unknown map[string]int64
	// Failed are events that failed already, by their error.
	Failed   map[string]int64
	Accounts map[string]int64
	// Overflow are calls that would have made more rows than are kept.
	Overflow                         int64
	Events, Doubles, Judged, Allowed int64
	First, Last                      time.Time
	Files, Skipped                   int64
	Problems                         []Problem
	ProblemCount                     int64
	pending                          map[eventKey]pendingCopy
}

func newFold() *fold {
	return &fold{
		Rows:     map[string]*Row{},
		Shells:   map[string]*Shell{},
		Reasons:  map[judging.Reason]int64{},
		Unknown:  map[string]int64{},
		Failed:   map[string]int64{},
		Accounts: map[string]int64{},
		pending:  map[eventKey]pendingCopy{},
	}
}

// pendingCopy is a copy for the account of a resource that is not simply allowed, until the caller's own record comes.
type pendingCopy struct {
	rows  []judging.Row
	event *cloudtrail.Event
}

func (f *fold) problem(p Problem) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ProblemCount++
	if len(f.Problems) < mostProblems {
		f.Problems = append(f.Problems, p)
	}
}

// count counts an event that is not judged.
func (f *fold) count(e *cloudtrail.Event, why judging.Reason) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.Events += e.Count
	f.Reasons[why] += e.Count
	switch why {
	case judging.UnknownAction:
		countName(f.Unknown, e.Source+" "+e.Name, e.Count)
	case judging.AlreadyFailed:
		countName(f.Failed, e.ErrorCode, e.Count)
	}
	if why != judging.OutsideOfQuestion {
		f.seen(e)
	}
}

// countName counts events under a name, of which there are not too many.
func countName(counts map[string]int64, name string, count int64) {
	if _, have := counts[name]; have || len(counts) < mostProblems {
		counts[name] += count
	}
}

func (f *fold) seen(e *cloudtrail.Event) {
	if f.First.IsZero() || e.First.Before(f.First) {
		f.First = e.First
	}
	if e.Last.After(f.Last) {
		f.Last = e.Last
	}
	account := cmp.Or(e.User.Account, e.Recipient)
	if _, have := f.Accounts[account]; have || len(f.Accounts) < mostRows {
		f.Accounts[account] += e.Count
	}
}

// judged takes the rows of an event.
func (f *fold) judged(e *cloudtrail.Event, rows []judging.Row) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.Events += e.Count
	f.Judged += e.Count
	f.seen(e)
	f.add(e, rows)
}

func (f *fold) add(e *cloudtrail.Event, rows []judging.Row) {
	if len(rows) == 0 {
		f.Allowed += e.Count
		return
	}
	for i := range rows {
		f.row(e, &rows[i])
	}
}

func (f *fold) row(e *cloudtrail.Event, r *judging.Row) {
	outcome := "refused"
	if r.Answer.Outcome == judging.Depends {
		outcome = "depends"
	}
	row := Row{
		Section:   r.Section,
		Outcome:   outcome,
		DependsOn: r.Answer.Keys,
		Sid:       r.Answer.By.Sid,
		Policy:    r.Answer.By.Policy,
		Rule:      r.Answer.By.Rule,
		Who:       r.Caller.Who(),
		Account:   r.Caller.Account,
		Action:    r.Action,
	}
	if r.Answer.Action != "" {
		row.Action = r.Answer.Action
	}
	id := row.id()
	if judging.PathsAlone(r.Answer) {
		id += "\x00" + r.Action
	}
	have, known := f.Rows[id]
	if !known {
		if len(f.Rows) >= mostRows {
			f.Overflow += e.Count
			return
		}
		have = &row
		have.First, have.Last, have.Example = e.First, e.Last, e.ID
		f.Rows[id] = have
		if judging.PathsAlone(r.Answer) {
			have.sample = e.Kept()
		}
	}
	have.add(e.Count, e.First, e.Last, e.ID)
}

func (r *Row) id() string {
	return strings.Join(
		[]string{
			string(r.Section),
			r.Outcome,
			strings.Join(r.DependsOn, "\x01"),
			r.Sid,
			r.Policy,
			r.Rule,
			r.Who,
			r.Account,
			r.Action,
		},
		"\x00",
	)
}

// add counts more calls. The example is that of the first, so that it does not depend on the order of reading.
func (r *Row) add(count int64, first, last time.Time, example string) {
	r.Count += count
	if c := first.Compare(r.First); c < 0 || c == 0 && example < r.Example {
		r.First, r.Example = first, example
	}
	if last.After(r.Last) {
		r.Last = last
	}
}

// settle judges again what depends on nothing but paths of IAM, now that all events have told theirs.
func (f *fold) settle(q *judging.Question, l *judging.Learned) {
	var again []*Row
	for id, r := range f.Rows {
		if r.sample != nil {
			again = append(again, r)
			delete(f.Rows, id)
		}
	}
	slices.SortFunc(again, func(a, b *Row) int { return strings.Compare(a.id(), b.id()) })
	for _, r := range again {
		v := q.Judge(r.sample, l)
		left := slices.DeleteFunc(v.Rows, func(n judging.Row) bool { return n.Section != r.Section })
		if len(left) == 0 {
			f.Allowed += r.Count
			continue
		}
		n := &left[0]
		row := *r
		row.sample = nil
		row.Outcome, row.DependsOn = "refused", n.Answer.Keys
		if n.Answer.Outcome == judging.Depends {
			row.Outcome = "depends"
		}
		row.Sid, row.Policy, row.Rule = n.Answer.By.Sid, n.Answer.By.Policy, n.Answer.By.Rule
		if have, known := f.Rows[row.id()]; known {
			have.add(row.Count, row.First, row.Last, row.Example)
		} else {
			f.Rows[row.id()] = &row
		}
	}
}
