package handover

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/delegated"
	"aws-access-guardrails/guardrail/grant"
	"aws-access-guardrails/guardrail/operation"
	"aws-access-guardrails/guardrail/user"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/internal/words"
	"aws-access-guardrails/policy"
)

// Person is somebody who can do something in the stacks, with all that this person needs to begin.
type Person struct {
	Name string `json:"name"`
	ARN  string `json:"arn"`
	// SignInURL is where the person signs in.
	SignInURL string `json:"signInUrl"`
	// Managed is set for a person whom one of the stacks makes; the others were handed over by whoever runs their
	// account.
	Managed bool `json:"managed"`
	// FirstPasswordChange is set when the first password must and can be changed at the first sign-in.
	FirstPasswordChange bool `json:"firstPasswordChange"`
	// AccessKeys is set when the person may make access keys after signing in with MFA.
	AccessKeys bool `json:"accessKeys"`
	// AWSLogin is set when the person may sign the command line in through the browser.
	AWSLogin bool `json:"awsLogin"`
	// MFASerial is the serial number of the person's virtual MFA device when it is named after the person.
	MFASerial string `json:"mfaSerial"`
	// Profile is the name of the person's own profile on the command line, and Region its Region.
	Profile string `json:"profile"`
	Region  string `json:"region"`
	Roles   []Role `json:"roles"`
	// Portal is set for who comes in through IAM Identity Center; the ARN is then the id in the identity store, and
	// the fields above are empty.
	Portal *Portal `json:"portal,omitempty"`
}

// Role is a role that the person may switch to.
type Role struct {
	Name  string `json:"name"`
	ARN   string `json:"arn"`
	Stack string `json:"stack"`
	// Teams are the teams by which the role names the person, as its stack file writes them; empty for somebody whom
	// it names in person.
	Teams []string `json:"teams,omitempty"`
	// SwitchRoleURL opens the console's page, filled in; empty for a role that wants session tags, which that page
	// does not send.
	SwitchRoleURL string `json:"switchRoleUrl,omitempty"`
	// SessionTags are what the person must pass as session tags, and nothing else. Empty for most roles.
	SessionTags map[string]string `json:"sessionTags,omitempty"`
	// Project and RunAs are set for operation roles: the nodes that the role reaches, and the OS user of its shells.
	Project string `json:"project,omitempty"`
	RunAs   string `json:"runAs,omitempty"`
	// Documents are the session documents that the role may use besides the shell.
	Documents []string `json:"documents,omitempty"`
	// From, Until and Ticket are set for grants: the role can be used from the one instant until the
	// other, in RFC 3339.
	From   string `json:"from,omitempty"`
	Until  string `json:"until,omitempty"`
	Ticket string `json:"ticket,omitempty"`
	// ManagedPolicies are set for delegated roles.
	ManagedPolicies []string `json:"managedPolicies,omitempty"`
	// Profile is the name of the role's profile on the command line.
	Profile string `json:"profile"`
	// SessionName is what a session must be called; empty means that any name is taken.
	SessionName string `json:"sessionName,omitempty"`
	// MaxSessionSeconds is the longest session.
	MaxSessionSeconds int `json:"maxSessionSeconds"`
	// MFAMaxAgeSeconds is how old the sign-in with MFA may be.
	MFAMaxAgeSeconds int    `json:"mfaMaxAgeSeconds"`
	Region           string `json:"region"`
}

// Of says what each person of the stacks needs: first those whom the stacks make, in the order of their files,
// then those of other accounts. A person who lives in one stack and works in others appears once.
func Of(stacks ...*stack.Stack) []Person {
	h := &collection{byARN: map[string]int{}, teams: stack.RoleTeams(stacks...)}
	for _, column := range columns {
		for _, s := range stacks {
			for _, row := range nouns {
				column(row)(h, s)
			}
		}
	}
	return h.people
}

// Only keeps the people with the name or ARN. The error names whom it did not find, and the nearest name.
func Only(people []Person, nameOrARN string) ([]Person, error) {
	var kept []Person
	var names []string
	for _, p := range people {
		if p.Name == nameOrARN || p.ARN == nameOrARN {
			kept = append(kept, p)
		}
		names = append(names, p.Name)
	}
	if len(kept) > 0 {
		return kept, nil
	}
	return nil, fmt.Errorf("%q is nobody in these stacks; %s", nameOrARN, strictyaml.DidYouMean(nameOrARN, names))
}

type collection struct {
	people []Person
	byARN  map[string]int
	teams  map[stack.RolePerson][]string
}

func (h *collection) add(p Person) {
	if _, known := h.byARN[p.ARN]; !known {
		h.byARN[p.ARN] = len(h.people)
		h.people = append(h.people, p)
	}
}

func (h *collection) users(s *stack.Stack) {
	for _, u := range s.UserArgs() {
		h.resident(s, u)
	}
}

func (h *collection) operationRoles(s *stack.Stack) {
	if a := s.Operation(); a != nil {
		for i, r := range a.Roles {
			h.operationRole(s, s.OperationRoleNames()[i], r)
		}
	}
}

func (h *collection) delegatedRoles(s *stack.Stack) {
	for _, r := range s.Delegated() {
		h.delegatedRole(s, r)
	}
}

func (h *collection) grants(s *stack.Stack) {
	for _, g := range s.AccessGrants() {
		h.grant(s, g)
	}
}

func (h *collection) portalGrants(s *stack.Stack) {
	for _, g := range s.AccessGrants() {
		h.portalGrant(s, g)
	}
}

func (h *collection) resident(s *stack.Stack, u *user.Args) {
	partition, mfa := s.Account.Partition, s.MFA
	h.add(Person{
		Name:                u.Name,
		ARN:                 partition.UserARN(s.Account.ID, u.Path, u.Name),
		SignInURL:           partition.SignInURL(s.SignInName()),
		Managed:             true,
		FirstPasswordChange: mfa.FirstPasswordChange,
		AccessKeys:          mfa.SelfService.AccessKeys,
		AWSLogin:            mfa.SelfService.AWSLogin,
		MFASerial:           partition.MFADeviceARN(s.Account.ID, u.Name),
		Profile:             u.Name,
		Region:              s.AWS.Region,
		Roles:               []Role{},
	})
}

// guest is a person of whom only the ARN is known.
func (h *collection) guest(s *stack.Stack, text string) {
	arn, err := policy.ParseARN(text)
	_, _, name, ok := arn.Entity()
	if err != nil || !ok {
		return
	}
	h.add(Person{
		Name:      name,
		ARN:       text,
		SignInURL: arn.Partition.SignInURL(arn.Account),
		MFASerial: arn.Partition.MFADeviceARN(arn.Account, name),
		Profile:   name,
		Region:    s.AWS.Region,
		Roles:     []Role{},
	})
}

func (h *collection) operationRole(s *stack.Stack, name string, r operation.Role) {
	role := newRole(s, r.Path(), name, r.MaxSessionDuration, r.MFAMaxAge)
	role.Project, role.Documents, role.RunAs = strings.Join(r.ProjectList(), ", "), r.Documents, r.RunAs
	if r.FromUser() {
		role.SwitchRoleURL = ""
	}
	if s.Sessions != nil {
		role.RunAs = cmp.Or(r.RunAs, s.Sessions.RunAs.DefaultUser)
	}
	h.give(s, role, r.Users, r.PrincipalARNs, r.SessionName)
}

func (h *collection) delegatedRole(s *stack.Stack, r *delegated.Args) {
	role := newRole(s, guardrail.DelegatedRolePath, r.Name, r.MaxSessionDuration, r.MFAMaxAge)
	role.ManagedPolicies = r.ManagedPolicies
	h.give(s, role, r.Users, r.PrincipalARNs, r.SessionName)
}

// grant is a role of its own, with a window. Its sessions last an hour.
func (h *collection) grant(s *stack.Stack, g *grant.Args) {
	if g.IdentityCenter.ID != "" {
		return // The person comes with the portal.
	}
	role := grantRole(s, g)
	users, arns := []string{g.User}, []string(nil)
	if g.PrincipalARN != "" {
		users, arns = nil, []string{g.PrincipalARN}
	}
	h.give(s, role, users, arns, guardrail.SessionNameUser)
}

// portalGrant gives the role of a grant to a person of IAM Identity Center, who assumes it from a permission set.
func (h *collection) portalGrant(s *stack.Stack, g *grant.Args) {
	i, known := h.byARN[g.IdentityCenter.ID]
	if !known || g.IdentityCenter.ID == "" {
		return
	}
	role := grantRole(s, g)
	role.SessionName = g.IdentityCenter.Name
	h.people[i].Roles = append(h.people[i].Roles, role)
}

// grantRole is the role of a grant, for whomever it is.
func grantRole(s *stack.Stack, g *grant.Args) Role {
	role := newRole(s, g.Path(), g.RoleName(), time.Hour, g.MFAMaxAge())
	role.Project, role.Documents = strings.Join(g.Reaches(), ", "), g.Documents()
	if g.DelegatedRole != nil {
		role.ManagedPolicies = g.DelegatedRole.ManagedPolicies
	} else if g.Sessions != nil {
		role.RunAs = cmp.Or(g.ShellsRunAs(), g.Sessions.RunAs.DefaultUser)
	}
	role.From, role.Until, role.Ticket = g.From.Format(time.RFC3339), g.Until.Format(time.RFC3339), g.Ticket
	return role
}

func newRole(s *stack.Stack, path, name string, session, mfaAge time.Duration) Role {
	partition := s.Account.Partition
	return Role{
		Name:              name,
		ARN:               partition.RoleARN(s.Account.ID, path, name),
		Stack:             s.Name,
		SwitchRoleURL:     partition.SwitchRoleURL(s.SignInName(), path, name, name+"@"+s.Name),
		Profile:           s.Name + "-" + name,
		MaxSessionSeconds: int(session / time.Second),
		MFAMaxAgeSeconds:  int(mfaAge / time.Second),
		Region:            s.AWS.Region,
	}
}

// give hands the role to the people who may assume it.
func (h *collection) give(s *stack.Stack, role Role, users, arns []string, rule guardrail.SessionName) {
	for _, arn := range arns {
		h.guest(s, arn)
	}
	for _, arn := range append(userARNs(s, users), arns...) {
		i, known := h.byARN[arn]
		if !known {
			continue
		}
		mine := role
		mine.Teams = h.teams[stack.RolePerson{Role: role.ARN, Person: arn}]
		if rule == guardrail.SessionNameUser {
			mine.SessionName = h.people[i].Name
		}
		if mine.RunAs == operation.RunAsFromUser {
			mine.RunAs = s.OSUserOf(arn)
			mine.SessionTags = map[string]string{guardrail.RunAsTag: mine.RunAs}
		}
		h.people[i].Roles = append(h.people[i].Roles, mine)
	}
}

func userARNs(s *stack.Stack, names []string) []string {
	var arns []string
	for _, u := range s.Users {
		if slices.Contains(names, u.Name) {
			arns = append(arns, s.Account.Partition.UserARN(s.Account.ID, u.Path, u.Name))
		}
	}
	return arns
}

// purpose is what a role is for, in a few words.
func (r Role) purpose() string {
	text := fmt.Sprintf("nodes of %s", cmp.Or(r.Project, "every project"))
	switch {
	case len(r.ManagedPolicies) > 0:
		text = "carries " + strings.Join(r.ManagedPolicies, ", ")
	case r.RunAs != "":
		text += ", shells as " + r.RunAs
	}
	if r.Until != "" {
		text += fmt.Sprintf("; from %s until %s, ticket %s", r.From, r.Until, r.Ticket)
	}
	return text + words.OfTeams(r.Teams)
}
