package stackfile

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"aws-access-guardrails/internal/stackfile/provider"
	"aws-access-guardrails/internal/stackfile/sections"
	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/problem"
)

// Namespace is the prefix of the stack's own keys; it does not follow the name of the Pulumi project.
const Namespace = "guardrails"

// knownKeys are the full keys that the program reads, in the order of the reference.
func knownKeys() []string {
	var all []string
	for _, name := range sections.Keys.Names() {
		all = append(all, Namespace+":"+name)
	}
	for _, name := range provider.Keys.Names() {
		all = append(all, "aws:"+name)
	}
	return all
}

// foreign refuses keys of other namespaces that look like keys of this program: nobody would read them, and the admin
// would take them for set. Keys of the project's own namespace are refused whatever they are, because Pulumi takes a
// key without a namespace for one of those. Others are let through: they belong to Pulumi, or to programs that share
// an environment with this one.
func (src *source) foreign(d *strictyaml.Decoder, prefix, name string, e strictyaml.Entry) {
	p := problem.Problem{Position: e.Pos, Path: problem.Path(prefix + ":").Child(name), Kind: problem.UnknownKey, Why: "unknown key"}
	best, near := strictyaml.Nearest(prefix, []string{Namespace, "aws"})
	meant, known := meantKey(prefix + ":" + name)
	ownKey := slices.ContainsFunc(sections.Keys.Names(), func(key string) bool { return folded(key) == folded(name) })
	switch {
	case prefix == "pulumi" && !strings.Contains(name, ":"):
		return
	case prefix == "aws-native":
		p.Kind, p.Why, p.Fix = problem.Refused, "is not passed on: every provider of this program is configured from the aws: settings", "write the aws: setting"
	case prefix == src.project:
		p.Why = "unknown key: without a namespace of its own it belongs to the Pulumi project " + src.project + ", and this program does not read it"
		p.Fix = "write the key with its namespace, as in guardrails:users"
		if known {
			p.Fix = "did you mean " + strconv.Quote(meant) + "?"
		}
	case ownKey, strings.HasPrefix(folded(prefix), Namespace) && known:
		p.Fix = "did you mean " + strconv.Quote(meant) + "?"
	case !isKey(name):
		p.Kind, p.Why = problem.Refused, "is no key that Pulumi reads, which have one colon, and it refuses the whole file"
		p.Fix = "remove the key, or write it as <namespace>:<name>"
		if known {
			p.Fix = "did you mean " + strconv.Quote(meant) + "?"
		}
	case near && known:
		p.Fix = "did you mean " + strconv.Quote(meant) + "?"
	case near:
		p.Fix = "did you mean " + strconv.Quote(best+":"+name) + "?"
	case strings.HasPrefix(folded(prefix), Namespace):
		p.Fix = "write the key with its namespace, as in guardrails:users"
	default:
		return
	}
	d.Report(p)
}

// isKey reports whether the rest of a key, behind its first colon, is one that Pulumi takes: a name, or a name in the
// module "config", as keys were written once. Source: config.ParseKey of Pulumi.
func isKey(rest string) bool {
	rest = strings.TrimPrefix(rest, "config:")
	return !strings.Contains(rest, ":")
}

// folded is a key as far as its letters and digits go: what is left when case and separators do not count.
func folded(key string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, key)
}

// meantKey is the full key that somebody most likely meant who wrote this one: with another case or other separators,
// in another namespace or without one, or misspelt.
func meantKey(written string) (string, bool) {
	parts := strings.FieldsFunc(written, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	last := ""
	if len(parts) > 0 {
		last = parts[len(parts)-1]
	}
	keys := knownKeys()
	for _, same := range []func(ns, name string) bool{
		func(ns, name string) bool { return folded(written) == folded(ns+name) },
		func(_, name string) bool { return folded(last) == folded(name) },
		func(_, name string) bool {
			_, rest, _ := strings.Cut(written, ":")
			return folded(rest) == folded(name)
		},
		func(ns, name string) bool { return len(parts) > 1 && parts[0] == ns && parts[1] == name }, // A path into a value.
	} {
		for _, key := range keys {
			if ns, name, _ := strings.Cut(key, ":"); same(ns, name) {
				return key, true
			}
		}
	}
	for _, known := range []struct {
		ns    string
		names []string
	}{{Namespace, sections.Keys.Names()}, {"aws", provider.Keys.Names()}} {
		if best, near := strictyaml.Nearest(last, known.names); near {
			return known.ns + ":" + best, true
		}
	}
	return "", false
}
