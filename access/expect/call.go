package expect

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"aws-access-guardrails/access/catalogue"
	"aws-access-guardrails/access/internal/conditionkey"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/wording"
	"aws-access-guardrails/access/journey"
	"aws-access-guardrails/access/match"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// calls are the journeys to a call. AWS decides a call on what the call is about, so what it cannot be about is
// refused: it would be denied for a reason that nobody meant.
func (r *expectationReader) calls(j journey.Journey) ([]journey.Journey, *expectationError) {
	x := r.x
	action, known := catalogue.KnownAction(x.Do)
	if !known {
		return nil, cannot("do", nearestAction(x.Do), "%q is no action that AWS documents", x.Do)
	}
	types := catalogue.ResourceTypesOf(action)
	if err := r.target(action, types); err != nil {
		return nil, err
	}
	context, err := r.with(action)
	if err != nil {
		return nil, err
	}
	if err := r.volumeKeys(action); err != nil {
		return nil, err
	}
	account, lookup := r.engine.AccountOf(r.caller.Account.ID)
	if lookup != nil {
		return nil, cannotFor("as", lookup)
	}
	regions := []string{""}
	if x.On.Instance != nil || x.On.Document != "" {
		if account.Partial {
			return nil, cannot(
				"via", "",
				"is missing: the account of the person, %s, is not in this world, and neither is what is in it", account.ID,
			)
		}
		regions = r.regions(account)
	}
	var out []journey.Journey
	for _, region := range regions {
		resources, err := r.resources(account, region)
		if err != nil {
			return nil, err
		}
		if err := fits(action, types, resources); err != nil {
			return nil, err
		}
		resources = append(resources, besides(account, region, types, resources)...)
		next := j
		next.Does, next.VolumeKeys = &engine.Request{
			Action:    action,
			Resources: resources,
			Context:   context,
		}, r.x.On.VolumeKeys
		if engine.IsAssumeRole(action) {
			next.Does = r.assume(action, resources, context)
		}
		out = append(out, next)
	}
	return out, nil
}

// keysOfAStart refuses keys of volumes of what starts no instance.
func keysOfAStart() *expectationError {
	return cannotNaming("on.volumeKeys", func(name Namer) *policy.ValueError {
		return policy.Refusef("remove it", "goes with %s on an instance alone", name("do", journey.StartInstances))
	})
}

// volumeKeys refuses keys of volumes that no start can meet.
func (r *expectationReader) volumeKeys(action string) *expectationError {
	target := &r.x.On
	if len(target.VolumeKeys) == 0 {
		return nil
	}
	if action != journey.StartInstances || target.Instance == nil && !strings.Contains(target.ARN, ":instance/") {
		return keysOfAStart()
	}
	where := target.Region
	if target.ARN != "" {
		where = policy.ARNPart(target.ARN, 3)
	}
	for _, key := range target.VolumeKeys {
		if key == journey.AWSManagedEBSKey {
			continue
		}
		if !journey.IsVolumeKey(key) {
			return cannot(
				"on.volumeKeys", fmt.Sprintf("write it as \"aws ec2 describe-volumes\" prints it, or %s for AWS's own key", journey.AWSManagedEBSKey),
				"%q is not the ARN of a KMS key", key,
			)
		}
		region := policy.ARNPart(key, 3)
		if where = cmp.Or(where, region); where != region {
			return cannot(
				"on.volumeKeys", "write one",
				"%q is a key of %s, and a volume in %s has a key of that Region", key, region, where,
			)
		}
	}
	return nil
}

// nearestAction says which action of the same service was probably meant.
func nearestAction(action string) string {
	service, _, _ := strings.Cut(action, ":")
	return meant(action, catalogue.ActionsMatching(service+":*"), "look it up in the Service Authorization Reference")
}

// target checks that something is named where the action works on something, and nothing where it does not.
func (r *expectationReader) target(action string, types []catalogue.ResourceType) *expectationError {
	target := &r.x.On
	given := 0
	for _, set := range []bool{
		target.Instance != nil, target.User != "", target.Role != "", target.Document != "", target.ARN != "",
	} {
		if set {
			given++
		}
	}
	switch {
	case action == "ssm:StartSession" || action == "ssm:SendCommand":
		return cannotNaming("do", func(name Namer) *policy.ValueError {
			return policy.Refusef("write "+name("opens", "")+" with the door", "%s acts on a node and a document at once", action)
		})
	case given > 1:
		return cannot("on", "write an expectation for each", "names several things")
	case given == 0 && len(types) > 0:
		return cannot("on", "write which", "is missing, but %s acts on %s", action, typeWords(types))
	case given > 0 && len(types) == 0:
		return cannot("on", "remove it", "is more than %s has: it acts on nothing in particular", action)
	}
	return nil
}

func typeWords(types []catalogue.ResourceType) string {
	const most = 6
	var names []string
	for _, t := range types {
		names = append(names, t.Name)
	}
	if len(names) > most {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" or %d others", len(names)-most)
	}
	return wording.JoinWords(names, "or")
}

// resources are what the call is about.
func (r *expectationReader) resources(a *world.Account, region string) ([]engine.Resource, *expectationError) {
	target := &r.x.On
	switch {
	case target.Instance != nil:
		n := r.node(region)
		return []engine.Resource{{ARN: n.ARN(a), Tags: n.Tags}}, nil
	case target.User != "":
		p, err := named(r.engine, engine.UserPrincipal, target.User, r.home)
		if err != nil {
			return nil, cannotFor("on.user", err)
		}
		return engine.On(p.Arn), nil
	case target.Role != "":
		p, err := named(r.engine, engine.RolePrincipal, target.Role, r.home)
		if err != nil {
			return nil, cannotFor("on.role", err)
		}
		return engine.On(p.Arn), nil
	case target.Document != "":
		if err := r.document(a, region); err != nil {
			return nil, err
		}
		d := world.SessionDocument{Name: target.Document, Region: region}
		if !strings.HasPrefix(d.Name, "AWS") && !strings.HasPrefix(d.Name, "Amazon") {
			d.Owner = a.ID
		}
		return engine.On(d.ARN(a)), nil
	case target.ARN != "":
		if _, err := policy.ParseARN(target.ARN); err != nil {
			return nil, cannotFor("on.arn", err)
		}
		if strings.ContainsAny(target.ARN, "*?$") {
			return nil, cannot("on.arn", "a call is about one thing: write its ARN", "%q is a pattern", target.ARN)
		}
		return engine.On(target.ARN), nil
	}
	return nil, nil
}

var placeholder = regexp.MustCompile(`\$\{[^}]*\}`)

// fits checks that the action works on things of this kind.
func fits(action string, types []catalogue.ResourceType, resources []engine.Resource) *expectationError {
	for _, resource := range resources {
		fit := slices.ContainsFunc(types, func(t catalogue.ResourceType) bool {
			return slices.ContainsFunc(t.ARNs, func(form string) bool {
				return match.ARN(placeholder.ReplaceAllLiteralString(form, "*"), resource.ARN)
			})
		})
		if !fit {
			return cannot(
				"on", "",
				"is %s, but %s acts on %s, such as %s", resource.ARN, action, typeWords(types), firstForm(types),
			)
		}
	}
	return nil
}

// besides are the other things that a call on several is about: any of their kind, because an expectation names one
// thing.
func besides(
	a *world.Account,
	region string,
	types []catalogue.ResourceType,
	named []engine.Resource,
) []engine.Resource {
	var out []engine.Resource
	for _, t := range types {
		if !t.Required || len(t.ARNs) == 0 || fits("", []catalogue.ResourceType{t}, named) == nil {
			continue
		}
		arn := strings.NewReplacer("${Partition}", string(journey.DefaultPartition(a.Partition)), "${Region}", cmp.Or(region, engine.SomeRegion(a.Partition)), "${Account}", a.ID).
			Replace(t.ARNs[0])
		out = append(
			out,
			engine.Resource{ARN: strings.NewReplacer("${", "", "}", "").Replace(arn), Tags: []world.Tag{}},
		)
	}
	return out
}

func firstForm(types []catalogue.ResourceType) string {
	for _, t := range types {
		if len(t.ARNs) > 0 {
			return t.ARNs[0]
		}
	}
	return "*"
}

// with completes and checks the condition keys that the call carries.
func (r *expectationReader) with(action string) (engine.Context, *expectationError) {
	context := engine.Context{}
	var tags []string
	for _, name := range slices.Sorted(maps.Keys(r.x.With)) {
		if !catalogue.KeyAppliesTo(name, action) {
			return nil, cannot("with", "", "%q is a key that AWS does not send with %s", name, action)
		}
		context[name] = r.x.With[name]
		if len(name) > len(conditionkey.RequestTag) &&
			strings.EqualFold(name[:len(conditionkey.RequestTag)], conditionkey.RequestTag) {
			tags = append(tags, name[len(conditionkey.RequestTag):])
		}
	}
	keys := false
	for name := range context {
		keys = keys || strings.EqualFold(name, conditionkey.TagKeysKey)
	}
	if !keys && len(tags) > 0 {
		context[conditionkey.TagKeysKey], keys = tags, true
	}
	if !keys && slices.Contains(catalogue.LevelsOf(action), catalogue.LevelTagging) &&
		catalogue.KeyAppliesTo(conditionkey.TagKeysKey, action) {
		return nil, cannot(
			"with", fmt.Sprintf("write %s with the keys", conditionkey.TagKeysKey),
			"is missing, but %s always passes tag keys", action,
		)
	}
	return context, nil
}

// assume is a call of sts:AssumeRole and the like: it carries a session name.
func (r *expectationReader) assume(action string, resources []engine.Resource, context engine.Context) *engine.Request {
	name := r.x.SessionName
	if name == "" {
		name = r.caller.Name
	}
	if _, given := context["sts:RoleSessionName"]; !given {
		context = context.With("sts:RoleSessionName", name)
	}
	return &engine.Request{Action: action, Resources: resources, Context: context}
}
