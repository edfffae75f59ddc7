package ssm

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"aws-access-guardrails/internal/sandbox/cloud/api"
)

// The default quotas of Systems Manager, besides those of policy.DefaultQuotas. Source: AWS Systems Manager endpoints
// and quotas, https://docs.aws.amazon.com/general/latest/gr/ssm.html.
const (
	versionsPerDocument = 1000
	manualApprovals     = 50
	documentBytes       = 64 * 1024
)

// documentTypes are the types that CreateDocument takes. Source: CreateDocument in the AWS Systems Manager API
// Reference.
var documentTypes = []string{
	"ApplicationConfiguration",
	"ApplicationConfigurationSchema",
	autoApproval,
	"Automation",
	"Automation.ChangeTemplate",
	"ChangeCalendar",
	"CloudFormation",
	"Command",
	"ConformancePackTemplate",
	"DeploymentStrategy",
	manualApproval,
	"Package",
	"Policy",
	"ProblemAnalysis",
	"ProblemAnalysisTemplate",
	"QuickSetup",
	"Session",
}

// checkContent refuses what Systems Manager refuses as the content of a document. The content of Session documents
// and of approval policies is read, that of other types for its syntax alone.
func checkContent(documentType, format, content string) error {
	if !slices.Contains(documentTypes, documentType) {
		return ssmInvalid(
			"1 validation error detected: Value '%s' at 'documentType' failed to satisfy constraint: Member must satisfy enum value set: [%s]",
			documentType,
			strings.Join(documentTypes, ", "),
		)
	}
	if len(content) > documentBytes {
		return api.Refuse(
			http.StatusBadRequest,
			"MaxDocumentSizeExceeded",
			"The size limit of a document is %d KB.",
			documentBytes/1024,
		)
	}
	var root any
	switch format {
	case "JSON":
		if err := json.Unmarshal([]byte(content), &root); err != nil {
			return invalidContent("JSON not well-formed. %v", err)
		}
	case "YAML":
		if err := yaml.Unmarshal([]byte(content), &root); err != nil {
			return invalidContent("YAML not well-formed. %v", err)
		}
	case "TEXT":
		if documentType == autoApproval || documentType == manualApproval {
			return invalidContent("a document of the type %s is JSON or YAML", documentType)
		}
		return nil
	default:
		return ssmInvalid("1 validation error detected: Value '%s' at 'documentFormat' failed to satisfy constraint: "+
			"Member must satisfy enum value set: [YAML, TEXT, JSON]", format)
	}
	fields, ok := root.(map[string]any)
	if !ok {
		return invalidContent("the content is not an object")
	}
	switch documentType {
	case "Session":
		return checkSession(fields)
	case autoApproval, manualApproval:
		return checkApproval(documentType, fields)
	}
	return nil
}

// sessionInputs are the inputs of Session documents of the type Standard_Stream and what each takes; those marked
// must be there. Source: Session document schema in the AWS Systems Manager User Guide.
var sessionInputs = map[string]struct {
	boolean, required bool
	low, high         int
}{
	"s3BucketName":                {},
	"s3KeyPrefix":                 {},
	"s3EncryptionEnabled":         {boolean: true, required: true},
	"cloudWatchLogGroupName":      {},
	"cloudWatchEncryptionEnabled": {boolean: true, required: true},
	"cloudWatchStreamingEnabled":  {boolean: true, required: true},
	"kmsKeyId":                    {},
	"runAsEnabled":                {boolean: true, required: true},
	"runAsDefaultUser":            {},
	"idleSessionTimeout":          {low: 1, high: 60},
	"maxSessionDuration":          {low: 1, high: 1440},
}

var sessionTypes = []string{"InteractiveCommands", "NonInteractiveCommands", "Port", "Standard_Stream"}

func checkSession(fields map[string]any) error {
	known := []string{"description", "inputs", "parameters", "properties", "schemaVersion", "sessionType"}
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		if !slices.Contains(known, field) {
			return invalidContent("%q is not an element of a Session document", field)
		}
	}
	if version := fields["schemaVersion"]; version != "1.0" {
		return invalidContent("the schemaVersion of a Session document is \"1.0\", not %v", quoted(version))
	}
	sessionType, _ := fields["sessionType"].(string)
	if !slices.Contains(sessionTypes, sessionType) {
		return invalidContent(
			"the sessionType %v is none of %s",
			quoted(fields["sessionType"]),
			strings.Join(sessionTypes, ", "),
		)
	}
	if sessionType != "Standard_Stream" {
		return nil
	}
	inputs, ok := fields["inputs"].(map[string]any)
	if !ok {
		return invalidContent("a Session document of the type Standard_Stream has inputs")
	}
	return checkInputs(inputs)
}

func checkInputs(inputs map[string]any) error {
	for _, name := range slices.Sorted(maps.Keys(inputs)) {
		if err := checkInput(name, inputs[name]); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(sessionInputs)) {
		if _, ok := inputs[name]; !ok && sessionInputs[name].required {
			return invalidContent("the input %s is missing", name)
		}
	}
	return nil
}

func checkInput(name string, value any) error {
	if name == "shellProfile" {
		return checkShellProfile(value)
	}
	kind, ok := sessionInputs[name]
	if !ok {
		return invalidContent("%q is not an input of a Session document", name)
	}
	if kind.boolean {
		if _, isBool := value.(bool); !isBool {
			return invalidContent("the input %s is true or false, not %v", name, quoted(value))
		}
		return nil
	}
	text, ok := value.(string)
	if !ok {
		return invalidContent("the input %s is a string, not %v", name, quoted(value))
	}
	if kind.high > 0 && text != "" {
		if n, err := strconv.Atoi(text); err != nil || n < kind.low || n > kind.high {
			return invalidContent(
				"the input %s is a number of minutes from %d to %d in a string, not %q",
				name,
				kind.low,
				kind.high,
				text,
			)
		}
	}
	return nil
}

func checkShellProfile(value any) error {
	profiles, ok := value.(map[string]any)
	if !ok {
		return invalidContent("the input shellProfile is an object, not %v", quoted(value))
	}
	for _, system := range slices.Sorted(maps.Keys(profiles)) {
		text, ok := profiles[system].(string)
		if !ok || (system != "linux" && system != "windows") || len(text) > 512 {
			return invalidContent(
				"shellProfile has linux and windows, each a string of at most 512 characters, not %q: %v",
				system,
				quoted(profiles[system]),
			)
		}
	}
	return nil
}

func quoted(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return "?"
	}
	return string(text)
}

// documentFields reads the elements of a document's content; nil where it cannot be read.
func documentFields(d Document, content string) map[string]any {
	var fields map[string]any
	if d.Format == "YAML" {
		_ = yaml.Unmarshal([]byte(content), &fields)
		return fields
	}
	_ = json.Unmarshal([]byte(content), &fields)
	return fields
}

// Field is a text element at the top of the newest content, such as description or schemaVersion; "" where it is
// absent.
func (d Document) Field(name string) string {
	text, _ := documentFields(d, d.Latest())[name].(string)
	return text
}

// Parameter is a parameter of a document.
type Parameter struct{ Type, Description, Default string }

// Parameters are the parameters of the newest content by name.
func (d Document) Parameters() map[string]Parameter {
	declared, _ := documentFields(d, d.Latest())["parameters"].(map[string]any)
	parameters := map[string]Parameter{}
	for name, value := range declared {
		fields, _ := value.(map[string]any)
		p := Parameter{}
		p.Type, _ = fields["type"].(string)
		p.Description, _ = fields["description"].(string)
		p.Default, _ = fields["default"].(string)
		parameters[name] = p
	}
	return parameters
}
