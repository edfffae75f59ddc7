package matrix

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/internal/reach"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/internal/words"
)

// Version is the version of the JSON form of a Matrix.
const Version = 1

// Matrix says who reaches which nodes, through which role and door, as which OS user, and until when.
type Matrix struct {
	Version int `json:"version"`
	// At is the time from which it looks on.
	At time.Time `json:"at"`
	// Rows are in the order of the accounts, their people and their roles.
	Rows []Row `json:"rows"`
	// Administrators are the ARNs of those who can change everything that the rows say.
	Administrators []string `json:"administrators"`

	// Width is how wide a line of the text may be; zero is any width.
	Width int `json:"-"`

	// aliases are the ids of the accounts by their aliases.
	aliases map[string]string
	// windows are when roles are of use that are not always, by ARN: also those of rows that are not shown.
	windows map[string]string
}

// Row is one person in one role, with the doors that end in the same OS user. A person who reaches nothing has
// one row without doors.
//
// A user of IAM Identity Center, or everybody in a group of it, is a person too, and "account/name" of a permission
// set the role. What a profile says is written as its source there, such as "${path:userName}", in Projects and
// OSUser.
type Row struct {
	Person    string `json:"person"`
	PersonARN string `json:"personArn"`
	// Role is the role that the person takes, empty for none, and Through are the roles that must be taken before it.
	// In the ARN of a permission set's role the last sixteen characters stand for those that AWS chooses.
	Role    string `json:"role,omitempty"`
	RoleARN string `json:"roleArn,omitempty"`
	// Account is the id of the account in which the nodes are: that of the role, or of the person who takes none.
	// Empty for somebody of IAM Identity Center who reaches nothing.
	Account string   `json:"account,omitempty"`
	Through []string `json:"through,omitempty"`
	// Teams are the teams by which the role names the person, as its stack file writes them; empty for somebody whom
	// it names in person.
	Teams []string `json:"teams,omitempty"`
	// Projects are the values of the project tag on the nodes that the doors open on; a pattern of a policy stands
	// for all that it matches. EveryProject says that nodes of all other projects are open too, but for ButProjects,
	// Untagged that those without the tag are.
	Projects     []string `json:"projects"`
	EveryProject bool     `json:"everyProject,omitempty"`
	ButProjects  []string `json:"butProjects,omitempty"`
	Untagged     bool     `json:"untagged,omitempty"`
	// Regions are where the nodes are; EveryRegion says that those of all other Regions are open too.
	Regions     []string `json:"regions"`
	EveryRegion bool     `json:"everyRegion,omitempty"`
	// Doors are the ways into the nodes, and "start" and "stop".
	Doors []reach.Door `json:"doors"`
	// Others are further ways onto nodes, and of running code on them, that the role may use somewhere: the rows of
	// the table of doors that expectations have no name for, as in "Systems Manager: associations, which run
	// documents as root". Policies that are not known open none of them here.
	Others []string `json:"others,omitempty"`
	// Networks are the networks from which one of the doors opens: CIDR blocks, and ids of VPCs and of VPC endpoints.
	// Empty means that any network will do.
	Networks []string `json:"networks,omitempty"`
	// VolumeKeys are the ARNs of the customer managed KMS keys with which the door "start" starts instances, "*" is
	// every key of the account. An instance with a volume under another one falls back to stopped.
	VolumeKeys []string `json:"volumeKeys,omitempty"`
	// OSUser is the login that the doors end in, empty where they give none; Superuser says that it can do everything
	// on the node.
	OSUser    string `json:"osUser,omitempty"`
	Superuser bool   `json:"superuser,omitempty"`
	// SignIns are the ways to sign in that get there, and MFAMaxAgeSeconds how old MFA may be; zero means any age.
	SignIns          []reach.SignIn `json:"signIns"`
	MFAMaxAgeSeconds int            `json:"mfaMaxAgeSeconds,omitempty"`
	// From and Until bound the time in which it is so, the second Until not included. Nil means from At on, and
	// without end.
	From  *time.Time `json:"from,omitempty"`
	Until *time.Time `json:"until,omitempty"`
	// Assumptions are what the row rests on: policies that are not known here.
	Assumptions []words.Assumption `json:"assumptions,omitempty"`

	// account is what tables call the account.
	account string
	// readsProfile says that a profile decides something of the row.
	readsProfile bool
}

// Of is the matrix of stacks: of their people, and of whoever comes to their accounts from other stacks of the
// organization.
func Of(moment time.Time, stacks ...*stack.Stack) (*Matrix, error) {
	facts, err := reach.Of(moment, stacks...)
	if err != nil {
		return nil, err
	}
	return OfFacts(facts), nil
}

// OfFacts is who reaches what as a table.
func OfFacts(f *reach.Facts) *Matrix {
	m := &Matrix{
		Version:        Version,
		At:             f.At,
		Rows:           []Row{},
		Administrators: f.Administrators,
		aliases:        map[string]string{},
		windows:        map[string]string{},
	}
	for _, a := range f.Accounts {
		m.aliases[a.Alias] = a.ID
	}
	for i := range f.Ways {
		row := rowOfWay(f, &f.Ways[i])
		m.Rows = append(m.Rows, row)
		if row.From != nil || row.Until != nil {
			m.windows[row.RoleARN] = " " + row.whenCell()
		}
	}
	return m
}

func rowOfWay(f *reach.Facts, w *reach.Way) Row {
	row := Row{
		Person:       words.OfPerson(f, w.Person),
		Teams:        w.Teams,
		PersonARN:    w.Person.ARN,
		Projects:     []string{},
		EveryProject: w.Projects.Every,
		Untagged:     w.Projects.Untagged,
		Regions: append(
			[]string{},
			w.Regions.Named...),
		EveryRegion:      w.Regions.Every,
		Doors:            append([]reach.Door{}, w.Doors...),
		OSUser:           w.OSUser.Login.Text,
		Account:          w.Account().ID,
		account:          cmp.Or(w.Account().Alias, w.Account().ID),
		Superuser:        w.OSUser.Superuser,
		Networks:         w.Networks,
		SignIns:          append([]reach.SignIn{}, w.SignIns...),
		MFAMaxAgeSeconds: int(w.MFAMaxAge / time.Second),
		From:             w.From,
		Until:            w.Until,
	}
	for i := range w.Via {
		if name := words.OfRole(&w.Via[i]); i < len(w.Via)-1 {
			row.Through = append(row.Through, name)
		} else {
			row.Role, row.RoleARN = name, w.Via[i].ARN
		}
	}
	for _, p := range w.Projects.Named {
		row.Projects = append(row.Projects, p.Text)
	}
	for _, p := range w.Projects.But {
		row.ButProjects = append(row.ButProjects, p.Text)
	}
	for _, o := range w.Others {
		row.Others = append(row.Others, o.Service+": "+o.It)
	}
	if row.VolumeKeys = w.VolumeKeys.ARNs; w.VolumeKeys.Every {
		row.VolumeKeys = []string{"*"}
	}
	if w.OSUser.Unknown {
		row.OSUser = "unknown"
	}
	for _, a := range w.Assumptions {
		row.Assumptions = append(row.Assumptions, words.OfAssumption(a))
	}
	row.readsProfile = w.OSUser.Login.FromProfile ||
		slices.ContainsFunc(slices.Concat(w.Projects.Named, w.Projects.But), fromProfile)
	return row
}

func fromProfile(v reach.Value) bool { return v.FromProfile }

// Only keeps the rows of the people with the name, "alias/name" or ARN.
func (m *Matrix) Only(nameOrARN string) error {
	var names []string
	kept := []Row{}
	alias, inAccount, found := strings.Cut(nameOrARN, "/")
	for _, r := range m.Rows {
		name, _, _ := strings.Cut(r.Person, " ")
		if name == nameOrARN || r.PersonARN == nameOrARN ||
			found && name == inAccount && m.aliases[alias] == words.AccountOf(r.PersonARN) {
			kept = append(kept, r)
		}
		names = append(names, name)
	}
	if len(kept) == 0 {
		return fmt.Errorf(
			"%q is nobody in these stacks; %s",
			nameOrARN,
			strictyaml.DidYouMean(nameOrARN, slices.Compact(names)),
		)
	}
	m.Rows = kept
	return nil
}
