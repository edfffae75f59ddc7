package details

import (
	"encoding/json"
	"errors"
	"fmt"

	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// ToAuthorizationDetails writes the identities and policies of an account as "aws iam
// get-account-authorization-details" prints them, in the order of the account's lists: the same account gives the
// same bytes. Dates, the longest session of a role, which AWS does not print there, and the ids of users and roles
// that only AWS knows, are left out, and so are policies whose document is not known. FromAuthorizationDetails reads
// it back.
func ToAuthorizationDetails(a world.Account) ([]byte, error) {
	w := detailsWriter{account: a}
	details := authorizationDetails{
		Users:    []userDetail{},
		Groups:   []groupDetail{},
		Roles:    []roleDetail{},
		Policies: []managedDetail{},
	}
	for _, u := range a.Users {
		details.Users = append(details.Users, userDetail{
			Path: slashPath(
				u.Path,
			),
			Name:   u.Name,
			ID:     u.ID,
			ARN:    a.Partition.UserARN(a.ID, u.Path, u.Name),
			Inline: w.inline(u.Inline),
			Groups: orEmpty(
				u.Groups,
			),
			Attached: attachedDetails(u.Attached),
			Boundary: boundaryOf(u.Boundary),
			Tags:     tagDetails(u.Tags),
		})
	}
	for _, g := range a.Groups {
		details.Groups = append(details.Groups, groupDetail{
			Path: slashPath(
				g.Path,
			),
			Name:     g.Name,
			ARN:      a.Partition.GroupARN(a.ID, g.Path, g.Name),
			Inline:   orEmpty(w.inline(g.Inline)),
			Attached: attachedDetails(g.Attached),
		})
	}
	for _, r := range a.Roles {
		details.Roles = append(details.Roles, roleDetail{
			Path: slashPath(
				r.Path,
			),
			Name:  r.Name,
			ID:    r.ID,
			ARN:   a.Partition.RoleARN(a.ID, r.Path, r.Name),
			Trust: w.document("role "+r.Name, r.Trust),
			Inline: orEmpty(
				w.inline(r.Inline),
			),
			Attached: attachedDetails(r.Attached),
			Boundary: boundaryOf(r.Boundary),
			Tags:     tagDetails(r.Tags),
		})
	}
	for _, p := range a.Policies {
		if p.Unknown {
			continue
		}
		name, path := policyName(p.ARN)
		details.Policies = append(details.Policies, managedDetail{
			Name: name, ARN: p.ARN, Path: path, DefaultVersion: "v1",
			Versions: []versionDetail{{Document: w.document("policy "+p.ARN, p.Document), ID: "v1", IsDefault: true}},
		})
	}
	if err := errors.Join(w.problems...); err != nil {
		return nil, err
	}
	text, err := policy.Compact(details)
	if err != nil {
		return nil, fmt.Errorf("authorization details of account %s: %w", a.ID, err)
	}
	return []byte(text), nil
}

type detailsWriter struct {
	account  world.Account
	problems []error
}

func (w *detailsWriter) inline(policies []world.InlinePolicy) []inlineDetail {
	var out []inlineDetail
	for _, p := range policies {
		out = append(out, inlineDetail{Name: p.Name, Document: w.document("inline policy "+p.Name, p.Document)})
	}
	return out
}

func (w *detailsWriter) document(place string, d policy.Document) json.RawMessage {
	raw, err := d.MarshalJSON()
	if err != nil {
		w.problems = append(w.problems, fmt.Errorf("account %s: %s: %w", w.account.ID, place, err))
		return json.RawMessage("null")
	}
	return raw
}

func attachedDetails(arns []string) []attachedDetail {
	out := []attachedDetail{}
	for _, arn := range arns {
		name, _ := policyName(arn)
		out = append(out, attachedDetail{Name: name, ARN: arn})
	}
	return out
}

func boundaryOf(arn string) *boundaryDetail {
	if arn == "" {
		return nil
	}
	return &boundaryDetail{Type: "Policy", ARN: arn}
}

func tagDetails(tags []world.Tag) []tagDetail {
	var out []tagDetail
	for _, t := range tags {
		out = append(out, tagDetail(t))
	}
	return out
}
