package guardrail_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/catalogue"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/internal/testkit/accounts"
	"aws-access-guardrails/policy"
)

// questions are what the documents of the full account must mean, in words of their own: they repeat no list of the
// code.
func questions() []question {
	var s sentences
	s.withoutMFA()
	s.withKeys()
	s.withMFA()
	s.tags()
	s.selfService()
	s.otherAccounts()
	s.trust()
	s.nodes()
	s.documents()
	s.sessions()
	s.guardOfRoles()
	s.nodeRole()
	return s
}

// others are users whom a pattern that is too wide would take for the one named: longer names, other paths, other
// accounts.
func others(who string) []string {
	return list(
		home+":user/"+who+"2", home+":user/people/"+who+"2", home+":user/team/"+who,
		away+":user/"+who, away+":user/people/"+who, userARN("bobby"),
	)
}

// variant is a configuration with the questions about it.
type variant struct {
	name      string
	fixture   accounts.Account
	questions []question
}

// variants are the full account, and one in which the switches of enrolment are the other way round.
func variants() []variant {
	switched := accounts.FullAccount(policy.AWS)
	switched.Group.FirstPasswordChange = false
	switched.Group.EnrolWithAccessKeys = true
	return []variant{
		{name: "full", fixture: accounts.FullAccount(policy.AWS), questions: questions()},
		{name: "switched", fixture: switched, questions: switchedQuestions()},
	}
}

// Without the first password change a password is changed with MFA alone, and with the other switch a key enrols its
// own user's device.
func switchedQuestions() []question {
	var s sentences
	for _, who := range []string{"bob", "carol"} {
		me := list(userARN(who))
		alone, key, full := access.Console(
			userARN(who),
		), access.LongTermKey(
			userARN(who),
		), access.ConsoleWithMFA(
			userARN(who),
			time.Minute,
		)
		s.ask(asDeployed, full, true, "changes the password with MFA", "iam:ChangePassword", me)
		s.ask(asDeployed, full, false, "does nothing else to their own user", "iam:DeleteUser", me)
		s.ask(
			besideAdmin,
			full,
			true,
			"changes passwords of others, where something else allows it",
			"iam:ChangePassword",
			list(userARN("bobby")),
		)
		for _, other := range others(who) {
			s.ask(asDeployed, full, false, "changes nobody else's", "iam:ChangePassword", list(other))
			for _, session := range []access.Session{alone, key} {
				for _, action := range []string{"iam:EnableMFADevice", "iam:ResyncMFADevice"} {
					s.ask(besideAdmin, session, false, "enrols nobody else", action, list(other))
				}
			}
		}
		for _, action := range []string{"iam:EnableMFADevice", "iam:ResyncMFADevice"} {
			s.ask(
				besideAdmin,
				full,
				true,
				"helps others with MFA, where something else allows it",
				action,
				list(userARN("bobby")),
			)
		}
		s.ask(
			besideAdmin,
			full,
			true,
			"cleans up for others with MFA",
			"iam:DeleteVirtualMFADevice",
			list(home+":mfa/bobby"),
		)
		for _, session := range []access.Session{alone, key} {
			for _, in := range []setting{asDeployed, besideAdmin, withoutDenies} {
				s.ask(in, session, false, "changes no password without MFA", "iam:ChangePassword", me)
			}
			for _, action := range []string{"iam:GetAccountPasswordPolicy", "iam:DeactivateMFADevice", "iam:CreateAccessKey", "s3:ListAllMyBuckets"} {
				s.ask(besideAdmin, session, false, "does nothing else", action, me)
			}
			s.ask(
				besideAdmin,
				session,
				false,
				"assumes nothing",
				"sts:AssumeRole",
				list(home+":role/cdk-deploy-role"),
				"sts:RoleSessionName="+who,
			)
			for _, in := range []setting{asDeployed, besideAdmin} {
				for _, action := range append(list("iam:EnableMFADevice", "iam:ResyncMFADevice"), looking...) {
					s.ask(in, session, true, "enrols", action, me)
				}
				for _, action := range list("iam:CreateVirtualMFADevice", "iam:DeleteVirtualMFADevice") {
					s.ask(in, session, true, "enrols", action, list(home+":mfa/"+who))
				}
				s.ask(in, session, true, "sees devices", "iam:ListVirtualMFADevices", nil)
			}
			for _, device := range list(home+":mfa/bobby", home+":mfa/"+who+"2", away+":mfa/"+who) {
				s.ask(
					besideAdmin,
					session,
					false,
					"deletes no device of others",
					"iam:DeleteVirtualMFADevice",
					list(device),
				)
			}
		}
		s.ask(besideAdmin, full, true, "is not held back with MFA", "s3:ListAllMyBuckets", nil)
	}
	return s
}

// answers decides every question and returns the sentences that are not true. What the policies on resources of other
// accounts say is not known: they are taken to allow everything where something must be refused, and nothing where it
// must work. A change is applied to the documents first, and then the first is enough.
func answers(f accounts.Account, asked []question, change func(*world.Account)) ([]string, error) {
	allowing, denying := map[setting]*access.Engine{}, map[setting]*access.Engine{}
	with := change
	if with == nil {
		with = unchanged
	}
	var wrong []string
	for _, q := range asked {
		if change != nil && len(wrong) > 0 {
			break
		}
		if allowing[q.in] == nil {
			compiled, err := access.Compile(questionWorld(f, q.in, with))
			if err != nil {
				return nil, err
			}
			allowing[q.in], denying[q.in] = compiled, compiled.Assuming(access.UnknownAllowsEverything)
		}
		engine := allowing[q.in]
		if !q.allowed {
			engine = denying[q.in]
		}
		decision, err := engine.Decide(q.as, q.request)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", q.it, err)
		}
		if decision.Allowed() != q.allowed {
			wrong = append(
				wrong,
				fmt.Sprintf(
					"%s (%s): %s, %s on %v: %s",
					q.it,
					q.in,
					q.as,
					q.request.Action,
					q.request.Resources,
					decision,
				),
			)
		}
	}
	return wrong, nil
}

// The documents mean what they are for.
func TestTheDocumentsMeanWhatTheyAreFor(t *testing.T) {
	for _, v := range variants() {
		wrong, err := answers(v.fixture, v.questions, nil)
		require.NoError(t, err, v.name)
		assert.Empty(t, wrong, v.name)
		assert.Greater(t, len(v.questions), 100, v.name)
	}
}

// Without MFA a member with every other right has, of all actions that AWS documents, those of enrolment and the
// first password change.
func TestOfAllActionsOnlyEnrolmentIsLeftWithoutMFA(t *testing.T) {
	engine, err := access.Compile(questionWorld(accounts.FullAccount(policy.AWS), besideAdmin, unchanged))
	require.NoError(t, err)
	left := []string{
		"iam:ChangePassword",
		"iam:CreateVirtualMFADevice",
		"iam:DeleteVirtualMFADevice",
		"iam:EnableMFADevice",
		"iam:GetAccountPasswordPolicy",
		"iam:GetMFADevice",
		"iam:GetUser",
		"iam:ListMFADevices",
		"iam:ListVirtualMFADevices",
		"iam:ResyncMFADevice",
		// No policy denies this one: AWS answers whoever has credentials.
		"sts:GetCallerIdentity",
	}
	for name, session := range map[string]access.Session{"console": access.Console(userARN("alice")), "key": access.LongTermKey(userARN("alice"))} {
		var allowed []string
		for _, action := range catalogue.Actions() {
			resources := list(userARN("alice"))
			if strings.Contains(action, "VirtualMFADevice") {
				resources = list(home + ":mfa/alice")
			}
			switch action {
			case "sts:AssumeRole":
				resources = list(awayRole)
			case "ssm:StartSession":
				resources = acting(action, instance(accounts.FirstNode))
			}
			decision, err := engine.Decide(session, request(action, resources, "sts:RoleSessionName=alice"))
			require.NoError(t, err, action)
			if decision.Allowed() {
				allowed = append(allowed, action)
			}
		}
		want := left
		if name == "key" {
			// Nor this one, which takes long-term keys alone and returns credentials that can do no more than the key.
			want = append(
				slices.DeleteFunc(
					slices.Clone(left),
					func(action string) bool { return slices.Contains(enrolling, action) },
				),
				"sts:GetSessionToken",
			)
		}
		assert.Equal(t, want, allowed, name)
	}
}
