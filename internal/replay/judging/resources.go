package judging

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"aws-access-guardrails/internal/replay/cloudtrail"
)

// resourcesOf are the resources of a call, for an action: those that the record lists, and those that the parameters
// name in the forms that AWS documents for the action. What is missing of a required type is a resource of which only
// the form is known.
func (r *record) resourcesOf(learned *Learned) []resource {
	if special, listed := specialResources[r.action]; listed {
		return special(r)
	}
	forms := resourceForms(r.action)
	if len(forms) == 0 {
		return nil
	}
	out := r.namedResources(forms, learned)
	if len(out) == 0 {
		// No type is required: the call names one of them or none.
		if !slices.ContainsFunc(forms, func(f resourceForm) bool { return r.read().Missing || r.mentions(f) }) {
			return []resource{{ARN: "*"}}
		}
		return []resource{{It: "the resource of the call", Like: r.likeAny(forms)}}
	}
	if len(out) > cloudtrail.MostListed {
		// One at a time says nothing new of so many: what they can be is what their forms are.
		rest := resource{It: "one of many resources", Like: r.likeAny(forms)}
		out = append(out[:cloudtrail.MostListed-1:cloudtrail.MostListed-1], rest)
	}
	return out
}

// namedResources are the resources of all types, each once, and one of which only the form is known for a required
// type when the call names none of any required type.
func (r *record) namedResources(forms []resourceForm, learned *Learned) []resource {
	listed := r.listed()
	named := make([][]resource, len(forms))
	required := false
	for i, f := range forms {
		named[i] = r.named(f, listed, learned)
		required = required || f.required && len(named[i]) > 0
	}
	var out []resource
	for i, f := range forms {
		for _, one := range named[i] {
			if !slices.ContainsFunc(out, func(have resource) bool { return have.ARN == one.ARN && have.It == one.It }) {
				out = append(out, one)
			}
		}
		if f.required && !required {
			out = append(out, resource{Like: r.like(f), It: "the " + f.name + " of the call"})
		}
	}
	return out
}

// mentions reports whether the parameters have anything that looks like a name of the type.
func (r *record) mentions(f resourceForm) bool {
	return slices.ContainsFunc(f.forms, func(form *arnForm) bool {
		return slices.ContainsFunc(form.places, func(p place) bool { return len(r.valuesFor(p)) > 0 })
	})
}

// arnForm is a form of the ARNs of a type of resource, such as
// arn:${Partition}:ec2:${Region}:${Account}:instance/${InstanceId}.
type arnForm struct {
	text string
	// pattern is the form with a wildcard in each place.
	pattern string
	matcher *regexp.Regexp
	places  []place
}

// place is what the parameters of a call fill of a form: the text in the form, and the names in lower case of the
// parameters that may have it, in the order in which they are looked for.
type place struct {
	text  string
	names []string
}

var placeholder = regexp.MustCompile(`\$\{([A-Za-z0-9]+)\}`)

var quotedPlaceholder = regexp.MustCompile(`\\\$\\\{[A-Za-z0-9]+\\\}`)

var fixedPlaceholders = map[string]bool{"Partition": true, "Region": true, "Account": true}

func newARNForm(service, kind, text string) *arnForm {
	f := &arnForm{
		text:    text,
		pattern: placeholder.ReplaceAllString(text, "*"),
		matcher: regexp.MustCompile("^" + quotedPlaceholder.ReplaceAllString(regexp.QuoteMeta(text), `.*`) + "$"),
	}
	for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
		if !fixedPlaceholders[m[1]] {
			f.places = append(f.places, place{m[0], parametersFor(service, m[1], kind)})
		}
	}
	return f
}

// parametersFor are the names of parameters that can fill a place of a form: those of its name, of the name of the
// type, or of both with the usual endings.
func parametersFor(service, name, kind string) []string {
	names, special := placeParameters[service+" "+name]
	if !special {
		plain := strings.ReplaceAll(kind, "-", "")
		names = []string{
			name, name + "s", plain + "Id", plain + "Name", plain + "Arn", plain + "Ids", plain + "Names",
			plain + "Identifier", plain, "resourceArn", "resourceId", "arn",
		}
	}
	low := make([]string, len(names))
	for i := range names {
		low[i] = strings.ToLower(names[i])
	}
	return low
}

// listed are the ARNs that the record lists under resources.
func (r *record) listed() []string {
	if len(r.event.Resources) == 0 {
		return nil
	}
	var all []map[string]any
	if json.Unmarshal(r.event.Resources, &all) != nil {
		return nil
	}
	var out []string
	for _, one := range all {
		if v, ok := cloudtrail.MemberOf(one, "ARN"); ok {
			if text, ok := v.(string); ok && strings.HasPrefix(text, "arn:") {
				out = append(out, text)
			}
		}
	}
	return out
}

// named are the resources of one type: of the list of the record, whole ARNs among the parameters, and forms whose
// places the parameters fill.
func (r *record) named(f resourceForm, listed []string, learned *Learned) []resource {
	var out []resource
	for _, form := range f.forms {
		for _, arn := range listed {
			if form.matcher.MatchString(arn) {
				out = append(out, resource{ARN: arn})
			}
		}
		out = append(out, r.filled(form, learned)...)
	}
	return out
}

// filled fills the places of a form from the parameters.
func (r *record) filled(form *arnForm, learned *Learned) []resource {
	values := make([][]string, len(form.places))
	for i, p := range form.places {
		if values[i] = r.valuesFor(p); len(values[i]) == 0 {
			return nil
		}
	}
	texts := []string{r.fixed(form.text)}
	for i, p := range form.places {
		var next []string
		for _, text := range texts {
			for _, v := range values[i] {
				switch {
				case strings.HasPrefix(v, "arn:") && form.matcher.MatchString(v):
					next = append(next, v)
				case strings.HasPrefix(v, "arn:") || v == "" || v == cloudtrail.Redacted:
				default:
					next = append(next, strings.Replace(text, p.text, v, 1))
				}
			}
		}
		texts = next
	}
	var out []resource
	for _, arn := range texts {
		out = append(out, r.withPath(arn, learned))
	}
	return out
}

// valuesFor are the parameters that can fill a place of a form.
func (r *record) valuesFor(p place) []string {
	for _, name := range p.names {
		if values := r.read().Find(name); len(values) > 0 {
			return values
		}
	}
	return nil
}

// withPath completes the ARN of a user, role, group, policy or instance profile of IAM, whose path a request does not
// name.
func (r *record) withPath(arn string, learned *Learned) resource {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) != 6 || parts[2] != "iam" {
		return resource{ARN: arn}
	}
	kind, name, _ := strings.Cut(parts[5], "/")
	if !slices.Contains([]string{"user", "role", "group", "policy", "instance-profile"}, kind) ||
		strings.Contains(name, "/") {
		return resource{ARN: arn}
	}
	if strings.HasPrefix(r.action, "iam:Create") {
		path, found, _ := r.read().Text("path")
		if !found {
			path = "/"
		}
		return resource{ARN: strings.Join(parts[:5], ":") + ":" + kind + path + name}
	}
	if full, known := r.policies.ofName[nameID(parts[4], kind, name)]; known {
		return resource{ARN: full}
	}
	if full, known := learned.arnOf(nameID(parts[4], kind, name)); known {
		return resource{ARN: full}
	}
	prefix := strings.Join(parts[:5], ":") + ":" + kind + "/"
	return resource{
		Like: []string{prefix + name, prefix + "*/" + name},
		It:   PathOf + kind + " " + name + " in " + parts[4],
	}
}

// PathOf begins the name of what is not known of a resource but its path.
const PathOf = "the path of "

// fixed fills the partition, the Region and the account. The account is that of the record: a call on a resource of
// another account is recorded with its ARN.
func (r *record) fixed(form string) string {
	partition := "aws"
	if parts := strings.SplitN(r.caller.Who(), ":", 3); len(parts) == 3 && parts[0] == "arn" && parts[1] != "*" {
		partition = parts[1]
	}
	account := r.event.Recipient
	if account == "" {
		account = r.caller.Account
	}
	form = strings.ReplaceAll(form, "${Partition}", partition)
	form = strings.ReplaceAll(form, "${Region}", r.event.Region)
	return strings.ReplaceAll(form, "${Account}", account)
}

// like are the patterns of a type.
func (r *record) like(f resourceForm) []string {
	var out []string
	for _, form := range f.forms {
		out = append(out, form.pattern)
	}
	return out
}

func (r *record) likeAny(forms []resourceForm) []string {
	var out []string
	for _, f := range forms {
		out = append(out, r.like(f)...)
	}
	return out
}

// placeParameters are the parameters that fill places of forms which are called otherwise, by service and place.
//
// Source: Service Authorization Reference, the forms of the ARNs, beside the API references of the operations.
var placeParameters = map[string][]string{
	"iam RoleNameWithPath": {
		"roleName",
	},
	"iam UserNameWithPath":   {"userName"},
	"iam GroupNameWithPath":  {"groupName"},
	"iam PolicyNameWithPath": {"policyArn", "policyName"},
	"iam InstanceProfileNameWithPath": {
		"instanceProfileName",
	},
	"iam MfaTokenIdWithPath": {"serialNumber", "virtualMFADeviceName"},
	"iam MfaTokenId":         {"serialNumber"},
	"iam SamlProviderName": {
		"sAMLProviderArn",
		"samlProviderArn",
		"name",
	},
	"iam OidcProviderName":              {"openIDConnectProviderArn"},
	"iam ServerCertificateNameWithPath": {"serverCertificateName"},
	"sts RoleNameWithPath":              {"roleArn"},
	"sts UserNameWithPath":              {"nothing"},
	"ssm DocumentName": {
		"documentName",
		"name",
	},
	"ssm InstanceId":                       {"instanceIds", "instanceId", "target"},
	"ssm ManagedInstanceName":              {"managedInstanceId"},
	"ssm ParameterNameWithoutLeadingSlash": {"name", "names"},
	"ssm ResourceId":                       {"settingId"},
	"ec2 InstanceId": {
		"instanceId",
		"instanceIds",
		"resourceId",
	},
	"lambda FunctionName":      {"functionName"},
	"cloudformation StackName": {"stackName"},
	"secretsmanager SecretId": {
		"secretId",
		"aRN",
		"name",
	},
	"kms KeyId":     {"keyId"},
	"s3 BucketName": {"bucketName"},
	"s3 ObjectName": {"key"},
	"organizations OrganizationId": {
		"organizationId",
	},
	"sns TopicName": {"topicArn", "name"},
	"sqs QueueName": {"queueName"},
}

// specialResources are the resources of actions whose parameters no form explains.
//
// Source: AWS Systems Manager API Reference, SendCommand, StartSession and the operations on documents; AWS Systems
// Manager User Guide, the forms of the ARNs.
var specialResources = map[string]func(*record) []resource{
	"ssm:StartSession": func(r *record) []resource {
		document := "SSM-SessionManagerRunShell"
		if name, found, _ := r.read().Text("documentName"); found {
			document = name
		}
		return append(r.nodes("target"), r.document(document))
	},
	"ssm:SendCommand": func(r *record) []resource {
		out := r.nodes("instanceids")
		if name, found, _ := r.read().Text("documentName"); found {
			out = append(out, r.document(name))
		}
		return out
	},
	"ssm:UpdateDocument":               (*record).documentAlone,
	"ssm:UpdateDocumentDefaultVersion": (*record).documentAlone,
	"ssm:DeleteDocument":               (*record).documentAlone,
	"ssm:CreateDocument":               (*record).documentAlone,
	"ssm:ModifyDocumentPermission":     (*record).documentAlone,
	"sts:AssumeRole":                   (*record).assumed,
	"sts:TagSession":                   (*record).assumed,
}

func (r *record) assumed() []resource {
	if arn, found, hidden := r.read().Text("roleArn"); found && !hidden {
		return []resource{{ARN: arn}}
	}
	return []resource{{It: "the role of the call", Like: []string{"arn:*:iam::*:role/*"}}}
}

func (r *record) documentAlone() []resource {
	name, found, hidden := r.read().Text("name")
	if !found || hidden {
		return []resource{{It: "the document of the call", Like: []string{"arn:*:ssm:*:*:document/*"}}}
	}
	return []resource{r.document(name)}
}

// document is a document of the account, of AWS, or one that its ARN names.
func (r *record) document(name string) resource {
	switch {
	case strings.HasPrefix(name, "arn:"):
		return resource{ARN: name}
	case strings.HasPrefix(name, "AWS-") || strings.HasPrefix(name, "Amazon") || strings.HasPrefix(name, "AWS"):
		return resource{ARN: strings.Replace(r.fixed("arn:${Partition}:ssm:${Region}:#:document/"), "#", "", 1) + name}
	}
	return resource{ARN: r.fixed("arn:${Partition}:ssm:${Region}:${Account}:document/") + name}
}

// nodes are the nodes that a parameter names.
func (r *record) nodes(parameter string) []resource {
	var out []resource
	for i, id := range r.read().Find(parameter) {
		if i == cloudtrail.MostListed-1 {
			out = append(
				out,
				resource{
					It:   "one of many nodes",
					Like: []string{"arn:*:ec2:*:*:instance/*", "arn:*:ssm:*:*:managed-instance/*"},
				},
			)
			break
		}
		switch {
		case strings.HasPrefix(id, "i-"):
			out = append(out, resource{ARN: r.fixed("arn:${Partition}:ec2:${Region}:${Account}:instance/") + id})
		case strings.HasPrefix(id, "mi-"):
			out = append(
				out,
				resource{ARN: r.fixed("arn:${Partition}:ssm:${Region}:${Account}:managed-instance/") + id},
			)
		default:
			out = append(
				out,
				resource{
					It: "the node of the call",
					Like: []string{
						"arn:*:ec2:*:*:instance/*",
						"arn:*:ssm:*:*:managed-instance/*",
						"arn:*:ecs:*:*:task/*",
					},
				},
			)
		}
	}
	if len(out) == 0 {
		out = append(
			out,
			resource{
				It:   "the nodes of the call",
				Like: []string{"arn:*:ec2:*:*:instance/*", "arn:*:ssm:*:*:managed-instance/*"},
			},
		)
	}
	return out
}
