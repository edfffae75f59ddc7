package provider

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/ssm"
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

var targetType = matches(
	regexp.MustCompile(`^\/[\w\.\-\:\/]*$`),
	"must contain a forward slash optionally followed by a resource type such as AWS::EC2::Instance",
	"AWS::EC2::Instance",
	"/a b",
)

func ssmDocument() *resourceType {
	return &resourceType{
		token: "aws:ssm/document:Document",
		schema: schema{
			"arn": out(textKind),
			"attachmentsSources": in(
				objectSetKind,
			).of(schema{"key": in(textKind).must(), "name": in(textKind), "values": in(textListKind).must()}).
				notModelled("it knows documents without attachments"),
			"content":         in(textKind).must(),
			"createdDate":     out(textKind),
			"defaultVersion":  out(textKind).after("content"),
			"description":     out(textKind).after("content"),
			"documentFormat":  in(textKind).or(text("JSON")).checked(oneOf("JSON", "TEXT", "YAML")),
			"documentType":    in(textKind).must().checked(oneOf(documentTypes...)),
			"documentVersion": out(textKind).after("content"),
			"hash":            out(textKind).after("content"),
			"hashType":        out(textKind),
			"latestVersion":   out(textKind).after("content"),
			"name":            in(textKind).named(128).replace().checked(length(3, 128), documentName),
			"owner":           out(textKind),
			"parameters":      out(objectSetKind).after("content"),
			"permissions":     in(textMapKind),
			"platformTypes":   out(textListKind),
			"schemaVersion":   out(textKind).after("content"),
			"status":          out(textKind),
			"targetType":      in(textKind).checked(length(1, 200), targetType),
			"versionName":     in(textKind).checked(length(3, 128), documentName),
		}.tagged(),
		rules: []func(values) (resource.PropertyKey, string){checkPermissions},
		create: func(ctx context.Context, s *session, in values) (string, error) {
			d, err := s.ssm().CreateDocument(ctx, newDocument(in))
			if err != nil {
				return "", doing(err, "creating SSM Document (%s)", in.text("name"))
			}
			if accounts := sharedWith(in); len(accounts) > 0 {
				err = s.ssm().ModifyDocumentPermission(ctx, d.Name, accounts, nil)
			}
			return d.Name, doing(err, "modifying SSM Document (%s) permissions", d.Name)
		},
		read:   readDocument,
		update: updateDocument,
		remove: func(ctx context.Context, s *session, id string, state values) error {
			if accounts := sharedWith(state); len(accounts) > 0 {
				if err := ignore(
					s.ssm().ModifyDocumentPermission(ctx, id, nil, accounts),
					"InvalidDocument",
				); err != nil {
					return doing(err, "modifying SSM Document (%s) permissions", id)
				}
			}
			err := s.ssm().DeleteDocument(ctx, id)
			if api.Is(err, "InvalidDocument") && strings.Contains(err.Error(), "does not exist") {
				return nil
			}
			if err == nil { // The provider waits until the document is gone.
				err = s.ssm().Besides(ctx, id, "DescribeDocument")
			}
			return doing(err, "deleting SSM Document (%s)", id)
		},
		adopt: byID,
	}
}

func newDocument(in values) ssm.NewDocument {
	return ssm.NewDocument{
		Name: in.text(
			"name",
		),
		Content:     in.text("content"),
		Type:        in.text("documentType"),
		Format:      in.text("documentFormat"),
		TargetType:  in.text("targetType"),
		VersionName: in.text("versionName"),
		Tags:        in.textMap("tagsAll"),
	}
}

func readDocument(ctx context.Context, s *session, id string, state values) (values, error) {
	d, err := s.ssm().DescribeDocument(ctx, id)
	if api.Is(err, "InvalidDocument") {
		return nil, nil
	}
	if err != nil {
		return nil, doing(err, "reading SSM Document (%s)", id)
	}
	if err := s.ssm().Besides(ctx, id, "GetDocument", "DescribeDocumentPermission"); err != nil {
		return nil, doing(err, "reading SSM Document (%s) content and permissions", id)
	}
	latest := strconv.Itoa(len(d.Versions))
	permissions := resource.NewNullProperty()
	if len(d.Shared) > 0 {
		permissions = textMap(map[string]string{"type": "Share", "account_ids": strings.Join(d.Shared, ",")})
	}
	return values{
		"arn": text(
			s.ssm().DocumentARN(d.Name),
		),
		"content":     text(d.Latest()),
		"createdDate": text(d.Created.Format(time.RFC3339)),
		"defaultVersion": text(
			strconv.Itoa(d.Default),
		),
		"description":    text(d.Field("description")),
		"documentFormat": text(d.Format),
		"documentType": text(
			d.Type,
		),
		"documentVersion": text(latest),
		"hash":            text(d.Hash()),
		"hashType":        text("Sha256"),
		"latestVersion": text(
			latest,
		),
		"name":          text(d.Name),
		"owner":         text(s.caller.Account),
		"parameters":    parametersOf(d),
		"permissions":   permissions,
		"platformTypes": texts([]string{"Windows", "Linux", "MacOS"}),
		"schemaVersion": text(d.Field("schemaVersion")),
		"status":        text("Active"),
		"targetType":    optional(d.TargetType),
		"versionName":   optional(d.VersionName),
	}.and(s.readTags(d.Tags, state)), nil
}

func parametersOf(d ssm.Document) resource.PropertyValue {
	var list []values
	parameters := d.Parameters()
	for _, name := range slices.Sorted(maps.Keys(parameters)) {
		p := parameters[name]
		list = append(list, values{
			"name": text(
				name,
			),
			"type":         optional(p.Type),
			"description":  optional(p.Description),
			"defaultValue": optional(p.Default),
		}.with(nil))
	}
	return objects(list)
}

// updateDocument shares and unshares, then makes a new version of changed content and puts it in force.
func updateDocument(ctx context.Context, s *session, id string, state, in values, d difference) error {
	if d.has("permissions") {
		before, after := sharedWith(state), sharedWith(in)
		if err := s.ssm().ModifyDocumentPermission(ctx, id, minus(after, before), minus(before, after)); err != nil {
			return doing(err, "modifying SSM Document (%s) permissions", id)
		}
	}
	old := strings.HasPrefix(state.text("schemaVersion"), "1.")
	if d.has("content") || !old && d.hasAny("documentFormat", "documentType", "targetType", "versionName") {
		version, err := s.ssm().UpdateDocument(ctx, id, newDocument(in))
		switch {
		case api.Is(err, "DuplicateDocumentContent"):
			version = state.text("latestVersion")
		case err != nil:
			return doing(err, "updating SSM Document (%s)", id)
		}
		if err := s.ssm().UpdateDocumentDefaultVersion(ctx, id, version); err != nil {
			return doing(err, "updating SSM Document (%s) default version", id)
		}
	}
	if d.has("tagsAll") {
		err := retag(state, in,
			func(tags map[string]string) error { return s.ssm().AddTagsToResource(ctx, id, tags) },
			func(keys []string) error { return s.ssm().RemoveTagsFromResource(ctx, id, keys) })
		return doing(err, "updating tags for SSM Document (%s)", id)
	}
	return nil
}

// sharedWith are the accounts of the property permissions.
func sharedWith(v values) []string {
	accounts := v.textMap("permissions")["account_ids"]
	if accounts == "" {
		return nil
	}
	return strings.Split(accounts, ",")
}

func checkPermissions(in values) (resource.PropertyKey, string) {
	p := in["permissions"]
	if p.IsNull() || p.ContainsUnknowns() {
		return "", ""
	}
	permissions := in.textMap("permissions")
	if permissions["type"] != "Share" {
		return "permissions", `"permissions": only Share "type" supported`
	}
	if _, ok := permissions["account_ids"]; !ok {
		return "permissions", `"permissions": "account_ids" must be defined`
	}
	return "", ""
}
