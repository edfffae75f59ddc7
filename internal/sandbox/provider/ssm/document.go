package ssm

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"aws-access-guardrails/internal/awstype/token"
	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/ssm"
	"aws-access-guardrails/internal/sandbox/provider/resources"
	"aws-access-guardrails/internal/sandbox/provider/schema"
)

// documentTypes are the types of documents that the provider takes: those of the SDK of AWS that it is built with, of
// which the product makes sessions' preferences.
var documentTypes = []string{
	"ApplicationConfiguration",
	"ApplicationConfigurationSchema",
	"Automation",
	"Automation.ChangeTemplate",
	"AutoApprovalPolicy",
	"ChangeCalendar",
	"CloudFormation",
	"Command",
	"ConformancePackTemplate",
	"DeploymentStrategy",
	"ManualApprovalPolicy",
	"Package",
	"Policy",
	"ProblemAnalysis",
	"ProblemAnalysisTemplate",
	"QuickSetup",
	"Session",
}

var targetType = schema.Matches(
	regexp.MustCompile(`^\/[\w\.\-\:\/]*$`),
	"must contain a forward slash optionally followed by a resource type such as AWS::EC2::Instance",
	"AWS::EC2::Instance",
	"/a b",
)

func documentType() *resources.Type {
	return &resources.Type{
		Token: token.SSMDocument,
		Schema: schema.Schema{
			"arn": schema.Out(schema.TextKind),
			"attachmentsSources": schema.In(
				schema.ObjectSetKind,
			).WithFields(schema.Schema{"key": schema.In(schema.TextKind).Must(), "name": schema.In(schema.TextKind), "values": schema.In(schema.TextListKind).Must()}).
				NotModelled("it knows documents without attachments"),
			"content":        schema.In(schema.TextKind).Must(),
			"createdDate":    schema.Out(schema.TextKind),
			"defaultVersion": schema.Out(schema.TextKind).After("content"),
			"description":    schema.Out(schema.TextKind).After("content"),
			"documentFormat": schema.In(schema.TextKind).
				Or(schema.Text("JSON")).
				Checked(schema.OneOf("JSON", "TEXT", "YAML")),
			"documentType":    schema.In(schema.TextKind).Must().Checked(schema.OneOf(documentTypes...)),
			"documentVersion": schema.Out(schema.TextKind).After("content"),
			"hash":            schema.Out(schema.TextKind).After("content"),
			"hashType":        schema.Out(schema.TextKind),
			"latestVersion":   schema.Out(schema.TextKind).After("content"),
			"name": schema.In(schema.TextKind).
				Named(128).
				Replace().
				Checked(schema.Length(3, 128), schema.DocumentName),
			"owner":         schema.Out(schema.TextKind),
			"parameters":    schema.Out(schema.ObjectSetKind).After("content"),
			"permissions":   schema.In(schema.TextMapKind),
			"platformTypes": schema.Out(schema.TextListKind),
			"schemaVersion": schema.Out(schema.TextKind).After("content"),
			"status":        schema.Out(schema.TextKind),
			"targetType":    schema.In(schema.TextKind).Checked(schema.Length(1, 200), targetType),
			"versionName":   schema.In(schema.TextKind).Checked(schema.Length(3, 128), schema.DocumentName),
		}.Tagged(),
		Rules: []func(schema.Values) (resource.PropertyKey, string){checkPermissions},
		Create: func(ctx context.Context, s *resources.Session, in schema.Values) (string, error) {
			d, err := s.SSM().CreateDocument(ctx, newDocument(in))
			if err != nil {
				return "", resources.Doing(err, "creating SSM Document (%s)", in.Text("name"))
			}
			if accounts := sharedWith(in); len(accounts) > 0 {
				err = s.SSM().ModifyDocumentPermission(ctx, d.Name, accounts, nil)
			}
			return d.Name, resources.Doing(err, "modifying SSM Document (%s) permissions", d.Name)
		},
		Read:   readDocument,
		Update: updateDocument,
		Remove: func(ctx context.Context, s *resources.Session, id string, state schema.Values) error {
			if accounts := sharedWith(state); len(accounts) > 0 {
				if err := resources.Ignore(
					s.SSM().ModifyDocumentPermission(ctx, id, nil, accounts),
					"InvalidDocument",
				); err != nil {
					return resources.Doing(err, "modifying SSM Document (%s) permissions", id)
				}
			}
			err := s.SSM().DeleteDocument(ctx, id)
			if api.Says(err, "InvalidDocument", "does not exist") { // The provider too asks what the message says.
				return nil
			}
			if err == nil { // The provider waits until the document is gone.
				err = s.SSM().Besides(ctx, id, "DescribeDocument")
			}
			return resources.Doing(err, "deleting SSM Document (%s)", id)
		},
		Adopt: resources.ByID,
	}
}

func newDocument(in schema.Values) ssm.NewDocument {
	return ssm.NewDocument{
		Name: in.Text(
			"name",
		),
		Content:     in.Text("content"),
		Type:        in.Text("documentType"),
		Format:      in.Text("documentFormat"),
		TargetType:  in.Text("targetType"),
		VersionName: in.Text("versionName"),
		Tags:        in.TextMap("tagsAll"),
	}
}

func readDocument(ctx context.Context, s *resources.Session, id string, state schema.Values) (schema.Values, error) {
	d, err := s.SSM().DescribeDocument(ctx, id)
	if api.Is(err, "InvalidDocument") {
		return nil, nil
	}
	if err != nil {
		return nil, resources.Doing(err, "reading SSM Document (%s)", id)
	}
	if err := s.SSM().Besides(ctx, id, "GetDocument", "DescribeDocumentPermission"); err != nil {
		return nil, resources.Doing(err, "reading SSM Document (%s) content and permissions", id)
	}
	latest := strconv.Itoa(len(d.Versions))
	permissions := resource.NewNullProperty()
	if len(d.Shared) > 0 {
		permissions = schema.TextMap(map[string]string{"type": "Share", "account_ids": strings.Join(d.Shared, ",")})
	}
	return schema.Values{
		"arn": schema.Text(
			s.SSM().DocumentARN(d.Name),
		),
		"content":     schema.Text(d.Latest()),
		"createdDate": schema.Text(d.Created.Format(time.RFC3339)),
		"defaultVersion": schema.Text(
			strconv.Itoa(d.Default),
		),
		"description":    schema.Text(d.Field("description")),
		"documentFormat": schema.Text(d.Format),
		"documentType": schema.Text(
			d.Type,
		),
		"documentVersion": schema.Text(latest),
		"hash":            schema.Text(d.Hash()),
		"hashType":        schema.Text("Sha256"),
		"latestVersion": schema.Text(
			latest,
		),
		"name":          schema.Text(d.Name),
		"owner":         schema.Text(s.Caller.Account),
		"parameters":    parametersOf(d),
		"permissions":   permissions,
		"platformTypes": schema.Texts([]string{"Windows", "Linux", "MacOS"}),
		"schemaVersion": schema.Text(d.Field("schemaVersion")),
		"status":        schema.Text("Active"),
		"targetType":    schema.Optional(d.TargetType),
		"versionName":   schema.Optional(d.VersionName),
	}.And(s.ReadTags(d.Tags, state)), nil
}

func parametersOf(d ssm.Document) resource.PropertyValue {
	var list []schema.Values
	parameters := d.Parameters()
	for _, name := range slices.Sorted(maps.Keys(parameters)) {
		p := parameters[name]
		list = append(list, schema.Values{
			"name": schema.Text(
				name,
			),
			"type":         schema.Optional(p.Type),
			"description":  schema.Optional(p.Description),
			"defaultValue": schema.Optional(p.Default),
		}.With(nil))
	}
	return schema.Objects(list)
}

// updateDocument shares and unshares, then makes a new version of changed content and puts it in force.
func updateDocument(
	ctx context.Context,
	s *resources.Session,
	id string,
	state, in schema.Values,
	d schema.Difference,
) error {
	if d.Has("permissions") {
		before, after := sharedWith(state), sharedWith(in)
		if err := s.SSM().
			ModifyDocumentPermission(ctx, id, schema.Minus(after, before), schema.Minus(before, after)); err != nil {
			return resources.Doing(err, "modifying SSM Document (%s) permissions", id)
		}
	}
	old := strings.HasPrefix(state.Text("schemaVersion"), "1.")
	if d.Has("content") || !old && d.HasAny("documentFormat", "documentType", "targetType", "versionName") {
		version, err := s.SSM().UpdateDocument(ctx, id, newDocument(in))
		switch {
		case api.Is(err, "DuplicateDocumentContent"):
			version = state.Text("latestVersion")
		case err != nil:
			return resources.Doing(err, "updating SSM Document (%s)", id)
		}
		if err := s.SSM().UpdateDocumentDefaultVersion(ctx, id, version); err != nil {
			return resources.Doing(err, "updating SSM Document (%s) default version", id)
		}
	}
	if d.Has("tagsAll") {
		err := resources.Retag(state, in,
			func(tags map[string]string) error { return s.SSM().AddTagsToResource(ctx, id, tags) },
			func(keys []string) error { return s.SSM().RemoveTagsFromResource(ctx, id, keys) })
		return resources.Doing(err, "updating tags for SSM Document (%s)", id)
	}
	return nil
}

// sharedWith are the accounts of the property permissions.
func sharedWith(v schema.Values) []string {
	accounts := v.TextMap("permissions")["account_ids"]
	if accounts == "" {
		return nil
	}
	return strings.Split(accounts, ",")
}

func checkPermissions(in schema.Values) (resource.PropertyKey, string) {
	p := in["permissions"]
	if p.IsNull() || p.ContainsUnknowns() {
		return "", ""
	}
	permissions := in.TextMap("permissions")
	if permissions["type"] != "Share" {
		return "permissions", `"permissions": only Share "type" supported`
	}
	if _, ok := permissions["account_ids"]; !ok {
		return "permissions", `"permissions": "account_ids" must be defined`
	}
	return "", ""
}
