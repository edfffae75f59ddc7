package report

import "strings"

// Cells are the words of a row of a matrix, beside those of the person and the role.
type Cells struct {
	Project, Doors, OSUser, Region, SignIn, When string
}

// Cells are what the table of `guardrails matrix` says of the row; "-" for what there is not.
func (r *MatrixRow) Cells() Cells {
	return Cells{
		r.projectCell(),
		orNothing(strings.Join(r.Doors, ", ")),
		r.osUserCell(),
		r.regionCell(),
		r.signInCell(),
		r.whenCell(),
	}
}

// Sentence is what a set of policies says of a call: "The policies of role/x allow it."
func (l Layer) Sentence() string { return upperFirst(layerWords(l)) + " " + l.saysWords() }

// Sentence names a statement by what it says and where it stands: "Deny all but MFA" (policy mfa-guard, statement
// DenyAllButMFA).
func (s Statement) Sentence() string { return statementWords(s) }

// SidWords makes a sentence of a Sid: "DenyAllButMFA" is "Deny all but MFA".
func SidWords(sid string) string { return sidWords(sid) }
