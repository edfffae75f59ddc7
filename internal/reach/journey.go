package reach

import (
	"slices"
	"time"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/journey"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// Journey is one way gone step by step to one door: the sign-in, each role, the calls behind the door, each with the
// decision and the statement that decided.
type Journey struct {
	journey.Arrival
	// Engine decided the journey. Where the way rests on assumptions it is one that makes them.
	Engine *access.Engine
	// SignIn is the sign-in with which the journey begins, Region where the node is, and Project the value of its
	// project tag; empty for a node without it.
	SignIn          SignIn
	Region, Project string
}

// Walk goes a way to one of its doors; an empty door stands for the roles alone. Of several sign-ins it takes the one
// in the console with MFA where that is one of them, and otherwise the first; of several projects and Regions the
// first. The time is the first instant of the way.
func (f *Facts) Walk(w *Way, door Door) (Journey, error) {
	out, j := f.journey(w, door)
	for _, engine := range []*access.Engine{f.engine, f.generous} {
		arrival, err := journey.Walk(engine, j)
		if err != nil {
			return out, err
		}
		out.Arrival, out.Engine = arrival, engine
		if arrival.Allowed() {
			break
		}
	}
	return out, nil
}

// networks are the networks from which one of the doors of a way opens; none where any network will do.
func (f *Facts) networks(w *Way) ([]string, error) {
	if w.Nothing() {
		return nil, nil
	}
	doors := w.Doors
	if len(doors) == 0 || slices.ContainsFunc(w.Assumptions, func(a Assumption) bool { return a.Kind == AccountHasNoNodes }) {
		doors = []Door{""}
	}
	var all []string
	for _, door := range doors {
		_, j := f.journey(w, door)
		networks, err := journey.Networks(f.generous, j)
		if err != nil || len(networks) == 0 {
			return nil, err
		}
		for _, network := range networks {
			if !slices.Contains(all, network) {
				all = append(all, network)
			}
		}
	}
	return all, nil
}

// journey is what Walk goes, before it is gone.
func (f *Facts) journey(w *Way, door Door) (Journey, journey.Journey) {
	signIn := w.SignIns[0]
	if slices.Contains(w.SignIns, ConsoleWithMFA) {
		signIn = ConsoleWithMFA
	}
	moment := f.At
	if w.From != nil {
		moment = *w.From
	}
	j := journey.Journey{At: moment}
	via := w.Via
	switch signIn {
	case Portal:
		j.Portal = &journey.Portal{Person: f.profile(w), Role: via[0].ARN}
		via = via[1:]
	case ExternalID:
		j.From = access.AssumedRole(via[0].ARN, w.Person.SessionName).IssuedAt(moment)
		via = via[1:]
	default:
		j.From = sessionOf(signIn, w.Person.ARN, moment)
	}
	for _, role := range via {
		j.Via = append(j.Via, journey.Hop{Role: role.ARN, SessionName: w.Person.SessionName, Tags: role.SessionTags})
	}
	out := Journey{SignIn: signIn}
	if door != "" {
		node := f.node(w)
		out.Region = node.Region
		if len(node.Tags) > 0 {
			out.Project = node.Tags[0].Value
		}
		f.open(&j, w, door, node)
	}
	return out, j
}

func sessionOf(s SignIn, arn string, moment time.Time) access.Session {
	return signIns[placeOf(s)].session(arn, moment, 0)
}

// profile is somebody whom the values of the way fit.
func (f *Facts) profile(w *Way) world.Person {
	center := f.engine.World().IdentityCenter
	m := member{user: w.Person.Name}
	if w.Person.Kind == IdentityCenterGroup {
		m = member{group: w.Person.Name}
	}
	person, _ := m.person(center)
	return person
}

// node is a node that the doors of the way open on.
func (f *Facts) node(w *Way) world.Node {
	node := world.Node{Kind: world.Instance, ID: "i-0123456789abcdef0", Tags: []world.Tag{}}
	if len(w.Regions.Named) > 0 {
		node.Region = w.Regions.Named[0]
	} else {
		node.Region = f.otherRegion(w.Account().ID)
	}
	project := class{kind: other}
	switch {
	case len(w.Projects.Named) > 0:
		project = class{kind: named, value: w.Projects.Named[0].tried}
	case !w.Projects.Every:
		return node
	}
	node.Tags = f.nodeTags(w.Account().ID, sample(project), f.tagsOf(w.Role()))
	return node
}

// tagsOf are the tags of a role of the world; none for nil.
func (f *Facts) tagsOf(role *Role) []world.Tag {
	if role == nil {
		return nil
	}
	return f.roles.tags(role.ARN)
}

// otherRegion is a Region that none of the ways into an account names.
func (f *Facts) otherRegion(id string) string {
	var all []class
	for i := range f.Ways {
		if f.Ways[i].Account().ID == id {
			all = append(all, classes(f.Ways[i].Regions.Named)...)
		}
	}
	world := f.engine.World()
	partition := policy.AWS
	if account := world.Account(id); account != nil {
		partition = account.Partition
		for _, p := range account.Preferences {
			all = append(all, class{kind: named, value: p.Region})
		}
	}
	return unnamedRegion(partition, all)
}

func (f *Facts) open(j *journey.Journey, w *Way, door Door, node world.Node) {
	if index := slices.IndexFunc(powers, func(p power) bool { return p.door == door }); index >= 0 {
		partition := partitionOf(w)
		arn := policy.ARN{
			Partition: partition,
			Service:   "ec2",
			Region:    node.Region,
			Account:   w.Account().ID,
			Resource:  "instance/" + node.ID,
		}
		j.Does = &access.Request{
			Action:    powers[index].action,
			Resources: []access.Resource{{ARN: arn.String(), Tags: node.Tags}},
			Time:      j.At,
		}
		return
	}
	known := f.engine.World()
	account := known.Account(w.Account().ID)
	if account == nil {
		account = &world.Account{ID: w.Account().ID}
	}
	j.Opens = doorOf(door, account, node)
}

func partitionOf(w *Way) policy.Partition {
	text := w.Person.ARN
	if r := w.Role(); r != nil {
		text = r.ARN
	}
	if arn, err := policy.ParseARN(text); err == nil {
		return arn.Partition
	}
	return policy.AWS
}
