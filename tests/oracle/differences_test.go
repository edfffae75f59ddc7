package oracle

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"aws-access-guardrails/policy"
)

// difference is a way in which the oracle is known to differ from what AWS documents.
//
// A difference is no excuse: its rewrite puts a condition into a form that means the same to AWS in this one request and that the oracle
// reads as AWS does. A disagreement is explained when the oracle, given the rewritten documents, says what package access said to the
// original ones.
type difference struct {
	name string
	// aws is what AWS's documentation says, and where.
	aws string
	// condition returns what stands for a condition in a request, and whether it changed anything; statement does so for a statement.
	condition func(s *simulation, c policy.Condition) (instead []policy.Condition, changed bool)
	statement func(s *simulation, st policy.Statement) (instead policy.Statement, changed bool)
	// session returns what stands for the session policy.
	session func(limit, trust policy.Document) (instead policy.Document, changed bool)
}

var differences = []difference{
	{
		name: "IfExists on ForAnyValue: the oracle says no to an absent key",
		aws: `"If the condition key is present in the context of the request, process the key as specified in the policy. If the key is not ` +
			`present, evaluate the condition element as true." IAM User Guide, Condition operators, ...IfExists`,
		condition: func(s *simulation, c policy.Condition) ([]policy.Condition, bool) {
			if !c.Operator.IfExists || c.Operator.Quantifier != policy.ForAnyValue {
				return nil, false
			}
			if _, present := s.lookup(c.Key); !present {
				return nil, true
			}
			c.Operator.IfExists = false
			return []policy.Condition{c}, true
		},
	},
	{
		name: "a variable without a value under a negated operator: the oracle says no",
		aws: `"Inverted condition operators like StringNotEquals or StringNotLike do match against a null value, as the value of the condition ` +
			`key they are testing against is not equal to or like the effectively null value." IAM User Guide, Variables and tags, Policy ` +
			`variables with no value`,
		condition: func(s *simulation, c policy.Condition) ([]policy.Condition, bool) {
			if !c.Operator.Base.Negated() {
				return nil, false
			}
			kept := slices.DeleteFunc(slices.Clone(c.Values), func(v string) bool { return s.unresolved(v) })
			if len(kept) == len(c.Values) {
				return nil, false
			}
			if len(kept) == 0 {
				_, present := s.lookup(c.Key)
				if !present && c.Operator.Quantifier == policy.ForAnyValue && !c.Operator.IfExists {
					return []policy.Condition{never}, true
				}
				return nil, true
			}
			c.Values = kept
			return []policy.Condition{c}, true
		},
	},
	{
		name: "a key whose one value is empty under a quantifier: the oracle takes it for a member",
		aws: `"ForAllValues [...] also returns true if there are no context keys in the request, or if the context key value resolves to a null ` +
			`dataset, such as an empty string." "ForAnyValue [...] For no matching context key or a null dataset, the condition returns false." ` +
			`IAM User Guide, Single-valued vs. multivalued context keys`,
		condition: func(s *simulation, c policy.Condition) ([]policy.Condition, bool) {
			values, present := s.lookup(c.Key)
			switch {
			case !present || len(values) != 1 || values[0] != "" || c.Operator.Quantifier == policy.NoQuantifier:
				return nil, false
			case c.Operator.Quantifier == policy.ForAllValues:
				return nil, true
			}
			return []policy.Condition{never}, true
		},
	},
	{
		name: "a variable without a value in NotResource: the oracle drops the statement",
		aws: `"If a variable that has no value in the authorization context is used as part of the Resource or NotResource element of a policy, ` +
			`the resource that includes a policy variable with no value will not match any resource." IAM User Guide, Variables and tags, ` +
			`Policy variables with no value. So it excludes none.`,
		statement: func(s *simulation, st policy.Statement) (policy.Statement, bool) {
			kept := slices.DeleteFunc(slices.Clone(st.NotResources), func(r string) bool { return s.unresolved(r) })
			if len(kept) == len(st.NotResources) {
				return st, false
			}
			if st.NotResources = kept; len(kept) == 0 {
				st.NotResources, st.Resources = nil, []string{"*"}
			}
			return st, true
		},
	},
	{
		name: "${*}, ${?} and ${$} under an operator without wildcards: the oracle takes them for their own letters",
		aws: `"These predefined policy variables can be used in any string where you can use regular policy variables." IAM User Guide, Variables ` +
			`and tags, Special characters`,
		condition: func(_ *simulation, c policy.Condition) ([]policy.Condition, bool) {
			if base := string(c.Operator.Base); !strings.HasPrefix(base, "String") || strings.HasSuffix(base, "Like") {
				return nil, false
			}
			plain := strings.NewReplacer("${*}", "*", "${?}", "?", "${$}", "$")
			changed := false
			c.Values = slices.Clone(c.Values)
			for i, v := range c.Values {
				c.Values[i] = plain.Replace(v)
				changed = changed || c.Values[i] != v
			}
			return []policy.Condition{c}, changed
		},
	},
	{
		name: "NotIpAddress with one address: the oracle says no to addresses of the other family",
		aws:  `"NotIpAddress: All IP addresses except the specified IP address or range." IAM User Guide, Condition operators`,
		condition: func(_ *simulation, c policy.Condition) ([]policy.Condition, bool) {
			at := slices.IndexFunc(c.Values, func(v string) bool { return !strings.Contains(v, "/") })
			if c.Operator.Base != policy.OpNotIPAddress || at < 0 {
				return nil, false
			}
			c.Values = slices.Clone(c.Values)
			c.Values[at] += "/32"
			return []policy.Condition{c}, true
		},
	},
	{
		name: "a session policy and a trust policy that names the session or everybody: the oracle asks for both",
		aws: `"Permissions granted directly to a session are not limited by an implicit deny in an identity-based policy, a permissions boundary, ` +
			`or session policy." "Permissions boundaries and session policies do not limit permissions granted using the aws:PrincipalArn ` +
			`condition key with a wildcard(*) in the Principal element". IAM User Guide, Policy evaluation logic, within a single account`,
		session: func(limit, trust policy.Document) (policy.Document, bool) {
			direct := slices.ContainsFunc(trust.Statements, func(st policy.Statement) bool {
				return st.Effect == policy.EffectAllow && slices.ContainsFunc(st.Principals, func(p policy.Principal) bool {
					return p.Kind == policy.PrincipalAny || slices.ContainsFunc(p.Values, func(v string) bool { return strings.Contains(v, ":assumed-role/") })
				})
			})
			return limit.With(policy.Allow("All", "*").On("*")), direct
		},
	},
	{
		name: "the network 0.0.0.0/0: the oracle finds no address in it",
		aws:  `CIDR (RFC 4632): a prefix of length 0 holds every IPv4 address. IAM User Guide, Condition operators, IP address condition operators`,
		condition: func(_ *simulation, c policy.Condition) ([]policy.Condition, bool) {
			at := slices.Index(c.Values, "0.0.0.0/0")
			if at < 0 {
				return nil, false
			}
			c.Values = slices.Concat(c.Values[:at], []string{"0.0.0.0/1", "128.0.0.0/1"}, c.Values[at+1:])
			return []policy.Condition{c}, true
		},
	},
}

// never is a condition that no request meets.
var never = policy.Absent("aws:SecureTransport")

var variablePattern = regexp.MustCompile(`\$\{([^}]*)\}`)

// unresolved reports whether a text has a variable without value and default in this request.
func (s *simulation) unresolved(text string) bool {
	for _, found := range variablePattern.FindAllStringSubmatch(text, -1) {
		name, _, hasDefault := strings.Cut(found[1], ",")
		if len(name) == 1 || hasDefault {
			continue
		}
		if _, present := s.lookup(name); !present {
			return true
		}
	}
	return false
}

// explain reports whether the listed differences account for a disagreement: one alone if that is enough, otherwise all of them together.
func explain(t testing.TB, oracle process, q *question, p pair, why *string) bool {
	t.Helper()
	if p.err != nil {
		return false
	}
	l := translate(q)
	for only := range len(differences) + 1 {
		chosen := differences
		if only < len(differences) {
			chosen = differences[only : only+1]
		}
		used := map[string]bool{}
		rewritten := rewriteLine(&l, chosen, used)
		if len(used) == 0 {
			continue
		}
		p.theirs = worst(oracle.ask(t, []line{rewritten})[0])
		*why = strings.Join(slices.Sorted(maps.Keys(used)), "; ")
		if p.agree() {
			return true
		}
	}
	return false
}

// rewriteLine gives every simulation of a question documents of its own, rewritten for what its request holds.
func rewriteLine(l *line, chosen []difference, used map[string]bool) line {
	var rewritten line
	for i := range l.Simulations {
		s := l.Simulations[i].clone()
		rewriteSession(&s, l, chosen, used)
		for _, r := range s.references() {
			*r = rewritten.refer(r.Name, rewrite(&s, l.documents[r.Document], chosen, used))
		}
		rewritten.Simulations = append(rewritten.Simulations, s)
	}
	return rewritten
}

// rewriteSession applies the differences that concern the session policy.
func rewriteSession(s *simulation, l *line, chosen []difference, used map[string]bool) {
	if s.Session == nil || s.Trust == nil {
		return
	}
	for i := range chosen {
		if chosen[i].session == nil {
			continue
		}
		if instead, changed := chosen[i].session(l.documents[s.Session.Document], l.documents[s.Trust.Document]); changed {
			used[chosen[i].name] = true
			*s.Session = l.refer(s.Session.Name, instead)
		}
	}
}

// rewrite applies the chosen differences to every condition of a document, for one simulation.
func rewrite(s *simulation, d policy.Document, chosen []difference, used map[string]bool) policy.Document {
	out := policy.Document{Version: d.Version}
	for _, statement := range d.Statements {
		for i := range chosen {
			if chosen[i].statement == nil {
				continue
			}
			if instead, changed := chosen[i].statement(s, statement); changed {
				used[chosen[i].name] = true
				statement = instead
			}
		}
		var conditions []policy.Condition
		for _, c := range statement.Conditions {
			conditions = append(conditions, rewriteCondition(s, c, chosen, used)...)
		}
		statement.Conditions = distinct(conditions)
		out.Statements = append(out.Statements, statement)
	}
	return out
}

func rewriteCondition(s *simulation, c policy.Condition, chosen []difference, used map[string]bool) []policy.Condition {
	for i := range chosen {
		if chosen[i].condition == nil {
			continue
		}
		if instead, changed := chosen[i].condition(s, c); changed {
			used[chosen[i].name] = true
			var out []policy.Condition
			for _, next := range instead {
				out = append(out, rewriteCondition(s, next, chosen, used)...)
			}
			return out
		}
	}
	return []policy.Condition{c}
}

// distinct drops conditions that a rewrite made alike; JSON has one place for an operator and a key.
func distinct(conditions []policy.Condition) []policy.Condition {
	var out []policy.Condition
	for _, c := range conditions {
		if !slices.ContainsFunc(out, func(o policy.Condition) bool { return o.Operator == c.Operator && o.Key == c.Key }) {
			out = append(out, c)
		}
	}
	return out
}
