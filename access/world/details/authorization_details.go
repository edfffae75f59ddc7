package details

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// The types below are the JSON of "aws iam get-account-authorization-details", as far as a world needs it. Fields
// that are not listed (dates, counts, instance profiles) are ignored when reading and left out when writing.

type authorizationDetails struct {
	Users       []userDetail    `json:"UserDetailList"`
	Groups      []groupDetail   `json:"GroupDetailList"`
	Roles       []roleDetail    `json:"RoleDetailList"`
	Policies    []managedDetail `json:"Policies"`
	IsTruncated bool            `json:"IsTruncated,omitempty"`
	// Marker is what the API, NextToken what the AWS CLI with --max-items gives to ask for the rest.
	Marker    string `json:"Marker,omitempty"`
	NextToken string `json:"NextToken,omitempty"`
}

type userDetail struct {
	Path     string           `json:"Path"`
	Name     string           `json:"UserName"`
	ID       string           `json:"UserId,omitempty"`
	ARN      string           `json:"Arn"`
	Inline   []inlineDetail   `json:"UserPolicyList,omitempty"`
	Groups   []string         `json:"GroupList"`
	Attached []attachedDetail `json:"AttachedManagedPolicies"`
	Boundary *boundaryDetail  `json:"PermissionsBoundary,omitempty"`
	Tags     []tagDetail      `json:"Tags,omitempty"`
}

type groupDetail struct {
	Path     string           `json:"Path"`
	Name     string           `json:"GroupName"`
	ARN      string           `json:"Arn"`
	Inline   []inlineDetail   `json:"GroupPolicyList"`
	Attached []attachedDetail `json:"AttachedManagedPolicies"`
}

type roleDetail struct {
	Path     string           `json:"Path"`
	Name     string           `json:"RoleName"`
	ID       string           `json:"RoleId,omitempty"`
	ARN      string           `json:"Arn"`
	Trust    json.RawMessage  `json:"AssumeRolePolicyDocument"`
	Inline   []inlineDetail   `json:"RolePolicyList"`
	Attached []attachedDetail `json:"AttachedManagedPolicies"`
	Boundary *boundaryDetail  `json:"PermissionsBoundary,omitempty"`
	Tags     []tagDetail      `json:"Tags,omitempty"`
}

type managedDetail struct {
	Name           string          `json:"PolicyName"`
	ARN            string          `json:"Arn"`
	Path           string          `json:"Path"`
	DefaultVersion string          `json:"DefaultVersionId"`
	Versions       []versionDetail `json:"PolicyVersionList"`
}

type versionDetail struct {
	Document  json.RawMessage `json:"Document"`
	ID        string          `json:"VersionId"`
	IsDefault bool            `json:"IsDefaultVersion"`
}

type inlineDetail struct {
	Name     string          `json:"PolicyName"`
	Document json.RawMessage `json:"PolicyDocument"`
}

type attachedDetail struct {
	Name string `json:"PolicyName"`
	ARN  string `json:"PolicyArn"`
}

type boundaryDetail struct {
	Type string `json:"PermissionsBoundaryType"`
	ARN  string `json:"PermissionsBoundaryArn"`
}

type tagDetail struct {
	Key   string `json:"Key"`
	Value string `json:"Value"`
}

// FromAuthorizationDetails reads an account from what "aws iam get-account-authorization-details" prints: users,
// groups, roles and managed policies with their default version. Documents may be JSON objects, as the AWS CLI prints
// them, or URL-encoded text, as the API returns them. What can be told from elsewhere may be left out: lists, the
// name and path of what has an ARN, the name of an inline policy. Several pages, as "--no-paginate" or an SDK leave
// them, must be joined first: a truncated answer is an error, because a proof about half an account proves nothing.
// Fields that are not known are ignored; nodes, session documents and preferences are not in this format and stay
// empty.
//
// The account id and the partition are those of the ARNs inside; an answer without any ARN of the account's own is an
// error. Errors name the place, such as `RoleDetailList[2] "deploy": AssumeRolePolicyDocument: ...`; all of them are
// reported at once.
func FromAuthorizationDetails(data []byte) (world.Account, error) {
	account, _, err := readDetails(data, false)
	return account, err
}

// UnreadDocument is a document of authorization details that cannot be read, or that has an element, operator or
// variable that this package does not implement.
type UnreadDocument struct {
	// Place is where the document stands, such as `UserDetailList[2] "bob": UserPolicyList[0] "p"`.
	Place string
	// Err says why it cannot be read.
	Err error
	// Taken says what stands in its place.
	Taken string
	// OfAWS says that nobody of the account can edit the document: it is of a managed policy of AWS, or of a
	// service-linked role.
	OfAWS bool
}

// ReadableAuthorizationDetails is FromAuthorizationDetails for an account that is judged as far as it can be read. A
// policy that cannot be read is one whose document is not known. A role whose trust policy cannot be read is left
// out, and the account is Partial then: nothing is proven of that role. What is no document, such as an ARN that is
// none, is an error as there.
func ReadableAuthorizationDetails(data []byte) (world.Account, []UnreadDocument, error) {
	return readDetails(data, true)
}

func readDetails(data []byte, lenient bool) (world.Account, []UnreadDocument, error) {
	var details authorizationDetails
	if err := json.Unmarshal(bytes.TrimPrefix(data, []byte("\ufeff")), &details); err != nil {
		return world.Account{}, nil, fmt.Errorf(
			"not the JSON that get-account-authorization-details prints: %w; "+
				"write the file that the AWS command printed to",
			inWords(data, err),
		)
	}
	r := detailsReader{lenient: lenient}
	details.nameAll()
	for _, mark := range []struct {
		field string
		cut   bool
	}{
		{"IsTruncated", details.IsTruncated},
		{"Marker", details.Marker != ""},
		{"NextToken", details.NextToken != ""},
	} {
		if mark.cut {
			r.refuse(mark.field, errors.New("the answer is cut off; read every page and join their lists"))
		}
	}
	for i, p := range details.Policies {
		r.standAt(fmt.Sprintf("Policies[%d] %q", i, p.Name))
		r.ofAWS = policy.ARNPart(p.ARN, 4) == "aws"
		r.policy(p)
	}
	r.ofAWS = false
	for i, g := range details.Groups {
		r.standAt(fmt.Sprintf("GroupDetailList[%d] %q", i, g.Name))
		r.owned("group", g.ARN, g.Path, g.Name)
		inline, unknown := r.inline("GroupPolicyList", g.ARN, g.Inline)
		r.account.Groups = append(
			r.account.Groups,
			world.Group{
				Name:     g.Name,
				Path:     g.Path,
				Inline:   inline,
				Attached: append(attachedARNs(g.Attached), unknown...),
			},
		)
	}
	for i, u := range details.Users {
		r.standAt(fmt.Sprintf("UserDetailList[%d] %q", i, u.Name))
		r.owned("user", u.ARN, u.Path, u.Name)
		inline, unknown := r.inline("UserPolicyList", u.ARN, u.Inline)
		r.account.Users = append(r.account.Users, world.User{
			Name: u.Name, ID: u.ID, Path: u.Path, Tags: tagsOf(u.Tags), Groups: u.Groups, Inline: inline,
			Attached: append(attachedARNs(u.Attached), unknown...), Boundary: boundaryARN(u.Boundary),
		})
	}
	for i, role := range details.Roles {
		r.standAt(fmt.Sprintf("RoleDetailList[%d] %q", i, role.Name))
		r.ofAWS = strings.HasPrefix(role.Path, "/aws-service-role/")
		r.owned("role", role.ARN, role.Path, role.Name)
		trusted, read := r.document(
			"AssumeRolePolicyDocument",
			role.Trust,
			engine.Trust,
			"the role is left out: nothing is proven of it",
		)
		inline, unknown := r.inline("RolePolicyList", role.ARN, role.Inline)
		if !read {
			r.account.Partial = r.lenient
			continue
		}
		r.account.Roles = append(r.account.Roles, world.Role{
			Name:          role.Name,
			ID:            role.ID,
			Path:          role.Path,
			Tags:          tagsOf(role.Tags),
			Trust:         trusted,
			Inline:        inline,
			Attached:      append(attachedARNs(role.Attached), unknown...),
			Boundary:      boundaryARN(role.Boundary),
			PermissionSet: permissionSet(role.Path, role.Name),
		})
	}
	if len(r.problems) == 0 && r.account.ID == "" {
		r.problems = append(
			r.problems,
			errors.New("name no account: they list no user, group, role or customer managed policy with an Arn"),
		)
	}
	if err := errors.Join(r.problems...); err != nil {
		return world.Account{}, nil, err
	}
	return r.account, r.unread, nil
}

// inWords is what is wrong with JSON, without the types of this program.
func inWords(data []byte, err error) error {
	var wrong *json.UnmarshalTypeError
	var broken *json.SyntaxError
	switch {
	case len(bytes.TrimSpace(data)) == 0:
		return errors.New("there is nothing in it")
	case errors.As(err, &wrong) && wrong.Field == "":
		return fmt.Errorf("it is of the kind %s and has no lists", wrong.Value)
	case errors.As(err, &wrong):
		return fmt.Errorf("%s is of the kind %s", wrong.Field, wrong.Value)
	case errors.As(err, &broken) && json.NewDecoder(bytes.NewReader(data)).Decode(new(json.RawMessage)) == nil:
		return errors.New("more follows after the first answer; join the lists of all answers")
	}
	return err
}

// nameAll takes names and paths that a dump leaves out from the ARNs, and gives inline policies without a name one
// that says which it is.
func (d *authorizationDetails) nameAll() {
	fill := func(arn string, name, path *string) {
		parsed, err := policy.ParseARN(arn)
		if err != nil {
			return
		}
		if _, itsPath, itsName, ok := parsed.Entity(); ok {
			*name, *path = cmp.Or(*name, itsName), cmp.Or(*path, itsPath)
		}
	}
	nameInline := func(list []inlineDetail) {
		for i := range list {
			list[i].Name = cmp.Or(list[i].Name, fmt.Sprintf("inline policy %d", i+1))
		}
	}
	for i := range d.Policies {
		fill(d.Policies[i].ARN, &d.Policies[i].Name, &d.Policies[i].Path)
	}
	for i := range d.Groups {
		fill(d.Groups[i].ARN, &d.Groups[i].Name, &d.Groups[i].Path)
		nameInline(d.Groups[i].Inline)
	}
	for i := range d.Users {
		fill(d.Users[i].ARN, &d.Users[i].Name, &d.Users[i].Path)
		nameInline(d.Users[i].Inline)
	}
	for i := range d.Roles {
		fill(d.Roles[i].ARN, &d.Roles[i].Name, &d.Roles[i].Path)
		nameInline(d.Roles[i].Inline)
	}
}

// detailsReader collects an account and what is wrong with its details.
type detailsReader struct {
	account  world.Account
	place    string
	problems []error
	// lenient: documents that cannot be read are told in unread.
	lenient bool
	unread  []UnreadDocument
	// ofAWS: what is read now is made by AWS.
	ofAWS bool
}

func (r *detailsReader) standAt(place string) { r.place = place }

func (r *detailsReader) refuse(field string, err error) {
	place := field
	if r.place != "" {
		place = r.place + ": " + field
	}
	r.problems = append(r.problems, fmt.Errorf("%s: %w", place, err))
}

// owned takes account and partition from the ARN of an entity, and holds the ARN against path and name.
func (r *detailsReader) owned(kind, text, path, name string) {
	arn, err := policy.ParseARN(text)
	if err != nil {
		r.refuse("Arn", fmt.Errorf("%q %w", text, err))
		return
	}
	gotKind, gotPath, gotName, ok := arn.Entity()
	switch {
	case !ok || gotKind != kind || gotName != name || gotPath != slashPath(path):
		r.refuse("Arn", fmt.Errorf("%q is not the %s %s%s", text, kind, slashPath(path), name))
	case r.account.ID == "":
		r.account.ID, r.account.Partition = arn.Account, arn.Partition
	case r.account.ID != arn.Account || r.account.Partition != arn.Partition:
		r.refuse("Arn", fmt.Errorf("%q is of another account than %s; read one account at a time", text, r.account.ID))
	}
}

func (r *detailsReader) policy(p managedDetail) {
	arn, err := policy.ParseARN(p.ARN)
	if err != nil {
		r.refuse("Arn", fmt.Errorf("%q %w", p.ARN, err))
		return
	}
	if arn.Account != "aws" {
		r.owned("policy", p.ARN, p.Path, p.Name)
	}
	for i, v := range p.Versions {
		if v.IsDefault || v.ID == p.DefaultVersion && p.DefaultVersion != "" {
			document, read := r.document(
				fmt.Sprintf("PolicyVersionList[%d].Document", i),
				v.Document,
				engine.Permissions,
				asUnknown,
			)
			r.account.Policies = append(
				r.account.Policies,
				world.ManagedPolicy{ARN: p.ARN, Document: document, Unknown: !read, Others: p.others(i)},
			)
			return
		}
	}
	r.account.Policies = append(r.account.Policies, world.ManagedPolicy{ARN: p.ARN, Unknown: true})
}

// others are the documents of the versions but one. One that cannot be read decides nothing, and is left out.
func (p *managedDetail) others(theDefault int) []policy.Document {
	var documents []policy.Document
	for i, v := range p.Versions {
		if i == theDefault {
			continue
		}
		document, err := parseDetail(v.Document)
		if err != nil {
			continue
		}
		if _, errs := engine.CompileDocument(document, engine.Permissions, engine.Source{}); len(errs) == 0 {
			documents = append(documents, document)
		}
	}
	return documents
}

const asUnknown = "a policy whose document is not known"

// inline reads inline policies. Those that cannot be read are policies that are not known, under names that no policy
// has.
func (r *detailsReader) inline(
	field, owner string,
	policies []inlineDetail,
) (read []world.InlinePolicy, unknown []string) {
	for i, p := range policies {
		document, ok := r.document(
			fmt.Sprintf("%s[%d] %q", field, i, p.Name),
			p.Document,
			engine.Permissions,
			asUnknown,
		)
		if !ok {
			unknown = append(unknown, owner+" (inline policy "+p.Name+")")
			continue
		}
		read = append(read, world.InlinePolicy{Name: p.Name, Document: document})
	}
	return read, unknown
}

// document reads a document for its use; false when it cannot be read. Taken says what stands in its place then.
func (r *detailsReader) document(
	field string,
	raw json.RawMessage,
	use engine.DocumentUse,
	taken string,
) (policy.Document, bool) {
	document, err := parseDetail(raw)
	if err == nil && r.lenient {
		_, errs := engine.CompileDocument(document, use, engine.Source{})
		err = errors.Join(errs...)
	}
	switch {
	case err == nil:
		return document, true
	case r.lenient:
		r.unread = append(
			r.unread,
			UnreadDocument{Place: strings.TrimPrefix(r.place+": "+field, ": "), Err: err, Taken: taken, OfAWS: r.ofAWS},
		)
	default:
		r.refuse(field, err)
	}
	return policy.Document{}, false
}

// parseDetail reads a document that is a JSON object or a JSON string that holds the object, URL-encoded or not.
func parseDetail(raw json.RawMessage) (policy.Document, error) {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 {
		return policy.Document{}, errors.New("no policy document")
	}
	if raw[0] == '"' {
		var text string
		if err := json.Unmarshal(raw, &text); err != nil {
			return policy.Document{}, err
		}
		if !strings.HasPrefix(strings.TrimSpace(text), "{") {
			decoded, err := url.PathUnescape(text)
			if err != nil {
				return policy.Document{}, fmt.Errorf("neither JSON nor URL-encoded JSON: %w", err)
			}
			text = decoded
		}
		raw = []byte(text)
	}
	return policy.Parse(raw)
}

func attachedARNs(attached []attachedDetail) []string {
	var out []string
	for _, a := range attached {
		out = append(out, a.ARN)
	}
	return out
}

func boundaryARN(b *boundaryDetail) string {
	if b == nil {
		return ""
	}
	return b.ARN
}

func tagsOf(tags []tagDetail) []world.Tag {
	var out []world.Tag
	for _, t := range tags {
		out = append(out, world.Tag(t))
	}
	return out
}

// policyName splits the ARN of a managed policy into its name and path.
func policyName(text string) (name, path string) {
	arn, err := policy.ParseARN(text)
	if err != nil {
		return text, "/"
	}
	_, path, name, ok := arn.Entity()
	if !ok {
		return text, "/"
	}
	return name, path
}

// permissionSet is the permission set behind a role that IAM Identity Center made, and empty for every other role.
func permissionSet(path, name string) string {
	set, _ := policy.PermissionSetOfRole(path, name)
	return set
}

func slashPath(path string) string {
	if path == "" {
		return "/"
	}
	return path
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
