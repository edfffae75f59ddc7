package sandbox

import (
	"encoding/json"
	"regexp"

	"github.com/invopop/jsonschema"

	"aws-access-guardrails/access/journey"
	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/policy"
	"aws-access-guardrails/problem"
)

// anyText is what AWS decides about, when the world is made.
var anyText = strictyaml.Text(nil).OrEmpty().OfLines()

var (
	someTexts = strictyaml.ListOf(anyText)
	textTable = strictyaml.TableOf(anyText, nil)
	accountOf = strictyaml.TableOf(strictyaml.Text(validateAccount), nil)
	documents = strictyaml.TableOf(documentText{}, nil)
	keyCount  = strictyaml.WholeNumber{Least: 0, Most: 2}
)

var worldKeys = strictyaml.Keys("what exists in AWS before any stack",
	strictyaml.Key("accounts", func(w *worldFile) *map[string]*worldAccount { return &w.Accounts },
		strictyaml.TableOf(strictyaml.Optionally(accountKeys), nil)),
	strictyaml.Key("stacks", func(w *worldFile) *map[string]string { return &w.Stacks }, accountOf),
	strictyaml.Key("profiles", func(w *worldFile) *map[string]string { return &w.Profiles }, accountOf),
	strictyaml.Key("awsManagedPolicies", func(w *worldFile) *[]string { return &w.Managed }, someTexts),
	strictyaml.Key("callsAs", func(w *worldFile) *string { return &w.CallsAs }, anyText),
	strictyaml.Key("duplicateContent", func(w *worldFile) *string { return &w.DuplicateContent },
		strictyaml.OneWordOf("latestVersion", "everyVersion")),
	strictyaml.Key("organization", func(w *worldFile) **worldOrganization { return &w.Organization },
		strictyaml.Optionally(organizationKeys)),
	strictyaml.Key("identityCenter", func(w *worldFile) **worldIdentityCenter { return &w.IdentityCenter },
		strictyaml.Optionally(identityCenterKeys)),
)

var accountKeys = placed(strictyaml.Keys(
	"an account",
	strictyaml.Key("alias", func(a *worldAccount) *string { return &a.Alias }, anyText),
	strictyaml.Key(
		"partition",
		func(a *worldAccount) *string { return &a.Partition },
		strictyaml.Text(validatePartition),
	),
	strictyaml.Key(
		"policies",
		func(a *worldAccount) *[]worldPolicy { return &a.Policies },
		strictyaml.ListOf(policyKeys),
	),
	strictyaml.Key("groups", func(a *worldAccount) *[]worldGroup { return &a.Groups }, strictyaml.ListOf(groupKeys)),
	strictyaml.Key("users", func(a *worldAccount) *[]worldUser { return &a.Users }, strictyaml.ListOf(userKeys)),
	strictyaml.Key("roles", func(a *worldAccount) *[]worldRole { return &a.Roles }, strictyaml.ListOf(roleKeys)),
	strictyaml.Key(
		"documents",
		func(a *worldAccount) *[]worldDocument { return &a.Documents },
		strictyaml.ListOf(documentKeys),
	),
	strictyaml.Key("nodes", func(a *worldAccount) *[]worldNode { return &a.Nodes }, strictyaml.ListOf(nodeKeys)),
	strictyaml.Key("enrol", func(a *worldAccount) *[]worldArrival { return &a.Enrol }, strictyaml.ListOf(arrivalKeys)),
))

var policyKeys = placed(strictyaml.Keys(
	"a managed policy",
	strictyaml.Key("name", func(p *worldPolicy) *string { return &p.Name }, anyText).Required("write name:"),
	strictyaml.Key("path", func(p *worldPolicy) *string { return &p.Path }, anyText),
	strictyaml.Key("description", func(p *worldPolicy) *string { return &p.Description }, anyText),
	strictyaml.Key("document", func(p *worldPolicy) *string { return &p.Document }, documentText{}).
		Required("write document:"),
	strictyaml.Key("tags", func(p *worldPolicy) *map[string]string { return &p.Tags }, textTable),
))

var groupKeys = placed(strictyaml.Keys("a group",
	strictyaml.Key("name", func(g *worldGroup) *string { return &g.Name }, anyText).Required("write name:"),
	strictyaml.Key("path", func(g *worldGroup) *string { return &g.Path }, anyText),
	strictyaml.Key("policies", func(g *worldGroup) *[]string { return &g.Policies }, someTexts),
	strictyaml.Key("inlinePolicies", func(g *worldGroup) *map[string]string { return &g.InlinePolicies }, documents),
))

var userKeys = placed(strictyaml.Keys("a user",
	strictyaml.Key("name", func(u *worldUser) *string { return &u.Name }, anyText).Required("write name:"),
	strictyaml.Key("path", func(u *worldUser) *string { return &u.Path }, anyText),
	strictyaml.Key("tags", func(u *worldUser) *map[string]string { return &u.Tags }, textTable),
	strictyaml.Key("groups", func(u *worldUser) *[]string { return &u.Groups }, someTexts),
	strictyaml.Key("policies", func(u *worldUser) *[]string { return &u.Policies }, someTexts),
	strictyaml.Key("inlinePolicies", func(u *worldUser) *map[string]string { return &u.InlinePolicies }, documents),
	strictyaml.Key("permissionsBoundary", func(u *worldUser) *string { return &u.Boundary }, anyText),
	strictyaml.Key("password", func(u *worldUser) *bool { return &u.Password }, strictyaml.Boolean{}),
	strictyaml.Key("mfa", func(u *worldUser) *bool { return &u.MFA }, strictyaml.Boolean{}),
	strictyaml.Key("accessKeys", func(u *worldUser) *int { return &u.AccessKeys }, keyCount),
))

var roleKeys = placed(strictyaml.Keys("a role",
	strictyaml.Key("name", func(r *worldRole) *string { return &r.Name }, anyText).Required("write name:"),
	strictyaml.Key("path", func(r *worldRole) *string { return &r.Path }, anyText),
	strictyaml.Key("description", func(r *worldRole) *string { return &r.Description }, anyText),
	strictyaml.Key("trust", func(r *worldRole) *string { return &r.Trust }, documentText{}).Required("write trust:"),
	// Source of the bounds: CreateRole in the IAM API Reference.
	strictyaml.Key("maxSessionDuration", func(r *worldRole) *int { return &r.MaxSession },
		strictyaml.WholeNumber{Least: 3600, Most: 43200}),
	strictyaml.Key("tags", func(r *worldRole) *map[string]string { return &r.Tags }, textTable),
	strictyaml.Key("policies", func(r *worldRole) *[]string { return &r.Policies }, someTexts),
	strictyaml.Key("inlinePolicies", func(r *worldRole) *map[string]string { return &r.InlinePolicies }, documents),
	strictyaml.Key("permissionsBoundary", func(r *worldRole) *string { return &r.Boundary }, anyText),
))

var documentKeys = placed(strictyaml.Keys(
	"a document of Systems Manager",
	strictyaml.Key("region", func(d *worldDocument) *string { return &d.Region }, strictyaml.Text(validateRegion)).
		Required("write region:"),
	strictyaml.Key("name", func(d *worldDocument) *string { return &d.Name }, anyText).Required("write name:"),
	strictyaml.Key("type", func(d *worldDocument) *string { return &d.Type }, anyText).Required("write type:"),
	strictyaml.Key("content", func(d *worldDocument) *string { return &d.Content }, documentText{}).
		Required("write content:"),
	strictyaml.Key("tags", func(d *worldDocument) *map[string]string { return &d.Tags }, textTable),
))

var nodeKeys = placed(strictyaml.Keys(
	"a node",
	strictyaml.Key("id", func(n *worldNode) *string { return &n.ID }, strictyaml.Text(validateNode)).
		Required("write id:"),
	strictyaml.Key("region", func(n *worldNode) *string { return &n.Region }, strictyaml.Text(validateRegion)).
		Required("write region:"),
	strictyaml.Key("tags", func(n *worldNode) *map[string]string { return &n.Tags }, textTable),
	strictyaml.Key("osUsers", func(n *worldNode) *[]string { return &n.OSUsers }, someTexts),
	strictyaml.Key("profile", func(n *worldNode) *string { return &n.Profile }, anyText),
	strictyaml.Key("volumeKeys", func(n *worldNode) *[]string { return &n.VolumeKeys },
		strictyaml.ListOf(strictyaml.Text(validateVolumeKey))),
))

var arrivalKeys = placed(strictyaml.Keys("somebody who enrols",
	strictyaml.Key("user", func(a *worldArrival) *string { return &a.User }, anyText).Required("write user:"),
	strictyaml.Key("password", func(a *worldArrival) *bool { return &a.Password }, strictyaml.Boolean{}),
	strictyaml.Key("mfa", func(a *worldArrival) *bool { return &a.MFA }, strictyaml.Boolean{}),
	strictyaml.Key("accessKeys", func(a *worldArrival) *int { return &a.AccessKeys }, keyCount),
))

var organizationKeys = placed(strictyaml.Keys(
	"the organization",
	strictyaml.Key("id", func(o *worldOrganization) *string { return &o.ID }, anyText),
	strictyaml.Key(
		"management",
		func(o *worldOrganization) *string { return &o.Management },
		strictyaml.Text(validateAccount),
	),
	strictyaml.Key("root", func(o *worldOrganization) *string { return &o.Root }, anyText),
	strictyaml.Key("policyTypes", func(o *worldOrganization) *[]string { return &o.PolicyTypes }, someTexts),
	strictyaml.Key("trustedServices", func(o *worldOrganization) *[]string { return &o.TrustedServices }, someTexts),
	strictyaml.Key("units", func(o *worldOrganization) *[]worldUnit { return &o.Units }, strictyaml.ListOf(unitKeys)),
	strictyaml.Key("accounts", func(o *worldOrganization) *map[string]string { return &o.Accounts }, textTable),
	strictyaml.Key("policies", func(o *worldOrganization) *[]worldOrganizationPolicy { return &o.Policies },
		strictyaml.ListOf(organizationPolicyKeys)),
))

var unitKeys = strictyaml.Keys("an organizational unit",
	strictyaml.Key("id", func(u *worldUnit) *string { return &u.ID }, anyText).Required("write id:"),
	strictyaml.Key("name", func(u *worldUnit) *string { return &u.Name }, anyText).Required("write name:"),
	strictyaml.Key("parent", func(u *worldUnit) *string { return &u.Parent }, anyText),
)

var organizationPolicyKeys = placed(strictyaml.Keys(
	"a policy of the organization",
	strictyaml.Key("name", func(p *worldOrganizationPolicy) *string { return &p.Name }, anyText).
		Required("write name:"),
	strictyaml.Key("description", func(p *worldOrganizationPolicy) *string { return &p.Description }, anyText),
	strictyaml.Key("type", func(p *worldOrganizationPolicy) *string { return &p.Type }, anyText),
	strictyaml.Key("content", func(p *worldOrganizationPolicy) *string { return &p.Content }, documentText{}).
		Required("write content:"),
	strictyaml.Key("targets", func(p *worldOrganizationPolicy) *[]string { return &p.Targets }, someTexts),
	strictyaml.Key("tags", func(p *worldOrganizationPolicy) *map[string]string { return &p.Tags }, textTable),
))

var identityCenterKeys = placed(strictyaml.Keys(
	"the instance of IAM Identity Center",
	strictyaml.Key("instance", func(i *worldIdentityCenter) *string { return &i.Instance }, anyText),
	strictyaml.Key("store", func(i *worldIdentityCenter) *string { return &i.Store }, anyText),
	strictyaml.Key(
		"region",
		func(i *worldIdentityCenter) *string { return &i.Region },
		strictyaml.Text(validateRegion),
	),
	strictyaml.Key(
		"account",
		func(i *worldIdentityCenter) *string { return &i.Account },
		strictyaml.Text(validateAccount),
	),
	strictyaml.Key("attributes", func(i *worldIdentityCenter) *map[string]string { return &i.Attributes }, textTable),
	strictyaml.Key("users", func(i *worldIdentityCenter) *map[string]string { return &i.Users }, textTable),
	strictyaml.Key("groups", func(i *worldIdentityCenter) *map[string]string { return &i.Groups }, textTable),
))

// placedType is an object that keeps where it stood in the file. One without keys may be left empty.
type placedType[T any, P interface {
	*T
	locate(problem.Path)
}] struct{ *strictyaml.Object[T] }

func placed[T any, P interface {
	*T
	locate(problem.Path)
}](keys *strictyaml.Object[T]) placedType[T, P] {
	return placedType[T, P]{keys}
}

func (k placedType[T, P]) Decode(d *strictyaml.Decoder, n *strictyaml.Node, path problem.Path) (T, bool) {
	if n.Shape == strictyaml.ShapeNull {
		n = &strictyaml.Node{Shape: strictyaml.ShapeObject, Pos: n.Pos}
	}
	thing, ok := k.Object.Decode(d, n, path)
	P(&thing).locate(path)
	return thing, ok
}

// documentText is a document as JSON: text is taken as it is, keys and lists are written as JSON.
type documentText struct{}

func (documentText) Decode(d *strictyaml.Decoder, n *strictyaml.Node, path problem.Path) (string, bool) {
	d.Visit(path, n.Pos)
	switch n.Shape {
	case strictyaml.ShapeText:
		return n.Text, true
	case strictyaml.ShapeObject, strictyaml.ShapeList:
		if value, ok := jsonValue(d, n, path); ok {
			text, err := policy.Compact(value)
			return text, err == nil
		}
		return "", false
	}
	d.Report(problem.Problem{
		Position: n.Pos,
		Path:     path,
		Kind:     problem.WrongType,
		Why:      n.Is(),
		Fix:      "write the document with its keys, or its JSON",
	})
	return "", false
}

func (documentText) Describe() *jsonschema.Schema { return &jsonschema.Schema{} }

func (documentText) Written(text string) any { return text }

// jsonValue is a value as encoding/json takes it. A date without quotes is refused: JSON has none.
func jsonValue(d *strictyaml.Decoder, n *strictyaml.Node, path problem.Path) (any, bool) {
	switch n.Shape {
	case strictyaml.ShapeObject:
		out, all := map[string]any{}, true
		for _, e := range n.Entries {
			value, ok := jsonValue(d, e.Value, path.Child(e.Name))
			out[e.Name], all = value, all && ok
		}
		return out, all
	case strictyaml.ShapeList:
		out, all := make([]any, len(n.Items)), true
		for i, item := range n.Items {
			value, ok := jsonValue(d, item, path.Index(i))
			out[i], all = value, all && ok
		}
		return out, all
	case strictyaml.ShapeNull:
		return nil, true
	case strictyaml.ShapeText:
		return n.Text, true
	case strictyaml.ShapeBoolean:
		return n.Number == "true", true
	case strictyaml.ShapeNumber:
		return json.Number(n.Number), true
	}
	d.Report(problem.Problem{
		Position: n.Pos, Path: path, Kind: problem.WrongType, Value: problem.Written(n.Text),
		Why: n.Is(), Fix: "write it in quotes",
	})
	return nil, false
}

func validateAccount(id string) error {
	if policy.ValidateAccountID(id) == nil {
		return nil
	}
	return strictyaml.Says("is not an account id", "write its twelve digits in quotes")
}

func validatePartition(name string) error {
	if policy.Partition(name).Valid() {
		return nil
	}
	return strictyaml.Says("is not a partition", "write aws, aws-cn, aws-us-gov or aws-eusc")
}

func validateRegion(code string) error {
	if _, err := policy.PartitionOfRegion(code); err == nil {
		return nil
	}
	return strictyaml.Says("is not a Region", "write a Region's code, such as ap-northeast-1")
}

var volumeKeyPattern = regexp.MustCompile(`^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$`)

func validateVolumeKey(key string) error {
	if key == journey.AWSManagedEBSKey || volumeKeyPattern.MatchString(key) {
		return nil
	}
	return strictyaml.Says("is not the key of a volume",
		"write the ARN of a customer managed key, or "+journey.AWSManagedEBSKey+" for AWS's own")
}

var nodeIDPattern = regexp.MustCompile(`^(i-[0-9a-f]{8}([0-9a-f]{9})?|mi-[0-9a-f]{17})$`)

func validateNode(id string) error {
	if nodeIDPattern.MatchString(id) {
		return nil
	}
	return strictyaml.Says("is not the id of a node", "write i- or mi- and 17 hexadecimal digits")
}
