package render

import "aws-access-guardrails/internal/stack"

// noun is what a rendering shows of one noun of the registry of package stack.
type noun struct {
	// key is the key of the stack file.
	key  string
	show func(*Rendering, *stack.Stack) error
}

// inWorld is what a noun shows that is whole in the authorization details and the documents of the account.
func inWorld(*Rendering, *stack.Stack) error { return nil }

// noPlace is what a noun shows for which the form has no place: a password policy, which has no document.
func noPlace(*Rendering, *stack.Stack) error { return nil }

var nouns = []noun{
	{"mfa", inWorld},
	{"passwordPolicy", noPlace},
	{"managedPolicies", inWorld},
	{"users", inWorld},
	{"operationRoles", inWorld},
	{"delegatedRoles", inWorld},
	{"sessions", (*Rendering).sessions},
	{"sessionDocuments", inWorld},
	{"osAccess", inWorld},
	{"grants", inWorld},
	{"justInTime", inWorld},
	{"identityCenter", (*Rendering).identityCenter},
	{"organization", (*Rendering).organization},
}

// sessions shows what nodes need for the configured logs.
func (r *Rendering) sessions(stack *stack.Stack) error {
	if preferences := stack.Preferences(); preferences != nil {
		if document, needed := preferences.NodeDocument(); needed {
			r.nodes = &document
		}
	}
	return nil
}

// organization shows the service control policies.
func (r *Rendering) organization(stack *stack.Stack) error {
	a := stack.ServiceControlPolicies()
	if a == nil {
		return nil
	}
	plan, err := a.Plan()
	if err != nil {
		return err
	}
	r.Organization = Organization{ID: a.ID, Management: a.Management}
	for _, p := range plan.Policies {
		r.ServiceControlPolicies = append(
			r.ServiceControlPolicies,
			ServiceControlPolicy{Name: p.Name, Targets: p.Targets, Document: p.Document},
		)
	}
	return nil
}
