package refusal_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/refusal"
)

// makers are the functions with which the sandbox refuses: the code that they give, or the argument that it is, and
// the argument with the text. A reason of AWS Organizations is put behind the text.
var makers = map[string]struct {
	code                string
	codeArg, text       int
	reasonInParentheses bool
}{
	"api.Refuse": {
		codeArg: 1,
		text:    2,
	},
	"noSuchEntity":  {code: "NoSuchEntity"},
	"alreadyExists": {code: "EntityAlreadyExists"},
	"deleteConflict": {
		code: "DeleteConflict",
	},
	"limitExceeded":       {code: "LimitExceeded"},
	"api.MalformedPolicy": {code: "MalformedPolicyDocument"},
	"api.Invalid": {
		code: "ValidationError",
	},
	"ssmInvalid":     {code: "ValidationException"},
	"ssoInvalid":     {code: "ValidationException"},
	"invalidContent": {code: "InvalidDocumentContent"},
	"constraint":     {code: "ConstraintViolationException", text: 1, reasonInParentheses: true},
	"invalidInput":   {code: "InvalidInputException", text: 1, reasonInParentheses: true},
}

// literal is a text that is written out; false for one that is not.
func literal(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, err == nil && e.Kind == token.STRING
	case *ast.BinaryExpr:
		left, ok := literal(e.X)
		right, both := literal(e.Y)
		return left + right, ok && both
	}
	return "", false
}

// called is the name of a function as makers have it: those that all services share under the name of their package.
func called(in *ast.File, function ast.Expr) string {
	switch function := function.(type) {
	case *ast.Ident:
		if in.Name.Name == "api" {
			return "api." + function.Name
		}
		return function.Name
	case *ast.SelectorExpr:
		if of, ok := function.X.(*ast.Ident); ok {
			return of.Name + "." + function.Sel.Name
		}
	}
	return ""
}

// Every refusal that the sandbox can give is a row of the table, and every row is a refusal that it can give.
func TestTheSandboxRefusesByTheTable(t *testing.T) {
	files, err := filepath.Glob("../sandbox/cloud/*/*.go")
	require.NoError(t, err)
	given := map[string]bool{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		set := token.NewFileSet()
		parsed, err := parser.ParseFile(set, file, nil, 0)
		require.NoError(t, err)
		for _, declared := range parsed.Decls {
			function, ok := declared.(*ast.FuncDecl)
			if !ok {
				continue
			}
			if _, maker := makers[called(parsed, function.Name)]; maker {
				continue // The makers themselves.
			}
			ast.Inspect(function, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				m, ok := makers[called(parsed, call.Fun)]
				if !ok {
					return true
				}
				codes := []string{m.code}
				if m.code == "" {
					code, written := literal(call.Args[m.codeArg])
					codes = []string{code}
					if !written {
						// Who is not authorized is told by each service in its own way.
						codes = []string{"AccessDenied", "AccessDeniedException"}
					}
				}
				text, written := literal(call.Args[m.text])
				if !assert.True(t, written, "%s: the text of a refusal is written out", set.Position(call.Pos())) {
					return true
				}
				if m.reasonInParentheses {
					reason, _ := literal(call.Args[0])
					text += " (" + reason + ")"
				}
				for _, code := range codes {
					given[code+": "+text] = true
					assert.True(
						t,
						refusal.Has(code, text),
						"%s: the table has no row {%q, %q}",
						set.Position(call.Pos()),
						code,
						text,
					)
				}
				return true
			})
		}
	}
	require.NotEmpty(t, given)
	for _, r := range refusal.Rows() {
		assert.True(t, given[r.Code+": "+r.Message], "the sandbox never refuses with %s: %s", r.Code, r.Message)
		assert.NotEmpty(t, r.Say, r.Message)
		assert.Contains(
			t,
			[]refusal.Decided{refusal.ByFiles, refusal.ByAccount, refusal.ByProgram},
			r.Decided,
			r.Message,
		)
	}
}

// A refusal is found in the text of the SDK, also where AWS words it otherwise than the table, and an error of
// another kind is none.
func TestARefusalIsFoundInWhatTheSDKPrints(t *testing.T) {
	const before = "creating IAM Role (shop): operation error IAM: CreateRole, https response error StatusCode: 400, " +
		"RequestID: 1-2-3, "
	row, message, ok := refusal.Find(
		before + `MalformedPolicyDocument: Invalid principal in policy: "AWS":"arn:aws:iam::111122223333:user/alice"`,
	)
	require.True(t, ok)
	assert.Equal(t, refusal.ByAccount, row.Decided)
	assert.Contains(t, row.Say, "{order}")
	assert.Contains(t, message, "user/alice")
	row, _, ok = refusal.Find(before + "api error Throttling: Too many requests, please slow down")
	assert.True(t, ok, "another text of a code whose rows say one thing")
	assert.Contains(t, row.Say, `run {up} again`)
	_, _, ok = refusal.Find(before + "NoSuchEntity: something else")
	assert.False(t, ok, "another text of a code whose rows differ")
	_, _, ok = refusal.Find("the network is down")
	assert.False(t, ok)
}
