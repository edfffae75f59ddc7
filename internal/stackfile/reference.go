package stackfile

import (
	"aws-access-guardrails/problem"
	"fmt"
	"slices"
	"strings"
)

// Reference is the reference of the stack file in Markdown: every key with its type, what it means, its default with
// the reason, and an example.
func Reference() string {
	var b strings.Builder
	b.WriteString(`# The stack file

Every key of ` + "`Pulumi.<stack>.yaml`" + `, in the order in which the shipped stack files have them. This page is made from the descriptions that the
file is read by. A key that is not here is refused, and so is a value of another type; ` + "`guardrails check`" + ` says where. Quote account ids and times: YAML
makes numbers and dates of them. Lists are written ` + "`[]`" + ` in the names below.

` + overview() + `
## In an editor

An editor with a YAML language server completes keys, shows what they mean and underlines mistakes at the line and column where ` + "`guardrails check`" + ` reports
them. It finds the schema by the first line of a stack file, which the engine leaves in place:

` + "```yaml\n# yaml-language-server: $schema=docs/stack-file.schema.json\n```" + `

` + "`guardrails schema`" + ` prints the schema for a folder of your own. Known to ` + "`check`" + ` alone are: names that nothing declares, two things of one name, rules between
keys, bounds of durations, words kept back such as root, files and documents that a key names, times without quotes (an editor takes them for text), and the
proofs and expectations. An editor is stricter in one thing: it wants keys with their namespace, and only ` + "`aws:`, `guardrails:` and `pulumi:`" + ` ones.

## How the file is read

The verbs and the program read the same keys and the same values, in every project. Write every key with ` + "`guardrails:` or `aws:`" + ` in front: Pulumi takes a key without a
namespace for one of the project, which is this program's only where the project itself is called guardrails. Everywhere else such a key is refused, and so is a key with another
separator, another case, another project's namespace, or the same key twice. The refusal names the key to write. Keys of other namespaces pass where nothing in them looks like a key of this program.

- ` + "`Pulumi.yaml`" + ` can give values in its section ` + "`config`" + `. They count where the stack file does not have the key.
- Text that is JSON, as ` + "`pulumi config set`" + ` writes lists and objects, is read as the list or the object.
- A Pulumi ESC environment can give ` + "`aws:`" + ` settings, such as credentials. A ` + "`guardrails:`" + ` value from there is refused by the program, because no verb would have judged it.
- Values from the command line and from ` + "`--config-file`" + ` are judged by the program before it registers anything; their problems have no line.
- Files are regular files inside of their folder, also after links are followed, with at most 4 MiB: the stack file, ` + "`Pulumi.yaml`" + `, ` + "`sandbox.yaml`" + `, and the policy documents that a
  key names. Pipes, devices and links out of the folder are refused.
- Texts have no control characters and no characters that change the direction or the width of text. In sentences for people (` + "`it`" + `, ` + "`accept[].because`" + `) they are shown as escapes.
`)
	for _, k := range Keys() {
		k.Write(&b)
	}
	return b.String()
}

// mainSections are those that say who may do what, in the order in which one writes them. The others are settings.
var mainSections = []problem.Path{
	"guardrails:account", "guardrails:mfa", "guardrails:users", "guardrails:operationRoles", "guardrails:delegatedRoles",
	"guardrails:osAccess", "guardrails:grants", "guardrails:identityCenter", "guardrails:organization", "guardrails:expect",
	"guardrails:accept",
}

// overview is the whole file on one screen: the sections that most stacks have with what they are for, and the names of
// the others.
func overview() string {
	var b, rest strings.Builder
	b.WriteString("| section | what it is for |\n|---|---|\n")
	means := map[problem.Path]string{}
	var others []string
	for _, k := range Keys() {
		if strings.ContainsAny(strings.TrimPrefix(string(k.Path), "guardrails:"), ".[:") {
			continue
		}
		sentence, _, _ := strings.Cut(k.Doc, ". ")
		means[k.Path] = strings.TrimSuffix(sentence, ".") + "."
		if !slices.Contains(mainSections, k.Path) {
			others = append(others, link(k.Path))
		}
	}
	for _, path := range mainSections {
		fmt.Fprintf(&b, "| %s | %s |\n", link(path), means[path])
	}
	rest.WriteString("\nAlso: " + strings.Join(others,
		", ") + ". The settings of the provider, such as [`aws:region`](#awsregion), come last.\n")
	return b.String() + rest.String()
}

// link is a section with its place on the page.
func link(path problem.Path) string {
	name := strings.TrimPrefix(string(path), "guardrails:")
	return "[`" + name + "`](#guardrails" + strings.ToLower(name) + ")"
}
