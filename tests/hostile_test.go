package tests

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"aws-access-guardrails/internal/testkit/stacktest"
	"aws-access-guardrails/internal/testkit/tier"
	"aws-access-guardrails/internal/workspace/exit"
)

// hostile are texts that do something to who reads them raw: on a terminal, in a log of a CI system, in Markdown.
var hostile = []string{
	"x\x1b[2Jx",
	"x\rx",
	"x\n::error file=a,line=1::forged",
	"x\x7fx",
	"x\u009b31mx",
	"x\u202ex",
	"x\u2066x",
	"x\u200bx",
	"x\ufeffx",
	"x\u2028x",
	"x\x07x",
	"x\U000e0041x",
	"x\n##[error]forged",
	"x\n\n# forged\n",
	"a|b](javascript:x)<img src=x> @everyone",
}

// raw finds what no verb may print.
func raw(text string) string {
	for _, r := range text {
		if r != '\n' && r != '\t' &&
			(unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029') {
			return string(r)
		}
	}
	for line := range strings.Lines(text) {
		trimmed := strings.TrimSpace(line)
		if strings.HasPrefix(trimmed, "::error file=a") || strings.HasPrefix(trimmed, "##[") ||
			strings.HasPrefix(trimmed, "# forged") {
			return line
		}
	}
	return ""
}

// readingVerbs are the command lines that read stack files and neither an account nor an engine.
var readingVerbs = [][]string{
	{
		"check",
	},
	{"check", "--all"},
	{"check", "--strict"},
	{"check", "--json"},
	{"check", "--brief"},
	{"render", "--out", "rendered"},
	{"render", "--json"},
	{"matrix"},
	{"matrix", "--markdown"},
	{"matrix", "--json"},
	{
		"explain",
		"--as",
		"alice",
		"--via",
		"shop-operation",
		"--opens",
		"shell",
		"--on",
		"Project=Shop",
	},
	{"explain", "--as", "x\x1b[2Jx", "--do", "iam:CreateUser"},
	{"handover"},
	{"handover", "--json"},
	{"grants"},
	{"grants", "--json"},
	{
		"stacks",
	},
	{"stacks", "--json"},
	{"deployer", "--out", "deployer"},
	{"schema"},
	{"diff"},
	{"diff", "--markdown"},
	{"diff", "--json"},
	{
		"grant",
		"full",
		"alice",
		"--ticket",
		"x\x1b[2J",
		"--for",
		"1h",
		"--dry-run",
	},
	{"revoke", "full", "alice", "--dry-run"},
	{"audit", "Pulumi.full.yaml"},
	{"drift", "nothing\x1b[2J"},
	{"preview", "nothing\x1b[2J"},
	{"check", "-C", "no\x1b[2Jwhere"},
}

// textNodes are the scalars of a stack file that are text, keys of tables included.
func textNodes(n *yaml.Node) []*yaml.Node {
	var all []*yaml.Node
	for _, child := range n.Content {
		if child.Kind == yaml.ScalarNode && child.Tag == "!!str" {
			all = append(all, child)
		}
		all = append(all, textNodes(child)...)
	}
	return all
}

// hostileFiles are the full stack file with hostile texts: all prose at once, which is taken, and every text at once,
// which is refused.
func hostileFiles(t *testing.T) map[string]string {
	t.Helper()
	files := map[string]string{}
	for name, all := range map[string]bool{"prose": false, "everything": true} {
		var document yaml.Node
		require.NoError(t, yaml.Unmarshal([]byte(stacktest.Text(t, stacktest.Full)), &document))
		i := 0
		config := document.Content[0].Content[1]
		for at := 1; at < len(config.Content); at += 2 {
			section := config.Content[at]
			for _, n := range textNodes(section) {
				if all {
					n.Value, n.Style = n.Value+hostile[i%len(hostile)], yaml.DoubleQuotedStyle
					i++
				}
			}
			if key := config.Content[at-1].Value; all || key != "guardrails:expect" && key != "guardrails:accept" {
				continue
			}
			for _, item := range section.Content {
				for k := 0; k+1 < len(item.Content); k += 2 {
					if item.Content[k].Value == "it" ||
						item.Content[k].Value == "because" && item.Content[0].Value == "id" {
						item.Content[k+1].Value, item.Content[k+1].Style = item.Content[k+1].Value+strings.Join(
							hostile,
							"",
						), yaml.DoubleQuotedStyle
					}
				}
			}
		}
		text, err := yaml.Marshal(&document)
		require.NoError(t, err)
		files[name] = string(text)
	}
	return files
}

// untriedVerbs are the verbs that are not tried with hostile files, with the reason.
var untriedVerbs = map[string]string{
	"adopt":         "asks the account first, and there is none",
	"announce":      "sends a message to a channel",
	"destroy":       "runs the engine, after what preview reads",
	"init":          "reads no stack file",
	"page":          "writes a file; its own tests have hostile names",
	"person add":    "writes stack files; what it prints is what diff prints",
	"person move":   "writes stack files; what it prints is what diff prints",
	"person remove": "writes stack files; what it prints is what diff prints",
	"pulumi-cli":    "reads no stack file",
	"replay":        "reads recorded calls beside the stack files, which check reads too",
	"up":            "runs the engine, after what preview reads",
	"version":       "reads no stack file",
}

// Each verb is tried with hostile files, or there is a reason why not.
func TestEveryVerbIsTriedWithHostileFilesOrSaysWhyNot(t *testing.T) {
	t.Parallel()
	tried := map[string]bool{}
	for _, args := range readingVerbs {
		tried[args[0]] = true
	}
	for _, v := range verbs(t)[1:] {
		assert.NotEqual(t, tried[v.name], untriedVerbs[v.name] != "",
			"guardrails %s stands in one of readingVerbs and untriedVerbs", v.name)
	}
}

// Whatever a stack file says, no verb prints a character that does something, and no line that the file wrote.
func TestNoVerbPrintsWhatWouldHarmItsReader(t *testing.T) {
	command, err := buildCommand()
	require.NoError(t, err)
	for name, text := range hostileFiles(t) {
		dir := t.TempDir()
		git := func(args ...string) {
			cmd := exec.Command(
				"git",
				append(
					[]string{"-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"},
					args...)...)
			cmd.Dir = dir
			out, err := cmd.CombinedOutput()
			require.NoError(t, err, "%s", out)
		}
		require.NoError(
			t,
			os.WriteFile(filepath.Join(dir, "Pulumi.yaml"), []byte("name: guardrails\nruntime: go\n"), 0o644),
		)
		require.NoError(t, os.WriteFile(filepath.Join(dir, "Pulumi.full.yaml"), []byte(stacktest.Text(t, stacktest.Full)), 0o644))
		git("init", "-q")
		git("add", "-A")
		git("commit", "-qm", "x")
		require.NoError(t, os.WriteFile(filepath.Join(dir, "Pulumi.full.yaml"), []byte(text), 0o644))
		for _, verb := range readingVerbs {
			cmd := exec.Command(command, append([]string{"--code-quality", "quality.json"}, verb...)...)
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "GITHUB_ACTIONS=true", "GITHUB_WORKSPACE="+dir)
			var stdout, stderr bytes.Buffer
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			_ = cmd.Run()
			about := name + ": " + strings.Join(verb, " ")
			assert.Empty(t, raw(stdout.String()), "%s\n%q", about, stdout.String())
			assert.Empty(t, raw(stderr.String()), "%s\n%q", about, stderr.String())
			assert.NotContains(t, stdout.String()+stderr.String(), "panic", about)
			if name == "prose" && slices.Equal(verb, []string{"check", "--all"}) {
				assert.Zero(t, cmd.ProcessState.ExitCode(), "%s", stderr.String())
				assert.Contains(t, stdout.String(), `\u001b[2J`)
				assert.Contains(t, stdout.String(), `\u202e`)
			}
			if stdout.Len() > 0 && verb[len(verb)-1] == "--json" {
				var value any
				assert.NoError(t, json.NewDecoder(&stdout).Decode(&value), about)
			}
			quality, err := os.ReadFile(filepath.Join(dir, "quality.json"))
			require.NoError(t, err, about)
			assert.True(t, json.Valid(quality), about)
		}
	}
}

const plainStack = `config:
  aws:region: ap-northeast-1
  guardrails:account: {id: "111122223333"}
  guardrails:users: [{name: alice}]
`

// A file that never ends, or that nobody writes to, is refused by every verb with its path, at once and with little
// memory. Every run tries each kind in each place, and each verb with each place and with each kind; all three together
// are tried before a landing.
func TestNoVerbReadsWhatIsNoFile(t *testing.T) {
	command, err := buildCommand()
	require.NoError(t, err)
	outside := filepath.Join(t.TempDir(), "outside")
	require.NoError(t, os.WriteFile(outside, []byte(plainStack), 0o644))
	makes := map[string]func(path string) error{
		"a named pipe":      func(path string) error { return syscall.Mkfifo(path, 0o644) },
		"/dev/zero":         func(path string) error { return os.Symlink("/dev/zero", path) },
		"out of its folder": func(path string) error { return os.Symlink(outside, path) },
		"more than 4 MiB": func(path string) error {
			return os.WriteFile(path,
				bytes.Repeat([]byte("# x\n"), 2<<20), 0o644)
		},
		"leads back to itself": func(path string) error { return os.Symlink(filepath.Base(path), path) },
		"is a folder":          func(path string) error { return os.Mkdir(path, 0o755) },
	}
	verbs := []string{"check", "matrix", "handover", "stacks", "render", "up", "drift", "deployer", "diff"}
	for place, name := range []string{"Pulumi.dev.yaml", "Pulumi.yaml", "policy.json"} {
		for kind, says := range slices.Sorted(maps.Keys(makes)) {
			dir := t.TempDir()
			require.NoError(t, os.WriteFile(filepath.Join(dir, "Pulumi.yaml"), []byte("name: x\nruntime: go\n"), 0o644))
			stack := plainStack
			if name == "policy.json" {
				stack += "  guardrails:organization:\n    id: o-exampleorgid\n    management: \"111122223333\"\n    " +
					"tree: {id: r-exam, accounts: [\"111122223333\"]}\n    policies: [{name: own, file: policy.json, " +
					"targets: [r-exam]}]\n"
			}
			require.NoError(t, os.WriteFile(filepath.Join(dir, "Pulumi.dev.yaml"), []byte(stack), 0o644))
			_ = os.Remove(filepath.Join(dir, name))
			require.NoError(t, makes[says](filepath.Join(dir, name)))
			for i, verb := range verbs {
				if (i+kind+place)%3 != 0 && !tier.Landing() {
					continue
				}
				cmd := exec.Command(command, verb)
				cmd.Dir = dir
				out, _ := cmd.CombinedOutput()
				status := exit.Status(cmd.ProcessState.ExitCode())
				if name == "policy.json" && verb == "diff" || verb == "diff" && !strings.Contains(string(out), name) {
					continue // Without a repository there is nothing to compare with.
				}
				assert.Contains(t, string(out), says, "%s %s", verb, name)
				assert.Contains(t, string(out), name, "%s %s", verb, name)
				assert.Contains(
					t,
					[]exit.Status{exit.Refused, exit.WrongUse},
					status,
					"%s %s: %s",
					verb,
					name,
					out,
				)
			}
		}
	}
}

// The first signal ends a verb that reads or asks nobody.
func TestTheFirstSignalEndsAVerbThatReads(t *testing.T) {
	command, err := buildCommand()
	require.NoError(t, err)
	for _, sent := range []os.Signal{syscall.SIGTERM, os.Interrupt, syscall.SIGHUP} {
		if signal.Ignored(sent) { // Below nohup, and then the command ignores it too.
			continue
		}
		cmd := exec.Command(command, "audit", "-")
		in, err := cmd.StdinPipe()
		require.NoError(t, err)
		stderr, err := cmd.StderrPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		// More than a pipe holds: once it is written, the verb reads, and has been listening to signals since before.
		_, err = in.Write(bytes.Repeat([]byte(" "), 1<<20))
		require.NoError(t, err)
		require.NoError(t, cmd.Process.Signal(sent))
		said := new(bytes.Buffer)
		_, _ = said.ReadFrom(stderr)
		_ = cmd.Wait()
		_ = in.Close()
		assert.Contains(t, said.String(), "interrupted; nothing was changed")
		assert.Equal(t, int(exit.Failed), cmd.ProcessState.ExitCode())
	}
}

// Errors of the system about the place of something are sentences, and wrong use.
func TestErrorsOfTheSystemAreSentences(t *testing.T) {
	command, err := buildCommand()
	require.NoError(t, err)
	dir := t.TempDir()
	for name, text := range map[string]string{
		"Pulumi.yaml": "name: guardrails\nruntime: go\n", "Pulumi.dev.yaml": plainStack, "taken": "",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	for _, args := range [][]string{
		{"render", "--out", "taken/below"}, {"deployer", "--out", "taken/below"}, {"check", "--code-quality",
			"none/quality.json"}, {"audit", "none.json"}, {"audit", "."}, {"check", "-C", "none"},
	} {
		cmd := exec.Command(command, args...)
		cmd.Dir = dir
		out, _ := cmd.CombinedOutput()
		assert.Equal(t, int(exit.WrongUse), cmd.ProcessState.ExitCode(), "%v: %s", args, out)
		assert.NotRegexp(t, `(open|mkdir|stat|lstat|read) \S+:`, string(out), "%v", args)
	}
}
