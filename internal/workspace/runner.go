package workspace

import (
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aws-access-guardrails/internal/program"
)

// runner is the Pulumi program with its last error kept.
type runner struct {
	run pulumi.RunFunc
	// listener hears what the program finds beside the stack; nil where nobody wants to know.
	listener *program.Listener
	mu       sync.Mutex
	last     error
}

func (p *runner) Run(ctx *pulumi.Context) error {
	if p.listener != nil {
		ctx = program.Listen(ctx, p.listener)
	}
	err := p.run(ctx)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last = err
	return err
}

func (p *runner) reset() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last = nil
}

func (p *runner) err() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.last
}
