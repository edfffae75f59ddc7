package components_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access/world"
	"aws-access-guardrails/guardrail/preferences"
	"aws-access-guardrails/internal/testkit/accounts"
	"aws-access-guardrails/internal/testkit/mocks"
	"aws-access-guardrails/policy"
)

// texts are the documents of a world by what they belong to, as JSON.
func texts(w world.Account) map[string]string {
	out := map[string]string{}
	for _, group := range w.Groups {
		for _, inline := range group.Inline {
			out["group-"+group.Name+"."+inline.Name] = inline.Document.JSON()
		}
	}
	for _, managed := range w.Policies {
		out["policy-"+managed.ARN[strings.LastIndex(managed.ARN, "/")+1:]] = managed.Document.JSON()
	}
	for _, role := range w.Roles {
		out["role-"+role.Name+".trust"] = role.Trust.JSON()
		for _, inline := range role.Inline {
			out["role-"+role.Name+"."+inline.Name] = inline.Document.JSON()
		}
	}
	for _, document := range w.Documents {
		out["document-"+document.Name+"."+document.Region] = document.Content
	}
	return out
}

// What is registered is, byte for byte, what a world says that proofs are made about.
func TestTheRegisteredDocumentsAreTheProvenOnes(t *testing.T) {
	for _, partition := range []policy.Partition{policy.AWS, policy.AWSChina, policy.AWSUSGov} {
		for name, f := range map[string]accounts.Account{"full": accounts.FullAccount(partition), "plain": accounts.PlainAccount(partition)} {
			t.Run(string(partition)+"/"+name, func(t *testing.T) {
				rec, w := deployed(t, f), f.World()
				assert.Equal(t, texts(w), rec.Documents())

				require.Len(t, w.Users, len(rec.OfType(userType)))
				for _, user := range w.Users {
					r := resourceNamed(t, rec, userType, "user-"+user.Name+"-user")
					assert.Equal(
						t,
						[]any{user.Name, user.Path, tagMap(user.Tags)},
						[]any{r.String("name"), r.String("path"), r.Map("tags")},
					)
					assert.Equal(
						t,
						user.Groups,
						resourceNamed(t, rec, membershipType, "user-"+user.Name+"-membership").Strings("groups"),
					)
				}
				require.Len(t, w.Roles, len(rec.OfType(roleType)))
				for _, r := range rec.OfType(roleType) {
					role := roleNamed(t, w, r.String("name"))
					assert.Equal(
						t,
						[]any{role.Path, tagMap(role.Tags), role.MaxSession},
						[]any{r.String("path"), r.Map("tags"), r.Number("maxSessionDuration")},
					)
				}
				group := resourceNamed(t, rec, groupType, "mfa-group")
				assert.Equal(
					t,
					[]string{w.Groups[0].Name, w.Groups[0].Path},
					[]string{group.String("name"), group.String("path")},
				)
				assert.True(t, w.PasswordPolicy)
			})
		}
	}
}

func tagMap(tags []world.Tag) map[string]string {
	out := map[string]string{}
	for _, tag := range tags {
		out[tag.Key] = tag.Value
	}
	return out
}

func roleNamed(t *testing.T, w world.Account, name string) world.Role {
	t.Helper()
	for _, role := range w.Roles {
		if role.Name == name {
			return role
		}
	}
	require.Failf(t, "no role", "%s", name)
	return world.Role{}
}

// The preferences of a world say what the document says.
func TestPreferencesOfTheWorldAreThoseOfTheDocument(t *testing.T) {
	f := accounts.FullAccount(policy.AWS)
	off := false
	f.Sessions.RunAs = preferences.RunAs{Enabled: &off}
	for name, f := range map[string]accounts.Account{"run as on": accounts.FullAccount(policy.AWS), "run as off": f} {
		w := f.World()
		require.Len(t, w.Preferences, 2, name)
		for i, preferences := range w.Preferences {
			var content struct {
				Inputs struct {
					RunAsEnabled                                                       bool
					RunAsDefaultUser, IdleSessionTimeout, MaxSessionDuration, KMSKeyID string
				}
			}
			require.NoError(t, json.Unmarshal([]byte(w.Documents[i].Content), &content))
			in := content.Inputs
			assert.Equal(t, preferences.RunAs, in.RunAsEnabled, name)
			assert.Equal(t, preferences.DefaultUser, in.RunAsDefaultUser, name)
			assert.Equal(t, fmt.Sprint(preferences.IdleTimeout), in.IdleSessionTimeout, name)
			assert.Equal(t, fmt.Sprint(preferences.MaxDuration), in.MaxSessionDuration, name)
			assert.Equal(
				t,
				"arn:aws:kms:"+preferences.Region+":"+accounts.Home+":key/"+in.KMSKeyID,
				preferences.KMSKey,
				name,
			)
		}
	}
}

// The documents as people read them, and the list of resources with their names, which are part of every URN.
func TestGoldenDocumentsAndResources(t *testing.T) {
	for name, f := range map[string]accounts.Account{"full": accounts.FullAccount(policy.AWS), "plain": accounts.PlainAccount(policy.AWS)} {
		t.Run(name, func(t *testing.T) {
			rec := deployed(t, f)
			files := map[string]string{resourcesFile: resourceList(rec)}
			for name, text := range rec.Documents() {
				var pretty bytes.Buffer
				require.NoError(t, json.Indent(&pretty, []byte(text), "", "  "), name)
				files[name+".json"] = pretty.String() + "\n"
			}
			golden(t, "components/"+name, files)
		})
	}
}

func resourceList(rec *mocks.Recorder) string {
	var b strings.Builder
	for _, r := range rec.Resources() {
		parent := r.ParentName()
		if parent == "" {
			parent = "-"
		}
		fmt.Fprintf(&b, "%s %s parent=%s", r.Type, r.Name, parent)
		if r.Retain != nil && *r.Retain {
			b.WriteString(" retained")
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// In another partition every ARN is of that partition, and nothing else changes: not one statement is lost or added.
func TestEveryPartitionGetsTheSameDocuments(t *testing.T) {
	want := texts(accounts.FullAccount(policy.AWS).World())
	for _, partition := range []policy.Partition{policy.AWSChina, policy.AWSUSGov} {
		t.Run(string(partition), func(t *testing.T) {
			f := accounts.FullAccount(partition)
			for name, text := range deployed(t, f).Documents() {
				assert.NotContains(t, text, "arn:aws:", name)
				for i, region := range accounts.Regions[partition] {
					name = strings.ReplaceAll(name, region, accounts.Regions[policy.AWS][i])
					text = strings.ReplaceAll(text, region, accounts.Regions[policy.AWS][i])
				}
				assert.Equal(t, want[name], strings.ReplaceAll(text, "arn:"+string(partition)+":", "arn:aws:"), name)
			}
			for _, r := range deployed(t, f, mocks.Account(accounts.Home, string(partition), accounts.Regions[partition][0])).Resources() {
				assert.NotContains(t, fmt.Sprint(r.Inputs), "arn:aws:", r.Name)
			}
		})
	}
}

// What the real provider checks before it calls AWS, from its schema: characters and lengths of names, ranges, JSON
// without duplicate keys.
func TestArgumentsAreValidForTheRealProvider(t *testing.T) {
	var (
		iamName  = regexp.MustCompile(`^[0-9A-Za-z=,.@\-_+]+$`)
		iamPath  = regexp.MustCompile(`^/(\x21-\x7e*/)?|(/[\x21-\x7e]+/)$`)
		ssmName  = regexp.MustCompile(`^[0-9A-Za-z_.-]{3,128}$`)
		tagText  = regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`)
		document = regexp.MustCompile(`^[\x{0009}\x{000A}\x{000D}\x{0020}-\x{00FF}]+$`)
	)
	lengths := map[string]int{
		groupType:         128,
		userType:          64,
		roleType:          64,
		managedPolicyType: 128,
		groupPolicyType:   128,
		rolePolicyType:    128,
	}
	checked := 0
	for _, partition := range []policy.Partition{policy.AWS, policy.AWSChina, policy.AWSUSGov} {
		for _, f := range []accounts.Account{accounts.FullAccount(partition), accounts.PlainAccount(partition)} {
			for _, r := range deployed(t, f).Resources() {
				if longest, named := lengths[r.Type]; named {
					checked++
					assert.Regexp(t, iamName, r.String("name"), r.Name)
					assert.LessOrEqual(t, len(r.String("name")), longest, r.Name)
				}
				if path := r.String("path"); path != "" {
					assert.Regexp(t, iamPath, path, r.Name)
				}
				if r.Type == documentType {
					assert.Regexp(t, ssmName, r.String("name"))
				}
				if r.Type == roleType {
					assert.GreaterOrEqual(t, r.Number("maxSessionDuration"), 3600)
					assert.LessOrEqual(t, r.Number("maxSessionDuration"), 43200)
					assert.LessOrEqual(
						t,
						len(r.String("path")+r.String("name")),
						64,
						"the console switches to no longer role",
					)
				}
				for key, value := range r.Map("tags") {
					assert.Regexp(t, tagText, key, r.Name)
					assert.Regexp(t, tagText, value, r.Name)
				}
				for _, key := range []string{"policy", "assumeRolePolicy"} {
					if text := r.String(key); text != "" {
						assert.Regexp(t, document, text, r.Name)
						parsed, err := policy.Parse([]byte(text))
						require.NoError(t, err, r.Name)
						assert.Equal(t, text, parsed.JSON(), "%s: reading and writing it changes nothing", r.Name)
					}
				}
			}
		}
	}
	assert.Positive(t, checked)
}

// Every statement has a Sid that reads as a sentence, because problems, explanations and expectations cite it.
func TestEveryStatementHasASentenceAsSid(t *testing.T) {
	sentence := regexp.MustCompile(`^([A-Z][a-z]*|MFA|AWS){2,}[A-Za-z]*$`)
	for name, text := range texts(accounts.FullAccount(policy.AWS).World()) {
		if strings.HasPrefix(name, "document-") {
			continue
		}
		parsed, err := policy.Parse([]byte(text))
		require.NoError(t, err)
		for _, statement := range parsed.Statements {
			assert.Regexp(t, sentence, statement.Sid, name)
			assert.Equal(
				t,
				statement.Effect == policy.EffectDeny,
				strings.HasPrefix(statement.Sid, "Deny"),
				"%s: %s",
				name,
				statement.Sid,
			)
		}
	}
}
