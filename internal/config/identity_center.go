package config

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/claims"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/guardrail/identitycenter"
	"aws-access-guardrails/internal/files"
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

var identityCenterKeys = keys(
	"IAM Identity Center; the stack of the account that manages the instance carries it",
	key("instance", func(c *IdentityCenter) *string { return &c.Instance }, text(nil)).
		required(`write the ARN of the instance, which "aws sso-admin list-instances" prints`).
		doc("The ARN of the instance. It is in the Region of aws:region. Deployment stops when this account manages another one.").
		example("arn:aws:sso:::instance/ssoins-1234567890abcdef"),
	key("identityStore", func(c *IdentityCenter) *string { return &c.IdentityStore }, text(nil)).
		required(`write the id of the identity store, which "aws sso-admin list-instances" prints`).
		doc("The id of the identity store of the instance.").
		example("d-1234567890"),
	key(
		"users",
		func(c *IdentityCenter) *map[string]string { return &c.Users },
		tableOf(text(nil), nil).ignoringCase(),
	).
		orNothing("nobody is assigned by name", "groups are what most assignments name").
		doc("People of the identity store whom assignments and expectations name: their ids by user name. Deployment stops when an id is somebody else's.").
		example(map[string]string{"alice": "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"}),
	key(
		"groups",
		func(c *IdentityCenter) *map[string]string { return &c.Groups },
		tableOf(text(nil), nil).ignoringCase(),
	).
		orNothing("no group is assigned", "people may be assigned one by one").
		doc("Groups of the identity store whom assignments and expectations name: their ids by display name. Deployment stops when an id is another group's.").
		example(map[string]string{"operators": "a2b4c6d8-1a2b-3c4d-5e6f-1a2b3c4d5e6f"}),
	key("attributes", func(c *IdentityCenter) *map[string]string { return &c.Attributes }, tableOf(text(nil), nil)).
		orNothing("the tags that decide access alone, from "+world.SourceOfUserNames,
			"a tag that is not configured is the identity provider's choice; the user name is what everybody has, and no two people").
		doc("The attributes for access control: session tags of everybody who comes through Identity Center, in every account. The value is "+
			"a profile attribute, one of "+sourceWords()+". SSMSessionRunAs names the OS user, the project tag the project of the person; where they are left out they are "+
			world.SourceOfUserNames+". The list is the whole truth, and stays when the stack goes.").
		example(map[string]string{"SSMSessionRunAs": "${path:userName}", "Project": "${path:enterprise.department}"}),
	key(
		"permissionSets",
		func(c *IdentityCenter) *[]PermissionSet { return &c.PermissionSets },
		listOf(permissionSetKeys).
			distinct(func(p PermissionSet) string { return strings.ToLower(p.Name) }),
	).
		orNothing("there are none", "people may all come as IAM users").
		doc("Permission sets, and who may take them in which accounts. None of them asks for MFA: Identity Center asks for it when people sign in.").
		example([]any{map[string]any{"name": "ShopOperator", "template": "operation", "assignments": []any{map[string]any{"group": "operators", "accounts": []string{"workload"}}}}}),
)

func sourceWords() string {
	var words []string
	for _, s := range world.AttributeSources() {
		words = append(words, "`"+s.String()+"`")
	}
	return strings.Join(words, ", ")
}

var permissionSetKeys = keys(
	"a permission set, and who may take it where",
	key("name", func(p *PermissionSet) *string { return &p.Name }, text(nil)).
		required("write the name of the permission set").
		doc("The name, at most 32 characters. The role in each account is AWSReservedSSO_, the name, and sixteen characters of AWS's choice. Another name is another permission set.").
		example("ShopOperator"),
	key(
		"template",
		func(p *PermissionSet) *identitycenter.PermissionSetTemplate { return &p.Template },
		wordsOf(identitycenter.PermissionSetTemplates()...),
	).
		required("write what it is for: operation, osAccess, readOnly or own").
		doc("What it is for. operation opens sessions on the nodes of the person's own project, which an attribute names, and starts and stops them. osAccess opens sessions on the nodes of the "+
			"listed projects. readOnly is AWS's ViewOnlyAccess. own is what managedPolicies and policy say.").
		example("operation"),
	key("description", func(p *PermissionSet) *string { return &p.Description }, text(nil).ofLines()).
		orNothing("it has none", "the name may say enough").
		doc("What it is for, at most 700 characters.").
		example("Shells on the machines of the own project"),
	key(
		"sessionDuration",
		func(p *PermissionSet) *time.Duration { return &p.SessionDuration },
		durationKind{least: time.Hour, most: 12 * time.Hour, step: time.Minute},
	).
		orElse(time.Hour, "it is the shortest that Identity Center takes, and its own default").
		doc("The longest session in an account.").
		example("1h"),
	key("relayState", func(p *PermissionSet) *string { return &p.RelayState }, text(nil)).
		orNothing("the home page of the console", "people go different ways").
		doc("The page of the console in which a session begins.").
		example("https://console.aws.amazon.com/systems-manager/session-manager"),
	key(
		"projects",
		func(p *PermissionSet) *[]string { return &p.Projects },
		words(
			text(policy.ValidateProject),
		).notEmpty("would read as every node of the accounts", "list projects, or remove the key to mean every node"),
	).
		orNothing("osAccess reaches every node of the accounts", "emergencies know no project").
		doc("The values of the project tag on the nodes that osAccess reaches.").
		example([]string{"shop"}),
	key(
		"documents",
		func(p *PermissionSet) *[]string { return &p.Documents },
		words(text(policy.ValidateSessionDocumentName)),
	).
		orNothing("shells only", "every document is a way in of its own").
		doc("Session documents that operation and osAccess can use besides the shell, by name. Names that begin with AWS- are AWS's.").
		example([]string{"AWS-StartPortForwardingSession"}),
	key("domainLogins", func(p *PermissionSet) *bool { return &p.DomainLogins }, boolean{}).
		orElse(false, "an attribute with \"@\" is an address more often than a login").
		doc("Lets logins of a domain (user@domain) open shells, for nodes that are joined to a directory. For operation and osAccess.").
		example(false),
	key("allowUnlogged", func(p *PermissionSet) *bool { return &p.AllowUnlogged }, boolean{}).
		orElse(false, "such sessions leave the tag boundary or the OS user").
		doc("Accepts documents that reach other hosts through a node, tunnel SSH, or run a command of the caller's.").
		example(false),
	key(
		"regions",
		func(p *PermissionSet) *[]string { return &p.Regions },
		words(text(validateRegion)).notEmpty("would open sessions nowhere", "list the Regions, or remove the key"),
	).
		orNothing("the Region of aws:region, for operation and osAccess", "sessions open where somebody has set the preferences").
		doc("The Regions in which sessions open: those whose Session Manager preferences are set in every account of the assignments.").
		example([]string{"ap-northeast-1"}),
	key("kmsKeyArns", func(p *PermissionSet) *[]string { return &p.KMSKeys }, words(text(nil))).
		orNothing("session data is encrypted with TLS alone", "it follows the preferences of the accounts").
		doc("The keys of sessions.kmsKeyId in the accounts of the assignments.").
		example([]string{"arn:aws:kms:ap-northeast-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab"}),
	key("volumeKeyArns", func(p *PermissionSet) *[]string { return &p.VolumeKeyARNs }, words(text(nil))).
		orNothing("instances with volumes under customer managed KMS keys fall back to stopped when operation starts them", "most volumes have AWS's own key, which needs nothing").
		doc("ARNs of the customer managed KMS keys that encrypt volumes of the instances that operation starts, in the accounts of the assignments. It may have EC2 make grants on them "+
			"(kms:CreateGrant, for AWS resources and through EC2 alone).").
		example([]string{"arn:aws:kms:ap-northeast-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab"}),
	key("managedPolicies", func(p *PermissionSet) *[]string { return &p.ManagedPolicies }, words(text(nil))).
		orNothing("none are attached", "templates know what they need").
		doc("What own may do: names of AWS managed policies, with their path where they have one.").
		example([]string{"AdministratorAccess"}),
	key("policy", func(p *PermissionSet) **policy.Document { return &p.Policy }, optionally(documentKind{})).
		orNothing("own has no inline policy, or that of policyFile", "templates know what they need").
		doc("The inline policy of own, as keys and lists. Version is 2012-10-17 where it is left out.").
		example(map[string]any{"Statement": []any{map[string]any{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}}}),
	key("policyFile", func(p *PermissionSet) *string { return &p.PolicyFile }, text(nil)).
		orNothing("own has no inline policy, or that of policy", "short ones can stand here").
		doc("The inline policy of own as JSON: a path below the folder of the stack file.").
		example("policies/billing.json"),
	key(
		"assignments",
		func(p *PermissionSet) *[]identitycenter.Assignment { return &p.Assignments },
		listOf(assignmentKeys),
	).
		orNothing("nobody can take it", "it may be assigned later").
		doc("Who may take it, in which accounts.").
		example([]any{map[string]any{"group": "operators", "accounts": []string{"workload"}}}),
)

var assignmentKeys = keys("who may take a permission set",
	key("user", func(a *identitycenter.Assignment) *string { return &a.User }, text(nil)).
		orNothing("a group may take it", "one of user and group is given").
		doc("A person of identityCenter.users.").
		example("alice"),
	key("group", func(a *identitycenter.Assignment) *string { return &a.Group }, text(nil)).
		orNothing("a person may take it", "one of user and group is given").
		doc("A group of identityCenter.groups.").
		example("operators"),
	key("accounts", func(a *identitycenter.Assignment) *[]string { return &a.Accounts },
		words(text(validateAccountOrAlias)).notEmpty("assigns nobody", "list the accounts, or remove the assignment")).
		required("list the accounts").
		doc("The accounts in which it may be taken: ids, or aliases of stacks of this folder.").
		example([]string{"workload"}),
)

// AccessControlAttributes are the attributes for access control, nil where the stack has no instance.
func (s *Stack) AccessControlAttributes() *identitycenter.AttributesArgs {
	if s.IdentityCenter == nil {
		return nil
	}
	return &identitycenter.AttributesArgs{
		Account: s.Account.Account, IdentityCenter: s.instance(), ProjectTag: s.Tags.Project,
		Attributes: s.IdentityCenter.Attributes,
	}
}

func (s *Stack) instance() identitycenter.IdentityCenter {
	c := s.IdentityCenter.IdentityCenter
	c.Region = s.AWS.Region
	return c
}

// PermissionSets are the permission sets, in the order of the file.
func (s *Stack) PermissionSets() []*identitycenter.PermissionSetArgs {
	if s.IdentityCenter == nil {
		return nil
	}
	var out []*identitycenter.PermissionSetArgs
	for _, p := range s.IdentityCenter.PermissionSets {
		a := p.PermissionSetArgs
		a.Account, a.IdentityCenter, a.ProjectTag, a.Quotas = s.Account.Account, s.instance(), s.Tags.Project, s.Quotas
		a.AWSManagedPolicies = s.AWSManagedPolicies
		if a.Template.OpensSessions() && a.Regions == nil && s.AWS.Region != "" {
			a.Regions = []string{s.AWS.Region}
		}
		a.Assignments = slices.Clone(a.Assignments)
		for i, assignment := range a.Assignments {
			a.Assignments[i].Accounts = s.accountIDs(assignment.Accounts)
		}
		out = append(out, &a)
	}
	return out
}

// permissionSetSection is the path of a permission set.
func permissionSetSection(i int) string {
	return string(Path("identityCenter.permissionSets").Index(i))
}

// IdentityCenterIntent is what attributes and permission sets are for, nil where the stack has no instance. Of the
// accounts those count that are given: the world describes no other.
func (s *Stack) IdentityCenterIntent(accounts ...string) *claims.IdentityCenterIntent {
	if s.IdentityCenter == nil {
		return nil
	}
	in := &claims.IdentityCenterIntent{Account: s.Account.ID, ProjectTag: s.Tags.Project}
	for i, a := range s.PermissionSets() {
		for _, id := range a.Accounts() {
			if slices.Contains(accounts, id) {
				in.PermissionSets = append(in.PermissionSets, a.Intent(permissionSetSection(i), id))
			}
		}
	}
	return in
}

// AddIdentityCenter adds the instance to a world that has the accounts already.
func (s *Stack) AddIdentityCenter(w *access.World) {
	if a := s.AccessControlAttributes(); a != nil {
		a.AddToWorld(w)
		for _, set := range s.PermissionSets() {
			set.AddToWorld(w)
		}
	}
}

// checkIdentityCenter refuses aliases that no stack of the folder has, and what a delegated administrator cannot do.
func (s *Stack) checkIdentityCenter(d *decoder) {
	if s.IdentityCenter == nil {
		return
	}
	var aliases []string
	for _, other := range s.Siblings {
		aliases = append(aliases, cmp.Or(other.Alias, other.Stack))
	}
	for i, p := range s.IdentityCenter.PermissionSets {
		for j, assignment := range p.Assignments {
			for k, account := range assignment.Accounts {
				at := stackPath(permissionSetSection(i)).Child("assignments").Index(j).Child("accounts").Index(k)
				if account == "" || d.refused(at) {
					continue
				}
				if id := s.accountID(account); id != "" {
					s.checkAssignedAccount(d, at, account, id)
					continue
				}
				d.report(
					Problem{
						Path:  at,
						Kind:  NotFound,
						Value: quoted(account),
						Why:   "is the alias of no stack of this folder",
						Fix:   didYouMean(account, aliases),
					},
				)
			}
		}
	}
}

// checkAssignedAccount refuses assignments in the management account by the stack of another account: a delegated
// administrator neither gives nor takes access there, and cannot change a permission set that is provisioned there.
//
// Source: Delegated administration, in the IAM Identity Center User Guide.
func (s *Stack) checkAssignedAccount(d *decoder, at Path, account, id string) {
	management, file := s.managementAccount()
	if id != management || s.Account.ID == management {
		return
	}
	d.report(Problem{
		Path:  at,
		Kind:  Refused,
		Value: quoted(account),
		Why: "is the management account (organization.management in " + file + "), where a delegated administrator can assign nobody, and this stack is that of account " +
			strconv.Quote(
				s.Account.ID,
			),
		Fix: "leave it out, and assign in the management account with a permission set that somebody makes there",
	})
}

// readPermissionSetPolicies reads the files of inline policies.
func (s *Stack) readPermissionSetPolicies(d *decoder, folder string) {
	if s.IdentityCenter == nil {
		return
	}
	for i := range s.IdentityCenter.PermissionSets {
		p := &s.IdentityCenter.PermissionSets[i]
		at := stackPath(permissionSetSection(i)).Child("policyFile")
		switch {
		case p.PolicyFile == "" || d.refused(at):
		case p.Policy != nil:
			d.report(
				Problem{
					Path:  at,
					Kind:  Invalid,
					Value: quoted(p.PolicyFile),
					Why:   "stands beside policy",
					Fix:   "keep one of the two",
				},
			)
		default:
			if document, ok := readDocument(d, at, folder, p.PolicyFile); ok {
				p.Policy = &document
			} else {
				// What cannot be read is reported, and is not missing.
				p.Policy = &policy.Document{}
			}
		}
	}
}

// readDocument reads a policy document from a path below the folder of the stack file.
func readDocument(d *decoder, at Path, folder, file string) (policy.Document, bool) {
	data, err := files.ReadBelow(folder, file)
	if err != nil {
		d.report(fileProblem(at, file, err))
		return policy.Document{}, false
	}
	document, err := policy.Parse(data)
	if err != nil {
		d.report(
			Problem{
				Path:  at,
				Kind:  Invalid,
				Value: quoted(file),
				Why:   fmt.Sprintf("is no policy document: %s", err),
				Fix:   "mend the document",
			},
		)
		return policy.Document{}, false
	}
	return document, true
}

// fileProblem is why a file that a value names was not read.
func fileProblem(at Path, file string, err error) Problem {
	p := Problem{
		Path:  at,
		Kind:  NotFound,
		Value: quoted(file),
		Why:   "cannot be read: " + err.Error(),
		Fix:   "write a path below the folder of the stack file",
	}
	var words *files.Error
	if errors.As(err, &words) {
		p.Why, p.Fix = words.Why, words.Fix
		if words.Err == nil {
			p.Kind = Refused
		}
		if errors.Is(err, fs.ErrNotExist) {
			p.Why, p.Fix = "cannot be read: there is no such file", "write a path below the folder of the stack file"
		}
	}
	return p
}
