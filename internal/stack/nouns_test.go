package stack

import (
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/stackfile"
	"aws-access-guardrails/internal/stackfile/sections"
	"aws-access-guardrails/internal/testkit"
	"aws-access-guardrails/problem"
)

// noNouns are the keys of the stack file that make nothing.
var noNouns = []string{
	"account", "tags", "teams", "timeZone", "quotas", "awsManagedPolicies", "protect", "adopt", "expect", "accept",
}

// Every key of the stack file is a row of the registry of nouns, or makes nothing; and a row is a key, in the order of
// the reference.
func TestEveryKeyIsANounOrMakesNothing(t *testing.T) {
	var makes []string
	var all []string
	for _, key := range stackfile.Keys() {
		if name, ours := strings.CutPrefix(string(key.Path), "guardrails:"); ours && !strings.ContainsAny(name, ".[") {
			all = append(all, name)
		}
	}
	for _, key := range all {
		if !slices.Contains(noNouns, key) {
			makes = append(makes, key)
		}
	}
	assert.Equal(t, makes, Nouns(), "a key that makes something needs a row of nouns.go")
	for _, key := range noNouns {
		assert.Contains(t, all, key)
	}
}

// Whoever a list of people of a section names is looked for, is told where the list stands, and goes when the person
// leaves: every such list, and the one of ARNs beside it, is in the column roles of its noun.
func TestEveryListOfPeopleIsThatOfARole(t *testing.T) {
	var all sections.All
	lists := fillLists(reflect.ValueOf(&all).Elem(), "", nil)
	require.NotEmpty(t, lists)
	var known []string
	for _, r := range (&Stack{Sections: stackfile.Sections{All: all}}).written() {
		known = slices.Concat(known, r.Users.List, r.PrincipalARNs.List)
	}
	for _, list := range lists {
		assert.Contains(t, known, list, "a list of people needs its role in the column roles of nouns.go")
	}
}

// fillLists writes one element into every list of sections, and into each list of people its own place, which it returns.
// It goes into no type that it is in already: units have units.
func fillLists(v reflect.Value, place string, inside []reflect.Type) []string {
	if slices.Contains(inside, v.Type()) {
		return nil
	}
	inside = append(slices.Clip(inside), v.Type())
	var lists []string
	people := reflect.TypeFor[[]sections.PersonOrTeam]()
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		return fillLists(v.Elem(), place, inside)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		return fillLists(v.Index(0), place, inside)
	case reflect.Struct:
		withPeople := false
		for i := range v.NumField() {
			withPeople = withPeople || v.Type().Field(i).Type == people
		}
		for i := range v.NumField() {
			field, below := v.Field(i), place+"."+v.Type().Field(i).Name
			switch {
			case !field.CanSet():
			case field.Type() == people:
				field.Set(reflect.ValueOf([]sections.PersonOrTeam{sections.PersonOrTeam(below)}))
				lists = append(lists, below)
			default:
				lists = append(lists, fillLists(field, below, inside)...)
			}
		}
		if withPeople { // The Args beside the list have the ARNs.
			for _, arns := range reflect.VisibleFields(v.Type()) {
				if strings.HasSuffix(arns.Name, "PrincipalARNs") {
					v.FieldByIndex(arns.Index).Set(reflect.ValueOf([]string{place + "." + arns.Name}))
					lists = append(lists, place+"."+arns.Name)
				}
			}
		}
	}
	return lists
}

// Every role that a stack makes counts against the quota of the account.
func TestEveryRoleIsCounted(t *testing.T) {
	files, err := filepath.Glob(testkit.Path(t, "examples/*/Pulumi.*.yaml"))
	require.NoError(t, err)
	more, err := filepath.Glob(testkit.Path(t, "Pulumi.*.yaml"))
	require.NoError(t, err)
	require.NotEmpty(t, more)
	for _, file := range append(files, more...) {
		s, problems := ReadFile(file)
		require.NoError(t, problems.Err())
		made := 0
		for _, n := range nouns {
			for _, principal := range n.makes(s) {
				if strings.Contains(principal.arn, ":role/") {
					made++
				}
			}
		}
		assert.Equal(t, made, s.roles(), "%s: a noun that makes roles is counted in counts.go", file)
	}
}

// The shared role of OS access has its name in the account like every other role, and where nobody may take it there is
// none.
func TestNoRoleHasTheNameOfTheSharedRole(t *testing.T) {
	const delegated = "config:\n  aws:region: ap-northeast-1\n  guardrails:account: {id: \"111122223333\"}\n" +
		"  guardrails:users: [{name: alice}]\n  guardrails:delegatedRoles:\n" +
		"    - {name: osaccess, users: [alice], managedPolicies: [job-function/ViewOnlyAccess]}\n" +
		"  guardrails:sessions: {runAs: {defaultUser: operator}}\n  guardrails:osAccess: {"
	_, problems := ReadAs("Pulumi.dev.yaml", []byte(delegated+"rdp: true}\n"))
	require.NoError(t, problems.Err())
	_, problems = ReadAs("Pulumi.dev.yaml", []byte(delegated+"standingUsers: [alice]}\n"))
	require.Len(t, problems, 1)
	assert.Equal(t, problem.Path("guardrails:osAccess"), problems[0].Path)
	assert.Equal(t, problem.Duplicate, problems[0].Kind)
	assert.ErrorContains(t, problems.Err(), `"OSAccess" is the name of guardrails:delegatedRoles[0] already`)
}
