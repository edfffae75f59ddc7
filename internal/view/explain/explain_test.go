package explain

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/doors"
	"aws-access-guardrails/access/expectation"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/testkit"
	"aws-access-guardrails/internal/testkit/stacktest"
	"aws-access-guardrails/internal/words"
	"aws-access-guardrails/policy"
)

const (
	devStack  = "Pulumi.dev.yaml"
	prodStack = "Pulumi.prod.yaml"
)

func answers(t *testing.T, q Question, files ...string) *Explanations {
	t.Helper()
	var stacks []*stack.Stack
	for _, file := range files {
		stacks = append(stacks, stacktest.Read(t, file))
	}
	if len(files) == 0 {
		stacks = append(stacks, stacktest.Read(t, devStack))
	}
	all, err := Ask(q, stacks...)
	require.NoError(t, err)
	return all
}

func explained(t *testing.T, q Question, files ...string) string {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, answers(t, q, files...).WriteText(&out))
	return out.String()
}

var shellOfProject1 = Question{
	As:    "non-97-test-user1",
	Via:   "TestProject1-os-user1",
	Opens: "shell",
	On:    []string{"Project=Test Project 1"},
}

// The texts that auditors get, for reviewers to read.
func TestExplanationsReadAsTheyShould(t *testing.T) {
	no := false
	otherProject := shellOfProject1
	otherProject.On = []string{"Project=Test Project 2"}
	withoutMFA := shellOfProject1
	withoutMFA.MFA = &no
	testkit.Golden(t, "allowed.txt", explained(t, shellOfProject1))
	testkit.Golden(t, "other-project.txt", explained(t, otherProject))
	testkit.Golden(t, "without-mfa.txt", explained(t, withoutMFA))
	testkit.Golden(t, "stranger.txt", explained(t, Question{
		As:    "arn:aws:iam::444455556666:user/non-97-test-user3",
		Via:   "non-97-project-ope-role",
		Opens: "shell",
		On:    []string{"Project=Test Project 2"},
	}))
	testkit.Golden(
		t,
		"tag.txt",
		explained(
			t,
			Question{
				As:   "non-97-test-user1",
				Do:   "iam:TagUser",
				On:   []string{"user/non-97-test-user1"},
				With: []string{"aws:RequestTag/project=x"},
			},
		),
	)
}

// The answer is one sentence that says yes or no, names the step that decided, and why.
func TestTheAnswerIsOneSentence(t *testing.T) {
	no := false
	ask := func(change func(*Question)) string {
		q := shellOfProject1
		change(&q)
		return answers(t, q).Answers[0].Answer
	}
	assert.Equal(t, "Yes, as the OS user os-user1.", ask(func(*Question) {}))
	assert.Equal(t, "Yes.", ask(func(q *Question) { q.Opens = "port" }))
	assert.Equal(
		t,
		`No: step 3 is refused by "Deny nodes of other projects" (policy guardrails-operation-guard, statement DenyNodesOfOtherProjects).`,
		ask(func(q *Question) { q.On = []string{"untagged"} }),
	)
	assert.Equal(
		t,
		`No: step 2 is refused by "Deny all but enrolment without MFA" (policy mfa-guard, statement DenyAllButEnrolmentWithoutMFA).`,
		ask(func(q *Question) { q.MFA = &no }),
	)
	assert.Equal(
		t,
		"No: step 2 is refused, because the trust policy of role/TestProject1-os-user1 does not let this caller in.",
		ask(func(q *Question) { q.As = "non-97-test-user2" }),
	)
	assert.Equal(t, "No: step 3 is refused, because nothing in the policies of role/TestProject1-os-user1 allows it.",
		ask(func(q *Question) { q.Opens = "ssh" }))
	assert.Equal(
		t,
		"No: step 2 is refused, because temporary credentials cannot call sts:GetSessionToken.",
		answers(t, Question{As: "non-97-test-user1", Session: "sessionToken",
			Do: "sts:GetSessionToken"}).Answers[0].Answer,
	)
	stranger := answers(
		t,
		Question{
			As:    "arn:aws:iam::444455556666:user/non-97-test-user3",
			Via:   "non-97-project-ope-role",
			Opens: "shell",
			On:    []string{"Project=Test Project 2"},
		},
	)
	assert.Equal(t, "Yes, if what is not known here allows it, as the OS user os-user3.", stranger.Answers[0].Answer)
	require.Len(t, stranger.Answers[0].Assumptions, 1)
	assert.Equal(t, "444455556666", stranger.Answers[0].Assumptions[0].ID)
}

// A denial says what would have had to match: in the nearest Allow, not in those that are about something else.
func TestADenialSaysWhatWouldHaveHadToMatch(t *testing.T) {
	q := shellOfProject1
	q.MFAAge = 13 * time.Hour
	text := explained(t, q)
	assert.Contains(t, text, "What comes nearest to allowing it:\n")
	assert.Contains(t, text, "age of the sign-in with MFA: 13 hours; it wants less than 12 hours, or not stated\n")
	q = shellOfProject1
	q.On = []string{"Project=Test Project 2"}
	text = explained(t, q)
	assert.Contains(
		t,
		text,
		`tag Project of what is acted on: "Test Project 2"; it denies anything but the tag Project of the caller, which is "Test Project 1"`,
	)
	assert.Contains(t, text, "Without that it would be refused too, because nothing allows it. What comes nearest:")
	assert.NotContains(t, text, "Use listed session documents", "that statement is about documents, not nodes")
}

// A question of several stacks is answered in each account in which its names mean something.
func TestAQuestionIsAnsweredWhereItsNamesMeanSomething(t *testing.T) {
	q := Question{
		As:  "arn:aws:iam::444455556666:user/machamp",
		Via: "AdminRole",
		Do:  "iam:CreateUser",
		On:  []string{"arn:aws:iam::777788889999:user/new"},
	}
	all := answers(t, q, devStack, prodStack)
	require.Len(t, all.Answers, 1)
	assert.Equal(t, "prod", all.Answers[0].Stack)
	assert.True(t, all.Answers[0].Allowed)

	q.Via = "AdminRol"
	_, err := Ask(q, stacktest.Read(t, devStack), stacktest.Read(t, prodStack))
	assert.ErrorContains(t, err, `dev: --via: "AdminRol" is no role of account 111122223333`)
	assert.ErrorContains(
		t, err, `prod: --via: "AdminRol" is no role of account 777788889999; did you mean "AdminRole"?`)
}

// Regions in which the answer differs are answered apart.
func TestRegionsWithDifferentAnswersAreToldApart(t *testing.T) {
	s := stacktest.Read(t, prodStack)
	w := s.World()
	w.Preferences[1].DefaultUser, w.Preferences[1].RunAs = "", false
	engine, err := access.Compile(access.World{Accounts: []world.Account{w}}.WithStrangers())
	require.NoError(t, err)
	q := expectation.Expectation{
		As:    "arn:aws:iam::444455556666:user/non-97-test-user1",
		MFA:   true,
		Via:   "shop-operation",
		Opens: world.Shell,
		On:    expectation.Target{Instance: map[string]string{"Project": "shop"}},
	}
	all, err := explainQuestion(engine, q)
	require.NoError(t, err)
	require.Len(t, all, 2)
	var out bytes.Buffer
	require.NoError(t, (&Explanations{Answers: all}).WriteText(&out))
	assert.Contains(
		t,
		out.String(),
		"In ap-northeast-1: Yes, if what is not known here allows it, as the OS user operator.",
	)
	assert.Contains(t, out.String(), "In us-east-1: Yes, if what is not known here allows it, as the OS user ssm-user.")
}

// What is asked in words that mean nothing is refused with what to write.
func TestQuestionsAreReadStrictly(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Question)
		says   string
	}{
		"a target": {func(q *Question) { q.On = []string{"Test Project 1"} },
			`--on: "Test Project 1" is nothing to act on; write a tag`},
		"a key": {func(q *Question) { q.With = []string{"aws:TagKeys"} },
			`--with: "aws:TagKeys" is no condition key with a value`},
		"a person": {func(q *Question) { q.As = "non-97-test-user4" },
			`--as: "non-97-test-user4" is no user of account 111122223333; did you mean "non-97-test-user1"?`},
		"a door":       {func(q *Question) { q.Opens = "window" }, `--opens: "window" is not a door`},
		"a way in":     {func(q *Question) { q.Session = "password" }, `--session: "password" is not a way to sign in`},
		"a tag":        {func(q *Question) { q.On = []string{"user/"} }, `--on: "user/" is nothing to act on`},
		"nothing done": {func(q *Question) { q.Opens = "" }, "write one of --do and --opens"},
		"a group": {func(q *Question) { q.As = "{identityCenter: dave, group: [x]}" },
			`--as: group: unknown key; did you mean "groups"?`},
		"an age": {func(q *Question) { q.Session, q.MFAAge = "key", time.Hour },
			"--mfa-age: is the age of a sign-in with MFA"},
		"a name of a session": {func(q *Question) { q.Via, q.SessionName = "", "x" },
			"--session-name: names the session of a role, and none is assumed; write --via"},
		"a tag of a session": {func(q *Question) { q.Via, q.SessionTags = "", []string{"a=1"} },
			"--session-tag: are passed when a role is taken, and none is; write --via"},
		"a second role": {func(q *Question) { q.Then = "x" },
			"--then: is the role that somebody of Identity Center assumes next; write the role in --via"},
		"a key with MFA": {func(q *Question) { yes := true; q.Session, q.MFA = "key", &yes },
			"--mfa: is never so of a long-term key; write --session keyWithMfaCode or sessionToken"},
		"a condition of a door": {func(q *Question) { q.With = []string{"aws:TagKeys=a"} }, "is for the call of --do; of what opens a door only the network is not known"},
		"a Region":              {func(q *Question) { q.Region = "nowhere" }, `--region: "nowhere"`},
		"a key of a volume":     {func(q *Question) { q.VolumeKeys = []string{"x"} }, "--volume-key: "},
	} {
		q := shellOfProject1
		c.change(&q)
		_, err := Ask(q, stacktest.Read(t, devStack))
		assert.ErrorContains(t, err, c.says, name)
	}
	x, err := Question{
		On:      []string{"role/x", "document/d"},
		With:    []string{"a=1", "a=2"},
		Session: "key",
	}.Expectation()
	require.NoError(t, err)
	assert.Equal(t, expectation.Target{Role: "x", Document: "d"}, x.On)
	assert.Equal(t, map[string][]string{"a": {"1", "2"}}, x.With)
	assert.False(t, x.MFA)
}

// A Sid is a sentence without spaces, and reads as one.
func TestSidsReadAsSentences(t *testing.T) {
	for sid, sentence := range map[string]string{
		"DenyAllButEnrolmentWithoutMFA": "Deny all but enrolment without MFA",
		"OwnMFADevice":                  "Own MFA device",
		"EnableIAMUser":                 "Enable IAM user",
		"A":                             "A",
		"#2":                            "#2",
		"":                              "",
	} {
		assert.Equal(t, sentence, words.OfSid(sid))
	}
}

// Every operator, quantifier and kind of value has words.
func TestEveryTestOfAStatementHasWords(t *testing.T) {
	test := func(op policy.Operator, key string, has []string, wants ...string) access.Test {
		t := access.Test{Element: "Condition", Key: key, Operator: op, Has: has}
		for _, w := range wants {
			t.Wants = append(t.Wants, access.Wanted{Text: w, Value: w})
		}
		return t
	}
	for words, c := range map[string]access.Test{
		`aws:SourceVpc: not stated; it wants "vpc-1"`:                                                     test(policy.Operator{Base: policy.OpStringEquals}, "aws:SourceVpc", nil, "vpc-1"),
		`time of the call: "2026-12-01T00:00:00Z"; it wants before "2026-01-01T00:00:00Z"`:                test(policy.Operator{Base: policy.OpDateLessThan}, "aws:CurrentTime", []string{"2026-12-01T00:00:00Z"}, "2026-01-01T00:00:00Z"),
		`time of the call: "a"; it wants from "b"`:                                                        test(policy.Operator{Base: policy.OpDateGreaterThanEquals}, "aws:CurrentTime", []string{"a"}, "b"),
		`age of the sign-in with MFA: 2 minutes; it wants less than 1 hour, or not stated`:                test(policy.Operator{Base: policy.OpNumericLessThan, IfExists: true}, "aws:MultiFactorAuthAge", []string{"120"}, "3600"),
		`s3:max-keys: "5"; it wants at most "3"`:                                                          test(policy.Operator{Base: policy.OpNumericLessThanEquals}, "s3:max-keys", []string{"5"}, "3"),
		`s3:max-keys: "5"; it wants at least "9"`:                                                         test(policy.Operator{Base: policy.OpNumericGreaterThanEquals}, "s3:max-keys", []string{"5"}, "9"),
		`s3:max-keys: "5"; it wants more than "9"`:                                                        test(policy.Operator{Base: policy.OpNumericGreaterThan}, "s3:max-keys", []string{"5"}, "9"),
		`tags that the call writes: "a" and "b"; it wants only "a" or "c"`:                                test(policy.Operator{Base: policy.OpStringEquals, Quantifier: policy.ForAllValues}, "aws:TagKeys", []string{"a", "b"}, "a", "c"),
		`tags that the call writes: "a"; it wants any that is "A", in upper or lower case`:                test(policy.Operator{Base: policy.OpStringEqualsIgnoreCase, Quantifier: policy.ForAnyValue}, "aws:TagKeys", []string{"a"}, "A"),
		`signed in with MFA: not stated; it wants what is not stated`:                                     test(policy.Operator{Base: policy.OpNull}, "aws:MultiFactorAuthPresent", nil, "true"),
		`signed in with MFA: no; it wants what is stated`:                                                 test(policy.Operator{Base: policy.OpNull}, "aws:MultiFactorAuthPresent", []string{"false"}, "false"),
		`value that the call gives to the tag Team: "x"; it wants anything but "y"`:                       test(policy.Operator{Base: policy.OpStringNotEquals}, "aws:RequestTag/Team", []string{"x"}, "y"),
		`it is about everything but arn:a, and the call is on arn:b`:                                      {Element: "NotResource", Has: []string{"arn:b"}, Wants: []access.Wanted{{Text: "arn:a", Value: "arn:a"}}},
		`it is for everybody but arn:a, and the caller is arn:b`:                                          {Element: "NotPrincipal", Has: []string{"arn:b"}, Wants: []access.Wanted{{Text: "arn:a", Value: "arn:a"}}},
		`name of the session: "x"; it wants the user name, which has no value here`:                       {Element: "Condition", Key: "sts:RoleSessionName", Operator: policy.Operator{Base: policy.OpStringEquals}, Has: []string{"x"}, Wants: []access.Wanted{{Text: "${aws:username}", NoValue: true}}},
		`name of the session: "x"; it wants the text "team-${aws:username}", which is "team-bob"`:         {Element: "Condition", Key: "sts:RoleSessionName", Operator: policy.Operator{Base: policy.OpStringLike}, Has: []string{"x"}, Wants: []access.Wanted{{Text: "team-${aws:username}", Value: "team-bob"}}},
		`it is about arn:aws:iam::111122223333:user/bob or arn:x, and the call is on arn:aws:iam::1:user`: {Element: "Resource", Has: []string{"arn:aws:iam::1:user"}, Wants: []access.Wanted{{Text: "arn:aws:iam::111122223333:user/${aws:username}", Value: "arn:aws:iam::111122223333:user/bob"}, {Text: "arn:x", Value: "arn:x"}}},
	} {
		assert.Equal(t, words, testWords("Allow", c))
	}
}

// Every set of policies that AWS reads has a name that people know.
func TestEveryLayerHasWords(t *testing.T) {
	bound := policy.New(policy.Allow("OnlyS3", "s3:*").On("*"))
	arn := "arn:aws:iam::111122223333:policy/bound"
	w := access.World{
		Accounts: []world.Account{
			{
				ID:       "111122223333",
				Policies: []world.ManagedPolicy{{ARN: arn, Document: bound}},
				Users: []world.User{
					{
						Name:     "bob",
						Boundary: arn,
						Inline: []world.InlinePolicy{
							{Name: "all", Document: policy.New(policy.Allow("Everything", "*").On("*"))},
						},
					},
				},
			},
		},
		Organization: &world.Organization{
			ID:         "o-exampleorgid",
			Management: "123456789012",
			Root: world.Unit{
				ID: "r-exam",
				Accounts: []world.OrganizationAccount{
					{
						ID: "111122223333",
						Policies: []world.ServiceControlPolicy{
							{Name: "FullAWSAccess", Document: policy.New(policy.Allow("All", "*").On("*"))},
						},
					},
				},
				Policies: []world.ServiceControlPolicy{
					{
						Name:     "no-s3",
						Document: policy.New(policy.Allow("All", "*").On("*"), policy.Deny("NoS3", "s3:*").On("*")),
					},
				},
			},
		},
	}
	engine, err := access.Compile(w)
	require.NoError(t, err)
	text := func(do string) string {
		all, err := explainQuestion(engine, expectation.Expectation{As: "bob", MFA: true, Do: do})
		require.NoError(t, err)
		var out bytes.Buffer
		require.NoError(t, (&Explanations{Answers: all}).WriteText(&out))
		return out.String()
	}
	assert.Contains(t, text("s3:ListAllMyBuckets"), `No: step 2 is refused by "No S3" (policy no-s3, statement NoS3).`)
	assert.Contains(t, text("s3:ListAllMyBuckets"), "The organization's rules for r-exam deny it.")
	assert.Contains(
		t,
		text("ec2:DescribeInstances"),
		"No: step 2 is refused, because nothing in the bounds of user/bob allows it.",
	)
	assert.Contains(t, text("ec2:DescribeInstances"), "The policies of user/bob allow it.")
	assert.Contains(
		t,
		text("sts:GetCallerIdentity"),
		"AWS decides this itself: no policy can deny sts:GetCallerIdentity",
	)
}

// The JSON form says the same as the text: the answer, the steps, each call with each layer.
func TestExplanationsAsJSON(t *testing.T) {
	var out bytes.Buffer
	q := shellOfProject1
	q.On = []string{"Project=Test Project 2"}
	require.NoError(t, answers(t, q).WriteJSON(&out))
	assert.Equal(t, 1, strings.Count(out.String(), "\n"))
	var got Explanations
	require.NoError(t, json.Unmarshal(out.Bytes(), &got))
	require.Len(t, got.Answers, 1)
	x := got.Answers[0]
	assert.Equal(t, 1, got.Version)
	assert.False(t, x.Allowed)
	assert.Equal(t, "ap-northeast-1", x.Region)
	require.Len(t, x.Steps, 3)
	require.Len(t, x.Steps[2].Calls, 2, "the node and the document")
	layer := x.Steps[2].Calls[0].Layers[0]
	assert.Equal(t, "identity policy", layer.Kind)
	assert.Equal(t, "denies", layer.Says)
	assert.True(t, layer.Decides)
	assert.Equal(t, "DenyNodesOfOtherProjects", layer.Statements[0].Sid)
	assert.True(t, layer.Statements[0].Applies)
	assert.Equal(t, "Allow", layer.Statements[1].Effect)
	assert.False(t, layer.Statements[1].Applies)
}

// Whoever asks about a call that is a door is told what the table of doors says of it.
func TestEveryDoorHasWords(t *testing.T) {
	for _, row := range doors.Table() {
		assert.Contains(t, tableWords(row.Actions[0]), row.It)
	}
	assert.Empty(t, tableWords("s3:GetObject"))
}
