package smt

import (
	"encoding/json"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/testkit/tier"
	"aws-access-guardrails/tests/internal/node"
)

// plant is a mistake that somebody could make in package access: in a file, one text in the place of another. In the
// text, PLANTED is true in the process that has the mistake.
type plant struct {
	mistake, file, sound, faulty string
}

var plants = []plant{
	{
		"a number above every bound is no candidate", "domain/kinds.go",
		"out = append(out, n.String(), n.Plus(-1).String(), n.Plus(1).String())",
		"out = append(out, n.String(), n.Plus(-1).String())\nif !PLANTED { out = append(out, n.Plus(1).String()) }",
	},
	{
		"services are no callers of a trust policy that trusts everybody",
		"wayin/wayin.go",
		"return []*Class{&UsersAndRoles, &AWSServices, &IdentityProviders}",
		"if PLANTED { return []*Class{&UsersAndRoles, &IdentityProviders} }\nreturn " +
			"[]*Class{&UsersAndRoles, &AWSServices, &IdentityProviders}",
	},
	{
		"what was solved is kept without whether a test is to pass or to fail", "search/search.go",
		"if !l.Want {\n\t\t\tids[i] = -l.id",
		"if !l.Want && !PLANTED {\n\t\t\tids[i] = -l.id",
	},
	{
		"less than or equal is read as less than", "engine/condition.go",
		"return compared <= 0", "return compared < 0 || compared == 0 && !PLANTED",
	},
	{
		"NotAction is read as Action", "search/probe.go",
		"Literal{action, !st.NotActions}", "Literal{action, !st.NotActions || PLANTED}",
	},
	{
		"permissions boundaries do not count",
		"engine/compile.go",
		`c.boundary(a, "user/"+u.Name, u.Boundary)`,
		`planted(PLANTED, c.boundary(a, "user/"+u.Name, u.Boundary))`,
	},
	{
		"a session tag does not take the place of the role's own",
		"engine/env.go",
		"if v := FindTag(ev.Session.Tags, name); v.Present {",
		"if v := FindTag(ev.Session.Tags, name); v.Present && !PLANTED {",
	},
	{
		"? stands for any run of characters",
		"wildcard/match.go",
		"tokens = append(tokens, Token{Kind: TokenOne})",
		"if PLANTED { tokens = append(tokens, Token{Kind: TokenAny}) } else { tokens = append(tokens, Token{Kind: " +
			"TokenOne}) }",
	},
	{
		"the service control policies of the root do not count",
		"engine/decide.go",
		"return ev.Principal.Account.Guardrails",
		"if g := ev.Principal.Account.Guardrails; PLANTED && len(g) > 0 { return g[1:] }\nreturn " +
			"ev.Principal.Account.Guardrails",
	},
	{
		"IfExists is not read", "engine/condition.go",
		"ifExists: operator.IfExists", "ifExists: operator.IfExists && !PLANTED",
	},
}

// plantedSource is the rest of what the faulty sources need, in each of their packages.
const plantedSource = `
import "os"

var plantedNow = os.Getenv("GUARDRAILS_PLANTED")

func planted[T any](now bool, sound *T) *T {
	if now {
		return nil
	}
	return sound
}
`

// answers are what package access says to the questions of a seed.
type answers struct{ Worlds, Trusts []said }

func proveAll(t *testing.T, from uint64, wanted int) answers {
	var all answers
	for n := range wanted {
		q := newGenerator(from, uint64(n)).question()
		all.Worlds = append(all.Worlds, q.prove(t))
		all.Trusts = append(all.Trusts, newGenerator(from, 1<<32|uint64(n)).trust().prove(t))
	}
	return all
}

// The process with the planted mistakes writes what it says into a file; nobody else runs this.
func TestWritesItsAnswers(t *testing.T) {
	file := os.Getenv("GUARDRAILS_SMT_ANSWERS")
	if file == "" {
		t.Skip("GUARDRAILS_SMT_ANSWERS names no file")
	}
	text, err := json.Marshal(
		proveAll(
			t,
			uint64(tier.Number(t, "GUARDRAILS_SMT_SEED", seed)),
			tier.Number(t, "GUARDRAILS_SMT", sample),
		),
	)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, text, 0o600))
}

// The solver notices every mistake that is planted into a copy of the search. It is asked only where the faulty
// process says another thing than the sound one, with which TestProofsAgreeWithTheSolver has it agree.
// GUARDRAILS_PLANTED=1 runs it: it compiles package access anew.
func TestTheSolverNoticesPlantedMistakes(t *testing.T) {
	if !tier.Asked("GUARDRAILS_PLANTED") {
		t.Skip("GUARDRAILS_PLANTED is not set: make planted")
	}
	process := solver.Start(t)
	wanted, from := tier.Number(t, "GUARDRAILS_SMT", sample), uint64(tier.Number(t, "GUARDRAILS_SMT_SEED", seed))
	program := buildPlanted(t)
	sound := overJSON(t, proveAll(t, from, wanted))
	for _, p := range plants {
		t.Run(p.mistake, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "answers.json")
			run := exec.Command(program, "-test.run=^TestWritesItsAnswers$")
			run.Env = append(os.Environ(), "GUARDRAILS_PLANTED="+p.mistake, "GUARDRAILS_SMT_ANSWERS="+file)
			out, err := run.CombinedOutput()
			require.NoError(t, err, "%s", out)
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			var faulty answers
			require.NoError(t, json.Unmarshal(text, &faulty))
			worlds, otherWorlds := noticedWorlds(t, process, from, sound, faulty)
			trusts, otherTrusts := noticedTrusts(t, process, from, sound, faulty)
			t.Logf(
				"%d of %d worlds and %d of %d trust policies; others answers: %d and %d",
				worlds,
				wanted,
				trusts,
				wanted,
				otherWorlds,
				otherTrusts,
			)
			require.NotZero(t, worlds+trusts, "the solver does not notice it")
		})
	}
}

// overJSON gives the answers the form that they have after a way through a file.
func overJSON(t *testing.T, a answers) answers {
	text, err := json.Marshal(a)
	require.NoError(t, err)
	var out answers
	require.NoError(t, json.Unmarshal(text, &out))
	return out
}

// noticedWorlds counts the worlds in which the solver contradicts the faulty process, and those in which that says
// another thing.
func noticedWorlds(t *testing.T, process *node.Process, from uint64, sound, faulty answers) (noticed, others int) {
	for n, answer := range faulty.Worlds {
		if reflect.DeepEqual(answer, sound.Worlds[n]) {
			continue
		}
		others++
		if r, ok := newGenerator(from, uint64(n)).question().ask(answer, tally{}); ok {
			solved := node.Ask[line, results](t, process, []line{{Scripts: r.scripts}})[0].Results
			if r.judge(solved, tally{}) != "" {
				noticed++
			}
		}
	}
	return noticed, others
}

func noticedTrusts(t *testing.T, process *node.Process, from uint64, sound, faulty answers) (noticed, others int) {
	for n, answer := range faulty.Trusts {
		if reflect.DeepEqual(answer, sound.Trusts[n]) {
			continue
		}
		others++
		if _, problem := newGenerator(from, 1<<32|uint64(n)).trust().judge(t, process, answer); problem != "" {
			noticed++
		}
	}
	return noticed, others
}

// buildPlanted compiles this test with all mistakes planted, each of which the environment switches on.
func buildPlanted(t *testing.T) string {
	root, err := filepath.Abs(filepath.Join("..", "..", "access", "internal"))
	require.NoError(t, err)
	dir := t.TempDir()
	replace := map[string]string{}
	write := func(name, text string) {
		at := filepath.Join(dir, strings.ReplaceAll(name, "/", "-"))
		replace[filepath.Join(root, name)] = at
		require.NoError(t, os.WriteFile(at, []byte(text), 0o600))
	}
	texts := map[string]string{}
	for _, p := range plants {
		text, have := texts[p.file]
		if !have {
			read, readErr := os.ReadFile(filepath.Join(root, p.file))
			require.NoError(t, readErr)
			text = string(read)
		}
		require.Equal(t, 1, strings.Count(text, p.sound), "%s: its place in %s", p.mistake, p.file)
		now := `(plantedNow == "` + p.mistake + `")`
		texts[p.file] = strings.Replace(text, p.sound, strings.ReplaceAll(p.faulty, "PLANTED", now), 1)
	}
	for name, text := range texts {
		write(name, text)
		room := path.Dir(name)
		write(room+"/planted.go", "package "+room+"\n"+plantedSource)
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	require.NoError(t, err)
	at := filepath.Join(dir, "replace.json")
	require.NoError(t, os.WriteFile(at, overlay, 0o600))
	program := filepath.Join(dir, "smt.test")
	out, err := exec.Command("go", "test", "-c", "-overlay", at, "-o", program, ".").CombinedOutput()
	require.NoError(t, err, "%s", out)
	return program
}
