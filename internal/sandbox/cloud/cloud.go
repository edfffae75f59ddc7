package cloud

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"aws-access-guardrails/policy"
)

// Cloud is the whole of AWS as one sandbox knows it. Its clients are safe for concurrent use.
type Cloud struct {
	mu    sync.Mutex
	store *store
	now   func() time.Time
	// requests counts calls, for request ids.
	requests int
	// opened counts those who share the cloud of one state file; guarded by openClouds.
	opened int
	// run is the number of this opening among all openings of the world; zero until BeginRun counts it.
	run int

	accounts  *table[Account]
	users     *table[User]
	groups    *table[Group]
	roles     *table[Role]
	policies  *table[Policy]
	devices   *table[Device]
	documents *table[Document]
	nodes     *table[Node]
	// organizations holds the one organization; units, members (the unit or root of each account), policies and
	// attachments (the policies of each target) are its parts.
	organizations        *table[Organization]
	units                *table[Unit]
	members              *table[string]
	organizationPolicies *table[OrganizationPolicy]
	attachments          *table[[]string]
	// identityCenters holds the one instance of IAM Identity Center; permission sets and assignments are its parts.
	identityCenters *table[IdentityCenter]
	permissionSets  *table[PermissionSet]
	assignments     *table[Assignment]
	// enrolments are what people do once their user exists, by the user's name.
	enrolments *table[Enrolment]
	counters   *table[int]
	seeds      *table[string]

	// Quotas are the limits of policies and what holds them. Set them before the first call.
	Quotas policy.Quotas
	// EveryVersion compares a new content of a document with all its versions, and not with the latest alone. Set it
	// before the first call.
	EveryVersion bool
	// moreManaged are AWS managed policies that AWS has and this package does not know yet, with their paths.
	moreManaged map[string]bool
}

// Account is one AWS account.
type Account struct {
	// ID is the twelve-digit account id.
	ID        string           `json:"id"`
	Alias     string           `json:"alias,omitempty"`
	Partition policy.Partition `json:"partition"`
	// PasswordPolicy is nil while the account has AWS's default.
	PasswordPolicy *PasswordPolicy `json:"passwordPolicy,omitempty"`
}

var zeroTime time.Time

// openClouds are the clouds of this process by state file, so that the stacks of one folder share one AWS.
var openClouds = struct {
	sync.Mutex
	byPath map[string]*Cloud
}{byPath: map[string]*Cloud{}}

// Open opens the world of a state file, which is made if it does not exist; an empty path keeps the world in memory.
// Opening a file again in the same process gives the same Cloud. It fails where another process has the file open,
// and where the file is not a sandbox state.
func Open(path string, now func() time.Time) (*Cloud, error) {
	if path == "" {
		return open(path, now)
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("sandbox state: %w", err)
	}
	openClouds.Lock()
	defer openClouds.Unlock()
	if c, ok := openClouds.byPath[path]; ok {
		c.opened++
		return c, nil
	}
	c, err := open(path, now)
	if err != nil {
		return nil, err
	}
	openClouds.byPath[path] = c
	return c, nil
}

func open(path string, now func() time.Time) (*Cloud, error) {
	c := &Cloud{
		now:                  now,
		opened:               1,
		accounts:             newTable[Account]("accounts"),
		users:                newTable[User]("users"),
		groups:               newTable[Group]("groups"),
		roles:                newTable[Role]("roles"),
		policies:             newTable[Policy]("policies"),
		devices:              newTable[Device]("mfaDevices"),
		documents:            newTable[Document]("documents"),
		nodes:                newTable[Node]("nodes"),
		organizations:        newTable[Organization]("organizations"),
		units:                newTable[Unit]("units"),
		members:              newTable[string]("members"),
		organizationPolicies: newTable[OrganizationPolicy]("organizationPolicies"),
		attachments:          newTable[[]string]("attachments"),
		identityCenters:      newTable[IdentityCenter]("identityCenters"),
		permissionSets:       newTable[PermissionSet]("permissionSets"),
		assignments:          newTable[Assignment]("assignments"),
		enrolments:           newTable[Enrolment]("enrolments"),
		counters:             newTable[int]("counters"),
		seeds:                newTable[string]("seeds"),
		Quotas:               policy.DefaultQuotas(),
	}
	if c.now == nil {
		c.now = time.Now
	}
	store, err := openStore(path, c.tables())
	if err != nil {
		return nil, err
	}
	c.store = store
	return c, nil
}

func (c *Cloud) tables() []anyTable {
	return []anyTable{
		c.accounts,
		c.users,
		c.groups,
		c.roles,
		c.policies,
		c.devices,
		c.documents,
		c.nodes,
		c.organizations,
		c.units,
		c.members,
		c.organizationPolicies,
		c.attachments,
		c.identityCenters,
		c.permissionSets,
		c.assignments,
		c.enrolments,
		c.counters,
		c.seeds,
	}
}

// Close ends the use of the cloud; the last to close a state file lets other processes have it.
func (c *Cloud) Close() error {
	openClouds.Lock()
	defer openClouds.Unlock()
	if c.opened--; c.opened > 0 {
		return nil
	}
	if c.store.path != "" {
		delete(openClouds.byPath, c.store.path)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.store.close()
}

// BeginRun counts this opening of the world, so that faults of the same seed differ from one to the next. Those who
// share an opening are one run.
func (c *Cloud) BeginRun(faults *Faults) error {
	run, err := atomically(c, func(tx *tx) (int, error) {
		if c.run == 0 {
			c.run = c.next(tx, "", "runs")
		}
		return c.run, nil
	})
	faults.begin(run)
	return err
}

// Caller is whose credentials a call carries.
type Caller struct {
	Account string
	// Region is the Region of the endpoint; global services ignore it.
	Region string
	// Faults go wrong between this caller and AWS; nil for none.
	Faults *Faults
	// Decider decides each call; nil lets the caller do everything.
	Decider Decider
}

// client is what the clients of all services have in common.
type client struct {
	cloud   *Cloud
	caller  Caller
	service string
	extent  extent
}

// partition is the partition of the caller's account.
func (s client) partition() policy.Partition { return s.cloud.partitionOf(s.caller.Account) }

func (c *Cloud) partitionOf(account string) policy.Partition {
	a, _ := c.accounts.get("", account)
	return cmp.Or(a.Partition, policy.AWS)
}

// call makes one API call about a subject: faults, then the effect as a whole, then the dress of the error.
func call[T any](ctx context.Context, s client, operation, subject string, effect func(*tx) (T, error)) (T, error) {
	fault := s.caller.Faults.Draw(operation, subject, false)
	var none T
	if err := s.authorize(operation, subject); err != nil {
		return none, s.answer(operation, subject, err)
	}
	switch fault {
	case Slow, Throttled:
		if err := s.caller.Faults.wait(ctx); err != nil {
			return none, err
		}
	case ThrottledForGood:
		return none, s.answer(operation, subject, throttledForGood())
	case ErrorBefore:
		return none, s.answer(operation, subject, serviceFailure())
	}
	out, err := atomically(s.cloud, effect)
	if err == nil && fault == LostAnswer {
		out, err = atomically(s.cloud, effect)
	}
	if err == nil && fault == Killed && s.caller.Faults.Kill != nil {
		s.caller.Faults.Kill()
		return none, s.answer(operation, subject, serviceFailure())
	}
	if err == nil && fault == ErrorAfter {
		return none, s.answer(operation, subject, serviceFailure())
	}
	return out, s.answer(operation, subject, err)
}

// do is call for what answers nothing.
func do(ctx context.Context, s client, operation, subject string, effect func(*tx) error) error {
	_, err := call(ctx, s, operation, subject, func(tx *tx) (struct{}, error) { return struct{}{}, effect(tx) })
	return err
}

// atomically applies an effect as a whole and records it, or leaves everything as it was.
func atomically[T any](c *Cloud, effect func(*tx) (T, error)) (T, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	tx := &tx{}
	out, err := effect(tx)
	if err == nil {
		err = c.store.commit(tx)
	}
	if err != nil {
		tx.rollback()
		var none T
		return none, err
	}
	return out, nil
}

// answer completes a refusal with what the call knows.
func (s client) answer(operation, subject string, err error) error {
	var refusal *Error
	if !errors.As(err, &refusal) {
		return err
	}
	s.cloud.mu.Lock()
	defer s.cloud.mu.Unlock()
	s.cloud.requests++
	refusal.Service, refusal.Operation = s.service, operation
	refusal.RequestID = requestID(operation, subject, s.cloud.requests)
	return refusal
}

// HasAccount reports whether the world has the account.
func (c *Cloud) HasAccount(id string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.accounts.has("", id)
}

// Partition is the partition of the account; aws if the world does not have it.
func (c *Cloud) Partition(account string) policy.Partition {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.partitionOf(account)
}

// AddAWSManagedPolicies says which managed policies AWS has besides those that this package knows: names with their
// paths.
func (c *Cloud) AddAWSManagedPolicies(names ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.moreManaged == nil {
		c.moreManaged = map[string]bool{}
	}
	for _, name := range names {
		c.moreManaged[name] = true
	}
}

// AddAccount puts an account into the world, if it is not there yet.
func (c *Cloud) AddAccount(id string, partition policy.Partition) error {
	_, err := atomically(c, func(tx *tx) (struct{}, error) {
		if !c.accounts.has("", id) {
			c.accounts.put(tx, "", id, Account{ID: id, Partition: partition})
		}
		return struct{}{}, nil
	})
	return err
}
