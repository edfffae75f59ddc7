package provider

import (
	"context"
	"errors"
	"time"

	"aws-access-guardrails/internal/sandbox/cloud/api"
)

// functionsOfWhatExists read what is in an account, whoever made it.
func functionsOfWhatExists() map[string]function {
	return map[string]function{
		"aws:iam/getUser:getUser":     {arguments: []string{"userName", "tags"}, answer: existingUser},
		"aws:iam/getUsers:getUsers":   {arguments: []string{"pathPrefix"}, answer: existingUsers},
		"aws:iam/getGroup:getGroup":   {arguments: []string{"groupName"}, answer: existingGroup},
		"aws:iam/getRole:getRole":     {arguments: []string{"name", "tags"}, answer: existingRole},
		"aws:iam/getRoles:getRoles":   {arguments: []string{"pathPrefix"}, answer: existingRoles},
		"aws:iam/getPolicy:getPolicy": {arguments: []string{"arn", "tags"}, answer: existingPolicy},
		"aws:ssm/getDocument:getDocument": {
			arguments: []string{"name", "documentFormat", "documentVersion"},
			answer:    existingDocument,
		},
	}
}

func existingUser(ctx context.Context, s *session, args values) (values, error) {
	name := args.text("userName")
	user, err := s.iam().GetUser(ctx, name)
	if err != nil {
		return nil, doing(err, "reading IAM User (%s)", name)
	}
	return values{
		"arn": text(
			s.iam().UserARN(user),
		),
		"id":                  text(user.ID),
		"path":                text(user.Path),
		"permissionsBoundary": text(user.Boundary),
		"tags":                textMap(user.Tags),
		"userId":              text(user.ID),
		"userName":            text(user.Name),
	}, nil
}

func existingUsers(ctx context.Context, s *session, args values) (values, error) {
	users, err := s.iam().ListUsers(ctx, args.text("pathPrefix"))
	if err != nil {
		return nil, doing(err, "reading IAM users")
	}
	var arns, names []string
	for _, user := range users {
		arns, names = append(arns, s.iam().UserARN(user)), append(names, user.Name)
	}
	return values{
		"arns":  texts(arns),
		"names": texts(names),
		"id":    text(s.caller.Region),
	}.and(
		asked(args, "pathPrefix"),
	), nil
}

func existingGroup(ctx context.Context, s *session, args values) (values, error) {
	name := args.text("groupName")
	group, members, err := s.iam().GroupMembers(ctx, name)
	if err != nil {
		return nil, doing(err, "reading IAM Group (%s)", name)
	}
	var users []values
	for _, user := range members {
		users = append(users, values{
			"arn": text(
				s.iam().UserARN(user),
			),
			"path":     text(user.Path),
			"userId":   text(user.ID),
			"userName": text(user.Name),
		})
	}
	return values{
		"arn": text(
			s.iam().GroupARN(group),
		),
		"groupId":   text(group.ID),
		"groupName": text(group.Name),
		"id":        text(group.ID),
		"path":      text(group.Path),
		"users":     objects(users),
	}, nil
}

func existingRole(ctx context.Context, s *session, args values) (values, error) {
	name := args.text("name")
	role, err := s.iam().GetRole(ctx, name)
	if api.Is(err, "NoSuchEntity") {
		err = errors.New("couldn't find resource")
	}
	if err != nil {
		return nil, doing(err, "reading IAM Role (%s)", name)
	}
	return values{
		"arn": text(
			s.iam().RoleARN(role),
		),
		"assumeRolePolicy": text(role.Trust),
		"createDate":       text(role.Created.Format(time.RFC3339)),
		"description": text(
			role.Description,
		),
		"id":                 text(role.Name),
		"maxSessionDuration": number(role.MaxSession),
		"name":               text(role.Name),
		"path": text(
			role.Path,
		),
		"permissionsBoundary": text(role.Boundary),
		"roleLastUseds":       objects(nil),
		"tags":                textMap(role.Tags),
		"uniqueId":            text(role.ID),
	}, nil
}

func existingRoles(ctx context.Context, s *session, args values) (values, error) {
	roles, err := s.iam().ListRoles(ctx, args.text("pathPrefix"))
	if err != nil {
		return nil, doing(err, "reading IAM roles")
	}
	var arns, names []string
	for _, role := range roles {
		arns, names = append(arns, s.iam().RoleARN(role)), append(names, role.Name)
	}
	return values{
		"arns":  texts(arns),
		"names": texts(names),
		"id":    text(s.caller.Region),
	}.and(
		asked(args, "pathPrefix"),
	), nil
}

func existingPolicy(ctx context.Context, s *session, args values) (values, error) {
	arn := args.text("arn")
	p, attached, err := s.iam().GetPolicy(ctx, arn)
	if api.Is(err, "NoSuchEntity") {
		err = errors.New("couldn't find resource")
	}
	if err != nil {
		return nil, doing(err, "reading IAM policy (%s)", arn)
	}
	return values{
		"arn": text(
			p.ARN,
		),
		"attachmentCount": number(attached),
		"description":     text(p.Description),
		"id":              text(p.ARN),
		"name":            text(p.Name),
		"path":            text(p.Path),
		"policy":          text(p.Document()),
		"policyId":        text(p.ID),
		"tags":            textMap(p.Tags),
	}, nil
}

func existingDocument(ctx context.Context, s *session, args values) (values, error) {
	name := args.text("name")
	d, err := s.ssm().GetDocument(ctx, name)
	if err != nil {
		return nil, doing(err, "reading SSM Document (%s) content", name)
	}
	content := d.Content()
	if args.text("documentVersion") == "$LATEST" {
		content = d.Latest()
	}
	return values{
		"arn": text(
			s.ssm().DocumentARN(d.Name),
		),
		"content":         text(content),
		"documentFormat":  text(d.Format),
		"documentType":    text(d.Type),
		"documentVersion": args["documentVersion"],
		"id":              text(d.Name),
		"name":            text(d.Name),
	}, nil
}

// asked is the argument again, where it was given.
func asked(args values, key string) values {
	out := values{}
	for name, value := range args {
		if string(name) == key {
			out[name] = value
		}
	}
	return out
}
