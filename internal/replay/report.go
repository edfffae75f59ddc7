package replay

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/internal/replay/judging"
)

// Version is the version of the report's JSON.
const Version = 1

// Counted is a reason or a name, with how many events it stands for.
type Counted struct {
	What  string `json:"what"`
	Count int64  `json:"count"`
	// Names divide what failed by its error, and what has no action by its name; none of other reasons. The first
	// hundred that were read are there.
	Names []Counted `json:"names,omitempty"`
}

// Report is what a replay found. Every event that was read is judged or counted under NotJudged, or is a double.
type Report struct {
	Version int `json:"version"`
	// Against is what the policies are compared with; empty where they are not compared.
	Against string `json:"against,omitempty"`
	// Events are those that were read, without doubles. Judged are those that were held against the policies;
	// Allowed, Refused and Depends divide them.
	Events  int64 `json:"events"`
	Doubles int64 `json:"doubles"`
	Judged  int64 `json:"judged"`
	Allowed int64 `json:"allowed"`
	Refused int64 `json:"refused"`
	Depends int64 `json:"depends"`
	// First and Last are the times of the first and the last event.
	First    time.Time `json:"first"`
	Last     time.Time `json:"last"`
	Files    int64     `json:"files"`
	Skipped  int64     `json:"skippedFiles"`
	Accounts []Counted `json:"accounts"`
	// NotJudged says why the others were not, the most frequent reason first; UnknownActions are events whose action
	// AWS does not document.
	NotJudged      []Counted `json:"notJudged"`
	UnknownActions []Counted `json:"unknownActions,omitempty"`
	// Rows are what would be refused, certain before uncertain, by statement, caller and action.
	Rows   []Row   `json:"rows"`
	Shells []Shell `json:"shells"`
	// OtherShells are the callers who went through a door and of whose calls a comparison has nothing to tell; 0
	// where nothing is compared.
	OtherShells int64 `json:"otherShells,omitempty"`
	// Problems are what could not be read, the first hundred; ProblemCount counts all.
	Problems     []Problem `json:"problems"`
	ProblemCount int64     `json:"problemCount"`
	// Overflow are calls that would have made more rows than are kept.
	Overflow int64 `json:"overflow,omitempty"`
	// Unused are entries of the accept file that no row matches.
	Unused []string `json:"unusedAccepts,omitempty"`
	Notes  []string `json:"notes"`
	// Holds says that nothing is refused for certain that is not accepted, and that everything could be read.
	Holds bool `json:"holds"`
}

// Report ends a replay. Accepts are what is meant to be refused; homes are the stacks of the folder.
func (r *Run) Report(accepts []Accept, homes []Home) *Report {
	r.finish()
	f := r.fold
	out := &Report{
		Version:      Version,
		Events:       f.Events,
		Doubles:      f.Doubles,
		Judged:       f.Judged,
		Allowed:      f.Allowed,
		First:        f.First,
		Last:         f.Last,
		Files:        f.Files,
		Skipped:      f.Skipped,
		Problems:     f.Problems,
		ProblemCount: f.ProblemCount,
		Overflow:     f.Overflow,
		Rows:         []Row{},
		Shells:       []Shell{},
		Notes:        []string{},
		NotJudged:    []Counted{},
		Accounts:     []Counted{},
	}
	if out.Problems == nil {
		out.Problems = []Problem{}
	}
	slices.SortStableFunc(out.Problems, func(a, b Problem) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Record, b.Record))
	})
	out.Accounts, out.UnknownActions = counted(f.Accounts), counted(f.Unknown)
	reasons := map[string]int64{}
	for why, n := range f.Reasons {
		reasons[string(why)] = n
	}
	out.NotJudged = counted(reasons)
	for i := range out.NotJudged {
		switch c := &out.NotJudged[i]; judging.Reason(c.What) {
		case judging.AlreadyFailed:
			c.Names = counted(f.Failed)
		case judging.UnknownAction:
			c.Names = out.UnknownActions
		}
	}
	used := map[int]bool{}
	for _, row := range f.Rows {
		row.accept(accepts, used)
		out.Rows = append(out.Rows, *row)
	}
	slices.SortFunc(out.Rows, compareRows)
	for i := range accepts {
		if !used[i] {
			out.Unused = append(out.Unused, accepts[i].String())
		}
	}
	out.shells(r, homes)
	out.Holds = out.ProblemCount == 0 && out.Overflow == 0
	for i := range out.Rows {
		row := &out.Rows[i]
		if row.Section != judging.SectionRefused {
			if row.Section == judging.SectionRemote || row.Section == judging.SectionNoLonger {
				out.Allowed += row.Count
			}
			continue
		}
		if row.Outcome == "depends" {
			out.Depends += row.Count
			continue
		}
		out.Refused += row.Count
		out.Holds = out.Holds && row.Accepted != ""
	}
	return out
}

// compareRows puts what is certain before what is not, then the statement that refuses most calls first.
func compareRows(a, b Row) int {
	order := map[judging.Section]int{judging.SectionRefused: 0, judging.SectionNoLonger: 1, judging.SectionRemote: 2}
	return cmp.Or(
		cmp.Compare(order[a.Section], order[b.Section]),
		-strings.Compare(a.Outcome, b.Outcome),
		strings.Compare(a.Sid, b.Sid),
		strings.Compare(a.Policy, b.Policy),
		strings.Compare(
			a.Rule,
			b.Rule,
		),
		-cmp.Compare(a.Count, b.Count),
		strings.Compare(a.Who, b.Who),
		strings.Compare(a.Action, b.Action),
		slices.Compare(a.DependsOn, b.DependsOn),
	)
}

func counted(counts map[string]int64) []Counted {
	out := []Counted{}
	for _, what := range slices.Sorted(maps.Keys(counts)) {
		out = append(out, Counted{What: what, Count: counts[what]})
	}
	slices.SortStableFunc(out, func(a, b Counted) int { return -cmp.Compare(a.Count, b.Count) })
	return out
}

// doorKey is who went through which door.
type doorKey struct{ account, who, action string }

// refusedNewly are the callers and doors that are refused, or may be.
func (r *Report) refusedNewly() map[doorKey]bool {
	all := map[doorKey]bool{}
	for i := range r.Rows {
		if row := &r.Rows[i]; row.Section == judging.SectionRefused {
			all[doorKey{row.Account, row.Who, row.Action}] = true
		}
	}
	return all
}

// shells are who opened shells and ran commands, with what keeps it working. A comparison tells those alone whom the
// change refuses: what it does not concern needs no lines.
func (r *Report) shells(run *Run, homes []Home) {
	concerned := r.refusedNewly()
	for _, s := range run.fold.Shells {
		if run.question.Then != nil && !concerned[doorKey{s.Account, s.Who, s.Action}] {
			r.OtherShells++
			continue
		}
		s.Projects = nil
		for _, node := range s.Nodes {
			project := run.learned.Project(node)
			if index, have := slices.BinarySearch(s.Projects, project); !have {
				s.Projects = slices.Insert(s.Projects, index, project)
			}
		}
		if s.Projects == nil {
			s.Projects = []string{""}
		}
		s.keep(homes)
		r.Shells = append(r.Shells, *s)
	}
	slices.SortFunc(r.Shells, func(a, b Shell) int {
		return cmp.Or(
			strings.Compare(a.Account, b.Account),
			strings.Compare(a.Action, b.Action),
			-cmp.Compare(a.Count, b.Count),
			strings.Compare(a.Who, b.Who),
		)
	})
}
