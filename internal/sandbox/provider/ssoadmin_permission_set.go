package provider

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/ssoadmin"
)

// parts splits an id into so many parts at commas.
func parts(id string, n int, expected string) ([]string, error) {
	list := strings.Split(id, ",")
	if len(list) != n {
		return nil, unexpectedID(id, expected)
	}
	return list, nil
}

// Neither pattern of the provider means the whole text: one character that fits is enough for it. AWS looks at the
// rest.
var (
	oneOfAName     = matches(regexp.MustCompile(`[\w+=,.@-]+`), `must match [\w+=,.@-]`, "日本", " ")
	oneOfAnAddress = matches(regexp.MustCompile(`[0-9A-Za-z&$@#\\\/%?=~\-_'"|!:,.;*+\[\]\ \(\)\{\}]+`),
		`must match [0-9A-Za-z&$@#\/%?=~\-_'"|!:,.;*+\[\]\ \(\)\{\}]`, "日本")
)

func ssoPermissionSet() *resourceType {
	return &resourceType{
		token: "aws:ssoadmin/permissionSet:PermissionSet",
		schema: schema{
			"arn":             out(textKind),
			"createdDate":     out(textKind),
			"description":     in(textKind).checked(length(1, 700)),
			"instanceArn":     in(textKind).must().replace().checked(anARN),
			"name":            in(textKind).named(32).replace().checked(length(1, 32), oneOfAName),
			"relayState":      in(textKind).checked(length(1, 240), oneOfAnAddress),
			"sessionDuration": in(textKind).or(text("PT1H")).checked(length(1, 100)),
		}.tagged(),
		create: func(ctx context.Context, s *session, in values) (string, error) {
			p, err := s.sso().CreatePermissionSet(ctx, in.text("instanceArn"), newPermissionSet(in))
			if err != nil {
				return "", doing(err, "creating SSO Permission Set (%s)", in.text("name"))
			}
			return p.ARN + "," + in.text("instanceArn"), nil
		},
		read: func(ctx context.Context, s *session, id string, state values) (values, error) {
			arns, err := permissionSetOf(id)
			if err != nil {
				return nil, err
			}
			p, err := s.sso().DescribePermissionSet(ctx, arns[1], arns[0])
			if api.Is(err, "ResourceNotFoundException") {
				return nil, nil
			}
			if err != nil {
				return nil, doing(err, "reading SSO Permission Set (%s)", id)
			}
			if err := s.sso().Besides(ctx, p.ARN, "ListTagsForResource"); err != nil {
				return nil, doing(err, "listing tags for SSO Permission Set (%s)", arns[0])
			}
			return values{
				"arn": text(
					p.ARN,
				),
				"createdDate": text(p.Created.Format(time.RFC3339)),
				"description": optional(p.Description),
				"instanceArn": text(
					arns[1],
				),
				"name":            text(p.Name),
				"relayState":      optional(p.RelayState),
				"sessionDuration": text(p.SessionDuration),
			}.and(s.readTags(p.Tags, state)), nil
		},
		update: updatePermissionSet,
		remove: func(ctx context.Context, s *session, id string, _ values) error {
			arns, err := permissionSetOf(id)
			if err != nil {
				return err
			}
			err = s.sso().DeletePermissionSet(ctx, arns[1], arns[0])
			return doing(ignore(err, "ResourceNotFoundException"), "deleting SSO Permission Set (%s)", id)
		},
		adopt: byID,
	}
}

// permissionSetOf splits the id of a permission set: its ARN, and that of the instance.
func permissionSetOf(id string) ([]string, error) {
	return parts(id, 2, "PERMISSION_SET_ARN,INSTANCE_ARN")
}

func newPermissionSet(in values) ssoadmin.NewPermissionSet {
	return ssoadmin.NewPermissionSet{
		Name: in.text(
			"name",
		),
		Description:     in.text("description"),
		RelayState:      in.text("relayState"),
		SessionDuration: in.text("sessionDuration"),
		Tags:            in.textMap("tagsAll"),
	}
}

func updatePermissionSet(ctx context.Context, s *session, id string, state, in values, d difference) error {
	arns, err := permissionSetOf(id)
	if err != nil {
		return err
	}
	if d.hasAny("description", "relayState", "sessionDuration") {
		if updateErr := s.sso().UpdatePermissionSet(ctx, arns[1], arns[0], newPermissionSet(in)); updateErr != nil {
			return doing(updateErr, "updating SSO Permission Set (%s)", id)
		}
		if provisionErr := s.provision(ctx, arns[1], arns[0]); provisionErr != nil {
			return provisionErr
		}
	}
	if !d.has("tagsAll") {
		return nil
	}
	err = retag(state, in,
		func(tags map[string]string) error { return s.sso().TagResource(ctx, arns[1], arns[0], tags) },
		func(keys []string) error { return s.sso().UntagResource(ctx, arns[1], arns[0], keys) })
	return doing(err, "updating tags for SSO Permission Set (%s)", id)
}

// provision brings the roles of a permission set up to date and waits for it.
func (s *session) provision(ctx context.Context, instance, arn string) error {
	err := s.sso().ProvisionPermissionSet(ctx, instance, arn)
	if err == nil {
		err = s.sso().Besides(ctx, arn, "DescribePermissionSetProvisioningStatus")
	}
	return doing(err, "provisioning SSO Permission Set (%s)", arn)
}

func ssoPermissionSetInlinePolicy() *resourceType {
	split := func(id string) ([]string, error) { return parts(id, 2, "PERMISSION_SET_ARN,INSTANCE_ARN") }
	put := func(ctx context.Context, s *session, in values) error {
		instance, arn := in.text("instanceArn"), in.text("permissionSetArn")
		if err := s.sso().PutInlinePolicy(ctx, instance, arn, normalizeJSON(in.text("inlinePolicy"))); err != nil {
			return doing(err, "putting SSO Permission Set Inline Policy (%s)", arn)
		}
		return s.provision(ctx, instance, arn)
	}
	return &resourceType{
		token: "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy",
		schema: schema{
			"inlinePolicy":     in(policyKind).must(),
			"instanceArn":      in(textKind).must().replace().checked(anARN),
			"permissionSetArn": in(textKind).must().replace().checked(anARN),
		},
		create: func(ctx context.Context, s *session, in values) (string, error) {
			if err := put(ctx, s, in); err != nil {
				return "", err
			}
			return in.text("permissionSetArn") + "," + in.text("instanceArn"), nil
		},
		read: func(ctx context.Context, s *session, id string, state values) (values, error) {
			arns, err := split(id)
			if err != nil {
				return nil, err
			}
			inline, err := s.sso().GetInlinePolicy(ctx, arns[1], arns[0])
			if api.Is(err, "ResourceNotFoundException") || err == nil && inline == "" {
				return nil, nil
			}
			if err != nil {
				return nil, doing(err, "reading SSO Permission Set Inline Policy (%s)", id)
			}
			return values{
				"inlinePolicy": policyToSet(
					state.text("inlinePolicy"),
					inline,
				),
				"instanceArn":      text(arns[1]),
				"permissionSetArn": text(arns[0]),
			}, nil
		},
		update: func(ctx context.Context, s *session, _ string, _, in values, _ difference) error {
			return put(ctx, s, in)
		},
		remove: func(ctx context.Context, s *session, id string, _ values) error {
			arns, err := split(id)
			if err != nil {
				return err
			}
			err = s.sso().DeleteInlinePolicy(ctx, arns[1], arns[0])
			if err == nil {
				err = s.provision(ctx, arns[1], arns[0])
			}
			return doing(ignore(err, "ResourceNotFoundException"), "deleting SSO Permission Set Inline Policy (%s)", id)
		},
		adopt: byID,
	}
}

func ssoManagedPolicyAttachment() *resourceType {
	split := func(id string) ([]string, error) {
		return parts(id, 3, "MANAGED_POLICY_ARN,PERMISSION_SET_ARN,INSTANCE_ARN")
	}
	return &resourceType{
		token: "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment",
		schema: schema{
			"instanceArn":       in(textKind).must().replace().checked(anARN),
			"managedPolicyArn":  in(textKind).must().replace().checked(anARN),
			"managedPolicyName": out(textKind),
			"permissionSetArn":  in(textKind).must().replace().checked(anARN),
		},
		create: func(ctx context.Context, s *session, in values) (string, error) {
			instance, arn, managed := in.text("instanceArn"), in.text("permissionSetArn"), in.text("managedPolicyArn")
			attached, err := s.sso().ListManagedPolicies(ctx, instance, arn)
			if err == nil && slices.Contains(attached, managed) {
				err = fmt.Errorf("already attached")
			}
			if err == nil {
				err = s.sso().AttachManagedPolicy(ctx, instance, arn, managed)
			}
			if err != nil {
				return "", doing(err, "attaching Managed Policy (%s) to SSO Permission Set (%s)", managed, arn)
			}
			return strings.Join([]string{managed, arn, instance}, ","), s.provision(ctx, instance, arn)
		},
		read: func(ctx context.Context, s *session, id string, _ values) (values, error) {
			arns, err := split(id)
			if err != nil {
				return nil, err
			}
			attached, err := s.sso().ListManagedPolicies(ctx, arns[2], arns[1])
			if api.Is(err, "ResourceNotFoundException") || err == nil && !slices.Contains(attached, arns[0]) {
				return nil, nil
			}
			if err != nil {
				return nil, doing(err, "reading SSO Managed Policy Attachment (%s)", id)
			}
			return values{
				"instanceArn": text(arns[2]), "managedPolicyArn": text(arns[0]), "permissionSetArn": text(arns[1]),
				"managedPolicyName": text(arns[0][strings.LastIndexByte(arns[0], '/')+1:]),
			}, nil
		},
		update: nothingToUpdate,
		remove: func(ctx context.Context, s *session, id string, _ values) error {
			arns, err := split(id)
			if err != nil {
				return err
			}
			err = s.sso().DetachManagedPolicy(ctx, arns[2], arns[1], arns[0])
			if err == nil {
				err = s.provision(ctx, arns[2], arns[1])
			}
			return doing(
				ignore(err, "ResourceNotFoundException"),
				"detaching Managed Policy (%s) from SSO Permission Set (%s)",
				arns[0],
				arns[1],
			)
		},
		adopt: byID,
	}
}

func ssoAccountAssignment() *resourceType {
	return &resourceType{
		token: "aws:ssoadmin/accountAssignment:AccountAssignment",
		schema: schema{
			"instanceArn":      in(textKind).must().replace().checked(anARN),
			"permissionSetArn": in(textKind).must().replace().checked(anARN),
			"principalId":      in(textKind).must().replace().checked(personID),
			"principalType":    in(textKind).must().replace().checked(oneOf("USER", "GROUP")),
			"targetId":         in(textKind).must().replace().checked(accountID),
			"targetType":       in(textKind).replace().checked(oneOf("AWS_ACCOUNT")),
		},
		create: createAssignment,
		read: func(ctx context.Context, s *session, id string, _ values) (values, error) {
			a, instance, err := assignmentOf(id)
			if err != nil {
				return nil, err
			}
			exists, err := s.sso().HasAssignment(ctx, instance, a)
			if api.Is(err, "ResourceNotFoundException") || err == nil && !exists {
				return nil, nil
			}
			if err != nil {
				return nil, doing(err, "reading SSO Account Assignment (%s)", id)
			}
			return values{
				"instanceArn": text(
					instance,
				),
				"permissionSetArn": text(a.PermissionSet),
				"principalId":      text(a.PrincipalID),
				"principalType":    text(a.PrincipalType),
				"targetId":         text(a.Account),
				"targetType":       text("AWS_ACCOUNT"),
			}, nil
		},
		update: nothingToUpdate,
		remove: func(ctx context.Context, s *session, id string, _ values) error {
			a, instance, err := assignmentOf(id)
			if err != nil {
				return err
			}
			err = s.sso().DeleteAccountAssignment(ctx, instance, a)
			if err == nil {
				err = s.sso().Besides(ctx, a.PermissionSet, "DescribeAccountAssignmentDeletionStatus")
			}
			return doing(ignore(err, "ResourceNotFoundException"), "deleting SSO Account Assignment (%s)", id)
		},
		adopt: byID,
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

func createAssignment(ctx context.Context, s *session, in values) (string, error) {
	a := ssoadmin.Assignment{
		PermissionSet: in.text(
			"permissionSetArn",
		),
		PrincipalID:   in.text("principalId"),
		PrincipalType: in.text("principalType"),
		Account:       in.text("targetId"),
	}
	id := strings.Join(
		[]string{a.PrincipalID, a.PrincipalType, a.Account, "AWS_ACCOUNT", a.PermissionSet, in.text("instanceArn")},
		",",
	)
	exists, err := s.sso().HasAssignment(ctx, in.text("instanceArn"), a)
	if err == nil && exists {
		err = fmt.Errorf("already exists")
	}
	if err == nil {
		err = s.sso().CreateAccountAssignment(ctx, in.text("instanceArn"), a)
	}
	if err == nil { // The provider waits for it.
		err = s.sso().Besides(ctx, a.PermissionSet, "DescribeAccountAssignmentCreationStatus")
	}
	if err != nil {
		return "", doing(err, "creating SSO Account Assignment for %s (%s)", a.PrincipalType, a.PrincipalID)
	}
	return id, nil
}
