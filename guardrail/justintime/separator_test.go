package justintime_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/world"
	"aws-access-guardrails/guardrail/justintime"
	"aws-access-guardrails/guardrail/preferences"
	"aws-access-guardrails/policy"
)

var tested = regexp.MustCompile(`resource\.hasTag\("Project"\) && resource\.getTag\("Project"\) (==|like) "([^"]*)"`)

// covers says of a tag whether one of the statements of a Cedar text is about nodes with it. No statement has an "or",
// and "like" takes "*" for any text.
func covers(t *testing.T, cedar, tag string) bool {
	t.Helper()
	require.NotContains(t, cedar, "||")
	tests := tested.FindAllStringSubmatch(cedar, -1)
	require.Len(t, tests, strings.Count(cedar, "when {"), cedar)
	for _, test := range tests {
		pattern := regexp.QuoteMeta(test[2])
		if test[1] == "like" {
			pattern = strings.ReplaceAll(pattern, `\*`, ".*")
		}
		if regexp.MustCompile("^(?s:" + pattern + ")$").MatchString(tag) {
			return true
		}
	}
	return false
}

func withSeparator(separator string) *justintime.Args {
	const group = "e8c17310-e011-7089-d989-10da1e0a1b2c"
	a := args()
	a.ProjectSeparator, a.DelegatedAdministrator, a.HomeRegion = separator, true, region
	a.Sessions = &preferences.Args{
		Account: a.Account, Regions: []string{region}, MaxDuration: time.Hour,
		RunAs: preferences.RunAs{DefaultUser: "operator"},
	}
	a.ManualApprovals = []justintime.ManualApproval{
		{Name: "shop", Projects: []string{"shop", "shop" + separator + "web"}, Groups: []string{group}},
	}
	a.AutoApprovals = []justintime.ApprovalRule{{Group: group, Projects: []string{"shop"}}}
	a.DenyAccess = []justintime.ApprovalRule{{Projects: []string{"shop"}}}
	return a
}

// What is approved automatically, and what never is, counts a node of several projects to each of them, as roles do;
// what
// people approve is compared with whole tags.
func TestApprovalsOfNodesOfSeveralProjects(t *testing.T) {
	for separator, tags := range map[string]map[string]bool{
		"": {"shop": true, "shop/web": false, "web/shop": false, "": false, "Shop": false},
		"/": {"shop": true, "shop/web": true, "web/shop": true, "web/shop/docs": true, "": false, "Shop": false,
			"shops": false, "workshop": false, "web/shops": false, "workshop/web": false, "web:shop": false},
		":": {"shop": true, "shop:web": true, "web:shop": true, "web:shop:docs": true, "shop/web": false, "shops:web": false},
	} {
		a := withSeparator(separator)
		if separator == "" {
			a.ManualApprovals[0].Projects = a.ManualApprovals[0].Projects[:1]
		}
		require.NoError(t, a.Validate(), separator)
		w := world.Account{ID: account, Partition: policy.AWS}
		a.AddTo(&w)
		found := 0
		for _, d := range w.Documents {
			var content struct {
				Policies []struct{ Content string } `json:"AutoApprovalPolicyDocuments"`
				Targets  []struct{ Values []string }
			}
			require.NoError(t, json.Unmarshal([]byte(d.Content), &content), d.Name)
			if content.Policies == nil {
				assert.Equal(t, a.ManualApprovals[0].Projects, content.Targets[0].Values)
				continue
			}
			found++
			for tag, want := range tags {
				assert.Equal(
					t, want, covers(t, content.Policies[0].Content, tag), "%s between %q: %q", d.Name, separator, tag,
				)
			}
		}
		assert.Equal(t, 2, found)
	}
}

// A project with the separator in its name is refused where a node is counted to it; where whole tags are compared it
// is
// what a tag of several projects is, and a notice says so.
func TestWholeTagsAreForPeoplesApprovals(t *testing.T) {
	a := withSeparator("/")
	a.AutoApprovals[0].Projects = []string{"shop/web"}
	a.DenyAccess[0].Projects = []string{"shop/web"}
	err := a.Validate()
	require.Error(t, err)
	assert.ErrorContains(t, err, "autoApprovals[0].projects[0]")
	assert.ErrorContains(t, err, "denyAccess[0].projects[0]")
	assert.NotContains(t, err.Error(), "manualApprovals")
	said := func(a *justintime.Args) bool {
		for _, n := range a.Notices() {
			if strings.Contains(n.Text, "compared with whole tags") {
				assert.Contains(t, n.Text, "shop/other")
				return true
			}
		}
		return false
	}
	assert.True(t, said(withSeparator("/")))
	assert.False(t, said(withSeparator("")))
}
