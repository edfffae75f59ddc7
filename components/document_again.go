package components

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ssm"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aws-access-guardrails/guardrail/preferences"
)

// Systems Manager refuses to update a document to a content that it has already, and its documentation does not say
// whether it compares with the latest version or with every version. The provider takes that refusal for success and
// keeps the latest version. So a content that follows another one says so in its description, which nothing reads: it
// is then unlike every version that the document ever had, also where preferences go back to what they were.

// followingContent is the wanted content of a document whose latest version is deployed: deployed itself where it
// means the same, else wanted with a mark of what it follows. Wanted is a JSON object with a description; an empty
// deployed means that there is no document.
func followingContent(wanted, deployed string) string {
	var next, before map[string]any
	if deployed == "" || deployed == wanted || json.Unmarshal([]byte(wanted), &next) != nil {
		return wanted
	}
	description, ok := next["description"].(string)
	if !ok {
		return wanted
	}
	if json.Unmarshal([]byte(deployed), &before) == nil {
		if marked, ok := before["description"].(string); ok {
			before["description"] = preferences.Unmarked(marked)
		}
		if reflect.DeepEqual(next, before) {
			return deployed
		}
	}
	return marked(wanted, description, deployed)
}

// marked is the wanted content, which has the description, with a mark of what it follows.
func marked(wanted, description, follows string) string {
	sum := sha256.Sum256([]byte(follows))
	quoted := func(s string) string {
		text, _ := json.Marshal(s)
		return `"description":` + string(text)
	}
	return strings.Replace(
		wanted,
		quoted(description),
		quoted(description+" (after "+hex.EncodeToString(sum[:6])+")"),
		1,
	)
}

// contentInForce is the wanted content of a document of which the latest version has one content and the version in
// force another: Session Manager follows the one in force, and the provider looks at the latest. Where somebody has put
// an older version in force, the wanted content is made unlike the latest, so that a new version is made, which the
// provider puts in force. Otherwise it is followingContent.
func contentInForce(wanted, latest, inForce string) string {
	var next map[string]any
	if latest == inForce || inForce == "" || json.Unmarshal([]byte(wanted), &next) != nil {
		return followingContent(wanted, latest)
	}
	description, ok := next["description"].(string)
	if !ok {
		return followingContent(wanted, latest)
	}
	return marked(wanted, description, latest+"\n"+inForce)
}

// noDocument is how the provider says that there is no such document.
var noDocument = regexp.MustCompile(`InvalidDocument\b|does not exist|couldn't find resource`)

// The versions of a document that have names.
const (
	latestVersion  = "$LATEST"
	versionInForce = "$DEFAULT"
)

// deployedContent is the content of a version of a document; empty where there is no document.
func deployedContent(ctx *pulumi.Context, name, version string, opts ...pulumi.InvokeOption) (string, error) {
	format := "JSON"
	document, err := ssm.LookupDocument(
		ctx,
		&ssm.LookupDocumentArgs{Name: name, DocumentFormat: &format, DocumentVersion: &version},
		opts...)
	switch {
	case err == nil:
		return document.Content, nil
	case noDocument.MatchString(err.Error()):
		return "", nil
	}
	return "", fmt.Errorf("read the document %s, which may be there: %w", name, err)
}
