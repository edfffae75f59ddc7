package config

import (
	"encoding/json"
	"fmt"
	"maps"
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
		if k.topLevel() {
			k.writeHeading(&b)
			continue
		}
		k.writeRow(&b)
	}
	return b.String()
}

func (k Key) topLevel() bool { return !strings.ContainsAny(string(k.Path), ".[") }

func (k Key) writeHeading(b *strings.Builder) {
	fmt.Fprintf(b, "\n## %s\n\n", k.Path)
	if k.Refused {
		fmt.Fprintf(b, "%s\n", k.Doc)
		return
	}
	fmt.Fprintf(b, "%s\n\n- Type: %s\n", k.Doc, k.Type)
	if text := k.whenAbsent(); text != "" {
		fmt.Fprintf(b, "- %s\n", text)
	}
	fmt.Fprintf(b, "- Example: `%s`\n", inline(k.Example))
	if strings.HasSuffix(k.Type, "keys below") {
		b.WriteString("\n| key | type | meaning |\n|---|---|---|\n")
	}
}

func (k Key) writeRow(b *strings.Builder) {
	_, name, _ := strings.Cut(string(k.Path), ":")
	if i := strings.IndexAny(name, ".["); i >= 0 {
		name = strings.TrimPrefix(strings.TrimPrefix(name[i:], "[]"), ".")
	}
	meaning := []string{k.Doc, k.whenAbsent(), "Example: `" + inline(k.Example) + "`."}
	text := strings.Join(meaning, " ")
	fmt.Fprintf(b, "| `%s` | %s | %s |\n", name, escaped(k.Type), escaped(strings.Join(strings.Fields(text), " ")))
}

// whenAbsent is a sentence.
func (k Key) whenAbsent() string {
	switch {
	case k.Required:
		return "Required."
	case k.Default != nil:
		return fmt.Sprintf("Default: `%s`, because %s.", inline(k.Default), k.Reason)
	case k.Absent != "":
		return fmt.Sprintf("Without it: %s, because %s.", k.Absent, k.Reason)
	}
	return ""
}

// inline is a value in the one-line form of YAML, of which JSON is one; keys and plain words lose their quotes.
func inline(value any) string {
	switch v := value.(type) {
	case string:
		if plainKey.MatchString(v) && strings.Trim(v, "0123456789") != "" && v != "true" && v != "false" {
			return v
		}
	case map[string]any:
		parts := make([]string, 0, len(v))
		for _, name := range slices.Sorted(maps.Keys(v)) {
			parts = append(parts, inline(name)+": "+inline(v[name]))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case []any:
		parts := make([]string, len(v))
		for i, item := range v {
			parts[i] = inline(item)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case []string:
		parts := make([]any, len(v))
		for i, item := range v {
			parts[i] = item
		}
		return inline(parts)
	}
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(text)
}

func escaped(s string) string { return strings.ReplaceAll(s, "|", `\|`) }
