package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/internal/workspace/exit"
)

// elsewhere are verbs of other tools, with ours for the same thing.
var elsewhere = map[string]string{
	"plan":     "preview",
	"apply":    "up",
	"deploy":   "up",
	"update":   "up",
	"validate": "check",
	"verify":   "check",
	"lint":     "check",
	"test":     "check",
	"prove":    "check",
	"delete":   "destroy",
	"remove":   "destroy",
	"down":     "destroy",
	"ls":       "stacks",
	"list":     "stacks",
	"status":   "drift",
	"import":   "adopt",
	"why":      "explain",
	"ask":      "explain",
	"can-i":    "explain",
	"who":      "matrix",
	"report":   "page",
	"html":     "page",
	"graph":    "page",
	"synth":    "render",
	"template": "render",
}

// usage is an error of the command line in words that name the verb and the argument. The error is cobra's own: an
// unknown verb or flag, too few or too many arguments.
func usage(root *cobra.Command, args []string, err error) error {
	verb, rest, unknown := root.Find(args)
	if unknown != nil || verb == root {
		if word := firstWord(rest, args); word != "" && unknown != nil {
			return exit.Usef(
				"unknown command %q: guardrails has no such verb; %s \"guardrails --help\" lists them all",
				word,
				suggestion(root, word),
			)
		}
		return exit.Usef("%v; see guardrails --help", err)
	}
	name := verb.Name()
	text := err.Error()
	if flag, cut := strings.CutPrefix(text, "unknown flag: --"); cut {
		return exit.Usef(
			"%s: unknown flag: --%s; %s see guardrails %s --help",
			name,
			flag,
			nearestFlag(verb, flag),
			name,
		)
	}
	if strings.HasPrefix(text, "accepts ") || strings.HasPrefix(text, "requires ") {
		return exit.Usef(
			"%s: %s; write it as in \"%s\"",
			name,
			counted(verb),
			strings.TrimSpace(strings.SplitN(strings.TrimSpace(verb.Example), "\n", 2)[0]),
		)
	}
	if before, _, number := strings.Cut(text, ": strconv."); number {
		text = before + ": it is no number"
	}
	return exit.Usef("%s: %s; see guardrails %s --help", name, text, name)
}

func firstWord(rest, args []string) string {
	for _, word := range append(rest, args...) {
		if !strings.HasPrefix(word, "-") {
			return word
		}
	}
	return ""
}

func suggestion(root *cobra.Command, word string) string {
	if ours, known := elsewhere[strings.ToLower(word)]; known {
		return fmt.Sprintf("did you mean %q?", ours)
	}
	var names []string
	for _, verb := range root.Commands() {
		if !verb.Hidden {
			names = append(names, verb.Name())
		}
	}
	if words := strictyaml.DidYouMean(word, names); strings.HasPrefix(words, "did you mean") {
		return words
	}
	return ""
}

func nearestFlag(verb *cobra.Command, flag string) string {
	var names []string
	add := func(f *pflag.Flag) { names = append(names, "--"+f.Name) }
	verb.Flags().VisitAll(add)
	verb.InheritedFlags().VisitAll(add)
	flag, _, _ = strings.Cut(flag, "=")
	if words := strictyaml.DidYouMean("--"+flag, names); strings.HasPrefix(words, "did you mean") {
		return words
	}
	return ""
}

// counted says which argument is missing, or which is one too many.
func counted(verb *cobra.Command) string {
	var wanted []string
	for _, word := range strings.Fields(verb.Use)[1:] {
		if !strings.HasPrefix(word, "[") && word != "..." {
			wanted = append(wanted, strings.ToLower(word))
		}
	}
	got := verb.Flags().Args()
	if len(got) < len(wanted) {
		text := strings.Join(wanted[len(got):], " and ") + " missing"
		if len(got) > 0 {
			text += fmt.Sprintf(", after the %s %q", wanted[len(got)-1], got[len(got)-1])
		}
		return text
	}
	if len(wanted) == 0 {
		return fmt.Sprintf("takes no argument, and got %q", got[0])
	}
	return fmt.Sprintf("takes %s, and got %q besides", strings.Join(wanted, " and "), got[len(wanted)])
}
