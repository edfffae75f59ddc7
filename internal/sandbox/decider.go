package sandbox

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/internal/sandbox/cloud"
	"aws-access-guardrails/internal/sandbox/cloud/api"
)

// deployerSession is the name of the session that makes the calls.
const deployerSession = "guardrails"

// decider decides each call of the providers as a session of one role, which every account has: by the role's own
// policies and the service control policies above the account, as they are at the moment of the call.
type decider struct {
	cloud *cloud.Cloud
	// role is the path and name of the role, such as "/GuardrailDeployer".
	role string

	mu    sync.Mutex
	calls []api.Call
}

// newDecider takes a role as stack files write it: "role/" and its name, with the path between.
func newDecider(c *cloud.Cloud, role string) (*decider, error) {
	name, ok := strings.CutPrefix(role, "role/")
	if !ok || name == "" {
		return nil, fmt.Errorf(
			"callsAs: %q is not a role; write \"role/\" and its name with its path, such as \"role/GuardrailDeployer\"",
			role,
		)
	}
	return &decider{cloud: c, role: "/" + name}, nil
}

// Decide decides one call. A role that an account does not have is an error: its session could not exist.
func (d *decider) Decide(call api.Call) (session, reason string, err error) {
	d.mu.Lock()
	d.calls = append(d.calls, call)
	d.mu.Unlock()
	world, role, err := d.world(call.Account)
	if err != nil {
		return "", "", err
	}
	engine, err := access.Compile(world)
	if err != nil {
		return "", "", fmt.Errorf("decide %s: %w", call.Action, err)
	}
	account := &world.Accounts[0]
	session = account.Partition.AssumedRoleARN(account.ID, role.Name, deployerSession)
	decision, err := engine.Decide(access.AssumedRole(role.ARN(account), deployerSession), RequestOf(call))
	switch {
	case err != nil:
		return "", "", fmt.Errorf("decide %s: %w", call.Action, err)
	case decision.Allowed():
		return session, "", nil
	case decision.Outcome == access.ExplicitlyDenied:
		return session, "with an explicit deny in " + decision.By.String(), nil
	}
	return session, fmt.Sprintf("because nothing in %s allows the %s action", decision.By, call.Action), nil
}

// RequestOf is a call of the sandbox as the access engine takes it. What the call acts on keeps the tags that AWS has
// for it; those do not decide here.
func RequestOf(call api.Call) access.Request {
	return access.Request{Action: call.Action, Resources: access.On(call.Resources...), Context: call.Context}
}

// world is the role with its policies, and the organization above its account.
func (d *decider) world(account string) (access.World, world.Role, error) {
	snapshot := d.cloud.Snapshot()
	r := &reader{}
	all := r.account(account, snapshot.Accounts[account])
	if err := errors.Join(r.problems...); err != nil {
		return access.World{}, world.Role{}, err
	}
	index := slices.IndexFunc(all.Roles, func(role world.Role) bool { return role.Path+role.Name == d.role })
	if index < 0 {
		return access.World{}, world.Role{}, fmt.Errorf(
			"callsAs: account %s has no role%s; list it in sandbox.yaml, or make it first",
			account,
			d.role,
		)
	}
	role := all.Roles[index]
	mini := world.Account{ID: account, Partition: all.Partition, Roles: []world.Role{role}}
	for _, p := range all.Policies {
		if slices.Contains(role.Attached, p.ARN) || role.Boundary == p.ARN {
			mini.Policies = append(mini.Policies, p)
		}
	}
	world := access.World{Accounts: []world.Account{mini}, Organization: r.organization(snapshot.Organization)}
	return world, role, errors.Join(r.problems...)
}

// Calls are the calls that were decided since the server started, in the order in which they came; none without
// Options.CallsAs.
func (s *Server) Calls() []api.Call {
	if s.decider == nil {
		return nil
	}
	s.decider.mu.Lock()
	defer s.decider.mu.Unlock()
	return slices.Clone(s.decider.calls)
}
