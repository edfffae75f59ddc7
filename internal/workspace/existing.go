package workspace

import (
	"context"
	"errors"
	"strings"
	"sync"

	"aws-access-guardrails/internal/adopt"
	"aws-access-guardrails/internal/awstype/token"
	"aws-access-guardrails/internal/program"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/project"
	"aws-access-guardrails/internal/workspace/pulumicli"
	"aws-access-guardrails/internal/workspace/result"
)

// Existing asks the account of a stack for what the stack would collide with, and for what is selected. It changes
// nothing: not the account, not the stack's state, not the folder. The file must be readable; its proofs need not
// hold.
func (w *Workspace) Existing(ctx context.Context, st string, selected adopt.Selection) (*adopt.Existing, error) {
	read, problems := stack.ReadFile(project.Relative(w.folder.StackFile(st)))
	if len(problems) > 0 {
		return nil, &exit.RefusedError{Stack: st, Err: problems.Err()}
	}
	command, err := pulumicli.Find(ctx, pulumicli.Options{Progress: w.options.Progress.Status})
	if err != nil {
		return nil, err
	}
	w.options.Progress.Done()
	if !w.options.Sandbox {
		if backendErr := checkBackend(w.folder, []string{st}); backendErr != nil {
			return nil, backendErr
		}
	}
	done, err := beginWork(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	s := &session{
		Workspace: w,
		operation: result.Preview,
		command:   command,
		summary:   &result.Summary{},
		targets:   map[string]target{st: targetOf(read)},
	}
	if w.options.Sandbox {
		closeSandbox, openErr := s.openSandbox(ctx)
		if openErr != nil {
			return nil, openErr
		}
		defer func() { _ = closeSandbox() }() // Asking leaves nothing broken.
	}
	found := &adopt.Existing{Managed: map[string]bool{}}
	wanted := func(s *stack.Stack) adopt.Wanted { return adopt.WantedBy(s, selected) }
	r := newRun(s, st, nil)
	r.unread = true
	r.program = &runner{run: program.Existing(w.folder.StackFolder(), wanted, found)}
	defer r.close()
	if readyErr := r.ready(ctx); readyErr != nil {
		return nil, readyErr
	}
	if managedErr := r.managed(ctx, found.Managed, wanted(read).Approvals); managedErr != nil {
		return nil, managedErr
	}
	_, err = r.planned(ctx)
	switch {
	case errors.Is(r.program.err(), program.ErrExistingRead):
		if read.IdentityCenter != nil && !found.Managed[read.IdentityCenter.Instance] {
			r.attributes(ctx, found)
		}
		return found, nil
	case err == nil:
		err = &EngineError{
			Stack:     st,
			Operation: result.Preview,
			Err:       errors.New("the program that asks AWS did not run"),
		}
	}
	return nil, err
}

// attributes asks for the attributes for access control. That there are none is the engine's error, and no other
// error is taken for it.
func (r *run) attributes(ctx context.Context, found *adopt.Existing) {
	var mu sync.Mutex
	r.program = &runner{run: program.Attributes(r.folder.StackFolder(), func(attributes map[string]string) {
		mu.Lock()
		defer mu.Unlock()
		found.Attributes = attributes
	})}
	r.opened.Workspace().SetProgram(r.program.Run)
	_, err := r.planned(ctx)
	mu.Lock()
	defer mu.Unlock()
	if err != nil && found.Attributes == nil && !strings.Contains(err.Error(), "does not exist") {
		found.Unread = append(found.Unread, adopt.Unread{What: "attributes for access control", Why: err.Error()})
	}
}

// managed collects the ARNs of what the stack's state has.
func (r *run) managed(ctx context.Context, into map[string]bool, approvals []adopt.Approval) error {
	state, err := r.export(ctx, r.opened)
	if err != nil {
		return &EngineError{Stack: r.stack, Operation: result.Preview, Err: err}
	}
	for _, resource := range state.List("resources") {
		if arn, _ := resource.Object("outputs")["arn"].(string); arn != "" && resource["delete"] != true {
			into[arn] = true
		}
		id, _ := resource["id"].(string)
		if resource["delete"] == true {
			continue
		}
		switch resource.Type() {
		case attributesType:
			into[id] = true
		case token.NativeSSMDocument: // Its state has no ARN, and its name has the Region.
			for _, approval := range approvals {
				if id == approval.Name && strings.Contains(resource.URN(), "-"+approval.Region+"-"+approval.Name) {
					into[approval.ARN] = true
				}
			}
		}
	}
	return nil
}
