package api

import (
	"context"
	"errors"

	"aws-access-guardrails/internal/sandbox/cloud/store"
	"aws-access-guardrails/policy"
)

// Caller is whose credentials a call carries.
type Caller struct {
	Account string
	// Region is the Region of the endpoint; global services ignore it.
	Region string
	// Faults go wrong between this caller and AWS; nil for none.
	Faults *Faults
	// During is the provider's operation and type for which the calls are made, such as "update aws:iam/role:Role";
	// empty outside of one.
	During string
	// Decider decides each call; nil lets the caller do everything.
	Decider Decider
}

// Service is what the calls of one service of AWS have in common.
type Service struct {
	// Name is the name that the SDK gives the service, such as "IAM".
	Name string
	// Prefix is the prefix of its actions, such as "iam".
	Prefix string
	// Tagging are the operations whose permission another one needs too when it passes tags, by the other one.
	Tagging map[string]string
	// WithoutResource are operations that act on no resource that a policy could name.
	WithoutResource []string
	// Resources are the ARNs of what any other operation acts on, and whether the sandbox knows them.
	Resources func(c Client, operation, subject string) ([]string, bool)
	// Keys are the condition keys that the service alone sets for a call; nil where it sets none.
	Keys func(operation, subject string) map[string][]string
}

// Client is what the clients of all services have in common.
type Client struct {
	World   *World
	Caller  Caller
	service Service
	extent  extent
}

// NewClient is a client of the service with the credentials of the caller.
func NewClient(world *World, caller Caller, service Service) Client {
	return Client{World: world, Caller: caller, service: service}
}

// PartitionOfCaller is the partition of the caller's account, for use within a call.
func (s Client) PartitionOfCaller() policy.Partition { return s.World.PartitionOf(s.Caller.Account) }

// Ask makes one API call about a subject: faults, then the effect as a whole, then the dress of the error.
func Ask[T any](
	ctx context.Context,
	s Client,
	operation, subject string,
	effect func(*store.Tx) (T, error),
) (T, error) {
	fault := s.Caller.Faults.Draw(s.Caller.During, operation, subject, false)
	var none T
	if err := s.authorize(operation, subject); err != nil {
		return none, s.Answer(operation, subject, err)
	}
	switch fault {
	case Slow, Throttled:
		if err := s.Caller.Faults.wait(ctx); err != nil {
			return none, err
		}
	case ThrottledForGood:
		return none, s.Answer(operation, subject, throttledForGood())
	case ErrorBefore:
		return none, s.Answer(operation, subject, serviceFailure())
	case KilledBefore:
		if s.Caller.Faults.Kill != nil {
			s.Caller.Faults.Kill()
			return none, s.Answer(operation, subject, serviceFailure())
		}
	}
	out, err := Atomically(s.World, effect)
	if err == nil {
		s.Caller.Faults.tookEffect(operation)
	}
	if err == nil && fault == LostAnswer {
		out, err = Atomically(s.World, effect)
	}
	if err == nil && fault == Killed && s.Caller.Faults.Kill != nil {
		s.Caller.Faults.Kill()
		return none, s.Answer(operation, subject, serviceFailure())
	}
	if err == nil && fault == ErrorAfter {
		return none, s.Answer(operation, subject, serviceFailure())
	}
	return out, s.Answer(operation, subject, err)
}

// Do is Ask for what answers nothing.
func Do(ctx context.Context, s Client, operation, subject string, effect func(*store.Tx) error) error {
	_, err := Ask(ctx, s, operation, subject, func(tx *store.Tx) (struct{}, error) { return struct{}{}, effect(tx) })
	return err
}

// Atomically applies an effect as a whole and records it, or leaves everything as it was. Nothing within it may call what
// locks the world, such as Ask.
func Atomically[T any](w *World, effect func(*store.Tx) (T, error)) (T, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	tx := &store.Tx{}
	out, err := effect(tx)
	if err == nil {
		err = w.store.Commit(tx)
	}
	if err != nil {
		tx.Rollback()
		var none T
		return none, err
	}
	return out, nil
}

// Answer completes a refusal with what the call knows.
func (s Client) Answer(operation, subject string, err error) error {
	var refusal *Error
	if !errors.As(err, &refusal) {
		return err
	}
	s.World.mu.Lock()
	defer s.World.mu.Unlock()
	s.World.requests++
	refusal.Service, refusal.Operation = s.service.Name, operation
	refusal.RequestID = requestID(operation, subject, s.World.requests)
	return refusal
}
