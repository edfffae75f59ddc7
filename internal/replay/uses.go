package replay

import (
	"context"
	"encoding/json"
	"io"
	"strings"
	"sync"
	"time"

	"aws-access-guardrails/internal/replay/cloudtrail"
	"aws-access-guardrails/internal/replay/judging"
)

// RoleWindow is a role of an account, and the time in which its use counts: From included, Until not.
type RoleWindow struct {
	Account, Role string
	From, Until   time.Time
}

// Use is what records tell of the use of a role in its window.
type Use struct {
	// Last is when it was last used: a call by a session of it, or somebody becoming one. Zero means that no record
	// tells of a use.
	Last time.Time
	// RecordsFrom and RecordsTo are the times of the first and the last record of the role's account, whoever called.
	// Zero means that there is none, so that nothing is known.
	RecordsFrom, RecordsTo time.Time
}

// Uses reads the records under paths, as Run.Read does, and gives the use of each role, in the order of roles. unread
// is how many records and files could not be read, and then a use can be missing. Roles are told by account and name, of
// which an account has one: records without the issuer of the session have no path.
func Uses(
	ctx context.Context,
	stdin io.Reader,
	roles []RoleWindow,
	paths ...string,
) (found []Use, unread int64, err error) {
	uses := &uses{roles: roles, found: make([]Use, len(roles)), byName: map[string][]int{}}
	for i, r := range roles {
		key := r.Account + "/" + strings.ToLower(r.Role)
		uses.byName[key] = append(uses.byName[key], i)
	}
	run := NewRun(&judging.Question{})
	run.each = uses.note
	if err := run.Read(ctx, stdin, paths...); err != nil {
		return nil, 0, err
	}
	for i, r := range roles {
		if span := uses.accounts[r.Account]; span != nil {
			uses.found[i].RecordsFrom, uses.found[i].RecordsTo = span.from, span.to
		}
	}
	return uses.found, run.fold.ProblemCount, nil
}

type uses struct {
	mu       sync.Mutex
	roles    []RoleWindow
	found    []Use
	byName   map[string][]int
	accounts map[string]*timeSpan
}

type timeSpan struct{ from, to time.Time }

// note takes one record in.
func (u *uses) note(e *cloudtrail.Event) {
	if judging.KindOf(e) != judging.Judged {
		return
	}
	caller, _ := judging.CallerOf(e)
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, account := range []string{caller.Account, e.Recipient} {
		u.seen(account, e)
	}
	if caller.Kind == judging.KindRole && caller.Name != "" {
		u.used(caller.Account, caller.Name, e)
	}
	if e.Source == "sts.amazonaws.com" && strings.HasPrefix(e.Name, "AssumeRole") && e.ErrorCode == "" {
		var params struct {
			RoleARN string `json:"roleArn"`
		}
		if json.Unmarshal(e.Params, &params) != nil {
			return
		}
		if parts := strings.SplitN(params.RoleARN, ":", 6); len(parts) == 6 {
			u.used(parts[4], parts[5][strings.LastIndexByte(parts[5], '/')+1:], e)
		}
	}
}

// seen widens what there are records of.
func (u *uses) seen(account string, e *cloudtrail.Event) {
	if account == "" {
		return
	}
	if u.accounts == nil {
		u.accounts = map[string]*timeSpan{}
	}
	span := u.accounts[account]
	if span == nil {
		span = &timeSpan{e.First, e.Last}
		u.accounts[account] = span
	}
	if e.First.Before(span.from) {
		span.from = e.First
	}
	if e.Last.After(span.to) {
		span.to = e.Last
	}
}

// used counts a record that is of the window, or of which a part is.
func (u *uses) used(account, role string, e *cloudtrail.Event) {
	for _, i := range u.byName[account+"/"+strings.ToLower(role)] {
		window, last := u.roles[i], e.Last
		if last.Before(window.From) || !e.First.Before(window.Until) {
			continue
		}
		if !last.Before(window.Until) { // Of several calls that a query grouped, at least the first was in time.
			last = e.First
		}
		if last.After(u.found[i].Last) {
			u.found[i].Last = last
		}
	}
}
