package model

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"aws-access-guardrails/access/internal/conditionkey"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// WithStranger is the engine of a world that has the caller, and the session that the model describes; nil when there
// can be none.
func WithStranger(e *engine.Engine, arn string, m *Model) (*engine.Engine, engine.Session) {
	kind, path, name := policy.SplitEntity(arn)
	if kind != "user" && kind != "role" {
		return nil, engine.Session{}
	}
	id, session := m.uniqueID()
	if strings.HasPrefix(id, "AROA") && kind == "user" {
		kind = "role"
		arn = strings.Replace(arn, ":user/", ":role/", 1)
	}
	eng := e
	if _, known := e.Principals[arn]; !known {
		all := []world.InlinePolicy{{Name: "everything", Document: policy.New(policy.Allow("Everything", "*").On("*"))}}
		joining := world.Account{ID: policy.ARNPart(arn, 4), Partition: policy.Partition(policy.ARNPart(arn, 1))}
		if kind == "user" {
			joining.Users = []world.User{{Name: name, Path: path, ID: id, Tags: m.principalTags(), Inline: all}}
		} else {
			trust := policy.New(policy.Allow("Anyone", "sts:AssumeRole").For(policy.AWSPrincipals(joining.ID)))
			joining.Roles = []world.Role{{Name: name, Path: path, ID: id, Inline: all, Trust: trust}}
		}
		paths := m.Texts("aws:principalorgpaths")
		organization, _, _ := strings.Cut(slices.Concat(paths, []string{""})[0], "/")
		if eng = e.JoinedBy(joining, cmp.Or(m.Text("aws:principalorgid"), organization), paths...); eng == nil {
			return nil, engine.Session{}
		}
	}
	if kind == "role" {
		return eng, engine.AssumedRole(arn, cmp.Or(session, "somebody-else"))
	}
	switch present := m.Keys["aws:multifactorauthpresent"]; {
	case !present.Present:
		return eng, engine.LongTermKey(arn)
	case present.At(0) == "false":
		return eng, engine.Console(arn)
	}
	age := SomeAge
	if v := m.Keys["aws:multifactorauthage"]; v.Present {
		if n, err := strconv.ParseInt(v.At(0), 10, 64); err == nil && n < int64(farAge/time.Second) {
			age = time.Duration(n) * time.Second
		}
	}
	return eng, engine.ConsoleWithMFA(arn, age)
}

// uniqueID is the id of the caller and the name of the session, where the search wants an id that AWS can have given;
// empty where it does not.
func (m *Model) uniqueID() (id, session string) {
	id, session, _ = strings.Cut(m.Text("aws:userid"), ":")
	if !engine.IsUniqueID(id) {
		return "", ""
	}
	if len(session) < 2 { // AWS takes no shorter name.
		session = ""
	}
	return id, session
}

// SomeAge is how old MFA is where its age is of no consequence.
const SomeAge = time.Minute

// farAge is older than MFA can be.
const farAge = 1000 * time.Hour

// CallerNamed is the ARN of the search's caller with the account and the user name that the search found for other
// keys: aws:PrincipalAccount and aws:username say the same as the ARN, each in its own words. What is fixed of the
// caller stays.
func (m *Model) CallerNamed(arn string, fixed map[conditionkey.KeyKind]engine.Values) string {
	kind, path, name := policy.SplitEntity(arn)
	account := policy.ARNPart(arn, 4)
	if kind == "" {
		return arn
	}
	if _, stays := fixed[conditionkey.KeyPrincipalAccount]; !stays &&
		policy.IsAccountID(m.Text("aws:principalaccount")) {
		account = m.Text("aws:principalaccount")
	}
	if _, stays := fixed[conditionkey.KeyUserName]; !stays && kind == "user" &&
		policy.ValidateUserName(m.Text("aws:username")) == nil {
		name = m.Text("aws:username")
	}
	return "arn:" + policy.ARNPart(arn, 1) + ":iam::" + account + ":" + kind + path + name
}

// RoleNamed is the ARN of the role whose session an entry names. Such an entry leaves the path out.
func RoleNamed(e *engine.Engine, entry *engine.Trusted) string {
	if a, err := e.AccountOf(entry.SessionAccount); err == nil {
		for i := range a.Roles {
			if a.Roles[i].Name == entry.SessionRole {
				return a.Roles[i].ARN(a)
			}
		}
	}
	return "arn:" + policy.ARNPart(entry.Text, 1) + ":iam::" + entry.SessionAccount + ":role/" + entry.SessionRole
}

// StrangerAccount is the account of a caller of whom nothing is said: that of the entry, or one that nobody has.
func StrangerAccount(entry *engine.Trusted) string {
	if entry.AccountID != "" {
		return entry.AccountID
	}
	return "999999999999"
}

// InSomeAccount replaces an account that the search made up.
func InSomeAccount(arn string) string {
	if policy.IsAccountID(policy.ARNPart(arn, 4)) {
		return arn
	}
	return "arn:" + policy.ARNPart(arn, 1) + ":iam::999999999999:" + policy.ARNResource(arn)
}

// Legible replaces an account and a name that the search made up.
func Legible(arn string) string {
	if strings.HasSuffix(arn, "/") {
		arn += "somebody-else"
	}
	kind, _, name := policy.SplitEntity(arn)
	account := policy.ARNPart(arn, 4)
	if !policy.IsAccountID(account) {
		account = "999999999999"
	}
	if kind != "" && len(name) > 1 && account == policy.ARNPart(arn, 4) {
		return arn
	}
	resource := policy.ARNResource(arn)
	if kind != "" && len(name) == 1 {
		resource = kind + "/somebody-else"
	}
	return "arn:" + policy.ARNPart(arn, 1) + ":iam::" + account + ":" + resource
}
