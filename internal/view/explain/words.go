package explain

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/doors"
	"aws-access-guardrails/access/expectation"
	"aws-access-guardrails/access/journey"
	"aws-access-guardrails/internal/words"
	"aws-access-guardrails/policy"
)

// questionWords is the question as a person asks it.
func questionWords(x expectation.Expectation) string {
	text := "May " + personWords(x) + " " + triesWords(x)
	switch {
	case x.Person != nil:
		text += ", with the permission set " + x.Via
		if x.Then != "" {
			text += " and then in the role " + words.OfARN(x.Then)
		}
	case x.Via != "":
		text += ", in the role " + words.OfARN(x.Via)
		for i, key := range slices.Sorted(maps.Keys(x.SessionTags)) {
			text += []string{" with the session tag ", " and "}[min(i, 1)] + key + "=" + strconv.Quote(
				x.SessionTags[key],
			)
		}
	}
	if !x.At.IsZero() {
		text += ", at " + x.At.Format(time.RFC3339)
	}
	return text + "?"
}

// personWords are the person.
func personWords(x expectation.Expectation) string {
	if x.Person != nil {
		return x.Person.String()
	}
	return words.OfARN(x.As)
}

// triesWords is what is tried.
func triesWords(x expectation.Expectation) string {
	text := "call " + x.Do
	if way, known := doors.WayNamed(string(x.Opens)); known {
		text = way.Does
	}
	if resource := x.On.String(); resource != "" {
		text += " on " + resource
	}
	var with []string
	for _, key := range slices.Sorted(maps.Keys(x.With)) {
		with = append(with, key+" "+joinAnd(quoteAll(x.With[key])))
	}
	if len(with) > 0 {
		text += " with " + joinAnd(with)
	}
	return text
}

// signInWords is how the person signs in.
func signInWords(x expectation.Expectation) string {
	if x.Person != nil {
		return "Signs in to the access portal as " + x.Person.String()
	}
	text := "Signs in as " + words.OfARN(x.As)
	switch x.Session {
	case expectation.SignInKey:
		return text + ", with an access key, which says nothing of MFA"
	case expectation.SignInKeyWithMFACode:
		return text + ", with an access key, and sends an MFA code along when taking a role"
	case expectation.SignInSessionToken:
		text += ", with credentials of sts:GetSessionToken"
	default:
		text += ", in the console"
	}
	switch {
	case !x.MFA:
		return text + ", without MFA"
	case x.MFAAge > 0:
		return text + ", with MFA " + words.Duration(int(x.MFAAge/time.Second)) + " ago"
	}
	return text + ", with MFA just now"
}

// tableWords says what the table of doors says of an action; empty for one that is no door.
func tableWords(action string) string {
	row := doors.Of(action)
	if row == nil {
		return ""
	}
	return fmt.Sprintf("%s stands in the table of doors under %q: %s (%s).", action, row.Class, row.It, row.Service)
}

// shortName is the name in an ARN, without the account.
func shortName(arn string) string {
	if parsed, err := policy.ParseARN(arn); err == nil {
		if _, _, name, ok := parsed.Entity(); ok {
			return name
		}
	}
	return arn
}

// answerWords is the answer with the step that decided.
func answerWords(x Explanation) string {
	if !x.Allowed {
		if x.FallsBack != "" {
			return refusalWords(x) + " " + upperFirst(x.FallsBack) + "."
		}
		return refusalWords(x)
	}
	text := "Yes"
	if len(x.Assumptions) > 0 {
		text = "Yes, if what is not known here allows it"
	}
	if x.OSUser != "" {
		text += ", as the OS user " + x.OSUser
	}
	if len(x.Networks) > 0 {
		text += ", from " + joinOr(x.Networks)
	}
	if x.OSUser == "" && x.FallsBack != "" {
		text += ", but " + x.FallsBack
	}
	return text + "."
}

// refusalWords is the step that refused, and what did.
func refusalWords(x Explanation) string {
	last := len(x.Steps) - 1
	step := &x.Steps[last]
	if step.Fails != "" {
		return fmt.Sprintf("No: step %d fails, because %s.", last+1, step.Fails)
	}
	for _, c := range step.Calls {
		if c.Outcome == "allowed" {
			continue
		}
		if c.Rule != "" {
			return fmt.Sprintf("No: step %d is refused, because %s.", last+1, c.Rule)
		}
		for _, l := range c.Layers {
			switch {
			case !l.Decides:
			case l.Says == "denies":
				return fmt.Sprintf("No: step %d is refused by %s.", last+1, statementWords(l.Statements[0]))
			default:
				return fmt.Sprintf("No: step %d is refused, because %s.", last+1, nothingAllows(l))
			}
		}
	}
	return fmt.Sprintf("No: step %d is refused.", last+1)
}

func nothingAllows(l Layer) string {
	if l.Kind == access.TrustPolicy.String() {
		return "the trust policy of " + l.Owner + " does not let this caller in"
	}
	return "nothing in " + layerWords(l) + " allows it"
}

// layerWords is a set of policies as people say it, in the plural.
func layerWords(l Layer) string {
	switch l.Kind {
	case access.IdentityPolicy.String():
		return "the policies of " + l.Owner
	case access.TrustPolicy.String():
		return "the statements that say who may take the " + strings.Replace(l.Owner, "/", " ", 1)
	case access.ServiceControlPolicySource.String():
		return "the organization's rules for " + l.Owner
	case access.PermissionsBoundary.String():
		return "the bounds of " + l.Owner
	}
	return "the bounds of the session"
}

// statementWords names a statement: what it says, and where it stands.
func statementWords(s Statement) string {
	where := "policy " + s.Policy
	if s.Policy == "trust" {
		where = "trust policy"
	}
	if strings.HasPrefix(s.Sid, "#") { // It has no Sid, and this is its place.
		return fmt.Sprintf("statement %s of %s", s.Sid, where)
	}
	return fmt.Sprintf("%q (%s, statement %s)", words.OfSid(s.Sid), where, s.Sid)
}

// stepWords is what a step does.
func stepWords(s *journey.Step) string {
	if s.Request == nil {
		return upperFirst(s.Does)
	}
	switch {
	case s.Assumes != "":
		text := "Takes the role " + shortName(s.Assumes) + ", with the session name " + strings.Join(
			quoteAll(s.Request.Context["sts:RoleSessionName"]),
			"",
		)
		for _, key := range s.Request.Context["aws:TagKeys"] {
			text += " and the session tag " + key + "=" + strings.Join(
				quoteAll(s.Request.Context["aws:RequestTag/"+key]),
				"",
			)
		}
		return text
	case s.Opens != "":
		return upperFirst(s.Opens)
	}
	return upperFirst(s.Does)
}

func upperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// keyWords are condition keys as people say them. Keys with a part of their own are in tagKeyWords.
var keyWords = map[string]string{
	"aws:multifactorauthpresent":     "signed in with MFA",
	"aws:multifactorauthage":         "age of the sign-in with MFA",
	"aws:username":                   "user name",
	"aws:userid":                     "id of the caller",
	"aws:principalarn":               "caller",
	"aws:principalaccount":           "account of the caller",
	"aws:tagkeys":                    "tags that the call writes",
	"aws:currenttime":                "time of the call",
	"aws:epochtime":                  "time of the call",
	"aws:requestedregion":            "Region of the call",
	"aws:sourceip":                   "network address of the caller",
	"sts:rolesessionname":            "name of the session",
	"sts:externalid":                 "external id of the call",
	"ssm:sessiondocumentaccesscheck": "check of the session document",
}

var tagKeyWords = []struct{ prefix, words string }{
	{"aws:resourcetag/", "tag %s of what is acted on"},
	{"ec2:resourcetag/", "tag %s of what is acted on"},
	{"ssm:resourcetag/", "tag %s of what is acted on"},
	{"aws:principaltag/", "tag %s of the caller"},
	{"aws:requesttag/", "value that the call gives to the tag %s"},
}

// keyText is a condition key in words, with the key itself where there is no better word.
func keyText(key string) string {
	lowered := strings.ToLower(key)
	if words, known := keyWords[lowered]; known {
		return words
	}
	for _, t := range tagKeyWords {
		if strings.HasPrefix(lowered, t.prefix) {
			return fmt.Sprintf(t.words, key[len(t.prefix):])
		}
	}
	return key
}

// testWords is a test of a statement: what the request has, and what the statement allows or denies.
func testWords(effect string, t access.Test) string {
	switch t.Element {
	case "Principal", "NotPrincipal":
		verb := "is for"
		if t.Element == "NotPrincipal" {
			verb = "is for everybody but"
		}
		return fmt.Sprintf(
			"it %s %s, and the caller is %s",
			verb,
			strings.Join(wantedTexts(t), ", "),
			strings.Join(t.Has, ", "),
		)
	case "Resource", "NotResource":
		verb := "is about"
		if t.Element == "NotResource" {
			verb = "is about everything but"
		}
		return fmt.Sprintf("it %s %s, and the call is on %s", verb, joinOr(wantedTexts(t)), strings.Join(t.Has, ", "))
	}
	has := "not stated"
	if t.Has != nil {
		has = joinAnd(valueTexts(t.Key, t.Has))
	}
	verb := "it wants"
	if effect == "Deny" {
		verb = "it denies"
	}
	return fmt.Sprintf("%s: %s; %s %s", keyText(t.Key), has, verb, wantWords(t))
}

// wantWords is what a condition accepts.
func wantWords(t access.Test) string {
	wants := joinOr(wantedTexts(t))
	base := string(t.Operator.Base)
	switch {
	case t.Operator.Base == policy.OpNull:
		if len(t.Wants) == 1 && t.Wants[0].Text == "true" {
			return "what is not stated"
		}
		return "what is stated"
	case strings.Contains(base, "Not"):
		wants = "anything but " + wants
	case strings.HasSuffix(base, "LessThan"):
		wants = "less than " + wants
	case strings.HasSuffix(base, "LessThanEquals"):
		wants = "at most " + wants
	case strings.HasSuffix(base, "GreaterThan"):
		wants = "more than " + wants
	case strings.HasSuffix(base, "GreaterThanEquals"):
		wants = "at least " + wants
	}
	if strings.HasPrefix(base, "Date") {
		wants = strings.NewReplacer("less than", "before", "at most", "until", "more than", "after", "at least", "from").
			Replace(wants)
	}
	if strings.Contains(base, "IgnoreCase") {
		wants += ", in upper or lower case"
	}
	switch t.Operator.Quantifier {
	case policy.ForAllValues:
		wants = "only " + wants
	case policy.ForAnyValue:
		wants = "any that is " + wants
	}
	if t.Operator.IfExists {
		wants += ", or not stated"
	}
	return wants
}

// wantedTexts are the values that a statement names, variables in words.
func wantedTexts(t access.Test) []string {
	var out []string
	for _, w := range t.Wants {
		switch {
		case t.Element != "Condition" && w.Value != w.Text:
			out = append(out, w.Value)
		case t.Element != "Condition":
			out = append(out, w.Text)
		case w.NoValue:
			out = append(out, "the "+variableWords(w.Text)+", which has no value here")
		case w.Value != w.Text:
			out = append(out, fmt.Sprintf("the %s, which is %q", variableWords(w.Text), w.Value))
		default:
			out = append(out, valueTexts(t.Key, []string{w.Text})...)
		}
	}
	return out
}

// variableWords names the variable of a text that is nothing else; a longer text stands as it is.
func variableWords(text string) string {
	if inner, found := strings.CutPrefix(text, "${"); found {
		if key, found := strings.CutSuffix(inner, "}"); found && !strings.ContainsAny(key, "{}") {
			return keyText(key)
		}
	}
	return "text " + strconv.Quote(text)
}

// valueTexts are values of a key as people read them.
func valueTexts(key string, values []string) []string {
	var out []string
	for _, v := range values {
		switch strings.ToLower(key) {
		case "aws:multifactorauthpresent":
			out = append(out, map[string]string{"true": "yes", "false": "no"}[v])
		case "aws:multifactorauthage":
			seconds, err := strconv.Atoi(v)
			if err != nil {
				out = append(out, strconv.Quote(v))
				continue
			}
			if seconds == 0 {
				out = append(out, "just now")
				continue
			}
			out = append(out, words.Duration(seconds))
		default:
			out = append(out, strconv.Quote(v))
		}
	}
	return out
}

func joinOr(all []string) string  { return words.Joined(all, "or") }
func joinAnd(all []string) string { return words.Joined(all, "and") }

func quoteAll(words []string) []string {
	out := slices.Clone(words)
	for i := range out {
		out[i] = strconv.Quote(out[i])
	}
	return out
}
