package sections

import (
	"strings"
	"time"

	"aws-access-guardrails/access/world"
	"aws-access-guardrails/guardrail/identitycenter"
	"aws-access-guardrails/internal/stackfile/provider"
	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/policy"
)

// IdentityCenter is the section "identityCenter". The stack of the account that manages the instance carries it.
type IdentityCenter struct {
	identitycenter.IdentityCenter
	Attributes     map[string]string
	PermissionSets []PermissionSet
}

// PermissionSet is an element of "permissionSets".
type PermissionSet struct {
	identitycenter.PermissionSetArgs
	// PolicyFile is where the inline policy is, if it is in a file.
	PolicyFile string
}

var identityCenterKeys = strictyaml.Keys(
	"IAM Identity Center; the stack of the account that manages the instance carries it",
	strictyaml.Key("instance", func(c *IdentityCenter) *string { return &c.Instance }, strictyaml.Text(nil)).
		Required(`write the ARN of the instance, which "aws sso-admin list-instances" prints`).
		Doc("The ARN of the instance. It is in the Region of aws:region. Deployment stops when this account manages "+
			"another one.").
		Example("arn:aws:sso:::instance/ssoins-1234567890abcdef"),
	strictyaml.Key("identityStore", func(c *IdentityCenter) *string { return &c.IdentityStore }, strictyaml.Text(nil)).
		Required(`write the id of the identity store, which "aws sso-admin list-instances" prints`).
		Doc("The id of the identity store of the instance.").
		Example("d-1234567890"),
	strictyaml.Key(
		"users",
		func(c *IdentityCenter) *map[string]string { return &c.Users },
		strictyaml.TableOf(strictyaml.Text(nil), nil).IgnoringCase(),
	).
		OrNothing("nobody is assigned by name", "groups are what most assignments name").
		Doc("People of the identity store whom assignments and expectations name: their ids by user name. Deployment "+
			"stops when an id is somebody else's.").
		Example(map[string]string{"alice": "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"}),
	strictyaml.Key(
		"groups",
		func(c *IdentityCenter) *map[string]string { return &c.Groups },
		strictyaml.TableOf(strictyaml.Text(nil), nil).IgnoringCase(),
	).
		OrNothing("no group is assigned", "people may be assigned one by one").
		Doc("Groups of the identity store whom assignments and expectations name: their ids by display name. "+
			"Deployment stops when an id is another group's.").
		Example(map[string]string{"operators": "a2b4c6d8-1a2b-3c4d-5e6f-1a2b3c4d5e6f"}),
	strictyaml.Key("attributes", func(c *IdentityCenter) *map[string]string { return &c.Attributes },
		strictyaml.TableOf(strictyaml.Text(nil), nil)).
		OrNothing("the tags that decide access alone, from "+world.SourceOfUserNames,
			"a tag that is not configured is the identity provider's choice; the user name is what everybody has, and "+
				"no two people").
		Doc("The attributes for access control: session tags of everybody who comes through Identity Center, in every "+
			"account. The value is "+
			"a profile attribute, one of "+sourceWords()+". SSMSessionRunAs names the OS user, the project tag the "+
			"project of the person; where they are left out they are "+
			world.SourceOfUserNames+". The list is the whole truth, and stays when the stack goes.").
		Example(map[string]string{"SSMSessionRunAs": "${path:userName}", "Project": "${path:enterprise.department}"}),
	strictyaml.Key(
		"permissionSets",
		func(c *IdentityCenter) *[]PermissionSet { return &c.PermissionSets },
		strictyaml.ListOf(permissionSetKeys).
			Distinct(func(p PermissionSet) string { return strings.ToLower(p.Name) }),
	).
		OrNothing("there are none", "people may all come as IAM users").
		Doc("Permission sets, and who may take them in which accounts. None of them asks for MFA: Identity Center "+
			"asks for it when people sign in.").
		Example([]any{map[string]any{"name": "ShopOperator", "template": "operation",
			"assignments": []any{map[string]any{"group": "operators", "accounts": []string{"workload"}}}}}),
)

func sourceWords() string {
	var words []string
	for _, s := range world.AttributeSources() {
		words = append(words, "`"+s.String()+"`")
	}
	return strings.Join(words, ", ")
}

var permissionSetKeys = strictyaml.Keys(
	"a permission set, and who may take it where",
	strictyaml.Key("name", func(p *PermissionSet) *string { return &p.Name }, strictyaml.Text(nil)).
		Required("write the name of the permission set").
		Doc("The name, at most 32 characters. The role in each account is AWSReservedSSO_, the name, and sixteen "+
			"characters of AWS's choice. Another name is another permission set.").
		Example("ShopOperator"),
	strictyaml.Key(
		"template",
		func(p *PermissionSet) *identitycenter.PermissionSetTemplate { return &p.Template },
		strictyaml.WordsOf(identitycenter.PermissionSetTemplates()...),
	).
		Required("write what it is for: operation, osAccess, readOnly or own").
		Doc("What it is for. operation opens sessions on the nodes of the person's own project, which an attribute "+
			"names, and starts and stops them. osAccess opens sessions on the nodes of the "+
			"listed projects. readOnly is AWS's ViewOnlyAccess, with ways onto nodes, their start and stop, and "+
			"changes of "+
			"access denied. own is what managedPolicies and policy say.").
		Example("operation"),
	strictyaml.Key("description", func(p *PermissionSet) *string { return &p.Description },
		strictyaml.Text(nil).OfLines()).
		OrNothing("it has none", "the name may say enough").
		Doc("What it is for, at most 700 characters.").
		Example("Shells on the machines of their own project"),
	strictyaml.Key(
		"sessionDuration",
		func(p *PermissionSet) *time.Duration { return &p.SessionDuration },
		strictyaml.Duration{Least: time.Hour, Most: 12 * time.Hour, Step: time.Minute},
	).
		OrElse(time.Hour, "it is the shortest that Identity Center takes, and its own default").
		Doc("The longest session in an account.").
		Example("1h"),
	strictyaml.Key("relayState", func(p *PermissionSet) *string { return &p.RelayState }, strictyaml.Text(nil)).
		OrNothing("the home page of the console", "people go different ways").
		Doc("The page of the console in which a session begins.").
		Example("https://console.aws.amazon.com/systems-manager/session-manager"),
	strictyaml.Key(
		"projects",
		func(p *PermissionSet) *[]string { return &p.Projects },
		strictyaml.Words(
			strictyaml.Text(policy.ValidateProject),
		).NotEmpty("would read as every node of the accounts", "list projects, or remove the key to mean every node"),
	).
		OrNothing("osAccess reaches every node of the accounts", "emergencies know no project").
		Doc("The values of the project tag on the nodes that osAccess reaches.").
		Example([]string{"shop"}),
	strictyaml.Key(
		"documents",
		func(p *PermissionSet) *[]string { return &p.Documents },
		strictyaml.Words(strictyaml.Text(policy.ValidateSessionDocumentName)),
	).
		OrNothing("shells only", "every document is a way in of its own").
		Doc("Session documents that operation and osAccess can use besides the shell, by name. Names that begin with "+
			"AWS- are AWS's.").
		Example([]string{"AWS-StartPortForwardingSession"}),
	strictyaml.Key("domainLogins", func(p *PermissionSet) *bool { return &p.DomainLogins }, strictyaml.Boolean{}).
		OrElse(false, "an attribute with \"@\" is an address more often than a login").
		Doc("Lets logins of a domain (user@domain) open shells, for nodes that are joined to a directory. For "+
			"operation and osAccess.").
		Example(false),
	strictyaml.Key("allowUnlogged", func(p *PermissionSet) *bool { return &p.AllowUnlogged }, strictyaml.Boolean{}).
		OrElse(false, "such sessions leave the tag boundary or the OS user").
		Doc("Accepts documents that reach other hosts through a node, tunnel SSH, or run a command of the caller's.").
		Example(false),
	strictyaml.Key(
		"regions",
		func(p *PermissionSet) *[]string { return &p.Regions },
		strictyaml.Words(strictyaml.Text(provider.ValidateRegion)).
			NotEmpty("would open sessions nowhere", "list the Regions, or remove the key"),
	).
		OrNothing("the Region of aws:region, for operation and osAccess",
			"sessions open where somebody has set the preferences").
		Doc("The Regions in which sessions open: those whose Session Manager preferences are set in every account of "+
			"the assignments.").
		Example([]string{"ap-northeast-1"}),
	strictyaml.Key("kmsKeyArns", func(p *PermissionSet) *[]string { return &p.KMSKeys },
		strictyaml.Words(strictyaml.Text(nil))).
		OrNothing("session data is encrypted with TLS alone", "it follows the preferences of the accounts").
		Doc("The keys of sessions.kmsKeyId in the accounts of the assignments.").
		Example([]string{"arn:aws:kms:ap-northeast-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab"}),
	strictyaml.Key("volumeKeyArns", func(p *PermissionSet) *[]string { return &p.VolumeKeyARNs },
		strictyaml.Words(strictyaml.Text(nil))).
		OrNothing("instances with volumes under customer managed KMS keys fall back to stopped when operation "+
			"starts them", "most volumes have AWS's own key, which needs nothing").
		Doc("ARNs of the customer managed KMS keys that encrypt volumes of the instances that operation starts, in "+
			"the accounts of the assignments. It may have EC2 make grants on them "+
			"(kms:CreateGrant, for AWS resources and through EC2 alone).").
		Example([]string{"arn:aws:kms:ap-northeast-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab"}),
	strictyaml.Key("managedPolicies", func(p *PermissionSet) *[]string { return &p.ManagedPolicies },
		strictyaml.Words(strictyaml.Text(nil))).
		OrNothing("none are attached", "templates know what they need").
		Doc("What own may do: names of AWS managed policies, with their path where they have one; names of "+
			"managedPolicies of the stacks of the accounts of the assignments; or path and name of a customer "+
			"managed policy "+
			"that somebody else makes in each of those accounts, such as /team/Billing. Identity Center wants a "+
			"customer "+
			"managed policy in every account before the permission set is assigned there.").
		Example([]string{"AdministratorAccess"}),
	strictyaml.Key("sourceNetworks", func(p *PermissionSet) *[]string { return (*[]string)(&p.SourceNetworks) },
		strictyaml.Words(strictyaml.Text(nil)).NotEmpty("would read as every network", "list the networks, or remove the key")).
		OrNothing("it is used from anywhere", "people work from many networks, and sign in with MFA").
		Doc("The networks from which the permission set may be used, whatever it carries: "+networksDoc+" People sign in to the access portal "+
			"from anywhere that their identity provider takes, and do nothing with the permission set elsewhere.").
		Example([]string{"203.0.113.0/24", "2001:db8::/32"}),
	strictyaml.Key("permissionsBoundary", func(p *PermissionSet) *string { return &p.PermissionsBoundary },
		strictyaml.Text(nil)).
		OrNothing("its roles have none", noBoundaryReason).
		Doc("The permissions boundary of its roles, a policy as in managedPolicies: what it does not allow is not "+
			"allowed, whatever the permission set carries.").
		Example("OnlyTokyo"),
	strictyaml.Key("policy", func(p *PermissionSet) **policy.Document { return &p.Policy },
		strictyaml.Optionally(strictyaml.PolicyDocument{})).
		OrNothing("own has no inline policy, or that of policyFile", "templates know what they need").
		Doc("The inline policy of own, as keys and lists. Version is 2012-10-17 where it is left out.").
		Example(map[string]any{"Statement": []any{map[string]any{"Effect": "Allow", "Action": "s3:ListAllMyBuckets",
			"Resource": "*"}}}),
	strictyaml.Key("policyFile", func(p *PermissionSet) *string { return &p.PolicyFile }, strictyaml.Text(nil)).
		OrNothing("own has no inline policy, or that of policy", "short ones can stand here").
		Doc("The inline policy of own as JSON: a path below the folder of the stack file.").
		Example("policies/billing.json"),
	strictyaml.Key("grants", func(p *PermissionSet) *bool { return &p.Grants }, strictyaml.Boolean{}).
		OrElse(false, "a permission set says by itself what its people do").
		Doc("Lets its people assume the roles of guardrails:grants in the accounts of the assignments: each grant "+
			"says for whom it is, and when.").
		Example(true),
	strictyaml.Key(
		"assignments",
		func(p *PermissionSet) *[]identitycenter.Assignment { return &p.Assignments },
		strictyaml.ListOf(assignmentKeys),
	).
		OrNothing("nobody can take it", "it may be assigned later").
		Doc("Who may take it, in which accounts. The verb up takes every other assignment of it away.").
		Example([]any{map[string]any{"group": "operators", "accounts": []string{"workload"}}}),
)

var assignmentKeys = strictyaml.Keys("who may take a permission set",
	strictyaml.Key("user", func(a *identitycenter.Assignment) *string { return &a.User }, strictyaml.Text(nil)).
		OrNothing("a group may take it", "one of user and group is given").
		Doc("A person of identityCenter.users.").
		Example("alice"),
	strictyaml.Key("group", func(a *identitycenter.Assignment) *string { return &a.Group }, strictyaml.Text(nil)).
		OrNothing("a person may take it", "one of user and group is given").
		Doc("A group of identityCenter.groups.").
		Example("operators"),
	strictyaml.Key(
		"accounts",
		func(a *identitycenter.Assignment) *[]string { return &a.Accounts },
		strictyaml.Words(strictyaml.Text(validateAccountOrAlias)).
			NotEmpty("assigns nobody", "list the accounts, or remove the assignment"),
	).
		Required("list the accounts").
		Doc("The accounts in which it may be taken: ids, or aliases of stacks of this folder.").
		Example([]string{"workload"}),
)
