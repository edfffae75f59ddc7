package program

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"aws-access-guardrails/internal/commandline"
	"aws-access-guardrails/internal/judge"
	"aws-access-guardrails/internal/refusal"
	"aws-access-guardrails/internal/sandbox"
	"aws-access-guardrails/internal/sandbox/known"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/testkit/tier"
)

// mutationsEnv asks for all mutations of each stack in place of a few.
const mutationsEnv = "GUARDRAILS_MUTATIONS"

// shippedFolder is a folder of shipped stacks with the order in which they are deployed.
type shippedFolder struct {
	dir    string
	stacks []string
}

var shippedFolders = []shippedFolder{
	{"../..", []string{"dev", "prod"}},
	{"../../examples/organization", []string{"jump", "workload", "payments", "identity", "management"}},
	{"../../examples/tools", []string{"tools"}},
	{"../../examples/lab", []string{"lab", "root"}},
}

// copied is a copy of the stack files, the policy files and the world of a folder.
func (f shippedFolder) copied(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range append(slices.Clone(f.stacks), "") {
		file := "Pulumi." + name + ".yaml"
		if name == "" {
			file = "sandbox.yaml"
		}
		data, err := os.ReadFile(filepath.Join(f.dir, file))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, file), data, 0o600))
	}
	if policies := filepath.Join(f.dir, "policies"); isFolder(policies) {
		require.NoError(t, os.CopyFS(filepath.Join(dir, "policies"), os.DirFS(policies)))
	}
	return dir
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// Whatever is changed in a shipped stack file: what check accepts is not refused half-way by AWS for a reason that
// stood in the files. The changes leave the expectations alone, which deploy nothing, and know nothing of what the
// checks are.
func TestWhatCheckAcceptsIsNotRefusedHalfWay(t *testing.T) {
	each := tier.Number(t, mutationsEnv, 4)
	for _, folder := range shippedFolders {
		for _, name := range folder.stacks {
			t.Run(name, func(t *testing.T) { mutateStack(t, folder, name, each) })
		}
	}
}

// lookedUp are refusals of the program itself, which asks AWS whose ids and instances these are: the files cannot tell.
var lookedUp = regexp.MustCompile(
	`look up "[^"]*" in the identity store|is not the identity store of the instance|is not the instance of this account|` +
		`is not managed by this account|is not the organization of these credentials|is not the management account, which is|is the id of `,
)

func mutateStack(t *testing.T, folder shippedFolder, name string, each int) {
	dir := folder.copied(t)
	file := filepath.Join(dir, "Pulumi."+name+".yaml")
	original, err := os.ReadFile(file)
	require.NoError(t, err)
	all := map[string]*stack.Stack{}
	for _, name := range folder.stacks {
		s, problems := stack.ReadFile(filepath.Join(dir, "Pulumi."+name+".yaml"))
		require.Empty(t, problems)
		all[name] = s
	}
	s := all[name]
	existing := sandbox.Options{
		World: filepath.Join(dir, "sandbox.yaml"),
		Known: known.Of(slices.Collect(maps.Values(all))...),
	}
	in := func(state string) sandbox.Options {
		o := existing
		o.State = state
		return o
	}
	base := filepath.Join(t.TempDir(), "base")
	for _, earlier := range folder.stacks[:slices.Index(folder.stacks, name)] {
		if slices.Contains(s.PeopleFrom(), earlier) {
			require.NoError(t, deployWithoutEngine(t, all[earlier], in(base)))
		}
	}
	deploy := func(stack *stack.Stack) error {
		state := filepath.Join(t.TempDir(), "state")
		if data, err := os.ReadFile(base); err == nil {
			require.NoError(t, os.WriteFile(state, data, 0o600))
		}
		return deployWithoutEngine(t, stack, in(state))
	}
	require.NoError(t, deploy(s), "as it is shipped")
	counts := map[string]int{}
	for i := range each {
		random := rand.New(rand.NewPCG(uint64(i), 20261128))
		changed, what := mutate(t, original, random)
		stack, problems := stack.ReadAs(file, changed)
		if len(problems) > 0 {
			counts["refused by check"]++
			continue
		}
		err := deploy(stack)
		if err == nil {
			counts["deployed"]++
			continue
		}
		if len(judge.Stack(stack).Refusals()) > 0 {
			counts["refused by the proofs"]++
			continue
		}
		if lookedUp.MatchString(err.Error()) {
			counts["refused by what exists"]++
			continue
		}
		row, message, _ := refusal.Find(err.Error())
		if row.Decided != refusal.ByAccount || strings.Contains(message, ":iam::aws:policy/") {
			counts["refused half-way"]++
			assert.Fail(t, "refused half-way", "change %d, %s: %v", i, what, err)
			continue
		}
		counts["refused by what exists"]++
		assert.NotEmpty(t, Advice(stack, err.Error(), commandline.Setting{}), "change %d, %s: %v", i, what, err)
		t.Logf("change %d, %s: by what exists: %s", i, what, message)
	}
	t.Logf("%d changes: %v", each, counts)
}

// mutate changes one value of a stack file, or more, and says what.
func mutate(t *testing.T, original []byte, random *rand.Rand) (changed []byte, what string) {
	t.Helper()
	var document yaml.Node
	require.NoError(t, yaml.Unmarshal(original, &document))
	m := mutator{random: random}
	for i, root := 0, document.Content[0]; i+1 < len(root.Content); i += 2 {
		if root.Content[i].Value == "config" {
			m.collect(root.Content[i+1], "")
		}
	}
	said := []string{}
	for range 1 + random.IntN(2) {
		said = append(said, m.change())
	}
	out, err := yaml.Marshal(&document)
	require.NoError(t, err)
	return out, strings.Join(said, "; ")
}

// site is a value of the file.
type site struct {
	path string
	node *yaml.Node
}

type mutator struct {
	random *rand.Rand
	sites  []site
}

func (m *mutator) collect(n *yaml.Node, path string) {
	if path == "guardrails:expect" || path == "guardrails:accept" {
		return
	}
	m.sites = append(m.sites, site{path, n})
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			at := n.Content[i].Value
			if path != "" {
				at = path + "." + at
			}
			m.collect(n.Content[i+1], at)
		}
	case yaml.SequenceNode:
		for i, item := range n.Content {
			m.collect(item, fmt.Sprintf("%s[%d]", path, i))
		}
	}
}

// alphabet are characters that some part of AWS takes and another does not.
var alphabet = []string{
	"&",
	"é",
	"日",
	"/",
	"*",
	"?",
	" ",
	"|",
	":",
	"$",
	"_",
	"-",
	".",
	"=",
	"@",
	"A",
	"z",
	"0",
	"'",
	"<",
	"\t",
	"${x}",
	"ß",
	"名",
}

// change changes one value.
func (m *mutator) change() string {
	s := m.sites[m.random.IntN(len(m.sites))]
	before := s.node.Value
	switch s.node.Kind {
	case yaml.MappingNode:
		return s.path + ": " + m.keys(s)
	case yaml.SequenceNode:
		return s.path + ": " + m.items(s.node)
	}
	s.node.Value = m.text(before)
	return fmt.Sprintf("%s: %.60q becomes %.60q", s.path, before, s.node.Value)
}

// text is another text: of other length, case, characters, or one from elsewhere in the file.
func (m *mutator) text(text string) string {
	at := 0
	if len(text) > 0 {
		at = m.random.IntN(len(text))
	}
	character := alphabet[m.random.IntN(len(alphabet))]
	switch m.random.IntN(11) {
	case 0:
		return text[:min(1, len(text))]
	case 1:
		return strings.Repeat(text, 1+m.random.IntN(40))
	case 2:
		return strings.ToUpper(text)
	case 3:
		return strings.ToLower(text)
	case 4:
		return text + character
	case 5:
		return character + text
	case 6:
		return text[:at] + character + text[at:]
	case 7:
		return text[:at] + text[min(at+1, len(text)):]
	case 8:
		return strings.Map(func(r rune) rune {
			if '0' <= r && r <= '9' {
				return '0' + rune(m.random.IntN(10))
			}
			return r
		}, text)
	case 9:
		return strings.Repeat("x", []int{0, 1, 2, 64, 65, 128, 129, 256, 257, 513}[m.random.IntN(10)])
	}
	for range 20 {
		if other := m.sites[m.random.IntN(len(m.sites))].node; other.Kind == yaml.ScalarNode {
			return other.Value
		}
	}
	return text
}

// items takes an element out of a list, puts one in twice, or a changed copy beside it.
func (m *mutator) items(n *yaml.Node) string {
	if len(n.Content) == 0 {
		return "an empty list"
	}
	at := m.random.IntN(len(n.Content))
	switch m.random.IntN(3) {
	case 0:
		n.Content = slices.Delete(n.Content, at, at+1)
		return fmt.Sprintf("without [%d]", at)
	case 1:
		n.Content = append(n.Content, n.Content[at])
		return fmt.Sprintf("[%d] twice", at)
	}
	twin := deepCopy(n.Content[at])
	inner := mutator{random: m.random}
	inner.collect(twin, "")
	n.Content = append(n.Content, twin)
	return fmt.Sprintf("[%d] again with %s", at, inner.change())
}

// keys takes a key away, or adds tags and settings that an admin may write.
func (m *mutator) keys(s site) string {
	n := s.node
	if s.path == "" {
		tag := func() string {
			return m.text([]string{"Team", "email", "Owner", "ticket", "DisplayName"}[m.random.IntN(5)])
		}
		key, value := "aws:defaultTags", map[string]any{
			"tags": map[string]string{tag(): m.text("ops"), tag(): m.text("platform")},
		}
		var added yaml.Node
		if added.Encode(value) == nil {
			n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: key}, &added)
		}
		return fmt.Sprintf("with %s %.120v", key, value)
	}
	if len(n.Content) < 2 {
		return "no keys"
	}
	at := 2 * m.random.IntN(len(n.Content)/2)
	key := n.Content[at].Value
	if m.random.IntN(3) == 0 {
		n.Content[at].Value = m.text(key)
		return fmt.Sprintf("key %q becomes %.60q", key, n.Content[at].Value)
	}
	n.Content = slices.Delete(n.Content, at, at+2)
	return "without " + key
}

func deepCopy(n *yaml.Node) *yaml.Node {
	out := *n
	out.Content = nil
	for _, c := range n.Content {
		out.Content = append(out.Content, deepCopy(c))
	}
	return &out
}
