package guardrail_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"aws-access-guardrails/internal/testkit/accounts"
	"aws-access-guardrails/policy"
)

// mutant is a document with one change to one statement.
type mutant struct {
	document string
	sid      string
	change   string
	mutated  policy.Document
}

func (m mutant) String() string { return m.document + " " + m.sid + ": " + m.change }

// mutants are all small changes of a document that a slip of the hand could make.
func mutants(name string, d policy.Document) []mutant {
	var all []mutant
	for i, statement := range d.Statements {
		add := func(change string, statements ...policy.Statement) {
			mutated := d
			mutated.Statements = slices.Replace(slices.Clone(d.Statements), i, i+1, statements...)
			if mutated.JSON() != d.JSON() {
				all = append(all, mutant{document: name, sid: statement.Sid, change: change, mutated: mutated})
			}
		}
		add("statement dropped")
		mutateElements(statement, add)
		mutateConditions(statement, add)
	}
	return all
}

type adder func(change string, statements ...policy.Statement)

// without is the list without its i-th element.
func without[T any](values []T, i int) []T { return slices.Delete(slices.Clone(values), i, i+1) }

func mutateElements(s policy.Statement, add adder) {
	for i, action := range s.Actions {
		if len(s.Actions) > 1 {
			m := s
			m.Actions = without(s.Actions, i)
			add("action "+action+" dropped", m)
		}
		if service, name, _ := strings.Cut(action, ":"); s.Effect == policy.EffectAllow {
			m := s
			m.Actions = append(without(s.Actions, i), service+":*")
			add("action "+name+" widened to "+service+":*", m)
		} else if strings.HasSuffix(name, "*") {
			m := s
			m.Actions = append(without(s.Actions, i), strings.TrimSuffix(action, "*"))
			add("action "+action+" narrowed", m)
		}
	}
	for i, action := range s.NotActions {
		m := s
		m.NotActions = without(s.NotActions, i)
		add("exempt action "+action+" dropped", m)
	}
	if s.NotActions != nil {
		for _, more := range []string{"s3:*", "sts:AssumeRole", "iam:DeactivateMFADevice", "iam:CreateAccessKey"} {
			m := s
			m.NotActions = append(slices.Clone(s.NotActions), more)
			add("exempt action "+more+" added", m)
		}
	}
	for i, resource := range s.Resources {
		if len(s.Resources) > 1 {
			m := s
			m.Resources = without(s.Resources, i)
			add("resource "+resource+" dropped", m)
		}
		if resource == "*" {
			continue
		}
		parts := strings.SplitN(resource, ":", 6)
		for _, wider := range []struct{ change, resource string }{
			{"everything", "*"},
			{"longer names", strings.TrimSuffix(resource, "*") + "*"},
			// Buckets have no account in their ARN.
			{"every account", strings.Join(append(slices.Clone(parts[:4]), anyAccount(parts[4]), parts[5]), ":")},
			{
				"every name",
				strings.Join(append(slices.Clone(parts[:5]), strings.SplitN(parts[5], "/", 2)[0]+"/*"), ":"),
			},
		} {
			m := s
			m.Resources = append(without(s.Resources, i), wider.resource)
			if s.Effect == policy.EffectAllow {
				add("resource "+resource+" widened to "+wider.change, m)
			}
		}
	}
	for i, resource := range s.NotResources {
		m := s
		m.NotResources = without(s.NotResources, i)
		add("exempt resource "+resource+" dropped", m)
		m.NotResources = append(without(s.NotResources, i), strings.TrimSuffix(resource, "*")+"*")
		add("exempt resource "+resource+" widened to longer names", m)
		m.NotResources = append(without(s.NotResources, i), strings.Replace(resource, accounts.Home, "*", 1))
		add("exempt resource "+resource+" widened to every account", m)
		m.NotResources = append(
			without(s.NotResources, i),
			strings.NewReplacer("ap-northeast-1", "*", "us-east-1", "*").Replace(resource),
		)
		add("exempt resource "+resource+" widened to every Region", m)
	}
	for i, principal := range s.Principals {
		for j, value := range principal.Values {
			m := s
			m.Principals = slices.Clone(s.Principals)
			m.Principals[i].Values = without(principal.Values, j)
			if len(principal.Values) > 1 {
				add("principal "+value+" dropped", m)
			}
			m.Principals = slices.Clone(s.Principals)
			m.Principals[i].Values = append(
				without(principal.Values, j),
				strings.SplitAfter(value, "::")[0]+strings.Split(value, ":")[4]+":root",
			)
			add("principal "+value+" widened to its account", m)
		}
		m := s
		m.Principals = []policy.Principal{policy.Anyone()}
		add("principals widened to everybody", m)
	}
}

func anyAccount(account string) string {
	if account == "" {
		return ""
	}
	return "*"
}

func mutateConditions(s policy.Statement, add adder) {
	for i, condition := range s.Conditions {
		with := func(change string, c policy.Condition) {
			m := s
			m.Conditions = slices.Clone(s.Conditions)
			m.Conditions[i] = c
			add(fmt.Sprintf("%s on %s %s", condition.Operator, condition.Key, change), m)
		}
		m := s
		m.Conditions = without(s.Conditions, i)
		add(fmt.Sprintf("%s on %s dropped", condition.Operator, condition.Key), m)

		if condition.Operator.Base != policy.OpNull {
			c := condition
			c.Operator.IfExists = !c.Operator.IfExists
			with("IfExists toggled", c)
		}
		if other, found := operatorSlips[condition.Operator.Base]; found {
			c := condition
			c.Operator.Base = other
			with("becomes "+string(other), c)
		}
		for _, quantifier := range []policy.Quantifier{policy.NoQuantifier, policy.ForAllValues, policy.ForAnyValue} {
			if condition.Operator.Quantifier != policy.NoQuantifier && condition.Operator.Quantifier != quantifier {
				c := condition
				c.Operator.Quantifier = quantifier
				with("becomes "+string(quantifier), c)
			}
		}
		for j, value := range condition.Values {
			if len(condition.Values) > 1 {
				c := condition
				c.Values = without(condition.Values, j)
				with("loses "+value, c)
			}
			slip := value + "x"
			switch number, err := strconv.Atoi(value); {
			case err == nil:
				slip = strconv.Itoa(number * 2)
			case value == "true":
				slip = "false"
			case value == "false":
				slip = "true"
			}
			c := condition
			c.Values = append(without(condition.Values, j), slip)
			with(value+" becomes "+slip, c)
		}
		if condition.Operator.Quantifier == policy.ForAllValues {
			c := condition
			c.Values = append(slices.Clone(condition.Values), "Team")
			with("gains Team", c)
		}
	}
}

// operatorSlips are operators that are easily taken for one another.
var operatorSlips = map[policy.BaseOperator]policy.BaseOperator{
	policy.OpStringEquals:           policy.OpStringNotEquals,
	policy.OpStringNotEquals:        policy.OpStringEquals,
	policy.OpStringEqualsIgnoreCase: policy.OpStringEquals,
	policy.OpNumericLessThan:        policy.OpNumericLessThanEquals,
}
