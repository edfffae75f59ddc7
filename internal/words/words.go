package words

import (
	"strconv"
	"strings"
	"time"

	"aws-access-guardrails/policy"
)

// Duration is a length of time in the largest unit that it is a whole number of: "12 hours", "90 seconds".
func Duration(seconds int) string {
	d := time.Duration(seconds) * time.Second
	switch {
	case d%time.Hour == 0:
		return plural(int(d/time.Hour), "hour")
	case d%time.Minute == 0:
		return plural(int(d/time.Minute), "minute")
	}
	return plural(seconds, "second")
}

func plural(n int, unit string) string {
	if n == 1 {
		return "1 " + unit
	}
	return strconv.Itoa(n) + " " + unit + "s"
}

// Assumption is something that must be true for a verdict to be right.
type Assumption struct {
	// ID is what guardrails:accept repeats.
	ID   string `json:"id"`
	Text string `json:"text"`
}

// OfARN is an ARN as people say it; what is none stays as it is.
func OfARN(arn string) string {
	parsed, err := policy.ParseARN(arn)
	if err != nil {
		return arn
	}
	if _, path, name, ok := parsed.Entity(); ok {
		if set, reserved := policy.PermissionSetOfRole(path, name); reserved {
			name = "permission set " + set
		}
		return name + " of account " + parsed.Account
	}
	return arn
}

// Nothing is what a table says where there is nothing to say.
const Nothing = "-"

// OrNothing is a text, or Nothing for an empty one.
func OrNothing(s string) string {
	if s == "" {
		return Nothing
	}
	return s
}

// OfTeams says by which teams a role names somebody; nothing for no team.
func OfTeams(teams []string) string {
	switch len(teams) {
	case 0:
		return ""
	case 1:
		return " (team " + teams[0] + ")"
	}
	return " (teams " + strings.Join(teams, ", ") + ")"
}

// AccountOf is the account in an ARN; empty where there is none.
func AccountOf(arn string) string {
	parsed, err := policy.ParseARN(arn)
	if err != nil {
		return ""
	}
	return parsed.Account
}

// Joined are words in a row, with a last word such as "or" before the last of them.
func Joined(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " " + last + " " + words[len(words)-1]
}
