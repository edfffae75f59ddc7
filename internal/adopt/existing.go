package adopt

import (
	"aws-access-guardrails/guardrail/group"
	"aws-access-guardrails/internal/stack"
)

// Wanted is what AWS is asked for.
type Wanted struct {
	// Regions are those whose preferences are read, the one of aws:region first if it is among them.
	Regions []string
	// Group, Users and Roles are names, Policies ARNs. An empty Group is none.
	Group                  string
	Users, Roles, Policies []string
	// Approvals are the approval documents of the stack, with what it makes of them.
	Approvals []Approval
	// Instance is the ARN of an instance of IAM Identity Center whose attributes are read; empty means none.
	Instance string
	// AllUsers asks for every user of the account.
	AllUsers bool
}

// Selection is what somebody asks for beyond what the stack file has.
type Selection struct {
	// Users are the names of users of the account.
	Users []string
	// AllUsers takes every user of the account.
	AllUsers bool
}

// WantedBy is what a stack would collide with, and what is selected.
func WantedBy(stack *stack.Stack, selected Selection) Wanted {
	w := Wanted{Regions: []string{stack.AWS.Region}, AllUsers: selected.AllUsers}
	if stack.Sessions != nil {
		w.Regions = stack.Sessions.Regions
	}
	world := stack.World()
	for _, u := range world.Users {
		w.Users = append(w.Users, u.Name)
	}
	for _, name := range selected.Users {
		if _, declared := declaredUser(stack, name); !declared {
			w.Users = append(w.Users, name)
		}
	}
	if stack.MFA != nil {
		w.Group = stack.MFA.Name
	} else if selected.AllUsers || len(selected.Users) > 0 {
		w.Group = group.DefaultMFAGroupName
	}
	w.Approvals = approvalsOf(stack)
	if stack.IdentityCenter != nil {
		w.Instance = stack.IdentityCenter.Instance
	}
	for _, r := range world.Roles {
		w.Roles = append(w.Roles, r.Name)
	}
	for _, p := range world.Policies {
		if _, own := stack.OwnPolicy(p.ARN); own {
			w.Policies = append(w.Policies, p.ARN)
		}
	}
	return w
}

func declaredUser(stack *stack.Stack, name string) (index int, declared bool) {
	for i, u := range stack.Users {
		if u.Name == name {
			return i, true
		}
	}
	return 0, false
}

// Existing is what AWS holds of what was asked for.
type Existing struct {
	Preferences []Preferences
	Approvals   []Approval
	// Group is nil where there is none of the name.
	Group *Group
	Users []User
	Roles []Role
	// Policies are those of the ARNs that exist.
	Policies []Policy
	// Attributes are the sources of attributes for access control by key, several of one attribute with commas
	// between; nil where they are switched off.
	Attributes map[string]string
	// AllUsers are the names of all users of the account, RolesOfGuardrails the ARNs of all roles under
	// role/guardrails/.
	AllUsers, RolesOfGuardrails []string
	// Unread are the questions that AWS did not answer, each with its error.
	Unread []Unread
	// Managed are the ARNs of what the stack's state has.
	Managed map[string]bool
}

// Preferences is a preferences document.
type Preferences struct{ Region, ARN, Content string }

// Approval is an approval document of just-in-time access. Kind is its type.
type Approval struct{ Region, Name, ARN, Kind, Content string }

// Group is an IAM group.
type Group struct {
	Name, Path, ARN string
	Members         []string
}

// User is an IAM user.
type User struct {
	Name, Path, ARN, Boundary string
	Tags                      map[string]string
	// Groups are the names of its groups, Inline those of its inline policies, and Attached the ARNs of the policies
	// that are attached to it.
	Groups, Inline, Attached []string
}

// Role is an IAM role.
type Role struct {
	Name, Path, ARN, Boundary, Trust string
	Tags                             map[string]string
}

// Policy is a customer managed policy.
type Policy struct{ Name, ARN, Description, Document string }

// Unread is a question without an answer.
type Unread struct{ What, Why string }
