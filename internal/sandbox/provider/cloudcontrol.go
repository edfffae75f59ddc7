package provider

import (
	"context"
	"encoding/json"
	"fmt"

	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/provider/iam"
	"aws-access-guardrails/internal/sandbox/provider/resources"
	"aws-access-guardrails/internal/sandbox/provider/schema"
	"aws-access-guardrails/internal/sandbox/provider/ssoadmin"
)

// controlled are the types that the sandbox reads through Cloud Control, with the properties that their handlers give.
var controlled = map[string]func(ctx context.Context, s *resources.Session, id string) (map[string]any, error){
	"AWS::IAM::User":          iam.ControlledUser,
	"AWS::SSO::PermissionSet": ssoadmin.ControlledPermissionSet,
}

// controlledResource answers aws.cloudcontrol.getResource. The handlers of the type make their calls with the
// caller's credentials, as its schema lists them.
func controlledResource(ctx context.Context, s *resources.Session, args schema.Values) (schema.Values, error) {
	typ, id := args.Text("typeName"), args.Text("identifier")
	read, known := controlled[typ]
	if !known {
		return nil, fmt.Errorf("the sandbox does not read %s through Cloud Control", typ)
	}
	err := s.Cloud.CloudControl(s.Caller).GetResource(ctx, typ)
	var properties map[string]any
	if err == nil {
		properties, err = read(ctx, s, id)
	}
	if api.Is(err, "NoSuchEntity", "ResourceNotFoundException") {
		err = fmt.Errorf(
			"ResourceNotFoundException: Resource of type '%s' with identifier '%s' was not found", typ, id,
		)
	}
	if err != nil {
		return nil, resources.Doing(err, "reading Cloud Control API (%s) Resource (%s)", typ, id)
	}
	data, err := json.Marshal(properties)
	return schema.Values{
		"id":         schema.Text(id),
		"identifier": schema.Text(id),
		"properties": schema.Text(string(data)),
		"typeName":   schema.Text(typ),
	}, err
}
