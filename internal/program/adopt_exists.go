package program

import (
	"strconv"
	"strings"
	"sync"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ssm"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/problem"
)

// adoptedThing is an entry of the section adopt with the question whether AWS has it.
type adoptedThing struct {
	path problem.Path
	// value is the entry as the file has it, is what it stands for.
	value, is string
	ask       func() error
}

// checkAdopted refuses entries for what AWS does not have: the engine would try to import it, and stop with an error
// that names neither the entry nor what to write. A question without an answer refuses nothing. For attributes for
// access control there is no question; Advice says what to do when the engine stops.
func checkAdopted(ctx *pulumi.Context, stack *stack.Stack, providers *providers) error {
	things := adoptedThings(ctx, stack, providers)
	missing := make([]bool, len(things))
	var asked sync.WaitGroup
	slots := make(chan struct{}, 8)
	for i, thing := range things {
		asked.Add(1)
		go func() {
			defer asked.Done()
			slots <- struct{}{}
			defer func() { <-slots }()
			err := thing.ask()
			missing[i] = err != nil && absent.MatchString(err.Error())
		}()
	}
	asked.Wait()
	var problems problem.List
	for i, thing := range things {
		if !missing[i] {
			continue
		}
		position := stack.Position(thing.path)
		if position.File == "" {
			position.File = stack.File
		}
		problems = append(problems, &problem.Problem{
			Position: position,
			Path:     thing.path,
			Kind:     problem.NotFound,
			Value:    problem.Written(thing.value),
			Why:      "does not exist in AWS: there is no " + thing.is,
			Fix:      "remove the entry, and up makes it new",
		})
	}
	return problems.Err()
}

func adoptedThings(ctx *pulumi.Context, stack *stack.Stack, providers *providers) []adoptedThing {
	var things []adoptedThing
	a, path, home := stack.Adopt, problem.Path("guardrails:adopt"), pulumi.Provider(providers.home)
	for i, region := range a.Sessions {
		things = append(
			things,
			adoptedThing{
				path.Child("sessions").Index(i),
				strconv.Quote(region),
				"document " + guardrail.PreferencesDocument + " in " + region,
				func() error {
					_, err := documentIn(
						ctx,
						guardrail.PreferencesDocument,
						pulumi.Provider(providers.byRegion[region]),
					)
					return err
				},
			},
		)
	}
	for i, approval := range a.Approvals {
		region, name, _ := strings.Cut(approval, "/")
		things = append(
			things,
			adoptedThing{
				path.Child("approvals").Index(i),
				strconv.Quote(approval),
				"document " + name + " in " + region,
				func() error {
					_, err := documentIn(ctx, name, pulumi.Provider(providers.byRegion[region]))
					return err
				},
			},
		)
	}
	if a.MFA {
		things = append(things, adoptedThing{path.Child("mfa"), "true", "group " + stack.MFA.Name, func() error {
			_, err := iam.LookupGroup(ctx, &iam.LookupGroupArgs{GroupName: stack.MFA.Name}, home)
			return err
		}})
	}
	for i, name := range a.Users {
		things = append(
			things,
			adoptedThing{path.Child("users").Index(i), strconv.Quote(name), "user " + name, func() error {
				_, err := iam.LookupUser(ctx, &iam.LookupUserArgs{UserName: name}, home)
				return err
			}},
		)
	}
	for i, name := range a.Roles {
		things = append(
			things,
			adoptedThing{path.Child("roles").Index(i), strconv.Quote(name), "role " + name, func() error {
				_, err := iam.LookupRole(ctx, &iam.LookupRoleArgs{Name: name}, home)
				return err
			}},
		)
	}
	for i, name := range a.Policies {
		arn := stack.Account.Partition.PolicyARN(stack.Account.ID, guardrail.PolicyPath, name)
		things = append(
			things,
			adoptedThing{path.Child("policies").Index(i), strconv.Quote(name), "policy " + arn, func() error {
				_, err := iam.LookupPolicy(ctx, &iam.LookupPolicyArgs{Arn: pulumi.StringRef(arn)}, home)
				return err
			}},
		)
	}
	return things
}

// documentIn is a document in the Region of a provider.
func documentIn(ctx *pulumi.Context, name string, by pulumi.InvokeOption) (*ssm.LookupDocumentResult, error) {
	return ssm.LookupDocument(ctx, &ssm.LookupDocumentArgs{Name: name, DocumentFormat: pulumi.StringRef("JSON")}, by)
}
