package reach

import (
	"slices"
	"time"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/doors"
	"aws-access-guardrails/access/journey"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// tableRows are the rows of the table of doors that lead onto nodes and have calls that no journey makes: the facts ask about these calls.
func tableRows() []*doors.Row {
	var rows []*doors.Row
	for i := range doors.Table() {
		row := &doors.Table()[i]
		if len(row.Others()) > 0 && (row.Class == doors.Shell || row.Class == doors.Code) {
			rows = append(rows, row)
		}
	}
	return rows
}

// others are the rows of the table that the session may use at a time, on whatever it may be. Its own sessions count for nothing: going on in one opens none.
func (b *finder) others(w *path, at time.Time) ([]Other, error) {
	rows := tableRows()
	var every []string
	for _, row := range rows {
		every = append(every, row.Others()...)
	}
	open, err := b.mayCall(w.session, every, at)
	if err != nil || !open {
		return nil, err
	}
	var found []Other
	for _, row := range rows {
		if open, err = b.mayCall(w.session, row.Others(), at); err != nil {
			return nil, err
		}
		if open {
			found = append(found, Other{row.Service, row.It})
		}
	}
	return found, nil
}

// mayCall reports whether the session may make one of the calls at an instant. What a search cannot tell counts as open.
func (b *finder) mayCall(s access.Session, actions []string, at time.Time) (bool, error) {
	answer, err := prove.Prove(b.engine, prove.Claim{
		Caller: s,
		Never:  []policy.Statement{policy.Allow("", actions...).On("*").When(policy.From(at), policy.Before(at.Add(time.Second)))},
		Except: []policy.Statement{
			policy.Allow("", "ssm:ResumeSession").On("*").When(policy.StringEquals("ssm:resourceTag/aws:ssmmessages:session-id", "${aws:userid}")),
			policy.Allow("", "ssm:ResumeSession").On("arn:*:ssm:*:*:session/${aws:username}-*", "arn:*:ssm:*:*:session/${aws:userid}-*"),
		},
	})
	return err == nil && answer.Verdict == prove.DoesNotHold, err
}

// volumeKeys are the keys with which a row starts instances.
func (b *finder) volumeKeys(w *path, account *world.Account, row *Way, at time.Time) (VolumeKeys, error) {
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
		use, err := journey.UseOfVolumeKeys(b.engine, w.session, account.ID, region, at)
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
