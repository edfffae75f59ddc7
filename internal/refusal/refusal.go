// Package refusal is the one table of what AWS refuses of what the program asks for, as far as the sandbox knows it:
// the code and the text of each refusal, and what decides it. What the files alone decide, check refuses before
// anything starts. What exists in AWS decides, nobody can know before: then the table says what to do, and so does
// the message of up.
//
// The sandbox answers with these texts: a refusal that is not in the table fails a test.
package refusal

import (
	"regexp"
	"strings"
	"sync"
)

// Decided says what decides whether AWS refuses.
type Decided string

const (
	// ByFiles is a refusal that stands in the files: check gives it first.
	ByFiles Decided = "files"
	// ByAccount is one that follows from what exists in AWS, or from who asks.
	ByAccount Decided = "account"
	// ByProgram is one that no stack file and no account leads to, because the program writes the value itself or
	// never makes the call.
	ByProgram Decided = "program"
)

// Row is one refusal.
type Row struct {
	// Code is AWS's error code.
	Code string
	// Message is AWS's text, with verbs of package fmt where it differs from case to case.
	Message string
	Decided Decided
	// Say is, by Decided: the place in the stack file where check refuses it, [] standing for any element; what to
	// do, with {up}, {adopt} and {deployer} for those commands of the stack and {order} for the stacks that come
	// first; why nothing leads there.
	Say string
}

// Rows are all rows, by service.
func Rows() []Row { return append([]Row(nil), rows...) }

// Has reports whether the table has a refusal: a code with the text as it is written where it is made.
func Has(code, message string) bool {
	for i := range rows {
		if rows[i].Code == code && rows[i].Message == message {
			return true
		}
	}
	return false
}

var verb = regexp.MustCompile(`%[sdqv]`)

// form is a row as a pattern, with the length of what it says in every case.
type form struct {
	pattern *regexp.Regexp
	literal int
}

var forms = sync.OnceValue(func() []form {
	out := make([]form, len(rows))
	for i, r := range rows {
		parts := verb.Split(r.Message, -1)
		literal := 0
		for j, p := range parts {
			literal += len(p)
			parts[j] = regexp.QuoteMeta(p)
		}
		out[i] = form{regexp.MustCompile(`(?s)^` + strings.Join(parts, `.*?`)), literal}
	}
	return out
})

// answer is how the AWS SDK for Go prints a refusal: the code, after "api error" where it knows no type for it, and
// the text.
var answer = regexp.MustCompile(`(?s)RequestID: [^,]*, (?:api error )?([A-Za-z]+): (.*)$`)

// Find is the row of a refusal in the text of an error, with the text of AWS; false where there is none. Of rows that
// fit, the one that says most is taken.
func Find(text string) (Row, string, bool) {
	found := answer.FindStringSubmatch(text)
	if found == nil {
		return Row{}, "", false
	}
	code, message := found[1], found[2]
	best := -1
	for i := range rows {
		if rows[i].Code != code || !forms()[i].pattern.MatchString(message) {
			continue
		}
		if best < 0 || forms()[i].literal > forms()[best].literal {
			best = i
		}
	}
	if best >= 0 {
		return rows[best], message, true
	}
	// AWS words a refusal otherwise now and then; the code still says what to do, where every row of it says the same.
	same := Row{}
	for _, r := range rows {
		if r.Code != code || r.Decided != ByAccount {
			continue
		}
		if same.Say != "" && same.Say != r.Say {
			return Row{}, message, false
		}
		same = r
	}
	return same, message, same.Say != ""
}
