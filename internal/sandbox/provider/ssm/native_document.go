package ssm

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"aws-access-guardrails/internal/awstype/token"
	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/provider/resources"
	"aws-access-guardrails/internal/sandbox/provider/schema"
)

// nativeDocumentTypes are the types that the resource schema of AWS::SSM::Document takes.
var nativeDocumentTypes = []string{
	"ApplicationConfiguration",
	"ApplicationConfigurationSchema",
	"Automation",
	"Automation.ChangeTemplate",
	"AutoApprovalPolicy",
	"ChangeCalendar",
	"CloudFormation",
	"Command",
	"DeploymentStrategy",
	"ManualApprovalPolicy",
	"Package",
	"Policy",
	"ProblemAnalysis",
	"ProblemAnalysisTemplate",
	"Session",
}

var nativeTagText = schema.Matches(
	regexp.MustCompile(`^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$`),
	`must match [\p{L}\p{Z}\p{N}_.:/=+\-@]`,
	"a&b",
	"a*",
)

// nativeDocumentType is AWS::SSM::Document. Its content may be a value or a text. Content changes only with the update
// method NewVersion, which adds a version and puts it in force; with Replace, AWS's default, Cloud Control refuses
// the update, because nothing replaces the document.
func nativeDocumentType() *resources.Type {
	const notModelled = "it knows documents without attachments and requirements"
	return &resources.Type{
		Token: token.NativeSSMDocument,
		Schema: schema.Schema{
			"attachments": schema.In(
				schema.ObjectSetKind,
			).WithFields(schema.Schema{"key": schema.In(schema.TextKind), "name": schema.In(schema.TextKind), "values": schema.In(schema.TextListKind)}).
				NotModelled(notModelled),
			"content":        schema.In(schema.JSONKind).Must(),
			"documentFormat": schema.In(schema.TextKind).Known().Checked(schema.OneOf("TEXT", "JSON", "YAML")),
			"documentType": schema.In(schema.TextKind).
				Known().
				Replace().
				Checked(schema.OneOf(nativeDocumentTypes...)),
			"name": schema.In(schema.TextKind).
				Named(128).
				Replace().
				Checked(schema.Length(3, 128), schema.DocumentName),
			"requires": schema.In(
				schema.ObjectSetKind,
			).WithFields(schema.Schema{"name": schema.In(schema.TextKind), "version": schema.In(schema.TextKind)}).
				NotModelled(notModelled),
			"tags": schema.In(schema.ObjectSetKind).WithFields(schema.Schema{
				"key": schema.In(
					schema.TextKind,
				).Must().
					Checked(schema.Length(1, 128), nativeTagText),
				"value": schema.In(schema.TextKind).Must().Checked(schema.Length(1, 256), nativeTagText),
			}),
			"targetType":   schema.In(schema.TextKind).Checked(targetType),
			"updateMethod": schema.In(schema.TextKind).Checked(schema.OneOf("Replace", "NewVersion")),
			"versionName":  schema.In(schema.TextKind).Checked(schema.Length(1, 128), schema.DocumentName),
		},
		Create: func(ctx context.Context, s *resources.Session, in schema.Values) (string, error) {
			d := newDocument(in)
			d.Type, d.Tags = cmp.Or(d.Type, "Command"), tagList(in)
			if err := s.Control(ctx, "CreateResource", "GetResourceRequestStatus"); err != nil {
				return "", operation(err, "CREATE")
			}
			document, err := s.SSM().CreateDocument(ctx, d)
			return document.Name, operation(err, "CREATE")
		},
		Read:   readNativeDocument,
		Update: updateNativeDocument,
		Remove: func(ctx context.Context, s *resources.Session, id string, _ schema.Values) error {
			if err := s.Control(ctx, "DeleteResource", "GetResourceRequestStatus"); err != nil {
				return operation(err, "DELETE")
			}
			if err := s.SSM().Besides(ctx, id, "GetDocument"); err != nil {
				return operation(err, "DELETE")
			}
			return operation(resources.Ignore(s.SSM().DeleteDocument(ctx, id), "InvalidDocument"), "DELETE")
		},
		Adopt: resources.ByID,
	}
}

func readNativeDocument(
	ctx context.Context,
	s *resources.Session,
	id string,
	state schema.Values,
) (schema.Values, error) {
	if err := s.Control(ctx, "GetResource"); err != nil {
		return nil, operation(err, "READ")
	}
	d, err := s.SSM().DescribeDocument(ctx, id)
	if api.Is(err, "InvalidDocument") {
		return nil, nil
	}
	if err == nil {
		err = s.SSM().Besides(ctx, id, "GetDocument", "ListTagsForResource")
	}
	if err != nil {
		return nil, operation(err, "READ")
	}
	content := schema.Text(d.Latest())
	if schema.SameJSON(state["content"], content) {
		content = state["content"]
	}
	return schema.Values{
		"content":        content,
		"documentFormat": schema.Text(d.Format),
		"documentType":   schema.Text(d.Type),
		"name":           schema.Text(d.Name),
		"tags":           tagObjects(d.Tags),
		"targetType":     schema.Optional(d.TargetType),
		"versionName":    schema.Optional(d.VersionName),
	}, nil
}

func updateNativeDocument(
	ctx context.Context,
	s *resources.Session,
	id string,
	state, in schema.Values,
	d schema.Difference,
) error {
	if err := s.Control(ctx, "UpdateResource", "GetResourceRequestStatus"); err != nil {
		return operation(err, "UPDATE")
	}
	if d.HasAny("content", "documentFormat", "targetType", "versionName") {
		if in.Text("updateMethod") != "NewVersion" {
			return errors.New(
				`operation UPDATE failed with "NotUpdatable": Resource of type 'AWS::SSM::Document' with identifier '` + id +
					`' is not updatable with parameters provided. (sandbox: set updateMethod to NewVersion)`,
			)
		}
		version, err := s.SSM().UpdateDocument(ctx, id, newDocument(in))
		if err != nil {
			return operation(err, "UPDATE")
		}
		if err := s.SSM().UpdateDocumentDefaultVersion(ctx, id, version); err != nil {
			return operation(err, "UPDATE")
		}
	}
	if !d.Has("tags") {
		return nil
	}
	before, after := tagList(state), tagList(in)
	gone := schema.Minus(slices.Sorted(maps.Keys(before)), slices.Sorted(maps.Keys(after)))
	if err := s.SSM().RemoveTagsFromResource(ctx, id, gone); err != nil {
		return operation(err, "UPDATE")
	}
	return operation(s.SSM().AddTagsToResource(ctx, id, after), "UPDATE")
}

// operation words an error as Cloud Control does.
func operation(err error, verb string) error {
	if err == nil {
		return nil
	}
	code := map[string]string{
		"DocumentAlreadyExists": "AlreadyExists", "InvalidDocument": "NotFound", "DocumentLimitExceeded": "ServiceLimitExceeded", "Throttling": "Throttling",
		"ServiceFailure": "ServiceInternalError",
	}[api.Code(err)]
	return fmt.Errorf("operation %s failed with %q: %w", verb, cmp.Or(code, "InvalidRequest"), err)
}

// tagList reads tags that are written as a list of keys and values.
func tagList(in schema.Values) map[string]string {
	tags := map[string]string{}
	if !in["tags"].IsArray() {
		return tags
	}
	for _, item := range in["tags"].ArrayValue() {
		if item.IsObject() {
			tag := schema.Values(item.ObjectValue())
			tags[tag.Text("key")] = tag.Text("value")
		}
	}
	return tags
}

func tagObjects(tags map[string]string) resource.PropertyValue {
	if len(tags) == 0 {
		return resource.NewNullProperty()
	}
	var list []schema.Values
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		list = append(list, schema.Values{"key": schema.Text(key), "value": schema.Text(tags[key])})
	}
	return schema.Objects(list)
}
