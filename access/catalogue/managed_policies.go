package catalogue

import (
	"cmp"
	"slices"
	"strings"

	"aws-access-guardrails/policy"
)

// managedPolicies are the AWS managed policies whose documents are short and rarely change. AWS may change them at
// any time; what is proven with them is proven of the documents here.
//
// Source: AWS Managed Policy Reference Guide, the page of each policy.
var managedPolicies = map[string]func() policy.Document{
	"AdministratorAccess": func() policy.Document {
		return policy.New(policy.Allow("", "*").On("*"))
	},
	"PowerUserAccess": func() policy.Document {
		return policy.New(
			policy.Statement{
				Effect:     policy.EffectAllow,
				NotActions: []string{"account:*", "iam:*", "organizations:*"},
			}.On(
				"*",
			),
			policy.Allow("", "account:GetAccountInformation", "account:ListRegions", "iam:CreateServiceLinkedRole", "iam:DeleteServiceLinkedRole",
				"iam:ListRoles", "organizations:DescribeOrganization").
				On("*"),
		)
	},
	"IAMFullAccess": func() policy.Document {
		return policy.New(
			policy.Allow(
				"",
				"iam:*",
				"organizations:DescribeAccount",
				"organizations:DescribeOrganization",
				"organizations:DescribeOrganizationalUnit",
				"organizations:DescribePolicy",
				"organizations:ListChildren",
				"organizations:ListParents",
				"organizations:ListPolicies",
				"organizations:ListPoliciesForTarget",
				"organizations:ListRoots",
				"organizations:ListTargetsForPolicy",
			).On("*"),
		)
	},
	"IAMUserChangePassword": func() policy.Document {
		return policy.New(
			policy.Allow("", "iam:ChangePassword").On("arn:aws:iam::*:user/${aws:username}"),
			policy.Allow("", "iam:GetAccountPasswordPolicy").On("*"),
		)
	},
	"IAMSelfManageServiceSpecificCredentials": func() policy.Document {
		return policy.New(policy.Allow(
			"",
			"iam:CreateServiceSpecificCredential",
			"iam:DeleteServiceSpecificCredential",
			"iam:ListServiceSpecificCredentials",
			"iam:ResetServiceSpecificCredential",
			"iam:UpdateServiceSpecificCredential",
		).
			On("arn:aws:iam::*:user/${aws:username}"))
	},
	"SignInLocalDevelopmentAccess": func() policy.Document {
		return policy.New(
			policy.Allow("", "signin:AuthorizeOAuth2Access", "signin:CreateOAuth2Token").
				On("arn:aws:signin:*:*:oauth2/public-client/*"),
		)
	},
}

// ManagedPolicy is the document of an AWS managed policy, in the partition of its ARN.
func ManagedPolicy(arn string) (policy.Document, bool) {
	parsed, err := policy.ParseARN(arn)
	if err != nil || parsed.Account != "aws" || parsed.Service != "iam" {
		return policy.Document{}, false
	}
	build, known := managedPolicies[strings.TrimPrefix(parsed.Resource, "policy/")]
	if !known {
		return policy.Document{}, false
	}
	document := build()
	if partition := cmp.Or(parsed.Partition, policy.AWS); partition != policy.AWS {
		for i := range document.Statements {
			resources := slices.Clone(document.Statements[i].Resources)
			for j := range resources {
				if rest, found := strings.CutPrefix(resources[j], "arn:aws:"); found {
					resources[j] = "arn:" + string(partition) + ":" + rest
				}
			}
			document.Statements[i].Resources = resources
		}
	}
	return document, true
}
