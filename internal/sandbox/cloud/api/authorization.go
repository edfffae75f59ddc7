package api

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
)

// Call is one call of an API as AWS decides it: who may make it depends on nothing else that the caller sends.
type Call struct {
	Account, Region string
	// Action is the action that the call needs, such as "iam:CreateRole".
	Action string
	// Resources are the ARNs of what the call acts on; none means that the action has no resource.
	Resources []string
	// Context are the condition keys that the call carries, such as "iam:PolicyARN".
	Context map[string][]string
}

// Decider decides whether a caller may make a call. It says why not in the words that AWS adds to "is not authorized
// to perform", or nothing.
type Decider interface {
	// Decide gives the ARN of the session that makes the call, and why it may not; an empty reason means that it may.
	Decide(call Call) (session, reason string, err error)
}

// extent is what a call says about itself besides its subject.
type extent struct {
	// path is the path of what a call makes.
	path string
	tags map[string]string
	keys []string
	// boundary is the permissions boundary that a call sets.
	boundary string
}

// Making describes what a call makes: an empty path is "/".
func (s Client) Making(path string, tags map[string]string) Client {
	s.extent = extent{path: path, tags: tags}
	return s
}

// Path is the path of what the call makes: "/" where it names none.
func (s Client) Path() string { return cmp.Or(s.extent.path, "/") }

// Bounding describes a call that sets a permissions boundary; empty means that it sets none.
func (s Client) Bounding(arn string) Client {
	s.extent.boundary = arn
	return s
}

// Untagging describes a call that removes tags.
func (s Client) Untagging(keys []string) Client {
	s.extent = extent{keys: keys}
	return s
}

// authorize decides a call, and what AWS wants besides for a call that tags what it makes.
func (s Client) authorize(operation, subject string) error {
	if s.Caller.Decider == nil {
		return nil
	}
	if err := s.decide(operation, subject); err != nil {
		return err
	}
	if tagging := s.service.Tagging[operation]; tagging != "" && len(s.extent.tags) > 0 {
		return s.decide(tagging, subject)
	}
	return nil
}

func (s Client) decide(operation, subject string) error {
	resources, known := s.resourcesOf(operation, subject)
	action := s.service.Prefix + ":" + operation
	if !known {
		return fmt.Errorf("the sandbox decides each call and does not know what %s acts on", action)
	}
	return s.decideCall(Call{Action: action, Resources: resources, Context: s.contextOf(operation, subject)})
}

// decideCall decides a call of this client's account and Region.
func (s Client) decideCall(call Call) error {
	call.Account, call.Region = s.Caller.Account, s.Caller.Region
	session, reason, err := s.Caller.Decider.Decide(call)
	if err != nil || reason == "" {
		return err
	}
	code, status := "AccessDenied", http.StatusForbidden
	if s.service.Name != "IAM" {
		code, status = "AccessDeniedException", http.StatusBadRequest
	}
	resource := "*"
	if len(call.Resources) > 0 {
		resource = call.Resources[0]
	}
	return Refuse(
		status,
		code,
		"User: %s is not authorized to perform: %s on resource: %s %s",
		session,
		call.Action,
		resource,
		reason,
	)
}

// Pass decides whether the caller may hand a role of the account to a service: there is no call of that name, and
// others need its permission.
func (s Client) Pass(role, service string) error {
	if s.Caller.Decider == nil {
		return nil
	}
	arn := s.World.Partition(s.Caller.Account).RoleARN(s.Caller.Account, "/", role)
	return s.decideCall(
		Call{
			Action:    "iam:PassRole",
			Resources: []string{arn},
			Context:   map[string][]string{"iam:PassedToService": {service}},
		},
	)
}

// Besides decides calls that the real provider makes and whose answers are at hand already, all about one subject.
func (s Client) Besides(_ context.Context, subject string, operations ...string) error {
	for _, operation := range operations {
		if err := s.authorize(operation, subject); err != nil {
			return s.Answer(operation, subject, err)
		}
	}
	return nil
}

// contextOf are the condition keys that AWS sets for the call.
func (s Client) contextOf(operation, subject string) map[string][]string {
	context := map[string][]string{}
	keys := slices.Concat(s.extent.keys, slices.Sorted(maps.Keys(s.extent.tags)))
	if len(keys) > 0 {
		context["aws:TagKeys"] = keys
	}
	for key, value := range s.extent.tags {
		context["aws:RequestTag/"+key] = []string{value}
	}
	if s.service.Keys != nil {
		maps.Copy(context, s.service.Keys(operation, subject))
	}
	// Source: service authorization reference, AWS Identity and Access Management, iam:PermissionsBoundary.
	if arn := s.extent.boundary; arn != "" {
		context["iam:PermissionsBoundary"] = []string{arn}
	}
	return context
}

// resourcesOf are the ARNs of what a call acts on, and whether the sandbox knows them.
func (s Client) resourcesOf(operation, subject string) ([]string, bool) {
	if slices.Contains(s.service.WithoutResource, operation) {
		return nil, true
	}
	if s.service.Resources == nil {
		return nil, false
	}
	return s.service.Resources(s, operation, subject)
}
