package provider

import (
	"fmt"
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	nativessm "github.com/pulumi/pulumi-aws-native/sdk/go/aws/ssm"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/sandbox/provider/resources"
	"aws-access-guardrails/internal/sandbox/provider/schema"
)

// everyProperty calls with each input of each type, those of nested objects too.
func everyProperty(visit func(of *resources.Type, path string, p schema.Property)) {
	var walk func(of *resources.Type, path string, p schema.Property)
	walk = func(of *resources.Type, path string, p schema.Property) {
		visit(of, path, p)
		for key, field := range p.Fields {
			walk(of, path+"."+string(key), field)
		}
	}
	for _, r := range registries() {
		for _, of := range r.types {
			for key, p := range of.Schema {
				if p.Input {
					walk(of, string(key), p)
				}
			}
		}
	}
}

// Each rule of each property refuses each of its broken values, and one of them is refused by no other rule of the
// property: without the rule it would pass.
func TestEveryRuleRefusesWhatBreaksIt(t *testing.T) {
	rules := 0
	everyProperty(func(of *resources.Type, path string, p schema.Property) {
		for i, r := range p.Rules {
			rules++
			alone := 0
			for _, broken := range r.Broken {
				assert.NotEmpty(t, r.Check(broken), "%s.%s takes %v", of.Token, path, broken)
				value, others := broken, 0
				if p.Kind == schema.TextSetKind || p.Kind == schema.TextListKind {
					value = resource.NewArrayProperty([]resource.PropertyValue{broken})
				}
				c := &schema.Checked{}
				c.Value(path, p, value)
				assert.NotEmpty(t, c.Failures, "%s.%s takes %v", of.Token, path, broken)
				for j, other := range p.Rules {
					if j != i && other.Check(broken) != "" {
						others++
					}
				}
				if others == 0 {
					alone++
				}
			}
			assert.Positive(t, alone, "%s.%s: no broken value shows what rule %d is for", of.Token, path, i)
		}
	})
	t.Logf("%d rules", rules)
	assert.Greater(t, rules, 60)
}

// A value of another type is refused for each property, and lists that need items are refused without.
func TestEveryPropertyRefusesOtherTypes(t *testing.T) {
	wrong := map[schema.Kind][]resource.PropertyValue{
		schema.TextKind:     {schema.Flag(true), schema.Number(1), schema.Texts(nil)},
		schema.FlagKind:     {schema.Text("true"), schema.Number(1)},
		schema.NumberKind:   {schema.Text("1"), resource.NewNumberProperty(1.5), schema.Flag(true)},
		schema.TextSetKind:  {schema.Text("a"), resource.NewArrayProperty([]resource.PropertyValue{schema.Number(1)})},
		schema.TextMapKind:  {schema.Text("a"), schema.Texts([]string{"a"})},
		schema.TextListKind: {schema.Text("a"), resource.NewArrayProperty([]resource.PropertyValue{schema.Number(1)})},
		schema.ObjectSetKind: {
			schema.Text("a"),
			schema.Texts([]string{"a"}),
			schema.Objects([]schema.Values{{"unheardOf": schema.Text("a")}}),
		},
		schema.ObjectKind: {
			schema.Text("a"),
			schema.Texts([]string{"a"}),
			schema.Object(schema.Values{"unheardOf": schema.Text("a")}),
		},
		schema.PolicyKind: {schema.Flag(true), schema.Number(1)},
		schema.JSONKind:   {schema.Flag(true), schema.Number(1)},
	}
	everyProperty(func(of *resources.Type, path string, p schema.Property) {
		require.NotEmpty(t, wrong[p.Kind], "%s.%s", of.Token, path)
		for _, value := range wrong[p.Kind] {
			c := &schema.Checked{}
			c.Value(path, p, value)
			assert.NotEmpty(t, c.Failures, "%s.%s takes %v", of.Token, path, value)
		}
		if p.Items > 0 {
			c := &schema.Checked{}
			c.Value(path, p, schema.Texts(nil))
			assert.NotEmpty(t, c.Failures, "%s.%s takes an empty list", of.Token, path)
		}
	})
}

// Each required argument is missed, and an argument that the type does not have is refused.
func TestArgumentsThatAreRequiredAreMissed(t *testing.T) {
	for _, r := range registries() {
		for token, of := range r.types {
			reasons, known := Refused(token, resource.PropertyMap{"unheardOf": schema.Text("x")})
			require.True(t, known)
			assert.Contains(t, strings.Join(reasons, "\n"),
				`unheardOf: an argument named "unheardOf" is not expected here`, token)
			for key, p := range of.Schema {
				missed := slices.Contains(reasons, fmt.Sprintf("%s: missing required property %q", key, key))
				assert.Equal(t, p.Required && p.Auto == 0, missed, "%s.%s", token, key)
			}
			for key, p := range of.Schema {
				for field, f := range p.Fields {
					c := &schema.Checked{}
					empty, at := schema.Objects([]schema.Values{{}}), "[0]."
					if p.Kind == schema.ObjectKind {
						empty, at = schema.Object(schema.Values{}), "."
					}
					c.Value(string(key), p, empty)
					missed := fmt.Sprintf("missing required property %q", string(key)+at+string(field))
					assert.Equal(
						t,
						f.Required,
						strings.Contains(fmt.Sprintf("%v", c.Failures), missed),
						"%s.%s.%s",
						token,
						key,
						field,
					)
				}
			}
		}
	}
}

// wordsOfTheSDK are the values of an enumeration that the SDK of aws-native has as constants.
func wordsOfTheSDK(t *testing.T, enumeration string) []string {
	t.Helper()
	const ssm = "github.com/pulumi/pulumi-aws-native/sdk/go/aws/ssm"
	dir, err := exec.Command("go", "list", "-f", "{{.Dir}}", ssm).Output()
	require.NoError(t, err)
	file, err := parser.ParseFile(
		gotoken.NewFileSet(),
		filepath.Join(strings.TrimSpace(string(dir)), "pulumiEnums.go"),
		nil,
		0,
	)
	require.NoError(t, err)
	var words []string
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 {
			return true
		}
		call, ok := spec.Values[0].(*ast.CallExpr)
		if !ok {
			return true
		}
		if typ, ok := call.Fun.(*ast.Ident); ok && typ.Name == enumeration {
			word, err := strconv.Unquote(call.Args[0].(*ast.BasicLit).Value)
			require.NoError(t, err)
			words = append(words, word)
		}
		return true
	})
	return words
}

// The enumerations of aws-native are those of its SDK: each word of it is taken, and none besides.
func TestTheEnumerationsAreThoseOfTheSDK(t *testing.T) {
	schema := native().types["aws-native:ssm:Document"].Schema
	for key, enumeration := range map[resource.PropertyKey]string{
		"documentFormat": "DocumentFormat", "documentType": "DocumentType", "updateMethod": "DocumentUpdateMethod",
	} {
		words := wordsOfTheSDK(t, enumeration)
		require.NotEmpty(t, words, enumeration)
		require.Len(t, schema[key].Rules, 1, key)
		assert.ElementsMatch(t, words, schema[key].Rules[0].Words, key)
	}
}

// registrations keeps what the SDK asks the engine for.
type registrations struct{ replaces []string }

// NewResource implements pulumi.MockResourceMonitor.
func (r *registrations) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	r.replaces = args.RegisterRPC.GetReplaceOnChanges()
	return args.Name, args.Inputs, nil
}

// Call implements pulumi.MockResourceMonitor.
func (*registrations) Call(pulumi.MockCallArgs) (resource.PropertyMap, error) { return nil, nil }

// What replaces a document of aws-native is what its SDK tells the engine.
func TestWhatReplacesNativeDocumentsIsWhatTheSDKSays(t *testing.T) {
	r := &registrations{}
	require.NoError(t, pulumi.RunErr(func(ctx *pulumi.Context) error {
		_, err := nativessm.NewDocument(ctx, "d", &nativessm.DocumentArgs{Content: pulumi.Any(map[string]any{})})
		return err
	}, pulumi.WithMocks("p", "s", r)))
	var ours []string
	for key, p := range native().types["aws-native:ssm:Document"].Schema {
		if p.Replaces {
			ours = append(ours, string(key))
		}
	}
	assert.ElementsMatch(t, r.replaces, ours)
}
