package provider

import (
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
)

// everyProperty calls with each input of each type, those of nested objects too.
func everyProperty(visit func(of *resourceType, path string, p property)) {
	var walk func(of *resourceType, path string, p property)
	walk = func(of *resourceType, path string, p property) {
		visit(of, path, p)
		for key, field := range p.fields {
			walk(of, path+"."+string(key), field)
		}
	}
	for _, r := range registries() {
		for _, of := range r.types {
			for key, p := range of.schema {
				if p.input {
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
	everyProperty(func(of *resourceType, path string, p property) {
		for i, r := range p.rules {
			rules++
			alone := 0
			for _, broken := range r.broken {
				assert.NotEmpty(t, r.check(broken), "%s.%s takes %v", of.token, path, broken)
				value, others := broken, 0
				if p.kind == textSetKind || p.kind == textListKind {
					value = resource.NewArrayProperty([]resource.PropertyValue{broken})
				}
				c := &checked{}
				c.value(path, p, value)
				assert.NotEmpty(t, c.failures, "%s.%s takes %v", of.token, path, broken)
				for j, other := range p.rules {
					if j != i && other.check(broken) != "" {
						others++
					}
				}
				if others == 0 {
					alone++
				}
			}
			assert.Positive(t, alone, "%s.%s: no broken value shows what rule %d is for", of.token, path, i)
		}
	})
	t.Logf("%d rules", rules)
	assert.Greater(t, rules, 60)
}

// A value of another type is refused for each property, and lists that need items are refused without.
func TestEveryPropertyRefusesOtherTypes(t *testing.T) {
	wrong := map[kind][]resource.PropertyValue{
		textKind:      {flag(true), number(1), texts(nil)},
		flagKind:      {text("true"), number(1)},
		numberKind:    {text("1"), resource.NewNumberProperty(1.5), flag(true)},
		textSetKind:   {text("a"), resource.NewArrayProperty([]resource.PropertyValue{number(1)})},
		textMapKind:   {text("a"), texts([]string{"a"})},
		textListKind:  {text("a"), resource.NewArrayProperty([]resource.PropertyValue{number(1)})},
		objectSetKind: {text("a"), texts([]string{"a"}), objects([]values{{"unheardOf": text("a")}})},
		objectKind:    {text("a"), texts([]string{"a"}), object(values{"unheardOf": text("a")})},
		policyKind:    {flag(true), number(1)},
		jsonKind:      {flag(true), number(1)},
	}
	everyProperty(func(of *resourceType, path string, p property) {
		require.NotEmpty(t, wrong[p.kind], "%s.%s", of.token, path)
		for _, value := range wrong[p.kind] {
			c := &checked{}
			c.value(path, p, value)
			assert.NotEmpty(t, c.failures, "%s.%s takes %v", of.token, path, value)
		}
		if p.items > 0 {
			c := &checked{}
			c.value(path, p, texts(nil))
			assert.NotEmpty(t, c.failures, "%s.%s takes an empty list", of.token, path)
		}
	})
}

// Each required argument is missed, and an argument that the type does not have is refused.
func TestArgumentsThatAreRequiredAreMissed(t *testing.T) {
	for _, r := range registries() {
		for token, of := range r.types {
			reasons, known := Refused(token, resource.PropertyMap{"unheardOf": text("x")})
			require.True(t, known)
			assert.Contains(t, strings.Join(reasons, "\n"),
				`unheardOf: an argument named "unheardOf" is not expected here`, token)
			for key, p := range of.schema {
				missed := slices.Contains(reasons, sentence("%s: missing required property %q", key, key))
				assert.Equal(t, p.required && p.auto == 0, missed, "%s.%s", token, key)
			}
			for key, p := range of.schema {
				for field, f := range p.fields {
					c := &checked{}
					empty, at := objects([]values{{}}), "[0]."
					if p.kind == objectKind {
						empty, at = object(values{}), "."
					}
					c.value(string(key), p, empty)
					missed := sentence("missing required property %q", string(key)+at+string(field))
					assert.Equal(
						t,
						f.required,
						strings.Contains(sentence("%v", c.failures), missed),
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
	schema := native().types["aws-native:ssm:Document"].schema
	for key, enumeration := range map[resource.PropertyKey]string{
		"documentFormat": "DocumentFormat", "documentType": "DocumentType", "updateMethod": "DocumentUpdateMethod",
	} {
		words := wordsOfTheSDK(t, enumeration)
		require.NotEmpty(t, words, enumeration)
		require.Len(t, schema[key].rules, 1, key)
		assert.ElementsMatch(t, words, schema[key].rules[0].words, key)
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
	for key, p := range native().types["aws-native:ssm:Document"].schema {
		if p.replaces {
			ours = append(ours, string(key))
		}
	}
	assert.ElementsMatch(t, r.replaces, ours)
}
