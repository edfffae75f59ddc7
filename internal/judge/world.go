package judge

import (
	"cmp"
	"path/filepath"
	"slices"
	"strings"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/expectation"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/problem"
)

// World is what the stacks deploy, and nothing that others made: their accounts, the organization with its service
// control policies where one of them carries it, the roles of permission sets where one of them carries IAM Identity
// Center, and the AWS managed policies that are known. An account without an alias goes by the name of its stack.
func World(stacks ...*stack.Stack) access.World {
	var w access.World
	for _, s := range stacks {
		account := s.World()
		account.Alias = cmp.Or(account.Alias, s.Name)
		w.Accounts = append(w.Accounts, account)
		if policies := s.ServiceControlPolicies(); policies != nil && w.Organization == nil {
			policies.AddToOrganization(&w)
		}
	}
	for _, s := range stacks {
		if w.IdentityCenter == nil {
			s.AddIdentityCenter(&w)
		}
	}
	return world.WithManagedPolicies(w)
}

// WithSiblings are the stacks, and those of their folders that belong to the same organization: who comes to an
// account, and what it is bound by, is said in other stacks too.
func WithSiblings(stacks ...*stack.Stack) []*stack.Stack {
	all := slices.Clone(stacks)
	for _, s := range stacks {
		for _, other := range siblings(s, all...) {
			if !slices.ContainsFunc(all, func(have *stack.Stack) bool { return have.Account.ID == other.Account.ID }) {
				all = append(all, other)
			}
		}
	}
	return all
}

// siblings are the other stacks of the folder that can be read: people of their accounts come to this one, and one of
// them may carry the organization. What is wrong with the others is told where they are judged themselves; their
// people are strangers then. Of those that were read already no file is read again.
func siblings(s *stack.Stack, read ...*stack.Stack) []*stack.Stack {
	var out []*stack.Stack
	accounts := map[string]bool{s.Account.ID: true}
	var reader stack.Reader
	for _, other := range s.Siblings {
		var st *stack.Stack
		var problems problem.List
		if index := slices.IndexFunc(
			read,
			func(r *stack.Stack) bool { return r.Name == other.Stack && r.Folder == s.Folder },
		); index >= 0 {
			st = read[index]
		} else {
			st, problems = reader.ReadFile(filepath.Join(s.Folder, "Pulumi."+other.Stack+".yaml"))
		}
		if len(problems) > 0 || accounts[st.Account.ID] || !together(s, st) {
			continue
		}
		accounts[st.Account.ID] = true
		out = append(out, st)
	}
	return out
}

// expectations are those of the stack, with people of other stacks written as the world knows them: a stack's name
// stands for its account.
func expectations(s *stack.Stack) []expectation.Expectation {
	var out []expectation.Expectation
	for _, x := range s.Expect {
		x.As, x.Via, x.On.User, x.On.Role = byAccount(
			s,
			x.As,
		), byAccount(
			s,
			x.Via,
		), byAccount(
			s,
			x.On.User,
		), byAccount(
			s,
			x.On.Role,
		)
		out = append(out, x)
	}
	return out
}

func byAccount(s *stack.Stack, name string) string {
	account, rest, found := strings.Cut(name, "/")
	if !found || strings.HasPrefix(name, "arn:") {
		return name
	}
	for _, other := range s.Siblings {
		if other.Stack == account && other.Alias != account {
			return other.AccountID + "/" + rest
		}
	}
	return name
}
