package api

import (
	"cmp"
	"sync"
	"time"

	"aws-access-guardrails/internal/sandbox/cloud/store"
	"aws-access-guardrails/policy"
)

// World is what all services of AWS share in one sandbox: the accounts, the clock, and the state file. It is safe for
// concurrent use.
type World struct {
	mu    sync.Mutex
	store *store.Store
	now   func() time.Time
	// requests counts calls, for request ids.
	requests int

	// Accounts are the accounts by id.
	Accounts *store.Table[Account]
	// Counters are how often an entity of a name was made, for unique ids.
	Counters *store.Table[int]

	// Quotas are the limits of policies and what holds them. Set them before the first call.
	Quotas policy.Quotas
	// EveryVersion compares a new content of a document with all its versions, and not with the latest alone. Set it
	// before the first call.
	EveryVersion bool
}

// NewWorld is a world without accounts that is kept nowhere; a nil clock is time.Now.
func NewWorld(now func() time.Time) *World {
	if now == nil {
		now = time.Now
	}
	return &World{
		now: now, Accounts: store.NewTable[Account]("accounts"), Counters: store.NewTable[int]("counters"),
		Quotas: policy.DefaultQuotas(),
	}
}

// Keep opens the state file of a world, which holds the tables in their order. Rows that the file has are read into
// the tables. An empty path keeps the world in memory.
func (w *World) Keep(path string, tables []store.AnyTable) error {
	kept, err := store.Open(path, tables)
	if err == nil {
		w.store = kept
	}
	return err
}

// Path is the path of the state file; empty for a world in memory.
func (w *World) Path() string { return w.store.Path }

// Close lets go of the state file.
func (w *World) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.store.Close()
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

// PasswordPolicy is the password policy of an account.
type PasswordPolicy struct {
	MinimumLength      int  `json:"minimumLength"`
	RequireSymbols     bool `json:"requireSymbols"`
	RequireNumbers     bool `json:"requireNumbers"`
	RequireUppercase   bool `json:"requireUppercase"`
	RequireLowercase   bool `json:"requireLowercase"`
	AllowUsersToChange bool `json:"allowUsersToChange"`
	// MaxAge is in days; zero means that passwords do not expire.
	MaxAge int `json:"maxAge"`
	// ReusePrevention is the number of earlier passwords that are refused; zero means none.
	ReusePrevention int  `json:"reusePrevention"`
	HardExpiry      bool `json:"hardExpiry"`
}

// Time is the time, in whole seconds.
func (w *World) Time() time.Time { return w.now().UTC().Truncate(time.Second) }

// Read looks at the world while no call changes it.
func (w *World) Read(look func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	look()
}

// PartitionOf is Partition within a call.
func (w *World) PartitionOf(account string) policy.Partition {
	a, _ := w.Accounts.Get("", account)
	return cmp.Or(a.Partition, policy.AWS)
}

// HasAccount reports whether the world has the account.
func (w *World) HasAccount(id string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.Accounts.Has("", id)
}

// Partition is the partition of the account; aws if the world does not have it.
func (w *World) Partition(account string) policy.Partition {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.PartitionOf(account)
}

// AddAccount puts an account into the world, if it is not there yet.
func (w *World) AddAccount(id string, partition policy.Partition) error {
	_, err := Atomically(w, func(tx *store.Tx) (struct{}, error) {
		if !w.Accounts.Has("", id) {
			w.Accounts.Put(tx, "", id, Account{ID: id, Partition: partition})
		}
		return struct{}{}, nil
	})
	return err
}

// BeginRun counts a run of the world, unless the number is that of a run already, and tells it to the faults.
func (w *World) BeginRun(run *int, faults *Faults) error {
	n, err := Atomically(w, func(tx *store.Tx) (int, error) {
		if *run == 0 {
			*run = w.next(tx, "", "runs")
		}
		return *run, nil
	})
	faults.begin(n)
	return err
}
