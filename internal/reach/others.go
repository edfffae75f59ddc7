package reach

import (
	"slices"
	"sync"
	"time"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/doors"
	"aws-access-guardrails/access/journey"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// tableRows are the rows of the table of doors that lead onto nodes and have calls that no journey makes: the facts
// ask about these calls.
var tableRows = sync.OnceValue(func() []*doors.Row {
	var rows []*doors.Row
	for i := range doors.Table() {
		row := &doors.Table()[i]
		if len(row.Others()) > 0 && (row.Class == doors.Shell || row.Class == doors.Code) {
			rows = append(rows, row)
		}
	}
	return rows
})

// others are the rows of the table that the session may use at a time, on whatever it may be. Its own sessions count
// for nothing: going on in one opens none.
//
// The first question leaves the sessions of its own in. It names nobody, so that people who differ in their names
// alone share the search; where it finds nothing, no row is open.
func (b *finder) others(w *path, moment time.Time) ([]Other, error) {
	open, err := b.mayCall(w.session, questionKey{row: everyRow, moment: moment, own: true})
	if err == nil && open {
		open, err = b.mayCall(w.session, questionKey{row: everyRow, moment: moment})
	}
	if err != nil || !open {
		return nil, err
	}
	var found []Other
	for i, row := range tableRows() {
		if open, err = b.mayCall(w.session, questionKey{row: i, moment: moment}); err != nil {
			return nil, err
		}
		if open {
			found = append(found, Other{row.Service, row.It})
		}
	}
	return found, nil
}

// questionKey is a question about calls of the table: those of a row, by its place in tableRows, or of every row, at
// an instant. Own says that the sessions of one's own are asked about too.
type questionKey struct {
	row    int
	moment time.Time
	own    bool
}

const everyRow = -1

// mayCall reports whether the session may make one of the calls. What a search cannot tell counts as open.
func (b *finder) mayCall(s access.Session, key questionKey) (bool, error) {
	q := b.questions[key]
	if q == nil {
		var actions []string
		for i, row := range tableRows() {
			if key.row == everyRow || key.row == i {
				actions = append(actions, row.Others()...)
			}
		}
		var own []policy.Statement
		if !key.own {
			own = []policy.Statement{
				policy.Allow("", "ssm:ResumeSession").
					On("*").
					When(policy.StringEquals("ssm:resourceTag/aws:ssmmessages:session-id", "${aws:userid}")),
				policy.Allow("", "ssm:ResumeSession").
					On("arn:*:ssm:*:*:session/${aws:username}-*", "arn:*:ssm:*:*:session/${aws:userid}-*"),
			}
		}
		var err error
		q, err = prove.NewQuestion(
			[]policy.Statement{
				policy.Allow("", actions...).On("*").When(
					policy.From(key.moment), policy.Before(key.moment.Add(time.Second)),
				),
			},
			own,
		)
		if err != nil {
			return false, err
		}
		b.questions[key] = q
	}
	answer, err := b.prover.Ask(s, q)
	return err == nil && answer.Verdict == prove.DoesNotHold, err
}

// volumeKeys are the keys with which a row starts instances.
func (b *finder) volumeKeys(w *path, account *world.Account, row *Way, moment time.Time) (VolumeKeys, error) {
	if !slices.Contains(row.Doors, Start) {
		return VolumeKeys{}, nil
	}
	regions := slices.Clone(row.Regions.Named)
	if row.Regions.Every {
		regions = append(regions, unnamedRegion(account.Partition, b.regions(account, w.session.Subject())))
	}
	var keys []string
	every := len(regions) > 0
	for _, region := range regions {
		use, err := journey.UseOfVolumeKeys(b.engine, w.session, account.ID, region, moment)
		if err != nil {
			return VolumeKeys{}, err
		}
		every = every && use.Every
		keys = append(keys, use.Keys...)
	}
	if every {
		return VolumeKeys{Every: true}, nil
	}
	slices.Sort(keys)
	return VolumeKeys{ARNs: slices.Compact(keys)}, nil
}
