package program

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudcontrol"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/organizations"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aws-access-guardrails/guardrail/identitycenter"
	"aws-access-guardrails/internal/awstype/token"
	"aws-access-guardrails/internal/beside"
)

// functionsBeside are the functions that lookBeside calls.
var functionsBeside = []string{
	token.CloudControlGetResource,
	token.IAMGetGroup,
	token.OrganizationsGetPoliciesForTarget,
	token.OrganizationsGetOrganizationalUnitChildAccounts,
}

// Listener hears what AWS has beside a stack.
type Listener struct {
	// Thorough also asks about every target of the organization. AWS takes few such calls a second, and up changes
	// nothing there.
	Thorough bool
	// Endpoint is the address of an AWS that answers in place of the real one, such as a sandbox; empty where the
	// settings of the stack say whom to ask. It is for what no provider asks.
	Endpoint string

	// assigned answers in place of AWS; nil where AWS is asked.
	assigned assigner

	// warn says each thing at once, and doubt each question without an answer; nil where nobody reads it.
	warn  func(beside.Found)
	doubt func(what string, err error)

	mu     sync.Mutex
	found  []beside.Found
	unread []string
}

// Heard is what was found, in the order of types and values, and the questions that AWS did not answer, with why.
func (l *Listener) Heard() (found []beside.Found, unread []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	found, unread = slices.Clone(l.found), slices.Sorted(slices.Values(l.unread))
	slices.SortFunc(found, func(a, b beside.Found) int {
		return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.Value, b.Value), cmp.Compare(a.Property, b.Property))
	})
	return found, unread
}

func (l *Listener) hear(b beside.Found) {
	slices.Sort(b.Items)
	if l.warn != nil {
		l.warn(b)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.found = append(l.found, b)
}

// missed keeps a question without an answer. What does not exist has nothing beside it.
func (l *Listener) missed(what string, err error) {
	if !missing.MatchString(err.Error()) {
		l.unanswered(what, err)
	}
}

// unanswered keeps a question without an answer.
func (l *Listener) unanswered(what string, err error) {
	if l.doubt != nil {
		l.doubt(what, err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.unread = append(l.unread, what+": "+err.Error())
}

// missing is how the providers say that what was asked for does not exist.
var missing = regexp.MustCompile(absent.String() + `|ResourceNotFound|ParentNotFound|"NotFound"|no IAM group found`)

// listenerKey is the key of the listener in a context.
type listenerKey struct{}

// Listen makes the program of the context ask AWS what it has beside the stack, after everything is registered.
func Listen(ctx *pulumi.Context, l *Listener) *pulumi.Context { return ctx.WithValue(listenerKey{}, l) }

// lookBeside asks for what is beside the stack where somebody listens. A program that the engine runs by itself warns
// of it in its preview: the engine has no other way to say it, and to take it away needs a state that has it.
func (c *creation) lookBeside() error {
	listener, listens := c.ctx.Value(listenerKey{}).(*Listener)
	if !listens {
		if os.Getenv(pulumi.EnvMonitor) == "" || !c.ctx.DryRun() {
			return nil
		}
		listener = &Listener{}
	}
	a := &asker{creation: c, listener: listener, slots: make(chan struct{}, 8), by: pulumi.Provider(c.providers.home)}
	a.assigned = sync.OnceValues(a.reader)
	if !listens {
		listener.warn, listener.doubt = a.warn, a.doubt
	}
	a.users()
	a.permissionSets()
	if listens {
		a.group()
	}
	if listener.Thorough {
		a.targets()
		a.accounts()
	}
	a.asked.Wait()
	return nil
}

// warn says what only the guardrails command takes away.
func (a *asker) warn(b beside.Found) {
	takesAway := "takes it away"
	switch {
	case b.Outdated != nil:
		takesAway = "has AWS provision it again"
	case b.Strays == nil:
		return
	}
	// An engine that takes no messages any more is about to end the program.
	_ = a.ctx.Log.Warn(fmt.Sprintf("%s: %s; plain \"pulumi up\" leaves that, and %s %s",
		b.Value, cmp.Or(b.Told(b.Items), "somebody added "+strings.Join(b.Items, ", ")+" to its "+b.Property),
		settingOf(a.ctx.RootDirectory()).Quoted("up", a.stack.Name), takesAway,
	), nil)
}

// doubt says what AWS did not tell: nobody knows then whether plain Pulumi leaves something.
func (a *asker) doubt(what string, err error) {
	_ = a.ctx.Log.Warn(fmt.Sprintf("AWS did not say %s: %v", what, err), nil)
}

// asker asks AWS, several questions at a time.
type asker struct {
	*creation
	listener *Listener
	by       pulumi.InvokeOption
	slots    chan struct{}
	// assigned is what lists assignments, made for the first question.
	assigned func() (assigner, error)
	asked    sync.WaitGroup
}

func (a *asker) ask(question func()) {
	a.asked.Add(1)
	go func() {
		defer a.asked.Done()
		a.slots <- struct{}{}
		defer func() { <-a.slots }()
		question()
	}()
}

// control reads a resource through Cloud Control.
func control(ctx *pulumi.Context, typ, id string, into any, by pulumi.InvokeOption) error {
	read, err := cloudcontrol.LookupResource(ctx, &cloudcontrol.LookupResourceArgs{TypeName: typ, Identifier: id}, by)
	if err != nil {
		return err
	}
	return json.Unmarshal([]byte(read.Properties), into)
}

// userProperties are what AWS::IAM::User tells of a user beside the user itself.
type userProperties struct {
	Groups, ManagedPolicyArns []string
	Policies                  []struct{ PolicyName string }
}

func controlledUser(ctx *pulumi.Context, name string, by pulumi.InvokeOption) (userProperties, error) {
	var user userProperties
	err := control(ctx, "AWS::IAM::User", name, &user, by)
	return user, err
}

// users asks for the groups of each user: the resource of the memberships reads only those that it was given.
func (a *asker) users() {
	for _, args := range a.stack.UserArgs() {
		a.ask(func() {
			user, err := controlledUser(a.ctx, args.Name, a.by)
			if err != nil {
				a.listener.missed("the groups of "+args.Name, err)
				return
			}
			b := beside.Found{Type: token.IAMUserGroupMembership, Key: "user", Value: args.Name, Property: "groups"}
			for _, group := range user.Groups {
				if !slices.Contains(args.Groups, group) {
					b.Items = append(b.Items, group)
				}
			}
			if len(b.Items) == 0 {
				return
			}
			slices.Sort(b.Items)
			for _, group := range b.Items {
				b.Strays = append(b.Strays, beside.Stray{
					Type:   token.IAMUserGroupMembership,
					Name:   args.Name + "-in-" + group + strayName,
					ID:     "guardrails-" + args.Name + "-" + group,
					Inputs: map[string]any{"user": args.Name, "groups": []any{group}},
					Item:   group,
				})
			}
			a.listener.hear(b)
		})
	}
}

// strayName ends the names of strays.
const strayName = "-by-hand"

// group asks for the members of the MFA group whom the stack does not have.
func (a *asker) group() {
	args := a.stack.MFAGroup()
	if args == nil {
		return
	}
	ours := map[string]bool{}
	for _, user := range a.stack.UserArgs() {
		ours[user.Name] = true
	}
	a.ask(func() {
		group, err := iam.LookupGroup(a.ctx, &iam.LookupGroupArgs{GroupName: args.GroupName()}, a.by)
		if err != nil {
			a.listener.missed("the members of "+args.GroupName(), err)
			return
		}
		b := beside.Found{
			Type: token.IAMGroup, Key: "name", Value: args.GroupName(), Property: "users",
			MadeBy: beside.Maker{Type: token.IAMUser, Key: "name"},
			Why: "outside of the group nothing would hold that user to MFA, so up leaves it: " +
				"take the user over with {adopt}, or out of the group by hand",
		}
		for _, member := range group.Users {
			if !ours[member.UserName] {
				b.Items = append(b.Items, member.UserName)
			}
		}
		if len(b.Items) > 0 {
			a.listener.hear(b)
		}
	})
}

// permissionSets asks for the policies of each permission set, once its ARN is known: no resource lists them. In a
// preview it may never be, so nothing here waits for it; the program does not end before what is known was asked.
func (a *asker) permissionSets() {
	for _, set := range a.sets {
		set.created.PermissionSetARN.ApplyT(func(arn string) bool {
			a.permissionSet(set.args, arn)
			a.assignments(setOnAWS{args: set.args, arn: arn, instance: set.args.IdentityCenter.Instance})
			return true
		})
	}
}

// customerManaged is a reference to a policy that each account has under the name.
type customerManaged struct{ Name, Path string }

// boundary is the permissions boundary of a permission set: one of the two.
type boundary struct {
	CustomerManagedPolicyReference *customerManaged
	ManagedPolicyArn               string
}

func (a *asker) permissionSet(args *identitycenter.PermissionSetArgs, arn string) {
	instance := args.IdentityCenter.Instance
	var set struct {
		ManagedPolicies                 []string
		CustomerManagedPolicyReferences []customerManaged
		PermissionsBoundary             *boundary
		InlinePolicy                    json.RawMessage
	}
	if err := control(a.ctx, "AWS::SSO::PermissionSet", instance+"|"+arn, &set, a.by); err != nil {
		a.listener.missed("the policies of the permission set "+args.Name, err)
		return
	}
	attached := setOnAWS{args: args, arn: arn, instance: instance}
	for _, b := range []beside.Found{
		attached.managed(set.ManagedPolicies),
		attached.inline(set.InlinePolicy),
		attached.customerManaged(set.CustomerManagedPolicyReferences),
		attached.boundary(set.PermissionsBoundary),
	} {
		if len(b.Items) > 0 {
			a.listener.hear(b)
		}
	}
}

// setOnAWS is a permission set as a stack wants it, with its ARN.
type setOnAWS struct {
	args          *identitycenter.PermissionSetArgs
	arn, instance string
}

// beside is what others have under a property of the permission set; without items yet.
func (s setOnAWS) beside(property string) beside.Found {
	return beside.Found{Type: token.SSOAdminPermissionSet, Key: "name", Value: s.args.Name, Property: property}
}

// add tells of an item, and of the resource with which it is taken away: its type, how its name goes on behind that of
// the permission set, what stands in its id before the permission set, and the argument that says what it is.
func (s setOnAWS) add(b *beside.Found, item, typ, name, id, argument string, value any) {
	b.Items = append(b.Items, item)
	b.Strays = append(b.Strays, beside.Stray{
		Type: typ,
		Name: s.args.Name + "-" + name + strayName,
		ID:   id + s.arn + "," + s.instance,
		Inputs: map[string]any{
			"instanceArn": s.instance, "permissionSetArn": s.arn, argument: value,
		},
		Item: item,
	})
}

// managed are the AWS managed policies that somebody attached; without items where nobody did.
func (s setOnAWS) managed(attached []string) beside.Found {
	b := s.beside("managedPolicies")
	wanted := s.args.ManagedPolicyARNs()
	for _, policy := range slices.Sorted(slices.Values(attached)) {
		if !slices.Contains(wanted, policy) {
			s.add(&b, policy, token.SSOAdminManagedPolicyAttachment, policy[strings.LastIndexByte(policy, '/')+1:],
				policy+",", "managedPolicyArn", policy)
		}
	}
	return b
}

// inline is an inline policy where the stack wants none; without items otherwise. Where it wants one, another document
// is a change of that resource.
func (s setOnAWS) inline(found json.RawMessage) beside.Found {
	b := s.beside("inlinePolicy")
	document := inlineText(found)
	if _, wanted := s.args.InlinePolicy(); wanted || document == "" {
		return b
	}
	s.add(&b, document, token.SSOAdminPermissionSetInlinePolicy, "inline", "", "inlinePolicy", document)
	return b
}

// inlineText is a policy document that Cloud Control gives as an object or as text; empty where there is none.
func inlineText(found json.RawMessage) string {
	var text string
	if json.Unmarshal(found, &text) == nil { // Null is an empty text too.
		return strings.TrimSpace(text)
	}
	if document := string(found); document != "{}" {
		return document
	}
	return ""
}

// customerManaged are the customer managed policies that somebody attached; without items where nobody did.
func (s setOnAWS) customerManaged(attached []customerManaged) beside.Found {
	b := s.beside("customerManagedPolicies")
	for _, p := range attached {
		own := identitycenter.CustomerManagedPolicy{Path: cmp.Or(p.Path, "/"), Name: p.Name}
		if slices.Contains(s.args.CustomerManagedPolicies(), own) {
			continue
		}
		s.add(&b, own.Path+own.Name, token.SSOAdminCustomerManagedPolicyAttachment, "own"+own.Path+own.Name,
			own.Name+","+own.Path+",", "customerManagedPolicyReference",
			map[string]any{"name": own.Name, "path": own.Path})
	}
	return b
}

// boundary is a permissions boundary where the stack wants none; without items otherwise. Where it wants one, another is
// a change of that resource.
func (s setOnAWS) boundary(found *boundary) beside.Found {
	b := s.beside("permissionsBoundary")
	if found == nil || s.args.PermissionsBoundary != "" {
		return b
	}
	bound, item := map[string]any{"managedPolicyArn": found.ManagedPolicyArn}, found.ManagedPolicyArn
	if own := found.CustomerManagedPolicyReference; own != nil {
		path := cmp.Or(own.Path, "/")
		bound, item = map[string]any{
			"customerManagedPolicyReference": map[string]any{"name": own.Name, "path": path},
		}, path+own.Name
	}
	s.add(&b, item, token.SSOAdminPermissionsBoundaryAttachment, "boundary", "", "permissionsBoundary", bound)
	return b
}

// fullAccess is the policy of AWS that allows everything; without it, or another that allows, a target denies all.
const fullAccess = "p-FullAWSAccess"

// targets asks for the service control policies of the root, the units and the accounts of the tree.
func (a *asker) targets() {
	args := a.stack.ServiceControlPolicies()
	if args == nil {
		return
	}
	for _, target := range args.Tree.Targets() {
		a.ask(func() {
			attached, err := organizations.GetPoliciesForTarget(
				a.ctx,
				&organizations.GetPoliciesForTargetArgs{Filter: "SERVICE_CONTROL_POLICY", TargetId: target},
				a.by,
			)
			if err != nil {
				a.listener.missed("the service control policies of "+target, err)
				return
			}
			b := beside.Found{
				Type: token.OrganizationsPolicyAttachment, Key: "targetId", Value: target, Property: "policies",
				Items:  attached.Ids,
				MadeBy: beside.Maker{Type: token.OrganizationsPolicyAttachment, Key: "policyId", And: "targetId", Is: target},
				Others: max(1, args.Attached[target]),
				Needs:  fullAccess,
				Why: "up leaves what others attach, and the proofs do not count on it: detach it, " +
					"or say under guardrails:organization.attached how many others attach there",
			}
			if slices.Contains(args.AllowList, target) {
				b.Others, b.Needs, b.Bars = args.Attached[target], "", fullAccess
			}
			a.listener.hear(b)
		})
	}
}

// accounts asks where the accounts of the tree stand: what is attached to a unit binds the accounts in it, and somebody
// may have moved one out.
func (a *asker) accounts() {
	args := a.stack.ServiceControlPolicies()
	if args == nil {
		return
	}
	a.asked.Add(1)
	go func() {
		defer a.asked.Done()
		found, complete := a.placed(args.Tree.IDs())
		for account, parent := range args.Tree.Parents() {
			unit, stands := found[account]
			if unit == parent || !stands && !complete {
				continue // What a unit that did not answer holds is not known.
			}
			if !stands {
				unit = "none of the units of guardrails:organization.tree"
			}
			a.listener.hear(beside.Found{
				Type: token.OrganizationsAccount, Key: "id", Value: account, Property: "parentId", Items: []string{unit},
				Says: fmt.Sprintf("somebody moved the account from %q to %q", parent, unit),
				Why: "the proofs count on what is attached where guardrails:organization.tree has it, and up leaves it: " +
					"move it back, or write where it stands",
			})
		}
	}()
}

// placed are the accounts that stand in units, by account; false where AWS did not answer for one of them.
func (a *asker) placed(units []string) (found map[string]string, complete bool) {
	var (
		mu    sync.Mutex
		asked sync.WaitGroup
	)
	found, complete = map[string]string{}, true
	for _, unit := range units {
		asked.Add(1)
		a.ask(func() {
			defer asked.Done()
			children, err := organizations.GetOrganizationalUnitChildAccounts(
				a.ctx,
				&organizations.GetOrganizationalUnitChildAccountsArgs{ParentId: unit},
				a.by,
			)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				complete = complete && missing.MatchString(err.Error()) // A unit that is gone holds none.
				a.listener.missed("the accounts in "+unit, err)
				return
			}
			for _, account := range children.Accounts {
				found[account.Id] = unit
			}
		})
	}
	asked.Wait()
	return found, complete
}
