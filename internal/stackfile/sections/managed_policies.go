package sections

import (
	"aws-access-guardrails/guardrail/managedpolicy"
	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/policy"
)

// ManagedPolicy is an element of "managedPolicies": the policy, and where its document is.
type ManagedPolicy struct {
	managedpolicy.Args
	// Policy is the document as the file has it, PolicyFile where it is, if it is in a file of its own.
	Policy     *policy.Document
	PolicyFile string
}

var managedPolicyKeys = strictyaml.Keys(
	"a customer managed policy",
	strictyaml.Key("name", func(p *ManagedPolicy) *string { return &p.Name }, strictyaml.Text(policy.ValidatePolicyName).Pattern(namePattern)).
		Required("write the name of the policy").
		Doc("The name of the policy, under the path /guardrails/. Other sections call it by this name.").
		Example("OnlyTokyo"),
	strictyaml.Key("policy", func(p *ManagedPolicy) **policy.Document { return &p.Policy }, strictyaml.Optionally(strictyaml.PolicyDocument{})).
		OrNothing("the document is that of policyFile", "long ones stand in a file of their own").
		Doc("The document, as keys and lists. Version is 2012-10-17 where it is left out.").
		Example(map[string]any{"Statement": []any{map[string]any{"Effect": "Allow", "Action": "ec2:Describe*", "Resource": "*"}}}),
	strictyaml.Key("policyFile", func(p *ManagedPolicy) *string { return &p.PolicyFile }, strictyaml.Text(nil)).
		OrNothing("the document is that of policy", "short ones can stand here").
		Doc("The document as JSON: a path below the folder of the stack file.").
		Example("policies/only-tokyo.json"),
)
