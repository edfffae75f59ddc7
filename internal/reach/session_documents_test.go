package reach_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/internal/reach"
	"aws-access-guardrails/policy"
)

// A session document of the account is a door of those who may open it, with its OS user where it runs a command; the
// preferences, documents of other types, Regions and accounts are none.
func TestSessionDocumentsAreDoors(t *testing.T) {
	const id, region = "111122223333", "us-east-1"
	named := func(name string) string { return "arn:aws:ssm:" + region + ":" + id + ":document/" + name }
	document := func(name, kind, region, owner, content string) world.SessionDocument {
		return world.SessionDocument{Name: name, Type: kind, Region: region, Owner: owner, Content: content}
	}
	a := world.Account{ID: id, Partition: policy.AWS, Documents: []world.SessionDocument{
		document("Logs", "Session", region, id, `{"sessionType":"InteractiveCommands","properties":{"linux":{"commands":"tail x"}}}`),
		document("Database", "Session", region, id, `{"sessionType":"Port","properties":{"portNumber":"5432","host":"db"}}`),
		document("Local", "Session", region, id, `{"sessionType":"Port","properties":{"portNumber":"80"}}`),
		document("Broken", "Session", region, id, `{`),
		document("Patch", "Command", region, id, `{}`),
		document("Far", "Session", "eu-west-1", id, `{"sessionType":"Port"}`),
		document("AWS-Theirs", "Session", region, "", `{"sessionType":"Port"}`),
	}}
	instance := "arn:aws:ec2:" + region + ":" + id + ":instance/*"
	for name, documents := range map[string][]string{
		"one":  {named("Logs")},
		"many": {named("Logs"), named("Database"), named("Local"), named("Broken")},
		"none": {named("Other"), named("Patch")},
	} {
		a.Users = append(a.Users, world.User{Name: name, Inline: []world.InlinePolicy{{Name: "p", Document: policy.New(
			policy.Allow("S", "ssm:StartSession", "ssmmessages:OpenDataChannel").On(
				append(documents, instance, "arn:aws:ssm:"+region+":"+id+":session/*")...,
			),
		)}}})
	}
	engine, err := access.Compile(world.World{Accounts: []world.Account{a}})
	require.NoError(t, err)
	f, err := reach.Find(
		engine, reach.Options{At: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC), DefaultProjectTag: "Project"},
	)
	require.NoError(t, err)
	doors := map[string][]reach.Door{}
	for i := range f.Ways {
		w := &f.Ways[i]
		for _, door := range w.Doors {
			doors[w.Person.Name] = append(doors[w.Person.Name], door)
			went, err := f.Walk(w, door)
			require.NoError(t, err)
			assert.True(t, went.Arrival.Allowed(), "%s opens %s", w.Person.Name, door)
		}
		if slices.Contains(w.Doors, reach.DocumentDoor("Database")) {
			assert.Empty(t, w.OSUser.Login, "a port has no OS user")
		}
		if slices.Contains(w.Doors, reach.DocumentDoor("Broken")) {
			assert.True(t, w.OSUser.Unknown, "nothing is known of it")
		}
	}
	assert.Equal(t, []reach.Door{"document Logs"}, doors["one"])
	assert.ElementsMatch(
		t, []reach.Door{"document Logs", "document Database", "document Local", "document Broken"}, doors["many"],
	)
	assert.Empty(t, doors["none"])
	assert.Equal(
		t, append(reach.Doors(), "document Broken", "document Database", "document Local", "document Logs"), f.Doors(),
	)
}
