package main

import (
	"github.com/spf13/cobra"

	"aws-access-guardrails/internal/view/explain"
	"aws-access-guardrails/internal/workspace/exit"
)

func newExplain(f *flags) *cobra.Command {
	var (
		question explain.Question
		mfa      bool
		instant  string
	)
	cmd := &cobra.Command{
		Use:   "explain [stack ...]",
		Short: "Why one person may do one thing, or may not",
		Long: `Answers one question: may this person, signed in like this, perhaps in this role, make this call or open this
door? It prints the answer, every step of the way, and for each step what every set of policies says: the
statement that decides with its reasons, and for a refusal what would have had to match. The words are those of
the section guardrails:expect.

Without names it asks every stack of the folder; the question is answered for each account in which its names
mean something.`,
		Example: `  guardrails explain dev --as non-97-test-user1 --via TestProject1-os-user1 --opens shell --on "Project=Test Project 2"
  guardrails explain dev --as non-97-test-user1 --mfa=false --do iam:CreateAccessKey --on user/non-97-test-user1
  guardrails explain prod --as arn:aws:iam::444455556666:user/machamp --via AdminRole --mfa-age 2h --do iam:CreateUser \
      --on arn:aws:iam::777788889999:user/somebody-new --json
  guardrails explain --as "{identityCenter: dave, attributes: {enterprise.department: shop}}" --via workload/ProjectOperator \
      --opens shell --on Project=shop
  guardrails explain --as "{identityCenter: dave, attributes: {enterprise.department: shop}}" --via workload/ProjectOperator \
      --then grant-CHG1250-dave --at 2030-12-02T19:00:00+09:00 --do ec2:TerminateInstances --on Project=shop`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if cmd.Flags().Changed("mfa") {
				question.MFA = &mfa
			}
			if instant != "" {
				moment, err := f.instantOf("--at", instant)
				if err != nil {
					return err
				}
				question.At = moment
			}
			stacks, err := f.read(args)
			if err != nil {
				return err
			}
			answers, err := explain.Ask(question, stacks...)
			if err != nil {
				return exit.Usef("%v", err)
			}
			return f.write(cmd, answers, nil)
		},
	}
	f.stackFlags(cmd)
	f.jsonFlag(cmd)
	flags := cmd.Flags()
	flags.StringVar(
		&question.As,
		"as",
		"",
		"the person: a user name, alias/name, the ARN of a user, or somebody of IAM Identity Center as in {identityCenter: alice, groups: [operators]}",
	)
	flags.StringVar(
		&question.Session,
		"session",
		"",
		"how the person signs in: console (the default), key, keyWithMfaCode or sessionToken",
	)
	flags.BoolVar(&mfa, "mfa", true, "whether the sign-in is with MFA; a key never is")
	flags.DurationVar(&question.MFAAge, "mfa-age", 0, "how long ago the sign-in with MFA was")
	flags.StringVar(
		&question.Via,
		"via",
		"",
		"the role that the person takes first: a name or an ARN; of somebody of Identity Center the permission set, as in workload/Operator",
	)
	flags.StringVar(
		&question.Then,
		"then",
		"",
		"the role that somebody of Identity Center assumes with the permission set of --via, such as that of a grant",
	)
	flags.StringVar(
		&question.SessionName,
		"session-name",
		"",
		"the name of the role session; the person's own where it is not given",
	)
	flags.StringArrayVar(
		&question.SessionTags,
		"session-tag",
		nil,
		"a session tag that is passed when the role is taken, as key=value; repeatable",
	)
	flags.StringVar(&question.Do, "do", "", "the action that is tried, such as iam:CreateAccessKey")
	flags.StringVar(
		&question.Opens,
		"opens",
		"",
		"the door that is tried: shell, port, remotePort, ssh, rdp, sendCommand, instanceConnect or serialConsole",
	)
	flags.StringArrayVar(
		&question.On,
		"on",
		nil,
		"what it is tried on: a tag of an instance (Project=x; repeatable), untagged, user/x, role/x, document/x or an ARN",
	)
	flags.StringVar(&question.Region, "region", "", "where the instance or document is")
	flags.StringArrayVar(
		&question.VolumeKeys,
		"volume-key",
		nil,
		"a KMS key of the volumes of the instance that ec2:StartInstances starts: its ARN, or alias/aws/ebs; repeatable",
	)
	flags.StringArrayVar(
		&question.With,
		"with",
		nil,
		"a condition key that the call of --do carries, as key=value; repeatable",
	)
	flags.StringVar(&instant, "at", "", "when it is tried: a time with its offset or zone")
	return cmd
}
