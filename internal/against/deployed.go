package against

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"aws-access-guardrails/access/world"
	"aws-access-guardrails/internal/awstype"
	"aws-access-guardrails/internal/awstype/token"
	"aws-access-guardrails/internal/change"
	"aws-access-guardrails/internal/program"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/workspace"
	"aws-access-guardrails/internal/workspace/project"
	"aws-access-guardrails/policy"
)

// FromDeployed says what the stack files mean against what is deployed, as the states of the stacks have it. The
// report comes also beside an error that says that the stack files are refused.
func FromDeployed(
	ctx context.Context,
	folder *project.Folder,
	ws *workspace.Workspace,
	moment time.Time,
	stacks ...string,
) (*change.Report, error) {
	now, err := folder.Read(stacks...)
	if err != nil {
		return nil, err
	}
	states, err := ws.Deployed(ctx, stacks...)
	if err != nil {
		return nil, err
	}
	groups, err := groupsOf(nil, now)
	if err != nil {
		return nil, err
	}
	var (
		all     *change.Report
		refused error
	)
	for _, g := range groups {
		to := change.OfAt(moment, "the working tree", g.now...)
		is := listResources(to, folder.Project, g.now)
		onlyReadBack(to)
		from, was, err := deployedSide(g.now, states, to)
		if err != nil {
			return nil, err
		}
		r, err := change.Compare(from, to, moment, changesOf(was, is))
		if err != nil {
			return nil, err
		}
		refused = errors.Join(refused, refusalsOf(to))
		unread(r)
		all = joined(all, r)
	}
	return all, refused
}

// deployedSide is what the states of the stacks hold. The tree of the organization is that of the stack files: no
// state has it.
func deployedSide(
	stacks []*stack.Stack,
	states map[string][]workspace.Deployed,
	to *change.Side,
) (*change.Side, resources, error) {
	s, registered := &change.Side{
		Name:        "what is deployed",
		Stacks:      map[string]string{},
		ProjectTags: map[string]string{},

		EnvironmentTags: map[string]string{},
	}, resources{}
	var guardrails, instance *stateReader
	for _, stack := range stacks {
		state, deployed := states[stack.Name]
		if !deployed {
			continue
		}
		r := &stateReader{
			stack: stack,
			account: world.Account{
				ID:        stack.Account.ID,
				Alias:     to.Account(stack.Account.ID).Alias,
				Partition: stack.Account.Partition,
			},
		}
		if err := r.read(state); err != nil {
			return nil, nil, fmt.Errorf("%s: the state has what cannot be read: %w", stack.Name, err)
		}
		s.World.Accounts = append(s.World.Accounts, r.account)
		s.Stacks[stack.Account.ID], s.ProjectTags[stack.Account.ID] = stack.Name, stack.Tags.Project
		s.EnvironmentTags[stack.Account.ID] = stack.Tags.Environment
		registered[stack.Name] = stateResources(state)
		if stack.Organization != nil {
			guardrails = r
		}
		if r.instance.enabled || len(r.instance.sets) > 0 {
			instance = r
		}
	}
	if instance != nil {
		instance.instance.addTo(s, instance.account.ID)
	}
	if o := to.World.Organization; o != nil {
		bare := *o
		bare.Root = bareUnit(o.Root, guardrails)
		s.World.Organization = &bare
	}
	s.World = world.WithManagedPolicies(s.World)
	return s, registered, nil
}

// bareUnit is a unit with the policies that the state attaches.
func bareUnit(u world.Unit, state *stateReader) world.Unit {
	bound := func(have []world.ServiceControlPolicy, target string) []world.ServiceControlPolicy {
		var out []world.ServiceControlPolicy
		for _, p := range have {
			if p.Name == "FullAWSAccess" {
				out = append(out, p)
			}
		}
		if state == nil {
			return out
		}
		for _, a := range state.attachments {
			if p, known := state.guardrails[a.policy]; known && a.target == target {
				out = append(out, p)
			}
		}
		return out
	}
	out := world.Unit{ID: u.ID, Name: u.Name, Policies: bound(u.Policies, u.ID)}
	for i := range u.Units {
		out.Units = append(out.Units, bareUnit(u.Units[i], state))
	}
	for _, a := range u.Accounts {
		out.Accounts = append(out.Accounts, world.OrganizationAccount{ID: a.ID, Policies: bound(a.Policies, a.ID)})
	}
	return out
}

// attached is a service control policy on a target, both by their ids.
type attached struct{ policy, target string }

// stateReader makes an account of the resources of a state.
type stateReader struct {
	stack       *stack.Stack
	account     world.Account
	guardrails  map[string]world.ServiceControlPolicy
	attachments []attached
	instance    deployedInstance
	err         error
}

func (r *stateReader) read(state []workspace.Deployed) error {
	r.guardrails = map[string]world.ServiceControlPolicy{}
	// Owners come before what they own, wherever the state has them.
	for _, readers := range []map[string]func(*stateReader, workspace.Deployed){owners, owned} {
		for _, d := range state {
			if read := readers[d.Type]; read != nil && d.Custom {
				read(r, d)
			}
		}
	}
	return r.err
}

func (r *stateReader) document(text, owner string) policy.Document {
	d, err := policy.Parse([]byte(text))
	if err != nil && r.err == nil {
		r.err = fmt.Errorf("%s: %w", owner, err)
	}
	return d
}

func text(d workspace.Deployed, key string) string {
	if s, ok := d.Outputs[key].(string); ok {
		return s
	}
	s, _ := d.Inputs[key].(string)
	return s
}

func tagsOf(d workspace.Deployed) []world.Tag {
	tags, _ := d.Outputs["tags"].(map[string]any)
	var out []world.Tag
	for key, value := range tags {
		if s, ok := value.(string); ok {
			out = append(out, world.Tag{Key: key, Value: s})
		}
	}
	slices.SortFunc(out, func(a, b world.Tag) int { return strings.Compare(a.Key, b.Key) })
	return out
}

// owners read what other resources belong to, by type.
var owners = map[string]func(*stateReader, workspace.Deployed){
	token.IAMUser: func(r *stateReader, d workspace.Deployed) {
		r.account.Users = append(
			r.account.Users,
			world.User{
				Name:     text(d, "name"),
				Path:     text(d, "path"),
				Tags:     tagsOf(d),
				Boundary: text(d, "permissionsBoundary"),
			},
		)
	},
	token.IAMGroup: func(r *stateReader, d workspace.Deployed) {
		r.account.Groups = append(r.account.Groups, world.Group{Name: text(d, "name"), Path: text(d, "path")})
	},
	token.IAMRole: func(r *stateReader, d workspace.Deployed) {
		longest, _ := strconv.Atoi(fmt.Sprint(d.Outputs["maxSessionDuration"]))
		r.account.Roles = append(r.account.Roles, world.Role{
			Name:       text(d, "name"),
			Path:       text(d, "path"),
			Tags:       tagsOf(d),
			Boundary:   text(d, "permissionsBoundary"),
			MaxSession: longest,
			Trust:      r.document(text(d, "assumeRolePolicy"), "the trust policy of "+text(d, "name")),
		})
	},
	token.IAMPolicy: func(r *stateReader, d workspace.Deployed) {
		r.account.Policies = append(
			r.account.Policies,
			world.ManagedPolicy{ARN: text(d, "arn"), Document: r.document(text(d, "policy"), text(d, "name"))},
		)
	},
	token.OrganizationsPolicy: func(r *stateReader, d workspace.Deployed) {
		r.guardrails[text(d, "id")] = world.ServiceControlPolicy{
			Name:     text(d, "name"),
			Document: r.document(text(d, "content"), text(d, "name")),
		}
	},
	token.SSMDocument:                             (*stateReader).sessionDocument,
	token.SSOAdminPermissionSet:                   (*stateReader).permissionSet,
	token.SSOAdminInstanceAccessControlAttributes: (*stateReader).attributes,
}

// owned read what belongs to a user, a group, a role, a target or a permission set, which was read before, by type.
var owned = map[string]func(*stateReader, workspace.Deployed){
	token.IAMUserGroupMembership: func(r *stateReader, d workspace.Deployed) {
		groups, _ := d.Outputs["groups"].([]any)
		for i := range r.account.Users {
			if u := &r.account.Users[i]; u.Name == text(d, "user") {
				for _, g := range groups {
					u.Groups = append(u.Groups, fmt.Sprint(g))
				}
			}
		}
	},
	token.OrganizationsPolicyAttachment: func(r *stateReader, d workspace.Deployed) {
		r.attachments = append(r.attachments, attached{policy: text(d, "policyId"), target: text(d, "targetId")})
	},
	token.IAMGroupPolicy:                          (*stateReader).groupsOwn,
	groupAttachment:                               (*stateReader).groupsOwn,
	token.IAMRolePolicy:                           (*stateReader).rolesOwn,
	token.IAMRolePolicyAttachment:                 (*stateReader).rolesOwn,
	token.SSOAdminPermissionSetInlinePolicy:       partOf(inlinePolicyOf),
	token.SSOAdminManagedPolicyAttachment:         partOf(managedPolicyOf),
	token.SSOAdminCustomerManagedPolicyAttachment: partOf(customerPolicyOf),
	token.SSOAdminPermissionsBoundaryAttachment:   partOf(boundaryOf),
	token.SSOAdminAccountAssignment:               partOf(assignmentOf),
}

// groupsOwn reads a policy of a group.
func (r *stateReader) groupsOwn(d workspace.Deployed) {
	for i := range r.account.Groups {
		if g := &r.account.Groups[i]; g.Name == text(d, "group") {
			r.ownPolicy(d, &g.Attached, &g.Inline)
		}
	}
}

// rolesOwn reads a policy of a role.
func (r *stateReader) rolesOwn(d workspace.Deployed) {
	for i := range r.account.Roles {
		if role := &r.account.Roles[i]; role.Name == text(d, "role") {
			r.ownPolicy(d, &role.Attached, &role.Inline)
		}
	}
}

// ownPolicy adds a policy to what its owner has: an attached one has an ARN, an inline one a document.
func (r *stateReader) ownPolicy(d workspace.Deployed, attached *[]string, inline *[]world.InlinePolicy) {
	if arn := text(d, "policyArn"); arn != "" {
		*attached = append(*attached, arn)
		return
	}
	name := text(d, "name")
	*inline = append(*inline, world.InlinePolicy{Name: name, Document: r.document(text(d, "policy"), name)})
}

// sessionDocument reads a document of Systems Manager, and the preferences that it may be.
func (r *stateReader) sessionDocument(d workspace.Deployed) {
	name := text(d, "name")
	arn, err := policy.ParseARN(text(d, "arn"))
	if err != nil {
		r.err = fmt.Errorf("%s: %w", name, err)
		return
	}
	r.account.Documents = append(r.account.Documents, world.SessionDocument{
		Name: name, Region: arn.Region, Type: text(d, "documentType"), Owner: r.account.ID, Content: text(d, "content"),
	})
	if name != world.PreferencesDocument {
		return
	}
	var content struct {
		Inputs struct {
			RunAsEnabled                                                       bool
			RunAsDefaultUser, IdleSessionTimeout, MaxSessionDuration, KMSKeyID string
		}
	}
	if err := json.Unmarshal([]byte(text(d, "content")), &content); err != nil {
		r.err = fmt.Errorf("%s: %w", name, err)
		return
	}
	number := func(s string) int { n, _ := strconv.Atoi(s); return n }
	in := content.Inputs
	p := world.SessionPreferences{
		Region:      arn.Region,
		RunAs:       in.RunAsEnabled,
		DefaultUser: in.RunAsDefaultUser,
		IdleTimeout: number(in.IdleSessionTimeout),
		MaxDuration: number(in.MaxSessionDuration),
		KMSKey:      in.KMSKeyID,
	}
	if a := r.stack.Preferences(); a != nil && a.KMSKeyID == in.KMSKeyID {
		// The stack file may name the key in another way than by its ARN.
		for _, own := range r.stack.World().Preferences {
			p.KMSKey = own.KMSKey
		}
	}
	r.account.Preferences = append(r.account.Preferences, p)
}

// stateResources are the resources of a state as the program lists its own.
func stateResources(state []workspace.Deployed) []program.Resource {
	out := []program.Resource{}
	for _, d := range state {
		if !d.Custom || d.External || strings.HasPrefix(d.Type, "pulumi:") {
			continue
		}
		urn := resource.URN(d.URN)
		out = append(
			out,
			program.Resource{
				URN:    urn,
				Type:   d.Type,
				Name:   urn.Name(),
				Inputs: resource.NewPropertyMapFromMap(plain(d.Inputs)),
				Retain: d.Retain,
			},
		)
	}
	return out
}

// plain are values of a state as the engine's own have them: numbers as numbers, and without what the provider notes
// for itself.
func plain(in map[string]any) map[string]any {
	out := map[string]any{}
	for key, value := range in {
		if key != "__defaults" {
			out[key] = plainValue(value)
		}
	}
	return out
}

func plainValue(v any) any {
	switch v := v.(type) {
	case json.Number:
		f, _ := v.Float64()
		return f
	case map[string]any:
		return plain(v)
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = plainValue(v[i])
		}
		return out
	}
	return v
}

// readBack reports whether the meaning of a type for people is read back from a state, or whether it has none of its
// own.
func readBack(typ string) bool {
	facts, known := awstype.TypeOf(typ)
	return known && facts.World != awstype.ComparedAsResource || typ == groupAttachment
}

// groupAttachment is a type that programs before this one registered.
const groupAttachment = token.IAMGroupPolicyAttachment

// onlyReadBack leaves the documents that AWS Cloud Control makes to the comparison of resources: they are not read
// back from a state.
func onlyReadBack(s *change.Side) {
	for i := range s.World.Accounts {
		a := &s.World.Accounts[i]
		a.Documents = slices.DeleteFunc(
			slices.Clone(a.Documents),
			func(d world.SessionDocument) bool { return d.Type != "Session" },
		)
	}
}

// unread opens a question for each resource that differs and is not read back.
func unread(r *change.Report) {
	for _, c := range r.Resources {
		if !readBack(c.Type) {
			r.Open = append(
				r.Open,
				fmt.Sprintf("%s: what %s %s decides is not read back from the state", c.Stack, c.Type, c.Name),
			)
		}
	}
	r.NoOne = r.NoOne && len(r.Open) == 0
}
