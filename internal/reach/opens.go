package reach

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/journey"
	"aws-access-guardrails/access/match"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// classKind says what a class of nodes stands for: a value that policies name, all values that nobody names, or no
// value at all.
type classKind int

const (
	named classKind = iota
	other
	none
)

// class are the nodes of a project, or of a Region, about which the policies say the same.
type class struct {
	kind classKind
	// value is the value that is named.
	value string
}

// opening is where a door of one kind opens as one OS user.
type opening struct {
	door        Door
	user        journey.OSUser
	region      class
	projects    []class
	assumptions []Assumption
}

// doors are the rows of a session: what it opens, in every Region and on the nodes of every project.
func (b *finder) doors(w *path, moment time.Time) ([]Way, error) {
	account := w.home
	if n := len(w.hops); n > 0 {
		account = w.hops[n-1].account
	}
	subject := w.session.Subject()
	projects := b.projects(account.ID, subject, w)
	regions := b.regions(account, subject)
	var openings []opening
	for _, region := range regions {
		for _, project := range projects {
			found, err := b.open(w, account, region, project, moment)
			if err != nil {
				return nil, err
			}
			for _, o := range found {
				i := slices.IndexFunc(openings, func(have opening) bool {
					return have.door == o.door && have.region == o.region && have.user == o.user &&
						slices.Equal(have.assumptions, o.assumptions)
				})
				if i < 0 {
					openings = append(openings, o)
				} else {
					openings[i].projects = append(openings[i].projects, project)
				}
			}
		}
	}
	rows := b.collect(w, openings, projects)
	others, err := b.others(w, moment)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 && len(others) > 0 {
		rows = append(rows, b.row(w))
	}
	for i := range rows {
		rows[i].Others = others
		if rows[i].VolumeKeys, err = b.volumeKeys(w, account, &rows[i], moment); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// collect makes rows of openings: Regions with the same projects are one row, and so are doors with the same OS user.
func (b *finder) collect(w *path, openings []opening, projects []class) []Way {
	var rows []Way
	for _, o := range openings {
		row := b.row(w)
		row.Doors = []Door{o.door}
		row.OSUser = OSUser{Login: w.says(o.user.Name), Superuser: o.user.Superuser, Unknown: o.user.Unknown}
		for _, p := range o.projects {
			switch p.kind {
			case other:
				row.Projects.Every = true
			case none:
				row.Projects.Untagged = true
			default:
				row.Projects.Named = append(row.Projects.Named, w.says(p.value))
			}
		}
		if row.Projects.Every {
			for _, p := range projects {
				if p.kind == named && !slices.Contains(o.projects, p) {
					row.Projects.But = append(row.Projects.But, w.says(p.value))
				}
			}
		}
		if o.region.kind == other {
			row.Regions.Every = true
		} else {
			row.Regions.Named = append(row.Regions.Named, o.region.value)
		}
		row.Assumptions = joined(row.Assumptions, o.assumptions)
		rows = append(rows, row)
	}
	rows = merge(rows, func(r *Way) { r.Regions = Regions{} }, func(into, from *Way) {
		into.Regions.Named = append(into.Regions.Named, from.Regions.Named...)
		into.Regions.Every = into.Regions.Every || from.Regions.Every
	})
	rows = merge(
		rows,
		func(r *Way) { r.Doors = nil },
		func(into, from *Way) { into.Doors = append(into.Doors, from.Doors...) },
	)
	slices.SortStableFunc(rows, func(a, c Way) int { return cmp.Compare(doorOrder(a.Doors[0]), doorOrder(c.Doors[0])) })
	return rows
}

// doorOrder is the place of a door among the doors: session documents come after the kinds, and both powers are the
// last.
func doorOrder(door Door) int {
	kinds := len(world.Doors())
	switch index := slices.Index(Doors(), door); {
	case index < 0:
		return kinds
	case index >= kinds:
		return kinds + 1
	default:
		return index
	}
}

// merge joins the rows that are alike but for what drop drops.
func merge(rows []Way, drop func(*Way), join func(into, from *Way)) []Way {
	var out []Way
	var keys []string
	for i := range rows {
		without := rows[i]
		drop(&without)
		key := without.key()
		if index := slices.Index(keys, key); index >= 0 {
			join(&out[index], &rows[i])
			continue
		}
		out, keys = append(out, rows[i]), append(keys, key)
	}
	return out
}

// key tells rows apart, but for the time in which they hold.
func (r Way) key() string {
	r.From, r.Until = nil, nil
	return fmt.Sprintf("%+v", r)
}

// row is a row of a way, without doors.
func (b *finder) row(w *path) Way {
	row := Way{Person: w.person, SignIns: w.signIns, MFAMaxAge: w.maxAge, Assumptions: w.assumptions}
	for _, h := range w.hops {
		row.Via = append(row.Via, Role{
			Name:          h.role.Name,
			ARN:           h.role.ARN(h.account),
			PermissionSet: h.role.PermissionSet,
			Account:       account(h.account),
			SessionTags:   h.tags,
		})
	}
	return row
}

// power is a power over nodes, with the call behind it.
type power struct {
	door   Door
	action string
}

var powers = []power{{Start, "ec2:StartInstances"}, {Stop, "ec2:StopInstances"}}

// open tries every door on a node.
func (b *finder) open(w *path, account *world.Account, region, project class, moment time.Time) ([]opening, error) {
	node := world.Node{Kind: world.Instance, ID: "i-0123456789abcdef0", Region: region.value, Tags: []world.Tag{}}
	if region.kind == other {
		node.Region = unnamedRegion(account.Partition, b.regions(account, w.session.Subject()))
	}
	if project.kind != none {
		node.Tags = b.nodeTags(account.ID, sample(project), w.tags)
	}
	var found []opening
	add := func(name Door, user journey.OSUser, assumptions []Assumption) {
		user.How = ""
		found = append(
			found,
			opening{door: name, user: user, region: region, projects: []class{project}, assumptions: assumptions},
		)
	}
	var tried []Door
	for _, kind := range world.Doors() {
		tried = append(tried, Door(kind))
	}
	for _, d := range sessionDocuments(account, node.Region) {
		tried = append(tried, DocumentDoor(d.Name))
	}
	for _, door := range tried {
		j := journey.Journey{From: w.session, Opens: doorOf(door, account, node), At: moment}
		arrival, err := journey.Walk(b.engine, j)
		if err != nil {
			return nil, err
		}
		if arrival.Allowed() {
			add(door, arrival.OSUser, nil)
			continue
		}
		last := arrival.Steps[len(arrival.Steps)-1]
		if arrival, err = journey.Walk(b.generous, j); err != nil {
			return nil, err
		}
		if arrival.Allowed() {
			add(door, arrival.OSUser, []Assumption{assumptionOf(last.Decision, w.session)})
		}
	}
	for _, power := range powers {
		r := access.Request{
			Action:    power.action,
			Resources: []access.Resource{{ARN: node.ARN(account), Tags: node.Tags}},
			Time:      moment,
		}
		allowed, assumptions, err := b.decide(w.session, r)
		if err != nil {
			return nil, err
		}
		if allowed {
			add(power.door, journey.OSUser{}, assumptions)
		}
	}
	return found, nil
}

// projects are the values of the project tag that the policies of the session name, the session's own among them, and
// two that stand for all others: another value, and no tag at all.
func (b *finder) projects(account, subject string, w *path) []class {
	tag := b.projectTag(account)
	values := b.documents.values([]string{subject}, func(t documentText) bool {
		_, name, found := strings.Cut(strings.ToLower(t.key), "resourcetag/")
		return found && !t.resource && name == strings.ToLower(tag) && !strings.Contains(t.value, "${")
	})
	for _, t := range w.tags {
		if strings.EqualFold(t.Key, tag) && !slices.Contains(values, t.Value) {
			values = append(values, t.Value)
		}
	}
	return append(classes(values), class{kind: other}, class{kind: none})
}

// sample is a value of a class: of a pattern, one that it matches.
func sample(project class) string {
	if project.kind == other {
		return "another project, which nobody names"
	}
	return match.Sample(project.value)
}

// regions are those of the preferences and those that the policies name, and one that stands for all others.
func (b *finder) regions(account *world.Account, subject string) []class {
	var values []string
	for _, p := range account.Preferences {
		if !slices.Contains(values, p.Region) {
			values = append(values, p.Region)
		}
	}
	for _, v := range b.documents.values([]string{subject}, func(t documentText) bool { return t.resource || strings.EqualFold(t.key, "aws:RequestedRegion") }) {
		region := v
		if parts := strings.SplitN(v, ":", 6); len(parts) == 6 {
			region = parts[3]
		}
		if _, err := policy.PartitionOfRegion(region); err == nil && !slices.Contains(values, region) {
			values = append(values, region)
		}
	}
	if unnamedRegion(account.Partition, classes(values)) == "" {
		return classes(values)
	}
	return append(classes(values), class{kind: other})
}

func classes(values []string) []class {
	var out []class
	for _, value := range values {
		out = append(out, class{kind: named, value: value})
	}
	return out
}

// someRegions are Regions of each partition, of which one stands for all that nobody names. Where every Region is
// named none is needed.
var someRegions = map[policy.Partition][]string{
	policy.AWSChina: {"cn-north-1", "cn-northwest-1"},
	policy.AWSUSGov: {"us-gov-west-1", "us-gov-east-1"},
	policy.AWS: {
		"af-south-1",
		"us-east-1",
		"us-east-2",
		"us-west-1",
		"us-west-2",
		"eu-west-1",
		"eu-west-2",
		"eu-west-3",
		"eu-north-1",
		"eu-south-1",
		"ap-east-1",
		"ap-south-1",
		"ap-northeast-1",
		"ap-northeast-2",
		"ap-northeast-3",
		"ap-southeast-1",
		"ap-southeast-2",
		"ca-central-1",
		"me-south-1",
		"sa-east-1",
		"eu-central-1",
	},
}

// unnamedRegion is a Region that nobody names; empty when there is none left.
func unnamedRegion(partition policy.Partition, all []class) string {
	for _, region := range someRegions[cmp.Or(partition, policy.AWS)] {
		if !slices.Contains(all, class{kind: named, value: region}) {
			return region
		}
	}
	return ""
}
