package problem

// Kind says what is wrong with a value. Tests and tools match on kind and path, people read the sentence.
type Kind string

// The kinds of problems.
const (
	// UnknownKey is a key that the stack file does not have.
	UnknownKey Kind = "unknown key"
	// Missing is a required value that is absent, or a list with nothing in it.
	Missing Kind = "missing"
	// WrongType is a value of another type than the key wants: a number where text belongs, a list where one value
	// does.
	WrongType Kind = "wrong type"
	// Invalid is a value of the right type that AWS or the tools behind it do not take.
	Invalid Kind = "invalid"
	// Duplicate is a key or name that is given twice.
	Duplicate Kind = "duplicate"
	// NotFound is a name that nothing declares.
	NotFound Kind = "not found"
	// Refused is well-formed and not permitted: it would open what the guardrails close.
	Refused Kind = "refused"
	// Unproven is something that must hold of the stack and does not: a proof or an expectation.
	Unproven Kind = "unproven"
)
