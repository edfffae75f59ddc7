// Package usage says what is wrong with a command line, with the verb and the argument, and what to write instead.
package usage

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
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

// Explain is an error of the command line in words that name the verb and the argument. The error is cobra's own: an
// unknown verb or flag, too few or too many arguments.
func Explain(root *cobra.Command, args []string, err error) error {
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
	var (
		noFlag *pflag.NotExistError
		value  *pflag.InvalidValueError
		wrong  *argumentsError
	)
	switch {
	case errors.As(err, &noFlag) && noFlag.GetSpecifiedShortnames() == "":
		flag := noFlag.GetSpecifiedName()
		return exit.Usef("%s: unknown flag: --%s; %ssee guardrails %s --help", name, flag, nearestFlag(verb, flag), name)
	case errors.As(err, &value):
		return exit.Usef("%s: %s", name, wrongValue(value, name))
	case errors.As(err, &wrong):
		if word, none := noneOf(verb.ValidArgs, wrong.args); none && len(wrong.args) == 1 {
			return exit.Usef("%s: %q is none of them; write one of %s", name, word, strings.Join(verb.ValidArgs, ", "))
		}
		return exit.Usef(
			"%s: %s; write it as in \"%s\"",
			name,
			counted(verb),
			cmp.Or(strings.TrimSpace(strings.SplitN(strings.TrimSpace(verb.Example), "\n", 2)[0]), verb.CommandPath()),
		)
	}
	return exit.Usef("%s: %v; see guardrails %s --help", name, err, name)
}

// argumentsError is what cobra says of the arguments of a verb: there are too few, too many, or one is none of those
// that it takes. Its own errors are texts alone.
type argumentsError struct {
	err  error
	args []string
}

func (e *argumentsError) Error() string { return e.err.Error() }

func (e *argumentsError) Unwrap() error { return e.err }

// Prepare has Explain know what is wrong with the arguments of a verb, and of those below it.
func Prepare(verb *cobra.Command) {
	verb.Args = ofArguments(verb.Args)
	for _, below := range verb.Commands() {
		Prepare(below)
	}
}

// ofArguments gives the errors of a check of arguments their type; nil stays nil.
func ofArguments(check cobra.PositionalArgs) cobra.PositionalArgs {
	if check == nil {
		return nil
	}
	return func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return &argumentsError{err, args}
		}
		return nil
	}
}

// noneOf is the first of the arguments that is none of those that a verb takes.
func noneOf(valid, args []string) (string, bool) {
	i := slices.IndexFunc(args, func(arg string) bool { return !slices.Contains(valid, arg) })
	if len(valid) == 0 || i < 0 {
		return "", false
	}
	return args[i], true
}

// wrongValue says what is wrong with the value of a flag of a verb, and what is one.
func wrongValue(e *pflag.InvalidValueError, verb string) string {
	flag := e.GetFlag()
	names := "--" + flag.Name
	if flag.Shorthand != "" {
		names = "-" + flag.Shorthand + ", " + names
	}
	given := fmt.Sprintf("invalid argument %q for %q flag", e.GetValue(), names)
	switch flag.Value.Type() {
	case "duration":
		return given + ": it is no length of time; write hours, minutes and seconds, such as 4h or 1h30m"
	case "bool":
		return given + ": write true or false; see guardrails " + verb + " --help"
	case "int":
		return given + ": it is no number; see guardrails " + verb + " --help"
	}
	return fmt.Sprintf("%s: %v; see guardrails %s --help", given, e.Unwrap(), verb)
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
	return didYouMean(word, names)
}

func nearestFlag(verb *cobra.Command, flag string) string {
	var names []string
	add := func(f *pflag.Flag) { names = append(names, "--"+f.Name) }
	verb.Flags().VisitAll(add)
	verb.InheritedFlags().VisitAll(add)
	return didYouMean("--"+flag, names)
}

// didYouMean asks for the nearest name; empty where none is near.
func didYouMean(word string, names []string) string {
	if best, near := strictyaml.Nearest(word, names); near {
		return fmt.Sprintf("did you mean %q? ", best)
	}
	return ""
}

// optional are the arguments of a usage that need not be given.
var optional = regexp.MustCompile(`\[[^\]]*\]`)

// Group is the error of a verb that has verbs below it, where none of them is named.
func Group(cmd *cobra.Command, args []string) error {
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

// Readable runs what is given only for arguments that can be read; nil stays nil.
func Readable(run func(*cobra.Command, []string) error) func(*cobra.Command, []string) error {
	if run == nil {
		return nil
	}
	return func(cmd *cobra.Command, args []string) error {
		if err := checkReadable(cmd, args); err != nil {
			return err
		}
		return run(cmd, args)
	}
}

// checkReadable refuses arguments and values of flags that nobody can have meant: a flag that is given and empty, as a
// variable of a script that is not set makes it, and what is not UTF-8. Names of folders are the system's.
func checkReadable(cmd *cobra.Command, args []string) error {
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

// Wanted are the arguments that a verb must be given, by their names.
func Wanted(verb *cobra.Command) []string {
	var wanted []string
	for _, word := range strings.Fields(optional.ReplaceAllString(verb.Use, ""))[1:] {
		if word != "..." {
			wanted = append(wanted, strings.ToLower(word))
		}
	}
	return wanted
}

// counted says which argument is missing, or which is one too many.
func counted(verb *cobra.Command) string {
	wanted, got := Wanted(verb), verb.Flags().Args()
	if len(got) < len(wanted) {
		text := strings.Join(wanted[len(got):], " and ") + " missing"
		if len(got) > 0 {
			text += fmt.Sprintf(", after the %s %q", wanted[len(got)-1], got[len(got)-1])
		}
		return text
	}
	if most := len(wanted) + optionalArguments(verb.Use); most > len(wanted) && most < len(got) {
		_, arguments, _ := strings.Cut(verb.Use, " ")
		return fmt.Sprintf("takes %s, and got %q besides", arguments, got[most])
	}
	if len(wanted) == 0 {
		return fmt.Sprintf("takes no argument, and got %q", got[0])
	}
	return fmt.Sprintf("takes %s, and got %q besides", strings.Join(wanted, " and "), got[len(wanted)])
}

// optionalArguments is how many arguments of a usage need not be given; one of several counts once.
func optionalArguments(use string) int {
	n := 0
	for _, group := range optional.FindAllString(use, -1) {
		if strings.Contains(group, "|") {
			n++
		} else {
			n += len(strings.Fields(group))
		}
	}
	return n
}
