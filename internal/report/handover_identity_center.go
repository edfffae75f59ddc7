package report

import (
	"fmt"
	"slices"
	"strings"

	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/internal/config"
)

// Portal is what somebody has who comes in through IAM Identity Center: a person, or everybody in a group.
type Portal struct {
	// Group says that it is a group.
	Group bool `json:"group,omitempty"`
	// PermissionSets are what can be taken in which accounts.
	PermissionSets []PortalPermissionSet `json:"permissionSets"`
	// Profile is what the profile of the person must say: the session tag by the attribute that it comes from. Profiles are kept elsewhere.
	Profile map[string]string `json:"profile"`
}

// PortalPermissionSet is a permission set with the ids of the accounts in which it can be taken.
type PortalPermissionSet struct {
	Name     string   `json:"name"`
	Accounts []string `json:"accounts"`
}

// portal adds the people and groups who are assigned permission sets, in the order of the assignments.
func (h *handover) portal(s *config.Stack) {
	attributes := s.AccessControlAttributes()
	if attributes == nil {
		return
	}
	profile := map[string]string{}
	for _, a := range attributes.Effective() {
		profile[a.Key] = a.Source.Path
	}
	for _, set := range s.PermissionSets() {
		for _, a := range set.Assignments {
			name, id := a.User, attributes.IdentityCenter.Users[a.User]
			if a.Group != "" {
				name, id = a.Group, attributes.IdentityCenter.Groups[a.Group]
			}
			h.add(Person{Name: name, ARN: id, Roles: []Role{}, Portal: &Portal{Group: a.Group != "", Profile: profile}})
			p := h.people[h.byARN[id]].Portal
			p.PermissionSets = append(p.PermissionSets, PortalPermissionSet{Name: set.Name, Accounts: a.Accounts})
		}
	}
}

// write tells the person, and whoever keeps the profiles.
func (p Portal) write(b *strings.Builder, name string) {
	who := name
	if p.Group {
		who = "everybody in " + name
	}
	fmt.Fprintf(b, "Sign in to the access portal of IAM Identity Center, which asks for MFA.\n\nPermission sets of %s\n", who)
	for _, set := range p.PermissionSets {
		fmt.Fprintf(b, "  %s in %s\n", set.Name, strings.Join(set.Accounts, ", "))
	}
	b.WriteString("\nThe profile needs, from whoever keeps it\n")
	var tags []string
	for tag := range p.Profile {
		tags = append(tags, tag)
	}
	slices.Sort(tags)
	for _, tag := range tags {
		purpose := "the tag " + tag + " of every session"
		if tag == guardrail.RunAsTag {
			purpose = "the OS user of shells: a login that exists on the nodes, in lower case, and nobody else's"
		}
		fmt.Fprintf(b, "  %s: %s\n", p.Profile[tag], purpose)
	}
	b.WriteString("\n")
}
