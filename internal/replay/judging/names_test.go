package judging

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/catalogue"
)

// Every name of the table is one of AWS's, and every prefix has actions.
func TestNamesAreOfActionsThatExist(t *testing.T) {
	table := NamesRead()
	require.Greater(t, len(table.actions), 80)
	for event, found := range table.actions {
		for _, action := range found {
			if action == "-" || action == untold {
				continue
			}
			_, known := catalogue.KnownAction(action)
			assert.True(t, known, "%s: AWS documents no action %s", event, action)
		}
	}
	both := map[string]bool{}
	for line := range strings.Lines(namesText) {
		if row := strings.Fields(line); len(row) > 3 && row[0] != "#" {
			assert.False(
				t,
				strings.Contains(sdkNamesText, "\n"+row[0]+" "+row[1]+" "),
				"%v: the service models say it too",
				row[:2],
			)
			assert.False(t, both[row[0]+row[1]], "%v stands twice", row[:2])
			both[row[0]+row[1]] = true
		}
	}
	services := map[string]bool{}
	for _, action := range catalogue.Actions() {
		prefix, _, _ := strings.Cut(action, ":")
		services[prefix] = true
	}
	for source, prefix := range table.Prefixes {
		assert.True(t, services[prefix], "%s: no action has the prefix %s", source, prefix)
	}
	for _, c := range []struct{ source, name, action string }{
		{"lambda", "CreateFunction20150331", "lambda:CreateFunction"},
		{"lambda", "GetFunction20150331v2", "lambda:GetFunction"},
		{"s3", "ListBuckets", "s3:ListAllMyBuckets"},
		{"cloudfront", "CreateDistribution2020_05_31", "cloudfront:CreateDistribution"},
		{"monitoring", "PutMetricAlarm", "cloudwatch:PutMetricAlarm"},
		{"lambda", "Invoke", "lambda:InvokeFunction"},
		{"apigateway", "CreateRestApi", "apigateway:POST"},
		{"pinpoint", "CreateApp", "mobiletargeting:CreateApp"},
		{"dynamodb", "ExecuteStatement", untold},
	} {
		got, known := ActionsOf(c.source+".amazonaws.com", c.name)
		assert.True(t, known, c.name)
		assert.Equal(t, []string{c.action}, got)
	}
}
