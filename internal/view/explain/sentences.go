package explain

// Sentence is what a set of policies says of a call: "The policies of role/x allow it."
func (l Layer) Sentence() string { return upperFirst(layerWords(l)) + " " + l.saysWords() }

// Sentence names a statement by what it says and where it stands: "Deny all but MFA" (policy mfa-guard, statement
// DenyAllButMFA).
func (s Statement) Sentence() string { return statementWords(s) }
