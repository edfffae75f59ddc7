package replay

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// resourcesOf are the resources of a call, for an action: those that the record lists, and those that the parameters
// name in the forms that AWS documents for the action. What is missing of a required type is a resource of which only
// the form is known.
func (r *record) resourcesOf(learned *learned) []resource {
	if special, listed := specialResources[r.action]; listed {
		return special(r)
	}
	forms := resourceForms(r.action)
	if len(forms) == 0 {
		return nil
	}
	listed := r.listed()
	var out []resource
	named := false
	for _, f := range forms {
		found := r.named(f, listed, learned)
		for _, one := range found {
			if !slices.ContainsFunc(out, func(have resource) bool { return have.ARN == one.ARN && have.It == one.It }) {
				out = append(out, one)
			}
		}
		named = named || len(found) > 0
		if f.required && len(found) == 0 && !slices.ContainsFunc(forms, func(o resourceForm) bool {
			return o.required && o.name != f.name && len(r.named(o, listed, learned)) > 0
		}) {
			out = append(out, resource{Like: r.like(f), It: "the " + f.name + " of the call"})
		}
	}
	if !named && len(out) == 0 {
		// No type is required: the call names one of them or none.
		unknown := resource{It: "the resource of the call"}
		if !slices.ContainsFunc(forms, func(f resourceForm) bool { return r.read().missing || r.mentions(f) }) {
			return []resource{{ARN: "*"}}
		}
		for _, f := range forms {
			unknown.Like = append(unknown.Like, r.like(f)...)
		}
		out = append(out, unknown)
	}
	if len(out) > mostListed {
		// One at a time says nothing new of so many: what they can be is what their forms are.
		rest := resource{It: "one of " + "many resources"}
		for _, f := range forms {
			rest.Like = append(rest.Like, r.like(f)...)
		}
		out = append(out[:mostListed-1:mostListed-1], rest)
	}
	return out
}

// mentions reports whether the parameters have anything that looks like a name of the type.
func (r *record) mentions(f resourceForm) bool {
	for _, form := range f.forms {
		for _, m := range placeholder.FindAllStringSubmatch(form, -1) {
			if !fixedPlaceholders[m[1]] && len(r.valuesFor(m[1], f.name)) > 0 {
				return true
			}
		}
	}
	return false
}

var placeholder = regexp.MustCompile(`\$\{([A-Za-z0-9]+)\}`)

var fixedPlaceholders = map[string]bool{"Partition": true, "Region": true, "Account": true}

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
		if v, ok := get(one, "ARN"); ok {
			if text, ok := v.(string); ok && strings.HasPrefix(text, "arn:") {
				out = append(out, text)
			}
		}
	}
	return out
}

// named are the resources of one type: of the list of the record, whole ARNs among the parameters, and forms whose
// places the parameters fill.
func (r *record) named(f resourceForm, listed []string, learned *learned) []resource {
	var out []resource
	for _, form := range f.forms {
		matcher := formMatcher(form)
		for _, arn := range listed {
			if matcher.MatchString(arn) {
				out = append(out, resource{ARN: arn})
			}
		}
		out = append(out, r.filled(f, form, matcher, learned)...)
	}
	return out
}

// filled fills the places of a form from the parameters.
func (r *record) filled(f resourceForm, form string, matcher *regexp.Regexp, learned *learned) []resource {
	places := placeholder.FindAllStringSubmatch(form, -1)
	texts := []string{r.fixed(form)}
	filledAny := false
	for _, m := range places {
		if fixedPlaceholders[m[1]] {
			continue
		}
		values := r.valuesFor(m[1], f.name)
		if len(values) == 0 {
			return nil
		}
		filledAny = true
		var next []string
		for _, text := range texts {
			for _, v := range values {
				switch {
				case strings.HasPrefix(v, "arn:") && matcher.MatchString(v):
					next = append(next, v)
				case strings.HasPrefix(v, "arn:") || v == "" || v == redacted:
				default:
					next = append(next, strings.Replace(text, m[0], v, 1))
				}
			}
		}
		texts = next
	}
	if !filledAny && len(places) > 0 && strings.Contains(texts[0], "${") {
		return nil
	}
	var out []resource
	for _, arn := range texts {
		out = append(out, r.withPath(arn, learned))
	}
	return out
}

// withPath completes the ARN of a user, role, group, policy or instance profile of IAM, whose path a request does not
// name.
func (r *record) withPath(arn string, learned *learned) resource {
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
		path, found, _ := r.read().text("path")
		if !found {
			path = "/"
		}
		return resource{ARN: strings.Join(parts[:5], ":") + ":" + kind + path + name}
	}
	if full, known := r.policies.ofName[nameID(parts[4], kind, name)]; known {
		return resource{ARN: full}
	}
	if full, known := learned.of(nameID(parts[4], kind, name)); known {
		return resource{ARN: full}
	}
	prefix := strings.Join(parts[:5], ":") + ":" + kind + "/"
	return resource{
		Like: []string{prefix + name, prefix + "*/" + name},
		It:   pathOf + kind + " " + name + " in " + parts[4],
	}
}

// pathOf begins the name of what is not known of a resource but its path.
const pathOf = "the path of "

// fixed fills the partition, the Region and the account. The account is that of the record: a call on a resource of
// another account is recorded with its ARN.
func (r *record) fixed(form string) string {
	partition := "aws"
	if parts := strings.SplitN(r.caller.who(), ":", 3); len(parts) == 3 && parts[0] == "arn" && parts[1] != "*" {
		partition = parts[1]
	}
	account := r.event.Recipient
	if account == "" {
		account = r.caller.account
	}
	return strings.NewReplacer("${Partition}", partition, "${Region}", r.event.Region, "${Account}", account).
		Replace(form)
}

// like are the patterns of a form.
func (r *record) like(f resourceForm) []string {
	var out []string
	for _, form := range f.forms {
		out = append(out, placeholder.ReplaceAllString(strings.ReplaceAll(form, "${Account}", "*"), "*"))
	}
	return out
}

var eventForms sync.Map // form -> *regexp.Regexp

// formMatcher matches the ARNs of a form.
func formMatcher(form string) *regexp.Regexp {
	if have, ok := eventForms.Load(form); ok {
		return have.(*regexp.Regexp)
	}
	text := regexp.QuoteMeta(form)
	text = regexp.MustCompile(`\\\$\\\{[A-Za-z0-9]+\\\}`).ReplaceAllString(text, `.*`)
	m := regexp.MustCompile("^" + text + "$")
	eventForms.Store(form, m)
	return m
}

// valuesFor are the parameters that can fill a place of a form: of its name, of the name of the type, or of both with
// the usual endings.
func (r *record) valuesFor(place, kind string) []string {
	if special, listed := placeParameters[r.serviceOf()+" "+place]; listed {
		for _, name := range special {
			if values := r.read().find(name); len(values) > 0 {
				return values
			}
		}
		return nil
	}
	plain := strings.ReplaceAll(kind, "-", "")
	for _, name := range []string{place, place + "s", plain + "Id", plain + "Name", plain + "Arn", plain + "Ids", plain + "Names", plain + "Identifier", plain, "resourceArn", "resourceId", "arn"} {
		if values := r.read().find(name); len(values) > 0 {
			return values
		}
	}
	return nil
}

func (r *record) serviceOf() string {
	service, _, _ := strings.Cut(r.action, ":")
	return service
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
		if name, found, _ := r.read().text("documentName"); found {
			document = name
		}
		return append(r.nodes("target"), r.document(document))
	},
	"ssm:SendCommand": func(r *record) []resource {
		out := r.nodes("instanceIds")
		if name, found, _ := r.read().text("documentName"); found {
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
	if arn, found, hidden := r.read().text("roleArn"); found && !hidden {
		return []resource{{ARN: arn}}
	}
	return []resource{{It: "the role of the call", Like: []string{"arn:*:iam::*:role/*"}}}
}

func (r *record) documentAlone() []resource {
	name, found, hidden := r.read().text("name")
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
	for i, id := range r.read().find(parameter) {
		if i == mostListed-1 {
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
