package sandbox

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"aws-access-guardrails/internal/sandbox/cloud"
	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/iam"
	"aws-access-guardrails/internal/sandbox/cloud/ssm"
	"aws-access-guardrails/internal/sandbox/cloud/ssoadmin"
	"aws-access-guardrails/internal/sandbox/endpoint"
	"aws-access-guardrails/internal/sandbox/provider"
	"aws-access-guardrails/policy"
)

// Options say which world a server serves, and for whom.
type Options struct {
	// World is the path of the world file; empty means that nothing exists before the stacks but the account.
	World string
	// Known is what the stack files say about the AWS that exists before them. Servers that share a world are given
	// the same.
	Known Known
	// State is the path of the state file, made if it does not exist; empty keeps the world in memory. Servers of one
	// process that name the same file share the world; another process is refused until they are closed.
	State string
	// Stack is the stack that runs. Its credentials belong to the account that the world file names for it under
	// stacks.
	Stack string
	// Account is the account of the credentials where the world file does not name the stack. It is added to the world.
	Account string
	// Partition is the partition of Account; empty means aws.
	Partition policy.Partition
	// CallsAs is the role, such as role/GuardrailDeployer, as whose session every call of the providers is decided,
	// in whatever account they call; empty means the one that the world file names, and without one every call is
	// allowed.
	CallsAs string
	// Faults go wrong between the engine, the providers and AWS; nil for none.
	Faults *api.Faults
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Server serves the providers of one world.
type Server struct {
	cloud   *cloud.Cloud
	classic *provider.Server
	native  *provider.Server
	direct  *endpoint.Server
	account string
	decider *decider
	once    sync.Once
	closed  error
}

// Start opens the world and serves it until the context ends or Close is called. Errors of the world file come as
// problem.List.
func Start(ctx context.Context, o Options) (*Server, error) {
	world := &worldFile{}
	if o.World != "" {
		read, err := readWorldFile(o.World)
		if err != nil {
			return nil, err
		}
		world = read
	}
	if err := world.know(o.Known); err != nil {
		return nil, err
	}
	c, err := cloud.Open(o.State, o.Now)
	if err != nil {
		return nil, err
	}
	s := &Server{cloud: c}
	if err := s.begin(o, world); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	context.AfterFunc(ctx, func() { _ = s.Close() })
	return s, nil
}

func (s *Server) begin(o Options, world *worldFile) error {
	account := cmp.Or(world.Stacks[o.Stack], o.Account)
	s.cloud.AddAWSManagedPolicies(world.Managed...)
	s.cloud.EveryVersion = world.DuplicateContent == "everyVersion"
	if err := world.plant(s.cloud); err != nil {
		return err
	}
	if o.Account != "" {
		if err := s.cloud.AddAccount(o.Account, cmp.Or(o.Partition, policy.AWS)); err != nil {
			return err
		}
	}
	for _, id := range world.named() {
		if err := s.cloud.AddAccount(id, policy.AWS); err != nil {
			return err
		}
	}
	if err := s.cloud.BeginRun(o.Faults); err != nil {
		return err
	}
	options := provider.Options{
		Cloud:       s.cloud,
		Credentials: provider.Credentials{Ambient: account, Profiles: world.profiles()},
		Faults:      o.Faults,
	}
	var err error
	if role := cmp.Or(o.CallsAs, world.CallsAs); role != "" {
		if s.decider, err = newDecider(s.cloud, role); err != nil {
			return err
		}
		options.Decider = s.decider
	}
	if s.classic, err = provider.Serve("aws", options); err != nil {
		return err
	}
	if s.native, err = provider.Serve("aws-native", options); err != nil {
		return err
	}
	s.account = cmp.Or(o.Account, account)
	s.direct, err = endpoint.Serve(endpoint.Options{Cloud: s.cloud, Faults: o.Faults, Decider: options.Decider})
	return err
}

// Endpoint is where the AWS of the stack's account answers over HTTP.
func (s *Server) Endpoint() string { return s.direct.URL(s.account) }

// DebugProviders is the value of PULUMI_DEBUG_PROVIDERS with which an engine finds the providers.
func (s *Server) DebugProviders() string {
	return fmt.Sprintf("aws:%d,aws-native:%d", s.classic.Port, s.native.Port)
}

// Close stops the providers and lets go of the state file. A second call does nothing.
func (s *Server) Close() error {
	s.once.Do(func() {
		var errs []error
		for _, p := range []*provider.Server{s.classic, s.native} {
			if p != nil {
				errs = append(errs, p.Close())
			}
		}
		if s.direct != nil {
			errs = append(errs, s.direct.Close())
		}
		s.closed = errors.Join(append(errs, s.cloud.Close())...)
	})
	return s.closed
}

// Snapshot copies the world, for tests and for people.
func (s *Server) Snapshot() cloud.Snapshot { return s.cloud.Snapshot() }

// IAM is a client that changes an account from outside the stacks, as its administrators do. It meets no faults.
func (s *Server) IAM(account string) iam.Client { return s.cloud.IAM(api.Caller{Account: account}) }

// SSOAdmin is a client that changes IAM Identity Center from outside the stacks, with the credentials of an account. It
// meets no faults.
func (s *Server) SSOAdmin(account, region string) ssoadmin.Client {
	return s.cloud.SSOAdmin(api.Caller{Account: account, Region: region})
}

// SSM is a client that changes documents of an account in a Region from outside the stacks. It meets no faults.
func (s *Server) SSM(account, region string) ssm.Client {
	return s.cloud.SSM(api.Caller{Account: account, Region: region})
}
