package nodes

import (
	"slices"
	"strings"
	"sync"

	"aws-access-guardrails/access/catalogue"
	"aws-access-guardrails/access/claims/internal/claim"
	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/search"
	"aws-access-guardrails/policy"
)

// nodeForms are the ARN forms of machines and tasks that sessions can reach.
var nodeForms = []string{
	":ec2:${Region}:${Account}:instance/",
	":ssm:${Region}:${Account}:managed-instance/",
	":ecs:${Region}:${Account}:task/",
}

// nodeActions are the actions that do something to a node: those that AWS documents on such a resource, but for
// reading and listing, and the two that read what opens it.
var nodeActions = sync.OnceValue(func() []string {
	c := catalogue.Catalogue()
	names := []string{"ec2:GetPasswordData", "ssm:GetConnectionStatus"}
	for _, s := range c.Services {
		if !strings.Contains(s.Head, nodeForms[0]) && !strings.Contains(s.Head, nodeForms[1]) &&
			!strings.Contains(s.Head, nodeForms[2]) {
			continue
		}
		for i := s.First; i < s.Last; i++ {
			if strings.ContainsAny(c.Entry(i).Levels, "WPT") && onNodes(s.Details().Forms(s, i)) {
				names = append(names, c.Name(i))
			}
		}
	}
	return names
})

func onNodes(f *catalogue.ActionForms) bool {
	for _, arn := range f.Arns {
		for _, form := range nodeForms {
			if strings.Contains(arn, form) {
				return true
			}
		}
	}
	return false
}

// ReachNodes asks about everything that is done to a node.
var ReachNodes = sync.OnceValue(func() *engine.Statement {
	return engine.MustStatement(
		policy.Allow("", nodeActions()...).
			On("arn:*:ec2:*:*:instance/*", "arn:*:ssm:*:*:managed-instance/*", "arn:*:ecs:*:*:task/*"),
	)
})

// Operating asks about what operation roles are for: the part of reaching nodes that a Deny is meant to bound.
var Operating = sync.OnceValue(func() *engine.Statement {
	return engine.MustStatement(
		policy.Allow("", "ec2:RebootInstances", "ec2:StartInstances", "ec2:StopInstances", "ssm:StartSession").
			On("arn:*:ec2:*:*:instance/*", "arn:*:ssm:*:*:managed-instance/*"),
	)
})

// Opening asks about opening sessions, which is what roles and permission sets of OS access are for.
var Opening = sync.OnceValue(func() *engine.Statement {
	return engine.MustStatement(
		policy.Allow("", "ssm:StartSession").On("arn:*:ec2:*:*:instance/*", "arn:*:ssm:*:*:managed-instance/*"),
	)
})

// OperationRolesOnlyOperate: beside reading, an operation role opens, resumes and ends sessions, encrypts them with
// the key of the preferences, starts and stops instances, reboots them where the intent says so, and has EC2 make
// grants on the keys of their volumes that the intent lists.
func OperationRolesOnlyOperate(p *claim.Prover, in *intent.Account) {
	opens := []policy.Statement{policy.Allow("",
		"ssm:ResumeSession", "ssm:StartSession", "ssm:TerminateSession", "ssmmessages:OpenDataChannel").On("*")}
	if keys := sessionKeys(p, in); len(keys) > 0 {
		opens = append(opens, policy.Allow("", "kms:GenerateDataKey").On(keys...))
	}
	for _, r := range in.OpeningRoles() {
		if p.ToldOfAnother(r.ARN) {
			continue
		}
		permitted := slices.Clone(opens)
		if r.Operates {
			permitted = append(permitted, policy.Allow("", "ec2:StartInstances", "ec2:StopInstances").On("*"))
		}
		if r.Desktops {
			permitted = append(permitted, policy.Allow("", Desktops...).On("*"))
		}
		if r.Reboot {
			permitted = append(permitted, policy.Allow("", "ec2:RebootInstances").On("*"))
		}
		if len(r.VolumeKeys) > 0 {
			permitted = append(permitted, UseOfVolumeKeys(r.VolumeKeys))
		}
		q := search.Asking(search.Anything, permitted...)
		q.Writes = true
		if !p.Administers(r.ARN) {
			p.Conclude(
				p.Begin(in, r.ARN),
				p.EveryCall(q, p.Operation(in, &r.OperationRole)),
				"it changes something else",
			)
		}
	}
}

// sessionKeys are the keys that encrypt session data: those of the preferences, in whatever Region, and every key where
// the preferences are not known. A data key of one of them is all that a session needs.
//
// Source: AWS Systems Manager User Guide, Turn on KMS key encryption of session data (kms:GenerateDataKey on the key).
func sessionKeys(p *claim.Prover, in *intent.Account) []string {
	if in.Regions == nil {
		return []string{"*"}
	}
	account, _ := p.Engine.AccountOf(in.Account)
	var keys []string
	for i := range account.Preferences {
		arn, err := policy.ParseARN(account.Preferences[i].KMSKey)
		if err != nil {
			continue // There is none.
		}
		arn.Region = "*"
		keys = append(keys, arn.String())
	}
	return keys
}

// UseOfVolumeKeys is a grant on one of the keys that EC2 asks for, and no other: a grant to oneself decrypts.
func UseOfVolumeKeys(keys []string) policy.Statement {
	return policy.Allow("", "kms:CreateGrant").On(keys...).When(policy.Bool("kms:GrantIsForAWSResource", true),
		policy.Is(
			policy.Operator{Base: policy.OpStringLike},
			"kms:ViaService",
			"ec2.*.amazonaws.com",
			"ec2.*.amazonaws.com.cn",
		),
	)
}

// OwnProjectOnly: whatever a role that opens sessions does to a node, the node has a project of the role. A node
// without the tag, with an empty one, or with one that differs in case has another project. A role of OS access
// without projects reaches the nodes of its account.
func OwnProjectOnly(p *claim.Prover, in *intent.Account) {
	account := p.Account(in)
	for _, r := range in.OpeningRoles() {
		if p.ToldOfAnother(r.ARN) {
			continue
		}
		q := search.Question{Forbidden: []*engine.Statement{ReachNodes()}}
		if projects := r.AllProjects(); len(projects) > 0 || r.Everywhere {
			own := policy.Allow("", "*").
				On(account.Arn("ec2", "*", "instance/*"), account.Arn("ssm", "*", "managed-instance/*"))
			if !r.Everywhere {
				own = own.When(hasProject(in, projects))
			}
			if r.Environment != "" {
				own = own.When(
					policy.StringEquals(
						"aws:ResourceTag/"+in.EnvironmentTag,
						claim.Literals([]string{r.Environment})...),
				)
			}
			q.Permitted = []*engine.Statement{engine.MustStatement(own)}
		}
		meant := Opening()
		if r.Operates {
			meant = Operating()
		}
		core := search.Question{Forbidden: []*engine.Statement{meant}, Permitted: q.Permitted}
		p.Conclude(
			p.Begin(in, r.ARN),
			p.AskAll(q, p.Operation(in, &r.OperationRole)),
			"a node of another project can be reached",
			p.AskAll(core, p.Operation(in, &r.OperationRole)),
		)
	}
}

// hasProject holds of nodes that have one of the projects, beside others where the account separates several.
func hasProject(in *intent.Account, projects []string) policy.Condition {
	key := "aws:ResourceTag/" + in.ProjectTagKey()
	if in.ProjectSeparator == "" {
		return policy.StringEquals(key, projects...)
	}
	return OfProjects(in.ProjectSeparator, key, claim.Literals(projects)...)
}

// OfProjects holds of a tag that is one of the projects, or has one among others where there is a separator.
func OfProjects(separator, key string, projects ...string) policy.Condition {
	if separator == "" {
		return policy.StringEquals(key, projects...)
	}
	var patterns []string
	for _, p := range projects {
		patterns = append(patterns, p, p+separator+"*", "*"+separator+p, "*"+separator+p+separator+"*")
	}
	return policy.Is(policy.Operator{Base: policy.OpStringLike}, key, patterns...)
}
