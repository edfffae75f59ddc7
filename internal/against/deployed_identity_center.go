package against

import (
	"fmt"
	"strings"
	"time"

	"aws-access-guardrails/access/world"
	"aws-access-guardrails/guardrail/identitycenter"
	"aws-access-guardrails/internal/change"
	"aws-access-guardrails/internal/workspace"
)

// deployedInstance is what the state of one stack has of IAM Identity Center.
type deployedInstance struct {
	attributes []world.AccessControlAttribute
	// enabled says that the attributes are switched on.
	enabled bool
	sets    []*deployedPermissionSet
	// ids are those of the users and groups of the identity store that are assigned.
	ids map[change.Member]string
}

type deployedPermissionSet struct {
	arn, id string
	identitycenter.PermissionSetArgs
}

func (r *stateReader) permissionSet(d workspace.Deployed) {
	// The provider writes an ISO 8601 duration of hours and minutes, such as PT1H30M.
	longest, err := time.ParseDuration(strings.ToLower(strings.TrimPrefix(text(d, "sessionDuration"), "PT")))
	if err != nil && r.err == nil {
		r.err = fmt.Errorf("%s: %w", text(d, "name"), err)
	}
	set := &deployedPermissionSet{
		arn: text(d, "arn"),
		id:  text(d, "id"),
		PermissionSetArgs: identitycenter.PermissionSetArgs{
			Account:         r.stack.Account.Account,
			Name:            text(d, "name"),
			SessionDuration: longest,
			Template:        identitycenter.OwnTemplate,
		},
	}
	if ic := r.stack.IdentityCenter; ic != nil {
		set.IdentityCenter = ic.IdentityCenter
	}
	// The path of the roles has the Region.
	set.IdentityCenter.Region = r.stack.AWS.Region
	set.IdentityCenter.Instance = text(d, "instanceArn")
	r.instance.sets = append(r.instance.sets, set)
}

// partOf reads what belongs to a permission set, which was read before.
func partOf(
	read func(*stateReader, *deployedPermissionSet, workspace.Deployed),
) func(*stateReader, workspace.Deployed) {
	return func(r *stateReader, d workspace.Deployed) {
		for _, set := range r.instance.sets {
			if set.arn == text(d, "permissionSetArn") {
				read(r, set, d)
			}
		}
	}
}

func inlinePolicyOf(r *stateReader, set *deployedPermissionSet, d workspace.Deployed) {
	document := r.document(text(d, "inlinePolicy"), "the policy of the permission set "+set.Name)
	set.Policy = &document
}

func managedPolicyOf(_ *stateReader, set *deployedPermissionSet, d workspace.Deployed) {
	_, name, _ := strings.Cut(text(d, "managedPolicyArn"), ":policy/")
	set.ManagedPolicies = append(set.ManagedPolicies, name)
}

func customerPolicyOf(_ *stateReader, set *deployedPermissionSet, d workspace.Deployed) {
	set.ManagedPolicies = append(set.ManagedPolicies, reference(d.Outputs["customerManagedPolicyReference"]))
}

func boundaryOf(_ *stateReader, set *deployedPermissionSet, d workspace.Deployed) {
	bound, _ := d.Outputs["permissionsBoundary"].(map[string]any)
	set.PermissionsBoundary = reference(bound["customerManagedPolicyReference"])
	if arn, _ := bound["managedPolicyArn"].(string); arn != "" {
		_, set.PermissionsBoundary, _ = strings.Cut(arn, ":policy/")
	}
}

func assignmentOf(r *stateReader, set *deployedPermissionSet, d workspace.Deployed) {
	a := identitycenter.Assignment{Accounts: []string{text(d, "targetId")}}
	id := text(d, "principalId")
	if text(d, "principalType") == "GROUP" {
		a.Group = nameOfID(set.IdentityCenter.Groups, id)
		r.instance.has(change.Member{Group: true, Name: a.Group}, id)
	} else {
		a.User = nameOfID(set.IdentityCenter.Users, id)
		r.instance.has(change.Member{Name: a.User}, id)
	}
	set.Assignments = append(set.Assignments, a)
}

func (i *deployedInstance) has(who change.Member, id string) {
	if i.ids == nil {
		i.ids = map[change.Member]string{}
	}
	i.ids[who] = id
}

// reference is the path and name of a customer managed policy; empty where there is none.
func reference(written any) string {
	fields, _ := written.(map[string]any)
	name, _ := fields["name"].(string)
	path, _ := fields["path"].(string)
	return path + name
}

// nameOfID is the name that a stack file gives an id; the id where it gives none.
func nameOfID(ids map[string]string, id string) string {
	for name, have := range ids {
		if have == id {
			return name
		}
	}
	return id
}

func (r *stateReader) attributes(d workspace.Deployed) {
	r.instance.enabled = true
	list, _ := d.Outputs["attributes"].([]any)
	for _, entry := range list {
		fields, _ := entry.(map[string]any)
		key, _ := fields["key"].(string)
		values, _ := fields["values"].([]any)
		for _, value := range values {
			sourced, _ := value.(map[string]any)
			sources, _ := sourced["sources"].([]any)
			for _, source := range sources {
				parsed, err := world.ParseAttributeSource(fmt.Sprint(source))
				if err != nil {
					parsed.Path = strings.TrimSuffix(strings.TrimPrefix(fmt.Sprint(source), "${path:"), "}")
				}
				r.instance.attributes = append(
					r.instance.attributes,
					world.AccessControlAttribute{Key: key, Source: parsed},
				)
			}
		}
	}
}

// addTo adds the instance and what its permission sets are in the accounts of the world, which must be there.
func (i *deployedInstance) addTo(s *change.Side, account string) {
	if !i.enabled && len(i.sets) == 0 {
		return
	}
	center := &world.IdentityCenterInstance{
		Attributes: i.attributes,
		UserIDs:    map[string]string{},
		GroupIDs:   map[string]string{},
	}
	s.World.IdentityCenter = center
	s.Instance, s.People = account, i.ids
	for who, id := range i.ids {
		if who.Group {
			center.GroupIDs[who.Name] = id
		} else {
			center.UserIDs[who.Name] = id
		}
	}
	for _, set := range i.sets {
		set.AddToWorld(&s.World)
	}
}
