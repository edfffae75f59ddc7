package awstype

import (
	"strings"
)

// Type is what the product knows of one Pulumi type that it registers. Each type has a file.
type Type struct {
	// Token is the type, such as "aws:iam/role:Role".
	Token string
	// ID says how a creation whose answer was lost is found again.
	ID ID
	// Carries says that resources of other types belong to one of this type, and go with it.
	Carries bool
	// Adopted says whether the verb adopt takes over what exists already.
	Adopted Adoption
	// Reflected are properties that say what other resources do, or follow from another property: they are no
	// difference. Who attaches a policy to a role by hand shows where the attachments of the role are listed; the ARN
	// follows from the path and the name. A type without any says nothing, and not nil.
	Reflected []string
	// World is how the state of a resource reads into a World.
	World Meaning
	// Guards are the components below which an edit must not delete or replace a resource of the type in passing.
	Guards []Guard
	// Unguarded is why none is guarded; empty where Guards has one.
	Unguarded string
	// Properties are arguments that only restrict, and that an edit must not take away in passing. The resource itself
	// may be free to go.
	Properties []Guard
	// Strays are what others can add beside a resource of the type, and no resource of a stack reads.
	Strays []Stray
	// Calls are the calls that the provider makes.
	Calls Calls
}

// Stray is a kind of resource that others can add beside one of the stack's. The verb up takes it away as a resource of
// the kind that the program does not want: it is read and deleted, and neither made nor changed.
type Stray struct {
	// Token is the type of what is added.
	Token string
	// Shared are the arguments that tell beside what it was added: both resources have them alike.
	Shared []string
}

// ID says how the id of a resource follows from its inputs. Exactly one of Inputs, PolicyARN, FoundBy and Repeatable
// is set.
type ID struct {
	// Inputs are the properties that make up the id, with Separator between them; a dot leads into an object.
	Inputs    []string
	Separator string
	// PolicyARN says that the id is the ARN of a customer managed policy, of the inputs name and path.
	PolicyARN bool
	// FoundBy are the tokens of the functions that find the resource by its name, because AWS chose the id.
	FoundBy []string
	// Repeatable says that the call which creates the resource may be made twice.
	Repeatable bool
}

// Of is the id of a resource with the inputs; empty where it does not follow from them alone, or where one of them is
// missing. policyARN is the ARN of a customer managed policy of the account.
func (id ID) Of(inputs map[string]any, policyARN func(path, name string) string) string {
	if id.PolicyARN {
		name, path := text(inputs, "name"), text(inputs, "path")
		if path == "" {
			path = "/"
		}
		if name == "" {
			return ""
		}
		return policyARN(path, name)
	}
	var parts []string
	for _, key := range id.Inputs {
		part := text(inputs, key)
		if part == "" {
			return ""
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, id.Separator)
}

// Follows reports whether the id follows from the inputs alone.
func (id ID) Follows() bool { return id.PolicyARN || len(id.Inputs) > 0 }

// text is a string of the inputs by its path; empty where there is none.
func text(inputs map[string]any, path string) string {
	key, rest, deeper := strings.Cut(path, ".")
	if deeper {
		below, _ := inputs[key].(map[string]any)
		return text(below, rest)
	}
	s, _ := inputs[key].(string)
	return s
}

// Adoption is who takes over what exists already.
type Adoption uint8

// Who takes over. The zero value is none of them: each type says it.
const (
	// ByAdopt is a type whose resources the verb adopt takes over.
	ByAdopt Adoption = iota + 1
	// ByNobody is a type whose resources are always made.
	ByNobody
)

// nothing is what a type says that has no Reflected.
var nothing = []string{}

// Meaning is how the state of a resource reads into a World.
type Meaning uint8

// The meanings. The zero value is none of them: each type says it.
const (
	// ReadIntoWorld is a type whose state becomes a part of a World.
	ReadIntoWorld Meaning = iota + 1
	// MeansNothing is a type that means nothing for people of its own.
	MeansNothing
	// ComparedAsResource is a type that is not read back, and whose changes are shown as those of a resource.
	ComparedAsResource
)

// Guard is a kind of resource that an edit must not delete or replace in passing.
type Guard struct {
	// Component is the type token of the parent.
	Component string
	// Suffix is how the names of the resources end that are meant, after what differs from one to the next; empty
	// means all of the type.
	Suffix string
	// Property is the argument that is meant; empty for the resource itself.
	Property string
	// Path is where the stack file speaks of it, and Losing what becomes of access without it.
	Path, Losing string
}

// What becomes of access without resources of several types.
const (
	losingRole   = "its people lose this way in at once, and a role that somebody else makes under its name is exempt from the service control policies"
	losingDenies = "the Deny statements on the role go, and what is allowed elsewhere is allowed"
	losingWatch  = "policies that others attach are not seen and removed any more"

	losingBoundary = "nothing bounds any more what the policies allow, those included that somebody else attaches or changes"
)
