package policy_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"aws-access-guardrails/policy"
)

// A rendered document reads back as the same document.
func TestARenderedDocumentReadsBackTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		document := anyDocument().Draw(t, "document")
		text := document.JSON()
		read, err := policy.Parse([]byte(text))
		if err != nil {
			t.Fatalf("%s\n%v", text, err)
		}
		if again := read.JSON(); again != text {
			t.Fatalf("rendered\n%s\nthen\n%s", text, again)
		}
		if diff := cmp.Diff(canonical(document), read); diff != "" {
			t.Fatal(diff)
		}
	})
}

// The order in which lists, principals and conditions are given does not show, nor do duplicates; the order of
// statements does.
func TestRenderingDoesNotDependOnTheOrderOfLists(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		document := anyDocument().Draw(t, "document")
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		if one, two := document.JSON(), shuffled(random, document).JSON(); one != two {
			t.Fatalf("rendered\n%s\nand shuffled\n%s", one, two)
		}
	})
}

// The sizes are those of the text: bytes of it, and characters of it without white space.
func TestSizesAreThoseOfTheText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		document := anyDocument().Draw(t, "document")
		text := document.JSON()
		if document.Bytes() != len(text) {
			t.Fatalf("%d bytes, not %d", len(text), document.Bytes())
		}
		if n := len([]rune(strings.Join(strings.Fields(text), ""))); document.Characters() != n {
			t.Fatalf("%d characters, not %d", n, document.Characters())
		}
		if pretty := document.Pretty(); !strings.Contains(pretty, "\n  ") || strings.HasPrefix(pretty, "invalid") {
			t.Fatalf("not pretty: %s", pretty)
		}
	})
}

// Validate answers for any document whatever, without panicking, the same each time.
func TestValidateAnswersForAnyDocument(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		document := anyDocument().Draw(t, "document")
		use := rapid.SampledFrom(allUses).Draw(t, "use")
		first, second := document.Validate(use, policy.Quotas{}), document.Validate(use, policy.DefaultQuotas())
		if diff := cmp.Diff(first, second); diff != "" {
			t.Fatal(diff)
		}
		for _, problem := range first {
			if problem.Message == "" || problem.Fix == "" {
				t.Fatalf("%+v", problem)
			}
		}
	})
}

// anyDocument draws documents of every form that the language has, sensible or not, whose lists are not sets yet.
func anyDocument() *rapid.Generator[policy.Document] {
	return rapid.Custom(func(t *rapid.T) policy.Document {
		return policy.Document{
			Version:    rapid.SampledFrom([]string{policy.Version, policy.Version2008}).Draw(t, "version"),
			ID:         rapid.SampledFrom([]string{"", "an-id"}).Draw(t, "id"),
			Statements: rapid.SliceOfN(anyStatement(), 0, 4).Draw(t, "statements"),
		}
	})
}

func anyStatement() *rapid.Generator[policy.Statement] {
	texts := rapid.OneOf(
		rapid.Just[[]string](nil),
		rapid.SliceOfN(anyText(), 0, 3).Filter(func(s []string) bool { return s != nil }),
	)
	principals := rapid.OneOf(
		rapid.Just[[]policy.Principal](nil),
		rapid.Just([]policy.Principal{policy.Anyone()}),
		rapid.SliceOfN(rapid.Custom(func(t *rapid.T) policy.Principal {
			kinds := []policy.PrincipalKind{
				policy.PrincipalAWS,
				policy.PrincipalService,
				policy.PrincipalFederated,
				policy.PrincipalCanonical,
			}
			return policy.Principal{
				Kind:   rapid.SampledFrom(kinds).Draw(t, "kind"),
				Values: rapid.SliceOfN(anyText(), 1, 3).Draw(t, "values"),
			}
		}), 1, 3),
	)
	return rapid.Custom(func(t *rapid.T) policy.Statement {
		return policy.Statement{
			Sid:           rapid.StringMatching(`[A-Za-z0-9]{0,8}`).Draw(t, "sid"),
			Effect:        rapid.SampledFrom([]policy.Effect{policy.EffectAllow, policy.EffectDeny}).Draw(t, "effect"),
			Principals:    principals.Draw(t, "principals"),
			NotPrincipals: principals.Draw(t, "notPrincipals"),
			Actions:       texts.Draw(t, "actions"),
			NotActions:    texts.Draw(t, "notActions"),
			Resources:     texts.Draw(t, "resources"),
			NotResources:  texts.Draw(t, "notResources"),
			Conditions: rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) policy.Condition {
				o := policy.Operator{Base: rapid.SampledFrom(policy.BaseOperators()).Draw(t, "operator")}
				if o.Base != policy.OpNull {
					o.IfExists = rapid.Bool().Draw(t, "ifExists")
					quantifiers := []policy.Quantifier{policy.NoQuantifier, policy.ForAllValues, policy.ForAnyValue}
					o.Quantifier = rapid.SampledFrom(quantifiers).Draw(t, "quantifier")
				}
				values := rapid.SliceOfN(anyText(), 0, 3).Draw(t, "values")
				return policy.Condition{Operator: o, Key: anyText().Draw(t, "key"), Values: values}
			}), 0, 4, func(c policy.Condition) string { return c.Operator.String() + " " + c.Key }).Draw(t, "conditions"),
		}
	})
}

// anyText mixes what policies hold with what they should not.
func anyText() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.SampledFrom([]string{
			"*",
			"s3:*",
			"ssm:StartSession",
			"sts:AssumeRole",
			"true",
			"false",
			"3600",
			"2026-12-01T00:00:00Z",
			"aws:username",
			"${aws:username}",
			"arn:aws:iam::111122223333:user/${aws:username}",
			"111122223333",
			"ec2.amazonaws.com",
			"203.0.113.0/24",
			"${",
			"a b",
			"<&>",
			"é",
		}),
		rapid.String(),
	)
}

// canonical is the document as it reads after rendering: lists are sets, principals of a kind are one, conditions are
// sorted.
func canonical(d policy.Document) policy.Document {
	out := policy.Document{Version: d.Version, ID: d.ID}
	for _, s := range d.Statements {
		s.Principals, s.NotPrincipals = canonicalPrincipals(s.Principals), canonicalPrincipals(s.NotPrincipals)
		s.Actions, s.NotActions = sortedSet(s.Actions), sortedSet(s.NotActions)
		s.Resources, s.NotResources = sortedSet(s.Resources), sortedSet(s.NotResources)
		var conditions []policy.Condition
		for _, c := range s.Conditions {
			c.Values = sortedSet(c.Values)
			if c.Values == nil {
				c.Values = []string{}
			}
			conditions = append(conditions, c)
		}
		slices.SortFunc(conditions, func(a, b policy.Condition) int {
			if n := strings.Compare(a.Operator.String(), b.Operator.String()); n != 0 {
				return n
			}
			return strings.Compare(a.Key, b.Key)
		})
		s.Conditions = conditions
		out.Statements = append(out.Statements, s)
	}
	return out
}

func canonicalPrincipals(principals []policy.Principal) []policy.Principal {
	if principals == nil {
		return nil
	}
	values := map[policy.PrincipalKind][]string{}
	for _, p := range principals {
		values[p.Kind] = append(values[p.Kind], p.Values...)
	}
	var out []policy.Principal
	for kind, v := range values {
		out = append(out, policy.Principal{Kind: kind, Values: sortedSet(v)})
	}
	slices.SortFunc(out, func(a, b policy.Principal) int { return strings.Compare(string(a.Kind), string(b.Kind)) })
	return out
}

func sortedSet(values []string) []string {
	if values == nil {
		return nil
	}
	out := slices.Clone(values)
	slices.Sort(out)
	return slices.Compact(out)
}

// shuffled gives every list of the document another order, and repeats some members.
func shuffled(random *rand.Rand, d policy.Document) policy.Document {
	out := policy.Document{Version: d.Version, ID: d.ID}
	texts := func(values []string) []string {
		if values == nil {
			return nil
		}
		mixed := append([]string{}, values...)
		if len(values) > 0 {
			mixed = append(mixed, values[random.IntN(len(values))])
		}
		random.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
		return mixed
	}
	principals := func(given []policy.Principal) []policy.Principal {
		mixed := slices.Clone(given)
		for i, p := range mixed {
			mixed[i].Values = texts(p.Values)
		}
		random.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
		return mixed
	}
	for _, s := range d.Statements {
		s.Principals, s.NotPrincipals = principals(s.Principals), principals(s.NotPrincipals)
		s.Actions, s.NotActions, s.Resources, s.NotResources = texts(
			s.Actions,
		), texts(
			s.NotActions,
		), texts(
			s.Resources,
		), texts(
			s.NotResources,
		)
		s.Conditions = slices.Clone(s.Conditions)
		for i, c := range s.Conditions {
			s.Conditions[i].Values = texts(c.Values)
		}
		random.Shuffle(
			len(s.Conditions),
			func(i, j int) { s.Conditions[i], s.Conditions[j] = s.Conditions[j], s.Conditions[i] },
		)
		out.Statements = append(out.Statements, s)
	}
	return out
}

var allUses = []policy.Use{
	policy.Identity, policy.Trust, policy.ServiceControl, policy.PermissionSet, policy.SessionPolicy, policy.Resource,
	policy.UserInline, policy.GroupInline, policy.RoleInline,
}
