package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/journey"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// A value that no policy names: what is so of it is so of every other one.
const (
	otherProject = "\x7fanother project"
	noProject    = "\x7fno project"
	otherRegion  = "\x7fanother Region"
)

// opening is where a door of one kind opens as one OS user.
type opening struct {
	door        string
	user        journey.OSUser
	region      string
	projects    []string
	assumptions []Assumption
}

// doors are the rows of a session: what it opens, in every Region and on the nodes of every project.
func (b *matrixBuilder) doors(w *way, at time.Time) ([]MatrixRow, error) {
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
			found, err := b.open(w, account, region, project, at)
			if err != nil {
				return nil, err
			}
			for _, o := range found {
				i := slices.IndexFunc(openings, func(have opening) bool {
					return have.door == o.door && have.region == o.region && have.user == o.user && slices.Equal(have.assumptions, o.assumptions)
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
	others, err := b.others(w, at)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 && len(others) > 0 {
		rows = append(rows, b.row(w))
	}
	for i := range rows {
		rows[i].Others = others
		if rows[i].VolumeKeys, err = b.volumeKeys(w, account, &rows[i], at); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// collect makes rows of openings: Regions with the same projects are one row, and so are doors with the same OS user.
func (b *matrixBuilder) collect(w *way, openings []opening, projects []string) []MatrixRow {
	var rows []MatrixRow
	for _, o := range openings {
		row := b.row(w)
		row.Doors = []string{o.door}
		row.OSUser, row.Superuser = w.says(o.user.Name), o.user.Superuser
		if o.user.Unknown {
			row.OSUser = "unknown"
		}
		for _, p := range o.projects {
			switch p {
			case otherProject:
				row.EveryProject = true
			case noProject:
				row.Untagged = true
			default:
				row.Projects = append(row.Projects, w.says(p))
			}
		}
		if row.EveryProject {
			for _, p := range projects {
				if p != otherProject && p != noProject && !slices.Contains(o.projects, p) {
					row.ButProjects = append(row.ButProjects, w.says(p))
				}
			}
		}
		if o.region == otherRegion {
			row.EveryRegion = true
		} else {
			row.Regions = append(row.Regions, o.region)
		}
		row.Assumptions = joined(row.Assumptions, o.assumptions)
		rows = append(rows, row)
	}
	rows = merge(rows, func(r *MatrixRow) { r.Regions, r.EveryRegion = nil, false }, func(into, from *MatrixRow) {
		into.Regions = append(into.Regions, from.Regions...)
		into.EveryRegion = into.EveryRegion || from.EveryRegion
	})
	rows = merge(rows, func(r *MatrixRow) { r.Doors = nil }, func(into, from *MatrixRow) { into.Doors = append(into.Doors, from.Doors...) })
	slices.SortStableFunc(rows, func(a, c MatrixRow) int { return cmp.Compare(doorOrder(a.Doors[0]), doorOrder(c.Doors[0])) })
	return rows
}

// doorOrder is the place of a door in the order of the matrix.
func doorOrder(door string) int {
	if at := slices.Index(journey.Doors(), journey.DoorKind(door)); at >= 0 {
		return at
	}
	return len(journey.Doors())
}

// merge joins the rows that are alike but for what drop drops.
func merge(rows []MatrixRow, drop func(*MatrixRow), join func(into, from *MatrixRow)) []MatrixRow {
	var out []MatrixRow
	var keys []string
	for i := range rows {
		without := rows[i]
		drop(&without)
		key := without.key()
		if at := slices.Index(keys, key); at >= 0 {
			join(&out[at], &rows[i])
			continue
		}
		out, keys = append(out, rows[i]), append(keys, key)
	}
	return out
}

// key tells rows apart, but for the time in which they hold.
func (r MatrixRow) key() string {
	r.From, r.Until = nil, nil
	return fmt.Sprintf("%+v", r)
}

// row is a row of a way, without doors.
func (b *matrixBuilder) row(w *way) MatrixRow {
	row := MatrixRow{
		Person: w.person.words, PersonARN: w.person.arn, Projects: []string{}, Regions: []string{}, Doors: []string{},
		SignIns: w.signIns, MFAMaxAgeSeconds: w.maxAge, Assumptions: w.assumptions,
	}
	for i, h := range w.hops {
		if i < len(w.hops)-1 {
			row.Through = append(row.Through, h.name())
			continue
		}
		row.Role, row.RoleARN = h.name(), h.role.ARN(h.account)
	}
	return row
}

// open tries every door on a node.
func (b *matrixBuilder) open(w *way, account *world.Account, region, project string, at time.Time) ([]opening, error) {
	node := world.Node{Kind: world.Instance, ID: "i-0123456789abcdef0", Region: region, Tags: []world.Tag{}}
	if region == otherRegion {
		node.Region = unnamedRegion(account, b.regions(account, w.session.Subject()))
	}
	if project != noProject {
		node.Tags = []world.Tag{{Key: b.projectTag(account.ID), Value: sample(project)}}
	}
	var found []opening
	add := func(name string, user journey.OSUser, assumptions []Assumption) {
		user.How = ""
		found = append(found, opening{door: name, user: user, region: region, projects: []string{project}, assumptions: assumptions})
	}
	for _, kind := range journey.Doors() {
		j := journey.Journey{From: w.session, Opens: &journey.Door{Kind: kind, Node: node, Account: account.ID}, At: at}
		arrival, err := journey.Walk(b.engine, j)
		if err != nil {
			return nil, err
		}
		if arrival.Allowed() {
			add(string(kind), arrival.OSUser, nil)
			continue
		}
		last := arrival.Steps[len(arrival.Steps)-1]
		if arrival, err = journey.Walk(b.generous, j); err != nil {
			return nil, err
		}
		if arrival.Allowed() {
			add(string(kind), arrival.OSUser, []Assumption{assumptionOf(last.Decision, w.session)})
		}
	}
	for _, power := range []struct{ name, action string }{{startDoor, "ec2:StartInstances"}, {"stop", "ec2:StopInstances"}} {
		r := access.Request{Action: power.action, Resources: []access.Resource{{ARN: node.ARN(account), Tags: node.Tags}}, Time: at}
		allowed, assumptions, err := b.decide(w.session, r)
		if err != nil {
			return nil, err
		}
		if allowed {
			add(power.name, journey.OSUser{}, assumptions)
		}
	}
	return found, nil
}

// projects are the values of the project tag that the policies of the session name, the session's own among them, and two that stand for all
// others: another value, and no tag at all.
func (b *matrixBuilder) projects(account, subject string, w *way) []string {
	tag := b.projectTag(account)
	named := b.documents.values([]string{subject}, func(t documentText) bool {
		_, name, found := strings.Cut(strings.ToLower(t.key), "resourcetag/")
		return found && !t.resource && name == strings.ToLower(tag) && !strings.Contains(t.value, "${")
	})
	for _, t := range w.tags {
		if strings.EqualFold(t.Key, tag) && !slices.Contains(named, t.Value) {
			named = append(named, t.Value)
		}
	}
	return append(named, otherProject, noProject)
}

// sample is a value that a pattern matches.
func sample(pattern string) string {
	if pattern == otherProject {
		return "another project, which nobody names"
	}
	return strings.NewReplacer("*", "x", "?", "x").Replace(pattern)
}

// regions are those of the preferences and those that the policies name, and one that stands for all others.
func (b *matrixBuilder) regions(account *world.Account, subject string) []string {
	var named []string
	for _, p := range account.Preferences {
		if !slices.Contains(named, p.Region) {
			named = append(named, p.Region)
		}
	}
	for _, v := range b.documents.values([]string{subject}, func(t documentText) bool { return t.resource || strings.EqualFold(t.key, "aws:RequestedRegion") }) {
		region := v
		if parts := strings.SplitN(v, ":", 6); len(parts) == 6 {
			region = parts[3]
		}
		if _, err := policy.PartitionOfRegion(region); err == nil && !slices.Contains(named, region) {
			named = append(named, region)
		}
	}
	if unnamedRegion(account, named) == "" {
		return named
	}
	return append(named, otherRegion)
}

// someRegions are Regions of each partition, of which one stands for all that nobody names. Where every Region is named none is needed.
var someRegions = map[policy.Partition][]string{
	policy.AWSChina: {"cn-north-1", "cn-northwest-1"},
	policy.AWSUSGov: {"us-gov-west-1", "us-gov-east-1"},
	policy.AWS: {"af-south-1", "us-east-1", "us-east-2", "us-west-1", "us-west-2", "eu-west-1", "eu-west-2", "eu-west-3", "eu-north-1", "eu-south-1", "ap-east-1",
		"ap-south-1", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-southeast-1", "ap-southeast-2", "ca-central-1", "me-south-1", "sa-east-1", "eu-central-1"},
}

// unnamedRegion is a Region that nobody names; empty when there is none left.
func unnamedRegion(account *world.Account, named []string) string {
	for _, region := range someRegions[cmp.Or(account.Partition, policy.AWS)] {
		if !slices.Contains(named, region) {
			return region
		}
	}
	return ""
}
