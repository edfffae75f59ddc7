package program

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/constant"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aws-access-guardrails/internal/commandline"
	"aws-access-guardrails/internal/stack"
)

// Main runs the program as the process that the pulumi command starts, and gives its exit status. A refusal is told
// to the engine as it is, in the words of check and with file, line and column; pulumi.Run would put it behind "an
// unhandled error occurred". A failure of AWS is the engine's to tell; what to do about it is said beside.
func Main() int {
	o := &own{}
	err := pulumi.RunErr(o.run)
	if errors.Is(err, pulumi.ErrPlugins) {
		pulumi.Run(Run) // Asked for its plugins, which only this prints.
	}
	if err == nil {
		return 0
	}
	o.tell(os.Stderr, err)
	return constant.ExitStatusLoggedError
}

// own is a run of the program in a process of its own.
type own struct {
	stack   *stack.Stack
	setting commandline.Setting
	preview bool
	// told says that the engine was told the error of the program.
	told bool
}

func (o *own) run(ctx *pulumi.Context) error {
	o.preview, o.setting = ctx.DryRun(), settingOf(ctx.RootDirectory())
	stack, err := deploy(ctx, "")
	o.stack = stack
	if err == nil {
		return nil
	}
	text := strings.TrimRight(err.Error(), "\n")
	if logged := ctx.Log.Error(text, nil); logged == nil {
		o.told = true
	}
	return err
}

// tell says what the engine does not: an error that it was not told, and what to do when AWS refuses what exists or
// names what does not exist yet. The engine shows what a program writes to standard error.
func (o *own) tell(w io.Writer, err error) {
	if Refused(err) && o.told {
		return
	}
	if !o.told && o.stack == nil {
		fmt.Fprintln(w, err)
	}
	if o.stack == nil || o.preview {
		return
	}
	for _, hint := range hints(o.stack, o.setting) {
		fmt.Fprintln(w, hint)
	}
}

// hints are what to do about what AWS refuses for what exists, or does not exist yet.
func hints(stack *stack.Stack, setting commandline.Setting) []string {
	all := []string{
		fmt.Sprintf(
			"Where AWS says that something exists already: up takes over nothing that it finds; %s writes it into the stack file, "+
				"and the next up changes it in place.",
			setting.Quoted("adopt", stack.Name),
		),
	}
	if from := stack.PeopleFrom(); len(from) > 0 {
		all = append(
			all,
			fmt.Sprintf(
				"Where AWS says that a principal is invalid: trust policies of %s name people of %s, which is deployed first.",
				stack.Name,
				strings.Join(from, " and "),
			),
		)
	}
	return all
}
