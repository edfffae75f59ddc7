package provider

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"aws-access-guardrails/internal/sandbox/cloud/api"
)

// native is the package aws-native, which drives AWS through Cloud Control.
func native() *registry {
	return newRegistry("1.38.0", nativeSettings, []*resourceType{nativeDocument()}, nil)
}

// nativeSettings are the settings of the provider aws-native.
var nativeSettings = []string{
	"accessKey",
	"allowedAccountIds",
	"assumeRole",
	"autoNaming",
	"defaultTags",
	"endpoints",
	"forbiddenAccountIds",
	"ignoreTags",
	"insecure",
	"maxRetries",
	"profile",
	"region",
	"roleArn",
	"s3ForcePathStyle",
	"secretKey",
	"sharedCredentialsFile",
	"skipCredentialsValidation",
	"skipGetEc2Platforms",
	"skipMetadataApiCheck",
	"skipRegionValidation",
	"skipRequestingAccountId",
	"token",
}

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

var nativeTagText = matches(
	regexp.MustCompile(`^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$`),
	`must match [\p{L}\p{Z}\p{N}_.:/=+\-@]`,
	"a&b",
	"a*",
)

// nativeDocument is AWS::SSM::Document. Its content may be a value or a text. Content changes only with the update
// method NewVersion, which adds a version and puts it in force; with Replace, AWS's default, Cloud Control refuses
// the update, because nothing replaces the document.
func nativeDocument() *resourceType {
	const notModelled = "it knows documents without attachments and requirements"
	return &resourceType{
		token: "aws-native:ssm:Document",
		schema: schema{
			"attachments": in(
				objectSetKind,
			).of(schema{"key": in(textKind), "name": in(textKind), "values": in(textListKind)}).
				notModelled(notModelled),
			"content":        in(jsonKind).must(),
			"documentFormat": in(textKind).known().checked(oneOf("TEXT", "JSON", "YAML")),
			"documentType":   in(textKind).known().replace().checked(oneOf(nativeDocumentTypes...)),
			"name":           in(textKind).named(128).replace().checked(length(3, 128), documentName),
			"requires": in(
				objectSetKind,
			).of(schema{"name": in(textKind), "version": in(textKind)}).
				notModelled(notModelled),
			"tags": in(objectSetKind).of(schema{
				"key": in(
					textKind,
				).must().
					checked(length(1, 128), nativeTagText),
				"value": in(textKind).must().checked(length(1, 256), nativeTagText),
			}),
			"targetType":   in(textKind).checked(targetType),
			"updateMethod": in(textKind).checked(oneOf("Replace", "NewVersion")),
			"versionName":  in(textKind).checked(length(1, 128), documentName),
		},
		create: func(ctx context.Context, s *session, in values) (string, error) {
			d := newDocument(in)
			d.Type, d.Tags = cmp.Or(d.Type, "Command"), tagList(in)
			if err := s.control(ctx, "CreateResource", "GetResourceRequestStatus"); err != nil {
				return "", operation(err, "CREATE")
			}
			made, err := s.ssm().CreateDocument(ctx, d)
			return made.Name, operation(err, "CREATE")
		},
		read:   readNativeDocument,
		update: updateNativeDocument,
		remove: func(ctx context.Context, s *session, id string, _ values) error {
			if err := s.control(ctx, "DeleteResource", "GetResourceRequestStatus"); err != nil {
				return operation(err, "DELETE")
			}
			if err := s.ssm().Besides(ctx, id, "GetDocument"); err != nil {
				return operation(err, "DELETE")
			}
			return operation(ignore(s.ssm().DeleteDocument(ctx, id), "InvalidDocument"), "DELETE")
		},
		adopt: byID,
	}
}

func readNativeDocument(ctx context.Context, s *session, id string, state values) (values, error) {
	if err := s.control(ctx, "GetResource"); err != nil {
		return nil, operation(err, "READ")
	}
	d, err := s.ssm().DescribeDocument(ctx, id)
	if api.Is(err, "InvalidDocument") {
		return nil, nil
	}
	if err == nil {
		err = s.ssm().Besides(ctx, id, "GetDocument", "ListTagsForResource")
	}
	if err != nil {
		return nil, operation(err, "READ")
	}
	content := text(d.Latest())
	if sameJSON(state["content"], content) {
		content = state["content"]
	}
	return values{
		"content":        content,
		"documentFormat": text(d.Format),
		"documentType":   text(d.Type),
		"name":           text(d.Name),
		"tags":           tagObjects(d.Tags),
		"targetType":     optional(d.TargetType),
		"versionName":    optional(d.VersionName),
	}, nil
}

func updateNativeDocument(ctx context.Context, s *session, id string, state, in values, d difference) error {
	if err := s.control(ctx, "UpdateResource", "GetResourceRequestStatus"); err != nil {
		return operation(err, "UPDATE")
	}
	if d.hasAny("content", "documentFormat", "targetType", "versionName") {
		if in.text("updateMethod") != "NewVersion" {
			return errors.New(
				`operation UPDATE failed with "NotUpdatable": Resource of type 'AWS::SSM::Document' with identifier '` + id +
					`' is not updatable with parameters provided. (sandbox: set updateMethod to NewVersion)`,
			)
		}
		version, err := s.ssm().UpdateDocument(ctx, id, newDocument(in))
		if err != nil {
			return operation(err, "UPDATE")
		}
		if err := s.ssm().UpdateDocumentDefaultVersion(ctx, id, version); err != nil {
			return operation(err, "UPDATE")
		}
	}
	if !d.has("tags") {
		return nil
	}
	before, after := tagList(state), tagList(in)
	gone := minus(slices.Sorted(maps.Keys(before)), slices.Sorted(maps.Keys(after)))
	if err := s.ssm().RemoveTagsFromResource(ctx, id, gone); err != nil {
		return operation(err, "UPDATE")
	}
	return operation(s.ssm().AddTagsToResource(ctx, id, after), "UPDATE")
}

// control decides calls of Cloud Control, which then calls the service with the credentials of its caller.
func (s *session) control(ctx context.Context, operations ...string) error {
	return s.cloud.CloudControl(s.caller).Besides(ctx, "AWS::SSM::Document", operations...)
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
func tagList(in values) map[string]string {
	tags := map[string]string{}
	if !in["tags"].IsArray() {
		return tags
	}
	for _, item := range in["tags"].ArrayValue() {
		if item.IsObject() {
			tag := values(item.ObjectValue())
			tags[tag.text("key")] = tag.text("value")
		}
	}
	return tags
}

func tagObjects(tags map[string]string) resource.PropertyValue {
	if len(tags) == 0 {
		return resource.NewNullProperty()
	}
	var list []values
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		list = append(list, values{"key": text(key), "value": text(tags[key])})
	}
	return objects(list)
}
