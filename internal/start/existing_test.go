package start

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// account is an account as AWS Organizations lists it.
func account(id, name, status string) string {
	return fmt.Sprintf(
		`{"Id": %q, "Arn": "arn:aws:organizations::123456789012:account/o-exampleorgid/%s", "Email": "a@example.com", "Name": %q, "Status": %q, `+
			`"JoinedMethod": "CREATED", "JoinedTimestamp": "2026-01-01T00:00:00+00:00"}`,
		id,
		id,
		name,
		status,
	)
}

// organization is what the AWS CLI prints about an organization of five accounts, one of them closed, with a unit in
// a unit.
func organization() map[string]string {
	return map[string]string{
		"organization.json":           `{"Organization": {"Id": "o-exampleorgid", "MasterAccountId": "123456789012", "FeatureSet": "ALL"}}`,
		"roots.json":                  `{"Roots": [{"Id": "r-exam", "Arn": "arn:aws:organizations::123456789012:root/o-exampleorgid/r-exam", "Name": "Root"}]}`,
		"units-r-exam.json":           `{"OrganizationalUnits": [{"Id": "ou-exam-11111111", "Name": "Workloads"}, {"Id": "ou-exam-22222222", "Name": "People"}]}`,
		"units-ou-exam-11111111.json": `{"OrganizationalUnits": [{"Id": "ou-exam-33333333", "Name": "Production"}]}`,
		"accounts-r-exam.json":        `{"Accounts": [` + account("123456789012", "Management", "ACTIVE") + `]}`,
		"accounts-ou-exam-11111111.json": `{"Accounts": [` + account(
			"444455556666",
			"Shop",
			"ACTIVE",
		) + `, ` + account(
			"555555555555",
			"Old",
			"SUSPENDED",
		) + `]}`,
		"accounts-ou-exam-22222222.json": `{"Accounts": [` + account("111122223333", "Jump", "ACTIVE") + `]}`,
		"accounts-ou-exam-33333333.json": `{"Accounts": [` + account("777788889999", "Payments", "ACTIVE") + `]}`,
		"instances.json": `{"Instances": [{"InstanceArn": "` + instance + `", "IdentityStoreId": "d-1234567890", "OwnerAccountId": "123456789012", ` +
			`"Status": "ACTIVE"}]}`,
		"groups.json": `{"Groups": [{"GroupId": "` + groupID + `", "DisplayName": "operators", "IdentityStoreId": "d-1234567890"}]}`,
	}
}

// saved is a folder with files.
func saved(t *testing.T, files map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for name, content := range files {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600))
	}
	return folder
}

// read are answers that were read from files, and given some more.
func read(t *testing.T, files map[string]string, pairs ...string) (*Answers, error) {
	t.Helper()
	a := &Answers{}
	if err := a.ReadExisting(saved(t, files), nil); err != nil {
		return nil, err
	}
	for i := 0; i < len(pairs); i += 2 {
		require.NoError(t, a.answer(pairs[i], pairs[i+1]))
	}
	return a, a.Complete()
}

var rest = []string{
	"region",
	"ap-northeast-1",
	"jump",
	"Jump",
	"project",
	"shop=Shop",
	"project",
	"pay=Payments",
	"person",
	"alice@example.com=shop",
	"operator-group",
	"operators",
}

// What the AWS CLI printed is enough for the tree, the accounts, Identity Center and its groups.
func TestAnOrganizationIsRead(t *testing.T) {
	a, err := read(t, organization(), rest...)
	require.NoError(t, err)
	stacks := holds(t, a)
	assert.ElementsMatch(
		t,
		[]string{"jump", "management", "payments", "shop"},
		keysOf(stacks),
		"a closed account has no stack",
	)
	o := stacks["management"].Organization
	require.NotNil(t, o)
	assert.Equal(t, "r-exam", o.Tree.ID)
	assert.Equal(t, []string{"123456789012"}, o.Tree.Accounts)
	require.Len(t, o.Tree.Units, 2)
	assert.Equal(t, []string{"444455556666", "555555555555"}, o.Tree.Units[0].Accounts)
	assert.Equal(t, []string{"777788889999"}, o.Tree.Units[0].Units[0].Accounts)
	assert.Equal(t, "o-exampleorgid", stacks["shop"].Account.Organization)
	assert.Equal(t, map[string]string{"operators": groupID}, stacks["management"].IdentityCenter.Groups)
	assert.Equal(t, []string{"Shop", "Payments"}, []string{a.wayOut()[0].Name, a.wayOut()[1].Name})
}

// The ids of the organization and of its management account are in the ARNs, so that its description may be missing.
func TestTheOrganizationIsInTheARNs(t *testing.T) {
	files := organization()
	delete(files, "organization.json")
	a, err := read(t, files, rest...)
	require.NoError(t, err)
	assert.Equal(t, Organization{ID: "o-exampleorgid", Management: "123456789012", Root: "r-exam"},
		Organization{ID: a.Organization.ID, Management: a.Organization.Management, Root: a.Organization.Root})
}

// A file, a folder and stdin are read alike, whatever a shell makes of the text: PowerShell writes UTF-16.
func TestEveryWayToSaveIsRead(t *testing.T) {
	all := organization()["organization.json"] + organization()["roots.json"] + `{"Accounts": [` + account(
		"123456789012",
		"Management",
		"ACTIVE",
	) + `, ` +
		account(
			"111122223333",
			"Jump",
			"ACTIVE",
		) + `]}`
	utf16Of := func(text string, big bool) string {
		bytes := []byte{0xFF, 0xFE}
		if big {
			bytes = []byte{0xFE, 0xFF}
		}
		for _, u := range utf16.Encode([]rune(text)) {
			if big {
				bytes = append(bytes, byte(u>>8), byte(u))
			} else {
				bytes = append(bytes, byte(u), byte(u>>8))
			}
		}
		return string(bytes)
	}
	for _, text := range []string{all, "\uFEFF" + all, utf16Of(all, false), utf16Of(all, true), strings.ReplaceAll(all, ",", ",\r\n\t")} {
		for _, from := range []string{"-", filepath.Join(saved(t, map[string]string{"all [1].json": text}), "all [1].json")} {
			a := &Answers{}
			require.NoError(t, a.ReadExisting(from, strings.NewReader(text)))
			require.NoError(t, a.answer("region", "us-east-1"))
			require.NoError(t, a.answer("jump", "jump"))
			require.NoError(t, a.Complete())
			assert.Equal(t, "r-exam", a.Jump.Unit, "without units every account is in the root")
		}
	}
}

// What is missing, cut or not what the AWS CLI prints is refused with the file, and with what to save.
func TestOutputThatCannotBeReadIsRefused(t *testing.T) {
	for _, c := range []struct {
		file, content, want string
	}{
		{"organization.json", "", "organization.json is empty"},
		{"organization.json", "Organization:\n  Id: o-exampleorgid\n", "is not JSON"},
		{"organization.json", `["o-exampleorgid"]`, "is not what the AWS CLI prints"},
		{"organization.json", `{"Policies": []}`,
			"has nothing that is read; it may have the output of\n  aws organizations describe-organization"},
		{"organization.json", `{"Organization": {"Id": "o-otherorgid00", "MasterAccountId": "123456789012"}}`,
			"give the output for one organization"},
		{"organization.json", `{"Organization": {"Id": "o-exampleorgid", "MasterAccountId": "1"}}`,
			`the id of the management account: "1" is not an account id`},
		{"roots.json", `{"Roots": [{"Id": "ou-exam-11111111"}]}`, `the id of the root: "ou-exam-11111111"`},
		{"accounts-r-exam.json", `{"Accounts": [], "NextToken": "abc"}`, "the output is cut"},
		{"accounts-r-exam.json", `{"Accounts": [{"Id": 123456789012}]}`, "accounts-r-exam.json: "},
		{"accounts-ou-exam-11111111.json", `{"Accounts": [{"Id": "44", "Name": "Shop"}]}`,
			`the id of the account "Shop": "44" is not an account id`},
		{"units-r-exam.json", `{"OrganizationalUnits": [{"Id": "r-exam", "Name": "x"}]}`, `the id of the unit "x"`},
		{"units-ou-exam-11111111.json", "remove",
			"account 777788889999 (Payments) is in ou-exam-33333333, which no file has; " +
				`save "aws organizations list-organizational-units-for-parent --parent-id <parent>" as units-<parent>.json`},
		{"units-r-exam.json", "remove", "ou-exam-11111111, which no file has"},
		{"instances.json", `{"Instances": [{"InstanceArn": "arn:1"}, {"InstanceArn": "arn:2"}]}`,
			"there are two instances"},
		{"instances.json", "remove", "--identity-center: the instance is missing"},
		{"groups.json", "remove", `--operator-group: "operators" is no group that is known`},
	} {
		files := organization()
		files[c.file] = c.content
		if c.content == "remove" {
			delete(files, c.file)
		}
		_, err := read(t, files, rest...)
		if assert.Error(t, err, c.want) {
			assert.Contains(t, err.Error(), c.want)
			var use *UseError
			assert.ErrorAs(t, err, &use)
		}
	}
	files := organization()
	files["accounts.json"] = `{"Accounts": [` + account("111111111111", "New", "ACTIVE") + `]}`
	_, err := read(t, files, rest...)
	assert.ErrorContains(t, err, "the unit of account 111111111111 (New) is not known")
	assert.ErrorContains(t, (&Answers{}).ReadExisting(t.TempDir(), nil), "has no file that ends in .json")
	assert.ErrorContains(t, (&Answers{}).ReadExisting(filepath.Join(t.TempDir(), "absent"), nil), "--from: ")
}
