package program

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aws-access-guardrails/internal/commandline"
	"aws-access-guardrails/internal/refusal"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/stackfile"
	"aws-access-guardrails/policy"
)

// Advice is what to do about an error of AWS that no file could tell before, in the words of the stack, with command
// lines for the setting of the run; empty where nothing is known.
func Advice(stack *stack.Stack, text string, setting commandline.Setting) string {
	if notThere.MatchString(text) {
		return takeOut
	}
	row, message, found := refusal.Find(text)
	if !found || row.Decided != refusal.ByAccount {
		return ""
	}
	say := setting.Fill(row.Say, stack.Name)
	if strings.Contains(say, "{order}") {
		say = strings.ReplaceAll(say, "{order}", order(stack, message, setting))
	}
	return say
}

// notThere is how the engine says that AWS does not have what it is to import. It imports what guardrails:adopt lists,
// and of attributes for access control nobody can ask before: see checkAdopted.
//
// Source: github.com/pulumi/pulumi, pkg/resource/deploy, ImportStep.
var notThere = regexp.MustCompile(`(?:^|: )resource '[^']+' does not exist$`)

// takeOut is what to do about it.
const takeOut = "guardrails:adopt lists it, and AWS does not have it: take the entry out (attributes: true, where it " +
	"is the instance of IAM Identity Center), and up makes it new"

// named is a principal in the text of a refusal.
var named = regexp.MustCompile(`arn:[a-z-]+:iam::[0-9]{12}:(?:user|role)/[A-Za-z0-9+=,.@_/-]+`)

// order says which stack makes the principal that a refusal names, and so goes first.
func order(stack *stack.Stack, message string, setting commandline.Setting) string {
	who := named.FindString(message)
	arn, err := policy.ParseARN(who)
	if err != nil {
		if from := stack.PeopleFrom(); len(from) > 0 {
			return fmt.Sprintf(
				"deploy %s first; %s deploys all stacks, and keeps the order",
				strings.Join(from, ", "),
				setting.Quoted("up"),
			)
		}
		return "make it first, or correct the name"
	}
	i := slices.IndexFunc(stack.Siblings, func(s stackfile.Sibling) bool { return s.AccountID == arn.Account })
	_, _, name, _ := arn.Entity()
	switch {
	case arn.Account == stack.Account.ID:
		return "make " + who + " first, list it under guardrails:users, or correct the name"
	case i < 0:
		return "make " + who + " first, or correct the name; no stack of this folder is for account " + arn.Account
	}
	other := stack.Siblings[i]
	if _, makes := other.Users[name]; !makes {
		return fmt.Sprintf(
			"add %s to guardrails:users in Pulumi.%s.yaml and deploy that stack first, or correct the name",
			name,
			other.Stack,
		)
	}
	plain := ""
	if !setting.Sandbox {
		plain = fmt.Sprintf(" (with plain Pulumi \"%s\")", setting.Pulumi("up", "--stack", other.Stack))
	}
	return fmt.Sprintf(
		"the stack %s makes %s: run %s first%s; %s keeps the order",
		other.Stack,
		who,
		setting.Quoted("up", other.Stack),
		plain,
		setting.Quoted("up", other.Stack, stack.Name),
	)
}

// hookedSince is the release of the Pulumi CLI from which it calls a program back about errors of resources: that of
// the SDK in go.mod.
const hookedSince = ">=3.253.0"

// settingOf is the setting of a program that the engine runs by itself, in the project at root: a real run. The folder
// that people are in is the one that their shell tells in PWD, which the engine and its language host hand on (source:
// pulumi-language-go, constructEnv); "pulumi --cwd" works in another one. Without it they are taken to be in the
// project.
func settingOf(root string) commandline.Setting {
	from := os.Getenv("PWD")
	if root == "" || !filepath.IsAbs(from) {
		return commandline.Setting{}
	}
	up, err := filepath.Rel(root, from)
	if err != nil || up != ".." && !strings.HasPrefix(up, ".."+string(filepath.Separator)) {
		return commandline.Setting{} // In the project, or below it.
	}
	dir, err := filepath.Rel(from, root)
	if err != nil || strings.HasPrefix(dir, "..") {
		dir = root
	}
	return commandline.Setting{Dir: dir}
}

// adviseOnErrors makes the program say what to do about a resource that AWS refuses. Only a program that the engine
// runs by itself needs it: who drives the Automation API has the errors and asks Advice. An older engine does not
// call back, and then nothing is said.
func adviseOnErrors(ctx *pulumi.Context, stack *stack.Stack) error {
	if os.Getenv(pulumi.EnvMonitor) == "" || ctx.RequirePulumiVersion(hookedSince) != nil {
		return nil
	}
	var said sync.Map
	here := settingOf(ctx.RootDirectory())
	hook, err := ctx.RegisterErrorHook("what to do", func(failed *pulumi.ErrorHookArgs) (bool, error) {
		for _, text := range failed.Errors {
			advice := Advice(stack, text, here)
			if advice == "" {
				continue
			}
			if _, again := said.LoadOrStore(advice, true); !again {
				// A message on the resource would wait for its URN, which comes after this.
				return false, ctx.Log.Warn(failed.Name+": what to do: "+advice, nil)
			}
		}
		return false, nil
	})
	if err != nil {
		return err
	}
	binding := pulumi.ResourceHooks(&pulumi.ResourceHookBinding{OnError: []*pulumi.ErrorHook{hook}})
	return ctx.RegisterStackTransformation(
		func(r *pulumi.ResourceTransformationArgs) *pulumi.ResourceTransformationResult {
			if !strings.HasPrefix(r.Type, "aws") {
				return nil
			}
			return &pulumi.ResourceTransformationResult{Props: r.Props, Opts: append(slices.Clone(r.Opts), binding)}
		},
	)
}
