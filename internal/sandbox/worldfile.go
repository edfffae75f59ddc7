package sandbox

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"

	"aws-access-guardrails/access/journey"
	"aws-access-guardrails/internal/files"
	"aws-access-guardrails/internal/sandbox/cloud"
	"aws-access-guardrails/policy"
)

// worldFile is sandbox.yaml: what exists in AWS before any stack. docs/sandbox.md is its reference.
type worldFile struct {
	Accounts map[string]*worldAccount `yaml:"accounts"`
	Stacks   map[string]accountID     `yaml:"stacks"`
	Profiles map[string]accountID     `yaml:"profiles"`
	// Managed are names, with their paths, of managed policies that AWS has and the sandbox does not know yet.
	Managed []string `yaml:"awsManagedPolicies"`

	// CallsAs is the role as whose session every call of a deployment is decided.
	CallsAs string `yaml:"callsAs"`

	// DuplicateContent says which versions of a document UpdateDocument compares a new content with; empty is the
	// latest alone.
	DuplicateContent comparedVersions `yaml:"duplicateContent"`

	Organization   *worldOrganization   `yaml:"organization"`
	IdentityCenter *worldIdentityCenter `yaml:"identityCenter"`

	name   string
	places map[string][2]int
}

type worldAccount struct {
	Alias     string          `yaml:"alias"`
	Partition partitionName   `yaml:"partition"`
	Policies  []worldPolicy   `yaml:"policies"`
	Groups    []worldGroup    `yaml:"groups"`
	Users     []worldUser     `yaml:"users"`
	Roles     []worldRole     `yaml:"roles"`
	Documents []worldDocument `yaml:"documents"`
	Nodes     []worldNode     `yaml:"nodes"`
	Enrol     []worldArrival  `yaml:"enrol"`

	at
}

// at is where a thing stood in the file.
type at struct{ path string }

func (a *at) locate(path string) { a.path = path }

type comparedVersions string

func (v *comparedVersions) check() (string, string) {
	if *v == "latestVersion" || *v == "everyVersion" {
		return "", ""
	}
	return fmt.Sprintf("%q is not a set of versions", *v), "write latestVersion or everyVersion"
}

type partitionName string

func (p *partitionName) check() (string, string) {
	if policy.Partition(*p).Valid() {
		return "", ""
	}
	return fmt.Sprintf("%q is not a partition", *p), "write aws, aws-cn, aws-us-gov or aws-eusc"
}

type regionName string

func (r *regionName) check() (string, string) {
	if _, err := policy.PartitionOfRegion(string(*r)); err != nil {
		return fmt.Sprintf("%q is not a Region", *r), "write a Region's code, such as ap-northeast-1"
	}
	return "", ""
}

type accountID string

func (a *accountID) check() (string, string) {
	if policy.ValidateAccountID(string(*a)) != nil {
		return fmt.Sprintf("%q is not an account id", *a), "write its twelve digits in quotes"
	}
	return "", ""
}

type worldPolicy struct {
	Name        string            `yaml:"name,required"`
	Path        string            `yaml:"path"`
	Description string            `yaml:"description"`
	Document    yaml.Node         `yaml:"document,required"`
	Tags        map[string]string `yaml:"tags"`

	at
}

type worldGroup struct {
	Name           string               `yaml:"name,required"`
	Path           string               `yaml:"path"`
	Policies       []string             `yaml:"policies"`
	InlinePolicies map[string]yaml.Node `yaml:"inlinePolicies"`

	at
}

type worldUser struct {
	Name           string               `yaml:"name,required"`
	Path           string               `yaml:"path"`
	Tags           map[string]string    `yaml:"tags"`
	Groups         []string             `yaml:"groups"`
	Policies       []string             `yaml:"policies"`
	InlinePolicies map[string]yaml.Node `yaml:"inlinePolicies"`
	Boundary       string               `yaml:"permissionsBoundary"`
	// known says that a stack file names the user.
	known      bool
	Password   bool     `yaml:"password"`
	MFA        bool     `yaml:"mfa"`
	AccessKeys keyCount `yaml:"accessKeys"`

	at
}

type keyCount int

func (n *keyCount) check() (string, string) {
	if *n < 0 || *n > 2 {
		return fmt.Sprintf("%d is not a number of access keys that a user can have", *n), "write 0, 1 or 2"
	}
	return "", ""
}

type worldRole struct {
	Name           string               `yaml:"name,required"`
	Path           string               `yaml:"path"`
	Description    string               `yaml:"description"`
	Trust          yaml.Node            `yaml:"trust,required"`
	MaxSession     int                  `yaml:"maxSessionDuration"`
	Tags           map[string]string    `yaml:"tags"`
	Policies       []string             `yaml:"policies"`
	InlinePolicies map[string]yaml.Node `yaml:"inlinePolicies"`
	Boundary       string               `yaml:"permissionsBoundary"`
	// known says that a stack file names the role.
	known bool

	at
}

type worldDocument struct {
	Region  regionName        `yaml:"region,required"`
	Name    string            `yaml:"name,required"`
	Type    string            `yaml:"type,required"`
	Content yaml.Node         `yaml:"content,required"`
	Tags    map[string]string `yaml:"tags"`

	at
}

type worldNode struct {
	ID      nodeID            `yaml:"id,required"`
	Region  regionName        `yaml:"region,required"`
	Tags    map[string]string `yaml:"tags"`
	OSUsers []string          `yaml:"osUsers"`
	Profile string            `yaml:"profile"`
	// VolumeKeys are the KMS keys of the volumes; left out, nobody says which.
	VolumeKeys []volumeKey `yaml:"volumeKeys"`

	at
}

type volumeKey string

var keyARNPattern = regexp.MustCompile(`^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$`)

func (k *volumeKey) check() (string, string) {
	if *k == journey.AWSManagedEBSKey || keyARNPattern.MatchString(string(*k)) {
		return "", ""
	}
	return fmt.Sprintf(
		"%q is not the key of a volume",
		*k,
	), "write the ARN of a customer managed key, or " + journey.AWSManagedEBSKey + " for AWS's own"
}

type nodeID string

var nodeIDPattern = regexp.MustCompile(`^(i-[0-9a-f]{8}([0-9a-f]{9})?|mi-[0-9a-f]{17})$`)

func (n *nodeID) check() (string, string) {
	if nodeIDPattern.MatchString(string(*n)) {
		return "", ""
	}
	return fmt.Sprintf("%q is not the id of a node", *n), "write i- or mi- and 17 hexadecimal digits"
}

type worldArrival struct {
	User       string   `yaml:"user,required"`
	Password   bool     `yaml:"password"`
	MFA        bool     `yaml:"mfa"`
	AccessKeys keyCount `yaml:"accessKeys"`

	at
}

type worldOrganization struct {
	ID              string                    `yaml:"id"`
	Management      accountID                 `yaml:"management"`
	Root            string                    `yaml:"root"`
	PolicyTypes     []string                  `yaml:"policyTypes"`
	TrustedServices []string                  `yaml:"trustedServices"`
	Units           []worldUnit               `yaml:"units"`
	Accounts        map[string]string         `yaml:"accounts"`
	Policies        []worldOrganizationPolicy `yaml:"policies"`

	at
}

type worldUnit struct {
	ID     string `yaml:"id,required"`
	Name   string `yaml:"name,required"`
	Parent string `yaml:"parent"`
}

type worldOrganizationPolicy struct {
	Name        string            `yaml:"name,required"`
	Description string            `yaml:"description"`
	Type        string            `yaml:"type"`
	Content     yaml.Node         `yaml:"content,required"`
	Targets     []string          `yaml:"targets"`
	Tags        map[string]string `yaml:"tags"`

	at
}

type worldIdentityCenter struct {
	Instance   string            `yaml:"instance"`
	Store      string            `yaml:"store"`
	Region     regionName        `yaml:"region"`
	Account    accountID         `yaml:"account"`
	Attributes map[string]string `yaml:"attributes"`
	Users      map[string]string `yaml:"users"`
	Groups     map[string]string `yaml:"groups"`

	at
}

// readWorldFile reads and checks a world file; everything wrong with it comes at once.
func readWorldFile(path string) (*worldFile, error) {
	data, err := files.Read(path)
	if err != nil {
		return nil, err
	}
	w := &worldFile{name: filepath.Base(path)}
	w.places, err = decodeStrictly(w.name, data, w)
	return w, err
}

// plant puts the things of the file into a world. What AWS would not take is a problem of the file.
func (w *worldFile) plant(c *cloud.Cloud) error {
	err := c.Plant(w.plants())
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return err
	}
	var found []*Problem
	for _, err := range joined.Unwrap() {
		var refused *cloud.PlantError
		if !errors.As(err, &refused) {
			return err
		}
		place := w.places[strings.TrimSuffix(refused.Path, ".trust")]
		found = append(found, &Problem{Line: place[0], Column: place[1], Path: refused.Path, Why: refused.Err.Error()})
	}
	return problems(w.name, found)
}
