package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func sample() fstest.MapFS {
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	return fstest.MapFS{
		"package.json":       file(`{"version": "1.2.3", "license": "MIT", "updatedAt": "2026-09-26T04:46:59.905Z"}`),
		"data/services.json": file(`["demo"]`),
		"data/actions/demo.json": file(`{
		  "open": {"name": "Open", "accessLevel": "Write", "conditionKeys": ["demo:B", "demo:A"],
		    "resourceTypes": [{"name": "door", "required": true, "conditionKeys": ["demo:A"]}, {"name": "window", "required": false, "conditionKeys": []}]},
		  "list": {"name": "List", "accessLevel": "List", "conditionKeys": [], "resourceTypes": []}}`),
		"data/conditionKeys/demo.json": file(
			`{"demo:b": {"key": "demo:B", "type": "Bool"}, "demo:a": {"key": "demo:A", "type": "String"}}`,
		),
		"data/resourceTypes/demo.json": file(`{
		  "window": {"key": "window", "arn": "arn:${Partition}:demo::${Account}:window/${Window Name}, arn:${Partition}:demo:::pane/${Pane}"},
		  "door": {"key": "door", "arn": "arn:${Partition}:demo::${Account}:door/${Door}", "conditionKeys": ["demo:A"]}}`),
	}
}

// One service reduces to the lines that the comment of reduceService promises, in the same order at every run.
func TestServiceIsReducedToItsLines(t *testing.T) {
	for range 5 {
		text, err := reduce(sample())
		require.NoError(t, err)
		_, body, _ := strings.Cut(string(text), "\n")
		assert.Equal(t, strings.Join([]string{
			"=demo",
			"?String demo:A",
			"?Bool demo:B",
			">arn:${Partition}:demo::${Account}:door/${Door} 0 door",
			">arn:${Partition}:demo::${Account}:window/${WindowName}|arn:${Partition}:demo:::pane/${Pane} - window",
			"%0,1",
			"%0",
			"List L -",
			"Open W 0 0!:1 1",
			"",
		}, "\n"), body)
	}
}

// Data that the format cannot carry stops the generator.
func TestUnexpectedDataIsRefused(t *testing.T) {
	for name, change := range map[string][2]string{
		"licence":      {"package.json", `{"license": "AGPL-3.0"}`},
		"access level": {"data/actions/demo.json", `{"open": {"name": "Open", "accessLevel": "Dance"}}`},
		"resource type": {"data/actions/demo.json",
			`{"open": {"name": "Open", "accessLevel": "Write", "resourceTypes": [{"name": "gate"}]}}`},
		"key": {"data/actions/demo.json",
			`{"open": {"name": "Open", "accessLevel": "Write", "conditionKeys": ["demo:C"]}}`},
		"not JSON": {"data/resourceTypes/demo.json", `{`},
	} {
		pkg := sample()
		pkg[change[0]] = &fstest.MapFile{Data: []byte(change[1])}
		_, err := reduce(pkg)
		assert.Error(t, err, name)
	}
}

// The embedded catalogue has the form that its reader relies on, line by line.
func TestCommittedCatalogueIsWellFormed(t *testing.T) {
	text, err := os.ReadFile("../../catalogue.txt")
	require.NoError(t, err)
	require.True(t, strings.HasSuffix(string(text), "\n"))
	first, body, _ := strings.Cut(string(text), "\n")
	assert.Contains(t, first, version)
	forms := regexp.MustCompile(
		`^(=[a-z0-9-]+|\?[A-Za-z]+ \S+|>arn:\S+ (-|[0-9,]+) \S.*|%[0-9,]+|[A-Za-z0-9-]+ [LRWPT]+ (-|[0-9]+)( [0-9]+!?(:[0-9]+)?)*)$`,
	)
	for line := range strings.Lines(body) {
		if line = strings.TrimSuffix(line, "\n"); !forms.MatchString(line) {
			t.Fatalf("line %q has no known form", line)
		}
	}
}

// What opens a way onto a machine is told by its name or its description; what lists, reads away or ends something is
// not.
func TestLookAlikesAreFoundByNameAndDescription(t *testing.T) {
	for name, word := range map[string]string{
		"CreateStreamSessionAdminShell": "stream", "OpenTunnel": "tunnel", "ExecuteCommand": "execute", "CreateWebLoginToken": "login", "ModifyUserData": "userdata",
		"CreateStudioPresignedUrl": "studio", "AttachVolume": "attach", "RDPGateway": "rdp", "GetConsoleOutput": "console", "ActivateEC2Remote": "remote",
		"RunTask": "run", "InvokeFunction": "invoke", "SubmitJob": "job", "DeployHubModel": "deploy", "CreateDeployment": "deployment", "StartJobRun": "job",
		"ListSessions": "", "DescribeSessions": "", "TerminateSession": "", "BatchGetSandboxes": "", "ObserveThing": "", "Sessionize": "",
	} {
		assert.Equal(
			t,
			word,
			looksLikeDoor(action{Name: name, AccessLevel: "Write", Description: "Grants permission to do something"}),
			name,
		)
	}
	assert.Empty(t, looksLikeDoor(action{Name: "GetSession", AccessLevel: "List"}))
	for description, word := range map[string]string{
		"Grants permission to run a shell": "shell", "Grants permission to create a " +
			"pre-signed URL": "pre-signed", "Grants permission to set the password": "password",
		"Grants permission to change user data": "user data", "Grants permission to execute " +
			"a script": "execute a script", "Grants permission to log in": "log in",
		"Grants permission to assemble shellfish": "",
	} {
		assert.Equal(
			t,
			word,
			looksLikeDoor(action{Name: "DoThing", AccessLevel: "Write", Description: description}),
			description,
		)
	}
	pkg := sample()
	pkg["data/actions/demo.json"] = &fstest.MapFile{
		Data: []byte(
			`{"b": {"name": "OpenShell", "accessLevel": "Write"}, "a": {"name": "Close", "accessLevel": "Write"}}`,
		),
	}
	text, err := lookAlikes(pkg)
	require.NoError(t, err)
	assert.Equal(t, "demo:OpenShell shell\n", string(text))
}
