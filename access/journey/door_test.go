package journey_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/doors"
	"aws-access-guardrails/access/internal/fixture"
	"aws-access-guardrails/access/journey"
	"aws-access-guardrails/access/world"
)

// Every call with which a journey opens a door is a door of the table that service control policies close, and names
// all that AWS decides on.
func TestEveryDoorOfJourneysIsInTheTable(t *testing.T) {
	account := &world.Account{ID: fixture.People, Partition: "aws"}
	for _, kind := range world.Doors() {
		d := journey.Door{
			Kind: kind,
			Node: world.Node{Kind: world.Instance, ID: "i-0123456789abcdef0", Region: fixture.Tokyo},
		}
		requests, err := d.Requests(account)
		require.NoError(t, err, kind)
		require.NotEmpty(t, requests, kind)
		for i := range requests {
			row := doors.Of(requests[i].Action)
			if assert.NotNil(t, row, "%s: %s", kind, requests[i].Action) {
				assert.True(t, row.Closed(), "%s: %s", kind, requests[i].Action)
				assert.Contains(t, []doors.Class{doors.Shell, doors.Code}, row.Class, kind)
			}
			assert.NoError(t, requests[i].Incomplete(), kind)
		}
	}
}
