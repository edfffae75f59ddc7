package sandbox

import (
	"cmp"
	"errors"
	"path/filepath"
	"slices"
	"strings"

	"aws-access-guardrails/internal/files"
	"aws-access-guardrails/internal/sandbox/cloud"
	"aws-access-guardrails/internal/sandbox/cloud/plant"
	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/problem"
)

// worldFile is sandbox.yaml: what exists in AWS before any stack. docs/sandbox.md is its reference.
type worldFile struct {
	Accounts map[string]*worldAccount
	Stacks   map[string]string
	Profiles map[string]string
	// Managed are names, with their paths, of managed policies that AWS has and the sandbox does not know yet.
	Managed []string

	// CallsAs is the role as whose session every call of a deployment is decided.
	CallsAs string

	// DuplicateContent says which versions of a document UpdateDocument compares a new content with; empty is the
	// latest alone.
	DuplicateContent string

	Organization   *worldOrganization
	IdentityCenter *worldIdentityCenter

	name   string
	places strictyaml.Places
}

type worldAccount struct {
	Alias     string
	Partition string
	Policies  []worldPolicy
	Groups    []worldGroup
	Users     []worldUser
	Roles     []worldRole
	Documents []worldDocument
	Nodes     []worldNode
	Enrol     []worldArrival

	located
}

// located is where a thing stood in the file.
type located struct{ path string }

func (a *located) locate(path problem.Path) { a.path = string(path) }

type worldPolicy struct {
	Name        string
	Path        string
	Description string
	Document    string
	Tags        map[string]string

	located
}

type worldGroup struct {
	Name           string
	Path           string
	Policies       []string
	InlinePolicies map[string]string

	located
}

type worldUser struct {
	Name           string
	Path           string
	Tags           map[string]string
	Groups         []string
	Policies       []string
	InlinePolicies map[string]string
	Boundary       string
	// known says that a stack file names the user.
	known      bool
	Password   bool
	MFA        bool
	AccessKeys int

	located
}

type worldRole struct {
	Name           string
	Path           string
	Description    string
	Trust          string
	MaxSession     int
	Tags           map[string]string
	Policies       []string
	InlinePolicies map[string]string
	Boundary       string
	// known says that a stack file names the role.
	known bool

	located
}

type worldDocument struct {
	Region  string
	Name    string
	Type    string
	Content string
	Tags    map[string]string

	located
}

type worldNode struct {
	ID      string
	Region  string
	Tags    map[string]string
	OSUsers []string
	Profile string
	// VolumeKeys are the KMS keys of the volumes; left out, nobody says which.
	VolumeKeys []string

	located
}

type worldArrival struct {
	User       string
	Password   bool
	MFA        bool
	AccessKeys int

	located
}

type worldOrganization struct {
	ID              string
	Management      string
	Root            string
	PolicyTypes     []string
	TrustedServices []string
	Units           []worldUnit
	Accounts        map[string]string
	Policies        []worldOrganizationPolicy

	located
}

type worldUnit struct {
	ID     string
	Name   string
	Parent string
}

type worldOrganizationPolicy struct {
	Name        string
	Description string
	Type        string
	Content     string
	Targets     []string
	Tags        map[string]string

	located
}

type worldIdentityCenter struct {
	Instance   string
	Store      string
	Region     string
	Account    string
	Attributes map[string]string
	Users      map[string]string
	Groups     map[string]string

	located
}

// readWorldFile reads and checks a world file; everything wrong with it comes at once.
func readWorldFile(path string) (*worldFile, error) {
	name := filepath.Base(path)
	data, err := files.Read(path)
	var words *files.Error
	switch {
	case errors.As(err, &words) && words.Err == nil:
		return nil, problem.List{{
			Position: problem.Position{File: name}, Kind: problem.Refused,
			Why: "the file " + words.Why, Fix: words.Fix,
		}}
	case err != nil:
		return nil, err
	}
	root, wrong := strictyaml.ParseYAML(name, data)
	switch {
	case wrong != nil && wrong.Kind == problem.Missing, wrong == nil && root.Shape == strictyaml.ShapeNull:
		return &worldFile{name: name}, nil // A file without a value is a world without a thing.
	case wrong != nil:
		return nil, problem.List{wrong}
	}
	d := strictyaml.NewDecoder()
	w, _ := worldKeys.Decode(d, root, "")
	d.ReportRepeated(root.Repeated)
	w.name, w.places = name, d.Places
	return &w, d.Sorted(name).Err()
}

// position is where a thing of the file stands; of one that the stack files alone have, the file without a line.
func (w *worldFile) position(path problem.Path) problem.Position {
	first := string(path)
	if end := strings.IndexAny(first, ".["); end >= 0 {
		first = first[:end]
	}
	if worldKeys.Field(first) == nil {
		return problem.Position{File: w.name}
	}
	position := w.places.Position(path)
	position.File = w.name
	return position
}

// refused are the problems in the order of the file; nil for none.
func refused(found problem.List) error {
	slices.SortStableFunc(found, func(a, b *problem.Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return found.Err()
}

// plant puts the things of the file into a world. What AWS would not take is a problem of the file.
func (w *worldFile) plant(c *cloud.Cloud) error {
	err := c.Plant(w.plants())
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return err
	}
	var found problem.List
	for _, err := range joined.Unwrap() {
		var plant *plant.PlantError
		if !errors.As(err, &plant) {
			return err
		}
		path := problem.Path(plant.Path)
		found = append(found, &problem.Problem{
			Position: w.position(path), Path: path, Kind: problem.Refused, Why: plant.Err.Error(),
		})
	}
	return refused(found)
}
