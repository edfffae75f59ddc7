package handover

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/words"
	"aws-access-guardrails/policy"
)

// Portal is what somebody has who comes in through IAM Identity Center: a person, or everybody in a group.
type Portal struct {
	// Group says that it is a group.
	Group bool `json:"group,omitempty"`
	// StartURL is the address of the access portal, empty where it is not known; Region is where the instance is.
	StartURL string `json:"startUrl,omitempty"`
	Region   string `json:"region"`
	// PermissionSets are what can be taken in which accounts.
	PermissionSets []PortalPermissionSet `json:"permissionSets"`
	// Profile is what the profile of the person must say: the session tag by the attribute that it comes from.
	// Profiles are kept elsewhere.
	Profile map[string]string `json:"profile"`
}

// PortalPermissionSet is a permission set with the ids of the accounts in which it can be taken.
type PortalPermissionSet struct {
	Name     string   `json:"name"`
	Accounts []string `json:"accounts"`
	// Profiles are the names of the profiles on the command line, one for each account.
	Profiles []string `json:"profiles"`
	// Grants is set where it lets its people assume the roles of grants.
	Grants bool `json:"grants,omitempty"`
}

// startURL is the address that every access portal has. One that was given a name of its own, and those of the other
// partitions, have further ones.
//
// Source: https://docs.aws.amazon.com/singlesignon/latest/userguide/howtochangeURL.html.
func startURL(s *stack.Stack) string {
	if s.Account.Partition != policy.AWS || s.IdentityCenter == nil {
		return ""
	}
	return "https://" + s.IdentityCenter.IdentityStore + ".awsapps.com/start"
}

// profilesOf are the names of profiles for a permission set: the account as the folder calls it, and the set.
func profilesOf(s *stack.Stack, set string, accounts []string) []string {
	var names []string
	for _, id := range accounts {
		name := id
		if id == s.Account.ID {
			name = cmp.Or(s.Account.Alias, s.Name)
		}
		for _, other := range s.Siblings {
			if other.AccountID == id {
				name = cmp.Or(other.Alias, other.Stack)
			}
		}
		names = append(names, name+"-"+set)
	}
	return names
}

// identityCenter adds the people and groups who are assigned permission sets, in the order of the assignments.
func (h *collection) identityCenter(s *stack.Stack) {
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
			h.add(Person{Name: name, ARN: id, Roles: []Role{}, Portal: &Portal{
				Group: a.Group != "", StartURL: startURL(s), Region: s.AWS.Region, Profile: profile,
			}})
			p := h.people[h.byARN[id]].Portal
			p.PermissionSets = append(p.PermissionSets, PortalPermissionSet{
				Name: set.Name, Accounts: a.Accounts, Profiles: profilesOf(s, set.Name, a.Accounts), Grants: set.Grants,
			})
		}
	}
}

// writeProfiles writes the part for ~/.aws/config, as "aws configure sso" would.
//
// Source: https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-sso.html.
func (p Portal) writeProfiles(b *strings.Builder) {
	start := cmp.Or(p.StartURL, "<the address of the access portal>")
	b.WriteString("\nCommand line: add this to ~/.aws/config, or let \"aws configure sso\" ask for it\n\n")
	fmt.Fprintf(
		b,
		"[sso-session guardrails]\nsso_start_url = %s\nsso_region = %s\nsso_registration_scopes = sso:account:access\n",
		start,
		p.Region,
	)
	for _, set := range p.PermissionSets {
		for i, account := range set.Accounts {
			fmt.Fprintf(
				b,
				"\n[profile %s]\nsso_session = guardrails\nsso_account_id = %s\nsso_role_name = %s\nregion = %s\n",
				set.Profiles[i],
				account,
				set.Name,
				p.Region,
			)
		}
	}
	b.WriteString("\nand sign in with\n\naws sso login --sso-session guardrails\n")
}

// writeGrantProfiles writes profiles that assume the roles of grants from a permission set that lets its people do so.
func (p Portal) writeGrantProfiles(b *strings.Builder, grants []Role) {
	for _, r := range grants {
		account := words.AccountOf(r.ARN)
		for _, set := range p.PermissionSets {
			index := slices.Index(set.Accounts, account)
			if !set.Grants || index < 0 {
				continue
			}
			fmt.Fprintf(
				b,
				"\n[profile %s]\nrole_arn = %s\nsource_profile = %s\nrole_session_name = %s\nregion = %s\n",
				r.Profile,
				r.ARN,
				set.Profiles[index],
				r.SessionName,
				r.Region,
			)
			break
		}
	}
}

// write tells the person, and whoever keeps the profiles.
func (p Portal) write(b *strings.Builder, name string, grants []Role) {
	who := name
	if p.Group {
		who = "everybody in " + name
	}
	b.WriteString("Sign in to the access portal of IAM Identity Center, which asks for MFA")
	if p.StartURL != "" {
		fmt.Fprintf(b, ": %s\nor at the address with a name of its own, where the portal was given one", p.StartURL)
	}
	fmt.Fprintf(b, ".\n\nPermission sets of %s\n", who)
	for _, set := range p.PermissionSets {
		fmt.Fprintf(b, "  %s in %s\n", set.Name, strings.Join(set.Accounts, ", "))
	}
	if len(grants) > 0 {
		b.WriteString(
			"\nGranted, to be taken with \"Switch role\" or a profile while a permission set is in use in the account\n",
		)
		for _, r := range grants {
			fmt.Fprintf(b, "  %s: %s\n    %s\n", r.Name, r.purpose(), r.SwitchRoleURL)
		}
	}
	p.writeProfiles(b)
	p.writeGrantProfiles(b, grants)
	b.WriteString("\nThe profile in IAM Identity Center needs, from whoever keeps it\n")
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
