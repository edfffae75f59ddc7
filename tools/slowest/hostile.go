package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
)

// hostile are generated accounts whose documents are parts of managed policies, turned round, with long conditions,
// many variables, many accounts, and patterns of many wildcards.
func hostile(policies []managedPolicy, o options) (all []account) {
	var statements []map[string]any
	for _, p := range policies {
		listed, several := p.document["Statement"].([]any)
		if !several {
			listed = []any{p.document["Statement"]}
		}
		for _, st := range listed {
			if st, ok := st.(map[string]any); ok {
				statements = append(statements, st)
			}
		}
	}
	for n := range o.accounts {
		g := generator{rand.New(rand.NewPCG(o.seed, uint64(o.from+n))), statements}
		further := map[string]any{"inline": g.document(1 + g.IntN(6)), "trust": g.trust()}
		var attached []managedPolicy
		if g.IntN(3) == 0 {
			bound := managedPolicy{name: "bound", arn: ofAccount + "policy/bound", document: g.document(1 + g.IntN(4))}
			attached = append(attached, bound)
			further["PermissionsBoundary"] = map[string]any{
				"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": bound.arn,
			}
		}
		all = append(all, accountOf(fmt.Sprintf("account %d", o.from+n), attached, further))
	}
	return all
}

type generator struct {
	*rand.Rand
	statements []map[string]any
}

func (g generator) document(statements int) map[string]any {
	var all []any
	for range statements {
		all = append(all, g.statement())
	}
	return document(all...)
}

// statement is one of a managed policy, changed in some of many ways.
func (g generator) statement() map[string]any {
	st := copied(g.statements[g.IntN(len(g.statements))])
	delete(st, "Sid")
	if g.IntN(3) == 0 {
		st["Effect"] = "Deny"
	}
	if g.IntN(3) == 0 {
		swap(st, "Action", "NotAction")
	}
	if g.IntN(3) == 0 {
		swap(st, "Resource", "NotResource")
	}
	if g.IntN(3) == 0 {
		key := "Resource"
		if st[key] == nil {
			key = "NotResource"
		}
		st[key] = g.resources()
	}
	if g.IntN(2) == 0 {
		st["Condition"] = g.condition()
	}
	return st
}

func copied(st map[string]any) map[string]any {
	text, err := json.Marshal(st)
	if err != nil {
		panic(err)
	}
	var again map[string]any
	if err := json.Unmarshal(text, &again); err != nil {
		panic(err)
	}
	return again
}

func swap(st map[string]any, one, other string) {
	if st[one] == nil {
		one, other = other, one
	}
	if st[one] != nil {
		st[other] = st[one]
		delete(st, one)
	}
}

// resources are patterns of many accounts, of many wildcards, or with many variables.
func (g generator) resources() []any {
	services := []string{"s3", "iam", "ssm", "ec2", "lambda", "*", "sagemaker"}
	var all []any
	for i := range 1 + g.IntN(40) {
		pattern := fmt.Sprintf("arn:aws:%s:*:%012d:", services[g.IntN(len(services))], 111122220000+g.IntN(40)+i)
		if g.IntN(2) == 0 {
			pattern = "arn:*:" + services[g.IntN(len(services))] + ":*:*:"
		}
		for range 1 + g.IntN(6) {
			pattern += g.one(
				"*", "?", "a*", "*/", "role/", "user/", "instance/*", "${aws:username}", "${aws:PrincipalTag/Team}",
				"-*-", "????",
			)
		}
		all = append(all, pattern)
	}
	return all
}

// condition has up to six tests of up to thirty values.
func (g generator) condition() map[string]any {
	all := map[string]any{}
	for range 1 + g.IntN(6) {
		operator := g.one("", "", "ForAllValues:", "ForAnyValue:") +
			g.one(
				"StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "ArnLike", "ArnNotLike",
				"StringEqualsIgnoreCase",
			) +
			g.one("", "", "IfExists")
		tests, ok := all[operator].(map[string]any)
		if !ok {
			tests = map[string]any{}
			all[operator] = tests
		}
		key := g.one(
			"aws:PrincipalTag/Team", "aws:PrincipalArn", "aws:ResourceTag/Project", "aws:RequestTag/Project",
			"aws:TagKeys", "aws:username", "aws:userid", "aws:SourceArn", "aws:ResourceAccount", "aws:PrincipalAccount",
			"aws:PrincipalOrgPaths", "iam:PassedToService", "iam:AssociatedResourceArn", "aws:CalledVia", "s3:prefix",
			"aws:RequestedRegion", "ec2:Region",
		)
		var values []any
		for range 1 + g.IntN(30) {
			values = append(values, g.value(strings.Contains(operator, "Arn")))
		}
		tests[key] = values
	}
	return all
}

func (g generator) value(arn bool) string {
	text := ""
	for range 1 + g.IntN(5) {
		text += g.one(
			"*", "?", "a", "red", "${aws:username}", "${aws:PrincipalTag/Team}", "${aws:PrincipalTag/Other, 'x'}",
			"${aws:PrincipalAccount}", "/", "-", "o-*", "123*",
		)
	}
	if arn {
		return g.one("arn:aws:iam::*:", "arn:*:*:*:*:", fmt.Sprintf("arn:aws:iam::%012d:", 111122220000+g.IntN(40))) + text
	}
	return text
}

// trust names many accounts, or everybody under a condition.
func (g generator) trust() map[string]any {
	st := map[string]any{"Effect": "Allow", "Action": g.one("sts:AssumeRole", "sts:*", "sts:Assume*"), "Principal": "*"}
	if g.IntN(2) == 0 {
		var accounts []any
		for i := range 1 + g.IntN(50) {
			accounts = append(accounts, fmt.Sprintf("arn:aws:iam::%012d:root", 111122220000+i))
		}
		st["Principal"] = map[string]any{"AWS": accounts}
	}
	if g.IntN(3) > 0 {
		st["Condition"] = g.condition()
	}
	return document(st)
}

func (g generator) one(texts ...string) string { return texts[g.IntN(len(texts))] }
