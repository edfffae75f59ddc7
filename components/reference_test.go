package components_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/program"
	"aws-access-guardrails/internal/testkit/accounts"
	"aws-access-guardrails/internal/testkit/mocks"
	"aws-access-guardrails/policy"
)

// referenceRow is a row of a child table of the reference.
type referenceRow struct {
	component, typ string
	name           *regexp.Regexp
	retained       bool
}

// referenceRows reads the child tables of docs/reference.md for the component types that it has a section about.
func referenceRows(t *testing.T) []referenceRow {
	t.Helper()
	page, err := os.ReadFile(filepath.Join("..", "docs", "reference.md"))
	require.NoError(t, err)
	token := regexp.MustCompile("^`(guardrails:[a-z]+:[A-Za-z]+)`, named")
	placeholder := regexp.MustCompile(`<[a-z]+>`)
	var rows []referenceRow
	component := ""
	for line := range strings.Lines(string(page)) {
		if m := token.FindStringSubmatch(line); m != nil {
			component = m[1]
		}
		cells := strings.Split(line, "|")
		if component == "" || len(cells) != 6 || !strings.Contains(cells[2], "`aws") {
			continue
		}
		parts := placeholder.Split(strings.Trim(cells[3], " `"), -1)
		for i := range parts {
			parts[i] = regexp.QuoteMeta(parts[i])
		}
		rows = append(rows, referenceRow{
			component: component,
			typ:       strings.Trim(cells[2], " `"),
			name:      regexp.MustCompile("^" + strings.Join(parts, ".+") + "$"),
			retained:  strings.Contains(cells[1], "*retained*"),
		})
	}
	return rows
}

// madeChild is a resource that a component makes.
type madeChild struct {
	component, typ, name string
	retained             bool
}

// madeBy are the children in a recording.
func madeBy(rec *mocks.Recorder) []madeChild {
	var all []madeChild
	for _, r := range rec.Resources() {
		if r.Custom && !strings.HasPrefix(r.Type, "pulumi:") {
			all = append(all, madeChild{parentType(rec, r), r.Type, r.Name, r.Retain != nil && *r.Retain})
		}
	}
	return all
}

// shippedChildren are those of every stack file that is shipped.
func shippedChildren(t *testing.T) []madeChild {
	t.Helper()
	var all []madeChild
	for _, pattern := range []string{"../Pulumi.*.yaml", "../examples/*/Pulumi.*.yaml"} {
		files, err := filepath.Glob(pattern)
		require.NoError(t, err)
		require.NotEmpty(t, files)
		for _, file := range files {
			resources, err := program.Resources("guardrails", read(t, file))
			require.NoError(t, err)
			for _, r := range resources {
				parent, _, _ := strings.Cut(string(r.URN.QualifiedType()), "$")
				all = append(all, madeChild{parent, r.Type, r.Name, r.Retain})
			}
		}
	}
	return all
}

// The tables of the reference list every child that the shipped stacks and the fixtures make, and no child that is not made; and they say what stays.
func TestTheReferenceListsEveryChild(t *testing.T) {
	rows := referenceRows(t)
	require.NotEmpty(t, rows)
	made := shippedChildren(t)
	made = append(made, madeBy(deployed(t, accounts.FullAccount(policy.AWS)))...)
	readers := accounts.FullOrganization(policy.AWS)
	readers.OSAccess.ReadOnly = true
	made = append(made, madeBy(deployedOrganization(t, readers))...)
	used := map[int]bool{}
	for _, c := range made {
		found := false
		for i, row := range rows {
			if row.component == c.component && row.typ == c.typ && row.name.MatchString(c.name) {
				found, used[i] = true, true
				assert.Equal(t, row.retained, c.retained, "%s of %s is retained", c.name, c.component)
			}
		}
		assert.True(t, found, "the reference does not list %s %s of %s", c.typ, c.name, c.component)
	}
	for i, row := range rows {
		assert.True(t, used[i], "nothing is made like %s %s of %s", row.typ, row.name, row.component)
	}
}

func parentType(rec *mocks.Recorder, r mocks.Resource) string {
	for _, other := range rec.Resources() {
		if other.URN == r.Parent {
			return other.Type
		}
	}
	return ""
}
