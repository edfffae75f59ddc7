package sessiondocument_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/world"
	"aws-access-guardrails/access/world/sessiondoc"
	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/guardrail/preferences"
	"aws-access-guardrails/guardrail/sessiondocument"
	"aws-access-guardrails/policy"
)

func port() *sessiondocument.Args {
	return &sessiondocument.Args{
		Account: guardrail.Account{ID: "111122223333", Partition: policy.AWS}, Name: "Database",
		Regions:        []string{"ap-northeast-1", "us-east-1"},
		PortForwarding: &sessiondocument.PortForwarding{Host: "db.example.internal", Port: 5432},
	}
}

func command() *sessiondocument.Args {
	a := port()
	a.Name, a.PortForwarding = "Logs", nil
	a.Sessions = &preferences.Args{
		Account: a.Account,
		Regions: a.Regions,
		Logs:    preferences.SessionLogs{CloudWatch: preferences.CloudWatchLogs{Group: "/sessions"}},
	}
	a.InteractiveCommand = &sessiondocument.InteractiveCommand{
		Linux:      "tail /var/log/{{ file }}",
		Parameters: []sessiondocument.Parameter{{Name: "file", Default: "a.log", AllowedPattern: `^[a-z]+\.log$`}},
	}
	return a
}

// A port is written out, and the caller chooses the port of the own machine alone.
func TestAPortIsWrittenOut(t *testing.T) {
	a := port()
	require.NoError(t, a.Validate())
	var document map[string]any
	require.NoError(t, json.Unmarshal([]byte(a.Content()), &document))
	assert.Equal(t, map[string]any{
		"portNumber":      "5432",
		"type":            "LocalPortForwarding",
		"localPortNumber": "{{ localPortNumber }}",
		"host":            "db.example.internal",
	}, document["properties"])
	assert.Equal(t, "Port", document["sessionType"])
	assert.Contains(t, document["parameters"], "localPortNumber")
	a.PortForwarding.Host = ""
	require.NoError(t, a.Validate())
	assert.NotContains(t, a.Content(), "host")
}

// A command has Run As, limits and logs of the account, and is never elevated.
func TestACommandRunsAsTheOSUserOfTheRole(t *testing.T) {
	a := command()
	require.NoError(t, a.Validate())
	var document struct {
		SessionType string
		Inputs      map[string]any
		Properties  map[string]sessiondoc.Command
	}
	require.NoError(t, json.Unmarshal([]byte(a.Content()), &document))
	assert.Equal(t, "InteractiveCommands", document.SessionType)
	assert.Equal(t, true, document.Inputs["runAsEnabled"])
	assert.Equal(t, "15", document.Inputs["idleSessionTimeout"])
	assert.Equal(t, "/sessions", document.Inputs["cloudWatchLogGroupName"])
	want := sessiondoc.Command{Commands: "tail /var/log/{{ file }}"}
	assert.Equal(t, map[string]sessiondoc.Command{"linux": want, "macos": want}, document.Properties)
	var w world.Account
	a.AddTo(&w)
	require.Len(t, w.Documents, 2)
	assert.Equal(t, "us-east-1", w.Documents[1].Region)
}

// What is not free leaves nothing to the caller, whatever the document is.
func TestDocumentsLeaveOnlyWhatTheySay(t *testing.T) {
	for _, a := range []*sessiondocument.Args{port(), command()} {
		left, err := sessiondoc.Freedoms(a.Content())
		require.NoError(t, err)
		assert.Empty(t, left, a.Name)
	}
	a := command()
	a.InteractiveCommand.Parameters[0] = sessiondocument.Parameter{Name: "file", Free: true}
	require.NoError(t, a.Validate())
	left, err := sessiondoc.Freedoms(a.Content())
	require.NoError(t, err)
	assert.Equal(t, []sessiondoc.Freedom{{Kind: "command", Parameter: "file"}}, left)
	assert.Equal(t, []string{"file"}, a.Free())
}

// A document that AWS refuses, or that leaves more to a caller than it says, is refused.
func TestDocumentsThatAreRefused(t *testing.T) {
	parameter := func(p sessiondocument.Parameter) func(*sessiondocument.Args) {
		return func(a *sessiondocument.Args) { a.InteractiveCommand.Parameters[0] = p }
	}
	for name, c := range map[string]struct {
		from   func() *sessiondocument.Args
		change func(*sessiondocument.Args)
		path   string
		says   string
	}{
		"a short name":      {port, func(a *sessiondocument.Args) { a.Name = "x" }, "name", "name"},
		"a name of AWS":     {port, func(a *sessiondocument.Args) { a.Name = "aws-x" }, "name", "begins with aws"},
		"a name of Amazon":  {port, func(a *sessiondocument.Args) { a.Name = "AmazonX" }, "name", "begins with amazon"},
		"the preferences":   {port, func(a *sessiondocument.Args) { a.Name = "SSM-SessionManagerRunShell" }, "name", "begins with ssm-"},
		"nothing":           {port, func(a *sessiondocument.Args) { a.PortForwarding = nil }, "", "opens nothing"},
		"both":              {command, func(a *sessiondocument.Args) { a.PortForwarding = port().PortForwarding }, "interactiveCommand", "stands beside portForwarding"},
		"no port":           {port, func(a *sessiondocument.Args) { a.PortForwarding.Port = 0 }, "portForwarding.port", "is no port"},
		"a high port":       {port, func(a *sessiondocument.Args) { a.PortForwarding.Port = 65536 }, "portForwarding.port", "is no port"},
		"a pattern of host": {port, func(a *sessiondocument.Args) { a.PortForwarding.Host = "*.internal" }, "portForwarding.host", "is neither the name nor the address"},
		"a host to choose":  {port, func(a *sessiondocument.Args) { a.PortForwarding.Host = "{{ host }}" }, "portForwarding.host", "is neither"},
		"a URL":             {port, func(a *sessiondocument.Args) { a.PortForwarding.Host = "https://db" }, "portForwarding.host", "is neither"},
		"a network":         {port, func(a *sessiondocument.Args) { a.PortForwarding.Host = "10.0.0.0/8" }, "portForwarding.host", "is neither"},
		"no command":        {command, func(a *sessiondocument.Args) { a.InteractiveCommand.Linux = "" }, "interactiveCommand", "runs nothing"},
		"no preferences":    {command, func(a *sessiondocument.Args) { a.Sessions = nil }, "interactiveCommand", "with sudo"},
		"an unknown parameter": {command, func(a *sessiondocument.Args) { a.InteractiveCommand.Windows = "type {{ other }}" },
			"interactiveCommand", "{{ other }}"},
		"an idle parameter": {command, func(a *sessiondocument.Args) { a.InteractiveCommand.Linux = "top" },
			"interactiveCommand.parameters[0].name", "stands in no command"},
		"a parameter twice": {command, func(a *sessiondocument.Args) {
			a.InteractiveCommand.Parameters = append(
				a.InteractiveCommand.Parameters, a.InteractiveCommand.Parameters[0],
			)
		}, "interactiveCommand.parameters[1].name", "is listed twice"},
		"a bad name":        {command, parameter(sessiondocument.Parameter{Name: "a-b", Free: true}), "interactiveCommand.parameters[0].name", "is not the name"},
		"no bound":          {command, parameter(sessiondocument.Parameter{Name: "file"}), "interactiveCommand.parameters[0]", "would run any command"},
		"free and bounded":  {command, parameter(sessiondocument.Parameter{Name: "file", Free: true, AllowedValues: []string{"a"}}), "interactiveCommand.parameters[0].free", "stands beside what bounds it"},
		"two bounds":        {command, parameter(sessiondocument.Parameter{Name: "file", AllowedPattern: "^a$", AllowedValues: []string{"a"}}), "interactiveCommand.parameters[0].allowedPattern", "stands beside allowedValues"},
		"a part of a match": {command, parameter(sessiondocument.Parameter{Name: "file", AllowedPattern: "[a-z]+"}), "interactiveCommand.parameters[0].allowedPattern", "is not between ^ and $"},
		"a wide pattern":    {command, parameter(sessiondocument.Parameter{Name: "file", AllowedPattern: "^.+$"}), "interactiveCommand.parameters[0].allowedPattern", "takes the character"},
		"a default outside of the pattern": {command, parameter(
			sessiondocument.Parameter{Name: "file", AllowedPattern: "^[a-z]$", Default: "9"},
		),
			"interactiveCommand.parameters[0].default", "does not match"},
		"a default outside of the values": {command, parameter(
			sessiondocument.Parameter{Name: "file", AllowedValues: []string{"a"}, Default: "b"},
		),
			"interactiveCommand.parameters[0].default", "is not among"},
	} {
		a := c.from()
		require.NoError(t, a.Validate(), name)
		c.change(a)
		err := a.Validate()
		require.ErrorContains(t, err, c.says, name)
		assert.ErrorContains(t, err, c.path, name)
	}
}
