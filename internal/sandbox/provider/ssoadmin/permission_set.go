package ssoadmin

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/internal/awstype/token"
	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/ssoadmin"
	"aws-access-guardrails/internal/sandbox/provider/resources"
	"aws-access-guardrails/internal/sandbox/provider/schema"
)

// parts splits an id into so many parts at commas.
func parts(id string, n int, expected string) ([]string, error) {
	list := strings.Split(id, ",")
	if len(list) != n {
		return nil, resources.UnexpectedID(id, expected)
	}
	return list, nil
}

// Neither pattern of the provider means the whole text: one character that fits is enough for it. AWS looks at the
// rest.
var (
	oneOfAName     = schema.Matches(regexp.MustCompile(`[\w+=,.@-]+`), `must match [\w+=,.@-]`, "日本", " ")
	oneOfAnAddress = schema.Matches(regexp.MustCompile(`[0-9A-Za-z&$@#\\\/%?=~\-_'"|!:,.;*+\[\]\ \(\)\{\}]+`),
		`must match [0-9A-Za-z&$@#\/%?=~\-_'"|!:,.;*+\[\]\ \(\)\{\}]`, "日本")
)

// provision brings the roles of a permission set up to date and waits for it.
func provision(ctx context.Context, s *resources.Session, instance, arn string) error {
	err := s.SSOAdmin().ProvisionPermissionSet(ctx, instance, arn)
	if err == nil {
		err = s.SSOAdmin().Besides(ctx, arn, "DescribePermissionSetProvisioningStatus")
	}
	return resources.Doing(err, "provisioning SSO Permission Set (%s)", arn)
}

func permissionSetType() *resources.Type {
	return &resources.Type{
		Token: token.SSOAdminPermissionSet,
		Schema: schema.Schema{
			"arn":             schema.Out(schema.TextKind),
			"createdDate":     schema.Out(schema.TextKind),
			"description":     schema.In(schema.TextKind).Checked(schema.Length(1, 700)),
			"instanceArn":     schema.In(schema.TextKind).Must().Replace().Checked(schema.AnARN),
			"name":            schema.In(schema.TextKind).Named(32).Replace().Checked(schema.Length(1, 32), oneOfAName),
			"relayState":      schema.In(schema.TextKind).Checked(schema.Length(1, 240), oneOfAnAddress),
			"sessionDuration": schema.In(schema.TextKind).Or(schema.Text("PT1H")).Checked(schema.Length(1, 100)),
		}.Tagged(),
		Create: func(ctx context.Context, s *resources.Session, in schema.Values) (string, error) {
			p, err := s.SSOAdmin().CreatePermissionSet(ctx, in.Text("instanceArn"), newPermissionSet(in))
			if err != nil {
				return "", resources.Doing(err, "creating SSO Permission Set (%s)", in.Text("name"))
			}
			return p.ARN + "," + in.Text("instanceArn"), nil
		},
		Read: func(ctx context.Context, s *resources.Session, id string, state schema.Values) (schema.Values, error) {
			arns, err := permissionSetOf(id)
			if err != nil {
				return nil, err
			}
			p, err := s.SSOAdmin().DescribePermissionSet(ctx, arns[1], arns[0])
			if api.Is(err, "ResourceNotFoundException") {
				return nil, nil
			}
			if err != nil {
				return nil, resources.Doing(err, "reading SSO Permission Set (%s)", id)
			}
			if err := s.SSOAdmin().Besides(ctx, p.ARN, "ListTagsForResource"); err != nil {
				return nil, resources.Doing(err, "listing tags for SSO Permission Set (%s)", arns[0])
			}
			return schema.Values{
				"arn": schema.Text(
					p.ARN,
				),
				"createdDate": schema.Text(p.Created.Format(time.RFC3339)),
				"description": schema.Optional(p.Description),
				"instanceArn": schema.Text(
					arns[1],
				),
				"name":            schema.Text(p.Name),
				"relayState":      schema.Optional(p.RelayState),
				"sessionDuration": schema.Text(p.SessionDuration),
			}.And(s.ReadTags(p.Tags, state)), nil
		},
		Update: updatePermissionSet,
		Remove: func(ctx context.Context, s *resources.Session, id string, _ schema.Values) error {
			arns, err := permissionSetOf(id)
			if err != nil {
				return err
			}
			err = s.SSOAdmin().DeletePermissionSet(ctx, arns[1], arns[0])
			return resources.Doing(
				resources.Ignore(err, "ResourceNotFoundException"),
				"deleting SSO Permission Set (%s)",
				id,
			)
		},
		Adopt: resources.ByID,
	}
}

// permissionSetOf splits the id of a permission set: its ARN, and that of the instance.
func permissionSetOf(id string) ([]string, error) {
	return parts(id, 2, "PERMISSION_SET_ARN,INSTANCE_ARN")
}

func newPermissionSet(in schema.Values) ssoadmin.NewPermissionSet {
	return ssoadmin.NewPermissionSet{
		Name: in.Text(
			"name",
		),
		Description:     in.Text("description"),
		RelayState:      in.Text("relayState"),
		SessionDuration: in.Text("sessionDuration"),
		Tags:            in.TextMap("tagsAll"),
	}
}

func updatePermissionSet(
	ctx context.Context,
	s *resources.Session,
	id string,
	state, in schema.Values,
	d schema.Difference,
) error {
	arns, err := permissionSetOf(id)
	if err != nil {
		return err
	}
	if d.HasAny("description", "relayState", "sessionDuration") {
		if updateErr := s.SSOAdmin().
			UpdatePermissionSet(ctx, arns[1], arns[0], newPermissionSet(in)); updateErr != nil {
			return resources.Doing(updateErr, "updating SSO Permission Set (%s)", id)
		}
		if provisionErr := provision(ctx, s, arns[1], arns[0]); provisionErr != nil {
			return provisionErr
		}
	}
	if !d.Has("tagsAll") {
		return nil
	}
	err = resources.Retag(state, in,
		func(tags map[string]string) error { return s.SSOAdmin().TagResource(ctx, arns[1], arns[0], tags) },
		func(keys []string) error { return s.SSOAdmin().UntagResource(ctx, arns[1], arns[0], keys) })
	return resources.Doing(err, "updating tags for SSO Permission Set (%s)", id)
}

func inlinePolicyType() *resources.Type {
	split := func(id string) ([]string, error) { return parts(id, 2, "PERMISSION_SET_ARN,INSTANCE_ARN") }
	put := func(ctx context.Context, s *resources.Session, in schema.Values) error {
		instance, arn := in.Text("instanceArn"), in.Text("permissionSetArn")
		if err := s.SSOAdmin().
			PutInlinePolicy(ctx, instance, arn, schema.NormalizeJSON(in.Text("inlinePolicy"))); err != nil {
			return resources.Doing(err, "putting SSO Permission Set Inline Policy (%s)", arn)
		}
		return provision(ctx, s, instance, arn)
	}
	return &resources.Type{
		Token: token.SSOAdminPermissionSetInlinePolicy,
		Schema: schema.Schema{
			"inlinePolicy":     schema.In(schema.PolicyKind).Must(),
			"instanceArn":      schema.In(schema.TextKind).Must().Replace().Checked(schema.AnARN),
			"permissionSetArn": schema.In(schema.TextKind).Must().Replace().Checked(schema.AnARN),
		},
		Create: func(ctx context.Context, s *resources.Session, in schema.Values) (string, error) {
			if err := put(ctx, s, in); err != nil {
				return "", err
			}
			return in.Text("permissionSetArn") + "," + in.Text("instanceArn"), nil
		},
		Read: func(ctx context.Context, s *resources.Session, id string, state schema.Values) (schema.Values, error) {
			arns, err := split(id)
			if err != nil {
				return nil, err
			}
			inline, err := s.SSOAdmin().GetInlinePolicy(ctx, arns[1], arns[0])
			if api.Is(err, "ResourceNotFoundException") || err == nil && inline == "" {
				return nil, nil
			}
			if err != nil {
				return nil, resources.Doing(err, "reading SSO Permission Set Inline Policy (%s)", id)
			}
			return schema.Values{
				"inlinePolicy": schema.PolicyToSet(
					state.Text("inlinePolicy"),
					inline,
				),
				"instanceArn":      schema.Text(arns[1]),
				"permissionSetArn": schema.Text(arns[0]),
			}, nil
		},
		Update: func(ctx context.Context, s *resources.Session, _ string, _, in schema.Values, _ schema.Difference) error {
			return put(ctx, s, in)
		},
		Remove: func(ctx context.Context, s *resources.Session, id string, _ schema.Values) error {
			arns, err := split(id)
			if err != nil {
				return err
			}
			err = s.SSOAdmin().DeleteInlinePolicy(ctx, arns[1], arns[0])
			if err == nil {
				err = provision(ctx, s, arns[1], arns[0])
			}
			return resources.Doing(
				resources.Ignore(err, "ResourceNotFoundException"),
				"deleting SSO Permission Set Inline Policy (%s)",
				id,
			)
		},
		Adopt: resources.ByID,
	}
}

func managedPolicyType() *resources.Type {
	split := func(id string) ([]string, error) {
		return parts(id, 3, "MANAGED_POLICY_ARN,PERMISSION_SET_ARN,INSTANCE_ARN")
	}
	return &resources.Type{
		Token: token.SSOAdminManagedPolicyAttachment,
		Schema: schema.Schema{
			"instanceArn":       schema.In(schema.TextKind).Must().Replace().Checked(schema.AnARN),
			"managedPolicyArn":  schema.In(schema.TextKind).Must().Replace().Checked(schema.AnARN),
			"managedPolicyName": schema.Out(schema.TextKind),
			"permissionSetArn":  schema.In(schema.TextKind).Must().Replace().Checked(schema.AnARN),
		},
		Create: func(ctx context.Context, s *resources.Session, in schema.Values) (string, error) {
			instance, arn, managed := in.Text("instanceArn"), in.Text("permissionSetArn"), in.Text("managedPolicyArn")
			attached, err := s.SSOAdmin().ListManagedPolicies(ctx, instance, arn)
			if err == nil && slices.Contains(attached, managed) {
				err = fmt.Errorf("already attached")
			}
			if err == nil {
				err = s.SSOAdmin().AttachManagedPolicy(ctx, instance, arn, managed)
			}
			if err != nil {
				return "", resources.Doing(
					err,
					"attaching Managed Policy (%s) to SSO Permission Set (%s)",
					managed,
					arn,
				)
			}
			return strings.Join([]string{managed, arn, instance}, ","), provision(ctx, s, instance, arn)
		},
		Read: func(ctx context.Context, s *resources.Session, id string, _ schema.Values) (schema.Values, error) {
			arns, err := split(id)
			if err != nil {
				return nil, err
			}
			attached, err := s.SSOAdmin().ListManagedPolicies(ctx, arns[2], arns[1])
			if api.Is(err, "ResourceNotFoundException") || err == nil && !slices.Contains(attached, arns[0]) {
				return nil, nil
			}
			if err != nil {
				return nil, resources.Doing(err, "reading SSO Managed Policy Attachment (%s)", id)
			}
			return schema.Values{
				"instanceArn": schema.Text(
					arns[2],
				),
				"managedPolicyArn":  schema.Text(arns[0]),
				"permissionSetArn":  schema.Text(arns[1]),
				"managedPolicyName": schema.Text(arns[0][strings.LastIndexByte(arns[0], '/')+1:]),
			}, nil
		},
		Update: resources.NothingToUpdate,
		Remove: func(ctx context.Context, s *resources.Session, id string, _ schema.Values) error {
			arns, err := split(id)
			if err != nil {
				return err
			}
			err = s.SSOAdmin().DetachManagedPolicy(ctx, arns[2], arns[1], arns[0])
			if err == nil {
				err = provision(ctx, s, arns[2], arns[1])
			}
			return resources.Doing(
				resources.Ignore(err, "ResourceNotFoundException"),
				"detaching Managed Policy (%s) from SSO Permission Set (%s)",
				arns[0],
				arns[1],
			)
		},
		Adopt: resources.ByID,
	}
}

func assignmentType() *resources.Type {
	return &resources.Type{
		Token: token.SSOAdminAccountAssignment,
		Schema: schema.Schema{
			"instanceArn":      schema.In(schema.TextKind).Must().Replace().Checked(schema.AnARN),
			"permissionSetArn": schema.In(schema.TextKind).Must().Replace().Checked(schema.AnARN),
			"principalId":      schema.In(schema.TextKind).Must().Replace().Checked(schema.PersonID),
			"principalType":    schema.In(schema.TextKind).Must().Replace().Checked(schema.OneOf("USER", "GROUP")),
			"targetId":         schema.In(schema.TextKind).Must().Replace().Checked(schema.AccountID),
			"targetType":       schema.In(schema.TextKind).Replace().Checked(schema.OneOf("AWS_ACCOUNT")),
		},
		Create: createAssignment,
		Read: func(ctx context.Context, s *resources.Session, id string, _ schema.Values) (schema.Values, error) {
			a, instance, err := assignmentOf(id)
			if err != nil {
				return nil, err
			}
			exists, err := s.SSOAdmin().HasAssignment(ctx, instance, a)
			if api.Is(err, "ResourceNotFoundException") || err == nil && !exists {
				return nil, nil
			}
			if err != nil {
				return nil, resources.Doing(err, "reading SSO Account Assignment (%s)", id)
			}
			return schema.Values{
				"instanceArn": schema.Text(
					instance,
				),
				"permissionSetArn": schema.Text(a.PermissionSet),
				"principalId":      schema.Text(a.PrincipalID),
				"principalType":    schema.Text(a.PrincipalType),
				"targetId":         schema.Text(a.Account),
				"targetType":       schema.Text("AWS_ACCOUNT"),
			}, nil
		},
		Update: resources.NothingToUpdate,
		Remove: func(ctx context.Context, s *resources.Session, id string, _ schema.Values) error {
			a, instance, err := assignmentOf(id)
			if err != nil {
				return err
			}
			err = s.SSOAdmin().DeleteAccountAssignment(ctx, instance, a)
			if err == nil {
				err = s.SSOAdmin().Besides(ctx, a.PermissionSet, "DescribeAccountAssignmentDeletionStatus")
			}
			return resources.Doing(
				resources.Ignore(err, "ResourceNotFoundException"),
				"deleting SSO Account Assignment (%s)",
				id,
			)
		},
		Adopt: resources.ByID,
	}
}

// assignmentOf splits the id of an assignment: what is assigned to whom, and the ARN of the instance.
func assignmentOf(id string) (a ssoadmin.Assignment, instance string, err error) {
	list, err := parts(id, 6, "PRINCIPAL_ID,PRINCIPAL_TYPE,TARGET_ID,TARGET_TYPE,PERMISSION_SET_ARN,INSTANCE_ARN")
	if err != nil {
		return ssoadmin.Assignment{}, "", err
	}
	return ssoadmin.Assignment{
		PrincipalID:   list[0],
		PrincipalType: list[1],
		Account:       list[2],
		PermissionSet: list[4],
	}, list[5], nil
}

func createAssignment(ctx context.Context, s *resources.Session, in schema.Values) (string, error) {
	a := ssoadmin.Assignment{
		PermissionSet: in.Text(
			"permissionSetArn",
		),
		PrincipalID:   in.Text("principalId"),
		PrincipalType: in.Text("principalType"),
		Account:       in.Text("targetId"),
	}
	id := strings.Join(
		[]string{a.PrincipalID, a.PrincipalType, a.Account, "AWS_ACCOUNT", a.PermissionSet, in.Text("instanceArn")},
		",",
	)
	exists, err := s.SSOAdmin().HasAssignment(ctx, in.Text("instanceArn"), a)
	if err == nil && exists {
		err = fmt.Errorf("already exists")
	}
	if err == nil {
		err = s.SSOAdmin().CreateAccountAssignment(ctx, in.Text("instanceArn"), a)
	}
	if err == nil { // The provider waits for it.
		err = s.SSOAdmin().Besides(ctx, a.PermissionSet, "DescribeAccountAssignmentCreationStatus")
	}
	if err != nil {
		return "", resources.Doing(err, "creating SSO Account Assignment for %s (%s)", a.PrincipalType, a.PrincipalID)
	}
	return id, nil
}
