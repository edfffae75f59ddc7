package oracle

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"aws-access-guardrails/policy"
)

// difference is a way in which the oracle is known to differ from what AWS documents.
//
// A difference is no excuse: its rewrite puts a condition into a form that means the same to AWS in this one request
// and that the oracle reads as AWS does. A disagreement is explained when the oracle, given the rewritten documents,
// says what package access said to the original ones.
type difference struct {
	name string
	// aws is what AWS's documentation says, and where.
	aws string
	// condition returns what stands for a condition in a request, and whether it changed anything; statement does so
	// for a statement.
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
				return st.Effect == policy.EffectAllow &&
					(len(st.NotPrincipals) > 0 || slices.ContainsFunc(st.Principals, func(p policy.Principal) bool {
						return p.Kind == policy.PrincipalAny || slices.ContainsFunc(p.Values,
							func(v string) bool { return strings.Contains(v, ":assumed-role/") })
					}))
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
	{
		name: "seconds since 1970 under a date operator: the oracle takes them for milliseconds",
		aws: `"You must specify date/time values with one of the W3C implementations of the ISO 8601 date formats or in epoch (UNIX) time." IAM User ` +
			`Guide, Condition operators, Date condition operators. UNIX time counts seconds.`,
		condition: func(_ *simulation, c policy.Condition) ([]policy.Condition, bool) {
			if !strings.HasPrefix(string(c.Operator.Base), "Date") {
				return nil, false
			}
			before := c.Values
			c.Values = slices.Clone(c.Values)
			for i, v := range c.Values {
				c.Values[i] = sameInstant(v, strings.EqualFold(c.Key, "aws:EpochTime"))
			}
			return []policy.Condition{c}, !slices.Equal(before, c.Values)
		},
	},
	{
		name: "a variable whose value or default is the empty text: the oracle takes it for one without a value",
		aws: `"To add a default value to a variable, surround the default value with single quotes". IAM User Guide, Variables and tags, Specifying ` +
			`default values. "If a variable is not present, AWS uses the default text that you provide." IAM User Guide, IAM Access Analyzer policy ` +
			`check reference. That an empty text is a value is our own reading: docs/decisions/0040.`,
		condition: func(s *simulation, c policy.Condition) ([]policy.Condition, bool) {
			before := c.Values
			c.Values = s.withoutEmpty(c.Values)
			return []policy.Condition{c}, !slices.Equal(before, c.Values)
		},
		statement: func(s *simulation, st policy.Statement) (policy.Statement, bool) {
			resources, notResources := st.Resources, st.NotResources
			st.Resources, st.NotResources = s.withoutEmpty(resources), s.withoutEmpty(notResources)
			return st, !slices.Equal(resources, st.Resources) || !slices.Equal(notResources, st.NotResources)
		},
	},
	{
		name: "a variable whose value makes no ARN under a negated ARN operator: the oracle says no",
		aws: `ArnEquals, ArnLike: "Each of the six colon-delimited components of the ARN is checked separately". ArnNotEquals, ArnNotLike: "Negated matching ` +
			`for ARN." IAM User Guide, Condition operators, ARN condition operators. That what is no ARN matches none, so that the negation is true, is ` +
			`our own reading of these.`,
		condition: func(s *simulation, c policy.Condition) ([]policy.Condition, bool) {
			if base := string(c.Operator.Base); !strings.HasPrefix(base, "ArnNot") {
				return nil, false
			}
			kept := slices.DeleteFunc(slices.Clone(c.Values), func(v string) bool {
				text := s.resolve(v)
				return strings.Contains(v, "${") && (!strings.HasPrefix(text, "arn:") || strings.Count(text, ":") < 5)
			})
			switch {
			case len(kept) == len(c.Values):
				return nil, false
			case len(kept) == 0:
				return nil, true
			}
			c.Values = kept
			return []policy.Condition{c}, true
		},
	},
	{
		name: "a variable in front of the resource part under an ARN operator: the oracle divides the pattern at the " +
			"colon of the variable's name",
		aws: `"You can use a policy variable with the ARN condition operator." IAM User Guide, Condition operators, ARN condition operators. That the ` +
			`components are those of the ARN with the values in it is our own reading.`,
		condition: func(s *simulation, c policy.Condition) ([]policy.Condition, bool) {
			if !strings.HasPrefix(string(c.Operator.Base), "Arn") {
				return nil, false
			}
			before := c.Values
			c.Values = slices.Clone(before)
			for i, v := range before {
				if at := strings.Index(v, "${"); at >= 0 && strings.Count(v[:at], ":") < 5 && !s.unresolved(v) {
					c.Values[i] = s.replace(v, escapes.Replace)
				}
			}
			return []policy.Condition{c}, !slices.Equal(before, c.Values)
		},
	},
	{
		name: "NotPrincipal with a part of what stands for the caller: the oracle takes any part for all",
		aws: `"When you use NotPrincipal, you must also specify the account ARN of the not-denied principal. [...] AWS might validate the account first, then ` +
			`the role, and then the assumed-role user." "The NotPrincipal element with a Deny effect will always deny any IAM principal that has a permissions ` +
			`boundary policy attached, regardless of the values specified in the NotPrincipal element." IAM User Guide, AWS JSON policy elements: NotPrincipal`,
		statement: func(s *simulation, st policy.Statement) (policy.Statement, bool) {
			if len(st.NotPrincipals) == 0 || s.spared(st.NotPrincipals) {
				return st, false
			}
			st.NotPrincipals = nil
			return st.For(policy.Anyone()), true
		},
	},
}

// sameInstant writes a date for the oracle: as seconds where the request has seconds, else as a date.
func sameInstant(text string, seconds bool) string {
	n, err := strconv.ParseInt(text, 10, 64)
	at := time.Unix(n, 0)
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00", time.DateOnly, "2006-01"} {
		if err != nil {
			at, err = time.Parse(layout, text)
		}
	}
	switch {
	case seconds:
		return strconv.FormatInt(at.Unix(), 10)
	case n != 0 || text == "0":
		return at.UTC().Format(time.RFC3339)
	}
	return text
}

// withoutEmpty replaces the variables that stand for the empty text in this request.
func (s *simulation) withoutEmpty(texts []string) []string {
	out := slices.Clone(texts)
	for i, text := range out {
		out[i] = variablePattern.ReplaceAllStringFunc(text, func(variable string) string {
			name, fallback, _ := strings.Cut(strings.Trim(variable, "${}"), ",")
			values, present := s.lookup(name)
			if present && values[0] == "" || !present && fallback == " ''" {
				return ""
			}
			return variable
		})
	}
	return out
}

// resolve replaces the variables of a text by their values or defaults; one that has neither stays.
func (s *simulation) resolve(text string) string {
	return s.replace(text, func(value string) string { return value })
}

// escapes writes a value so that a pattern reads it letter for letter.
var escapes = strings.NewReplacer("*", "${*}", "?", "${?}", "$", "${$}")

func (s *simulation) replace(text string, write func(value string) string) string {
	return variablePattern.ReplaceAllStringFunc(text, func(variable string) string {
		name, fallback, hasDefault := strings.Cut(strings.Trim(variable, "${}"), ", '")
		if values, present := s.lookup(name); present {
			return write(values[0])
		}
		if hasDefault {
			return write(strings.TrimSuffix(fallback, "'"))
		}
		return variable
	})
}

// spared reports whether NotPrincipal lists all that stands for the caller.
func (s *simulation) spared(list []policy.Principal) bool {
	listed := map[string]bool{}
	for _, p := range list {
		for _, v := range p.Values {
			listed[v] = true
		}
	}
	parts := strings.SplitN(s.Principal, ":", 6)
	account, resource := parts[4], strings.Split(parts[5], "/")
	if s.Boundary != nil || !listed[account] && !listed["arn:aws:iam::"+account+":root"] || !listed[s.Principal] {
		return false
	}
	return resource[0] == "user" || listed["arn:aws:iam::"+account+":role/"+resource[1]]
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

// explain reports whether the listed differences account for a disagreement: one alone if that is enough, otherwise
// all of them together.
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
		if instead, changed := chosen[i].session(
			l.documents[s.Session.Document],
			l.documents[s.Trust.Document],
		); changed {
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
		if !slices.ContainsFunc(
			out,
			func(o policy.Condition) bool { return o.Operator == c.Operator && o.Key == c.Key },
		) {
			out = append(out, c)
		}
	}
	return out
}
