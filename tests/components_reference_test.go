package tests

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/policy"
	"aws-access-guardrails/tests/internal/mocks"
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
		if component == "" || len(cells) != 6 || !strings.Contains(cells[2], "`aws:") {
			continue
		}
		parts := placeholder.Split(strings.Trim(cells[3], " `"), -1)
		for i := range parts {
			parts[i] = regexp.QuoteMeta(parts[i])
		}
		rows = append(rows, referenceRow{
			component: component, typ: strings.Trim(cells[2], " `"), name: regexp.MustCompile("^" + strings.Join(parts, ".+") + "$"),
			retained: strings.Contains(cells[1], "*retained*"),
		})
	}
	return rows
}

// The tables of the reference list every child that is made, and no child that is not; and they say what stays.
func TestTheReferenceListsEveryChild(t *testing.T) {
	rows := referenceRows(t)
	require.NotEmpty(t, rows)
	used := map[int]bool{}
	documented := map[string]bool{}
	for _, row := range rows {
		documented[row.component] = true
	}
	for token := range constructors() {
		assert.True(t, documented[token], "the reference has no table of %s", token)
	}
	rec := deployed(t, fullAccount(policy.AWS))
	for _, r := range rec.Resources() {
		if !r.Custom || strings.HasPrefix(r.Type, "pulumi:") {
			continue
		}
		found := false
		for i, row := range rows {
			if row.component == parentType(rec, r) && row.typ == r.Type && row.name.MatchString(r.Name) {
				found, used[i] = true, true
				assert.Equal(t, row.retained, r.Retain != nil && *r.Retain, r.Name)
			}
		}
		assert.True(t, found, "the reference does not list %s %s", r.Type, r.Name)
	}
	for i, row := range rows {
		if constructors()[row.component] != nil {
			assert.True(t, used[i], "nothing is made like %s %s of %s", row.typ, row.name, row.component)
		}
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
