package main

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

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
				"unknown command %q: guardrails has no such verb; %s\"guardrails --help\" lists them all",
				word,
				suggestion(root, word),
			)
		}
		return exit.Usef("%v; see guardrails --help", err)
	}
	name := strings.TrimPrefix(verb.CommandPath(), root.Name()+" ")
	text := err.Error()
	if flag, cut := strings.CutPrefix(text, "unknown flag: --"); cut {
		return exit.Usef(
			"%s: unknown flag: --%s; %ssee guardrails %s --help",
			name,
			flag,
			nearestFlag(verb, flag),
			name,
		)
	}
	if _, word, given := strings.Cut(text, "invalid argument "); given && len(verb.ValidArgs) > 0 &&
		strings.Contains(word, " for \"guardrails ") {
		return exit.Usef(
			"%s: %s is none of them; write one of %s",
			name,
			strings.SplitN(word, " for ", 2)[0],
			strings.Join(verb.ValidArgs, ", "),
		)
	}
	if strings.HasPrefix(text, "accepts ") || strings.HasPrefix(text, "requires ") ||
		strings.HasPrefix(text, "unknown command ") {
		return exit.Usef(
			"%s: %s; write it as in \"%s\"",
			name,
			counted(verb),
			cmp.Or(strings.TrimSpace(strings.SplitN(strings.TrimSpace(verb.Example), "\n", 2)[0]), verb.CommandPath()),
		)
	}
	if _, _, length := strings.Cut(text, ": time: "); length {
		before, _, _ := strings.Cut(text, ": time: ")
		return exit.Usef(
			"%s: %s: it is no length of time; write hours, minutes and seconds, such as 4h or 1h30m",
			name,
			before,
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
		return fmt.Sprintf("did you mean %q? ", ours)
	}
	var names []string
	for _, verb := range root.Commands() {
		if !verb.Hidden {
			names = append(names, verb.Name())
		}
	}
	if words := strictyaml.DidYouMean(word, names); strings.HasPrefix(words, "did you mean") {
		return words + " "
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
		return words + " "
	}
	return ""
}

// optional are the arguments of a usage that need not be given.
var optional = regexp.MustCompile(`\[[^\]]*\]`)

// group is the error of a verb that has verbs below it, where none of them is named.
func group(cmd *cobra.Command, args []string) error {
	var names []string
	for _, below := range cmd.Commands() {
		names = append(names, below.Name())
	}
	if len(args) == 0 {
		return exit.Usef(
			"%s what? write one of %s; see %s --help",
			cmd.Name(),
			strings.Join(names, ", "),
			cmd.CommandPath(),
		)
	}
	return exit.Usef("%s: %q is nothing that it does; %s", cmd.Name(), args[0], strictyaml.DidYouMean(args[0], names))
}

type runner = func(*cobra.Command, []string) error

// readably runs what is given only for arguments that can be read; nil stays nil.
func readably(run runner) runner {
	if run == nil {
		return nil
	}
	return func(cmd *cobra.Command, args []string) error {
		if err := readable(cmd, args); err != nil {
			return err
		}
		return run(cmd, args)
	}
}

// readable refuses arguments and values of flags that nobody can have meant: a flag that is given and empty, as a
// variable of a script that is not set makes it, and what is not UTF-8. Names of folders are the system's.
func readable(cmd *cobra.Command, args []string) error {
	for _, arg := range args {
		if !utf8.ValidString(arg) {
			return exit.Usef("the argument %q is not UTF-8; write it in UTF-8, as the terminal does", arg)
		}
	}
	var errs []error
	cmd.Flags().Visit(func(flag *pflag.Flag) {
		if flag.Name == "dir" {
			return
		}
		values := []string{flag.Value.String()}
		if list, many := flag.Value.(pflag.SliceValue); many {
			values = list.GetSlice()
		}
		for _, value := range values {
			switch {
			case strings.TrimSpace(value) == "":
				errs = append(
					errs,
					exit.Usef("--%s is given and empty; leave it out, or write %s", flag.Name, flag.Usage),
				)
			case !utf8.ValidString(value):
				errs = append(
					errs,
					exit.Usef("--%s %q is not UTF-8; write it in UTF-8, as the terminal does", flag.Name, value),
				)
			}
		}
	})
	return errors.Join(errs...)
}

// counted says which argument is missing, or which is one too many.
func counted(verb *cobra.Command) string {
	var wanted []string
	for _, word := range strings.Fields(optional.ReplaceAllString(verb.Use, ""))[1:] {
		if word != "..." {
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
