package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"aws-access-guardrails/internal/announce"
	"aws-access-guardrails/internal/edit"
	"aws-access-guardrails/internal/view/grants"
	"aws-access-guardrails/internal/workspace/exit"
)

// webhookVariable has the URL of the webhook. It is a secret, and command lines are seen by others.
const webhookVariable = "GUARDRAILS_WEBHOOK"

func newAnnounce(f *flags) *cobra.Command {
	var (
		format, by, link, text string
		dryRun                 bool
	)
	cmd := &cobra.Command{
		Use:   "announce step [stack ticket]",
		Short: "Tell a channel of Slack or Teams what happens to a grant",
		Long: `Posts one message to the incoming webhook whose URL is in the environment variable ` + webhookVariable + `: what happened (` + strings.Join(
			announce.Steps(),
			", ",
		) + `),
and what the stack file says of the grants with the ticket. Without a stack and a ticket it says what --text says.

The format is that of the host of the URL; --format says it for others. It waits ten seconds at most. The URL is printed nowhere. A webhook that fails is status 3, and undoes
nothing: run it as a step of its own, behind what it tells of.`,
		Example: `  guardrails announce requested workload CHG1250 --by octocat --link https://github.com/example-org/guardrails/pull/7
  guardrails announce deployed --text "workload, payments" --format teams
  guardrails announce approved workload CHG1250 --format slack --dry-run`,
		Args: cobra.RangeArgs(1, 3),
		RunE: func(cmd *cobra.Command, args []string) error {
			message, err := f.announcement(args, text)
			if err != nil {
				return err
			}
			message.Link = link
			message.Facts = append(message.Facts, announce.Fact{Name: "By", Value: by})
			hook, err := announce.NewWebhook(os.Getenv(webhookVariable))
			if err != nil && !dryRun {
				return exit.Usef("the environment variable %s: %v", webhookVariable, err)
			}
			as := announce.Format(format)
			if as == "" && err == nil {
				as = hook.Format()
			}
			if as == "" {
				return exit.Usef(
					"the format of the message is not known from the host; write --format slack or --format teams",
				)
			}
			body, err := message.Body(as)
			if err != nil {
				return exit.Usef("%v", err)
			}
			if dryRun {
				_, fprintlnErr := fmt.Fprintln(cmd.OutOrStdout(), string(body))
				return fprintlnErr
			}
			if postErr := hook.Post(cmd.Context(), as, message); postErr != nil {
				return fmt.Errorf("nothing was announced: %w", postErr)
			}
			_, err = io.WriteString(cmd.OutOrStdout(), "announced: "+message.Title+"\n")
			return err
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&format, "format", "", "slack or teams; without it that of the webhook's host")
	flags.StringVar(&by, "by", "", "who did it")
	flags.StringVar(&link, "link", "", "where to read more, such as the pull request")
	flags.StringVar(&text, "text", "", "what it is about, where no grant is named")
	flags.BoolVar(&dryRun, "dry-run", false, "print the message, and post nothing")
	return cmd
}

// announcement is the message of a step: about the grants of a ticket, or with a text.
func (f *flags) announcement(args []string, text string) (announce.Message, error) {
	var none announce.Message
	step := args[0]
	switch {
	case !announce.Known(step):
		return none, exit.Usef(
			"%q is no step of a grant; write one of %s",
			step,
			strings.Join(announce.Steps(), ", "),
		)
	case len(args) == 2:
		return none, exit.Usef("the ticket is missing; write it behind the stack, such as CHG1250")
	case len(args) == 1 && text == "":
		return none, exit.Usef("what is announced? write a stack and a ticket, or --text")
	case len(args) == 1:
		return announce.Message{Title: announce.Title(step, text)}, nil
	}
	folder, stack, err := f.folderAndStack(args[1])
	if err != nil {
		return none, err
	}
	stacks, err := folder.Read(stack)
	if err != nil {
		return none, err
	}
	zone := stacks[0].Zone()
	var about []string
	var facts []announce.Fact
	for _, g := range grants.Of(f.clock(), zone, stacks...).Grants {
		if g.Ticket != args[2] {
			continue
		}
		about = append(about, fmt.Sprintf("%s for %s in %s", g.Opens, g.Person, g.Stack))
		for _, fact := range g.Facts(zone) {
			facts = append(facts, announce.Fact(fact))
		}
	}
	if len(about) == 0 {
		hint := edit.WithTicket(folder.OtherFiles(stack), args[2], stack)
		says := fmt.Sprintf("%s has no grant with the ticket %q; %s", stack, args[2], hint)
		return none, exit.Usef("%s", strings.TrimSuffix(says, "; "))
	}
	title := announce.Title(step, strings.Join(about, ", "))
	if text != "" {
		facts = append(facts, announce.Fact{Name: "Note", Value: text})
	}
	return announce.Message{Title: title, Facts: facts}, nil
}
