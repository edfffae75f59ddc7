package journey

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"aws-access-guardrails/access/internal/conditionkey"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// Journey is a way that somebody goes: sign in, assume roles, and then open a door or make a call.
type Journey struct {
	// From is how the person signs in.
	From engine.Session
	// Portal takes the place of From for a person of IAM Identity Center.
	Portal *Portal
	// Via are the roles that are assumed, one after the other, each with the session of the one before.
	Via []Hop
	// Opens is the door at the end; nil means none.
	Opens *Door
	// Does is the call at the end; nil means none. It is made before the door is opened, if there is one. Its time is
	// At.
	Does *engine.Request
	// VolumeKeys are the KMS keys of the volumes of the instances that Does starts, as Node has them; nil means those
	// of the nodes of the world.
	VolumeKeys []string
	// At is when everything happens; zero means not known.
	At time.Time
	// Network are the condition keys of the network from which all of it is called: see IsNetworkKey. Empty means one
	// from which the roles let in, where they ask for one.
	Network engine.Context
}

// Hop is one call of sts:AssumeRole.
type Hop struct {
	// Role is the ARN of the role.
	Role string
	// SessionName is the role session name; empty means the name of the user or, from a role, its session name, as
	// the console does it.
	SessionName string
	// Tags are session tags. None means that the call passes none.
	Tags []world.Tag
	// SourceIdentity and ExternalID are passed when they are not empty.
	SourceIdentity, ExternalID string
}

// Step is one step of a journey that was taken, or at which it ended.
type Step struct {
	// Does says what is tried, in words. Assumes is the ARN of the role where it is to assume one, and Opens the door and
	// the node, in words that leave out the call, where it is a call that opens a door.
	Does, Assumes, Opens string
	// As is the session with which it is tried, Request the call; a step that is no call has a nil Request.
	As      engine.Session
	Request *engine.Request
	// Decision is the answer to the call.
	Decision engine.Decision
	// Fails says why a step that is no call ends the journey; empty means that it does not.
	Fails string
	// Note is what the reader should know besides.
	Note string
	// NoDataChannel says that the session opens and nothing comes back from the node, because the data channel is
	// refused; the note says by what.
	NoDataChannel bool
}

// Arrival is where a journey ended.
type Arrival struct {
	// Steps are the steps in order. The last one is where the journey ended.
	Steps []Step
	// Outcome is Allowed when every step was; otherwise that of the step that failed.
	Outcome engine.Outcome
	// As is the session at the end.
	As engine.Session
	// OSUser is the operating-system user behind the door; the zero value when no door was opened.
	OSUser OSUser
	// AlsoRole is the ARN of the role of the node's instance profile, which a shell can use too; empty when there is
	// none or no shell.
	AlsoRole string
	// NodeRole is a role as which the node must run for the door to open, where a policy shuts the agent out of every
	// other; empty when any will do.
	NodeRole string
	// ByEndpoints is the policy that refuses the calls of the node but for those from its own VPC, through VPC endpoints;
	// empty when none does.
	ByEndpoints string
	// Lacks are what the session goes without though the door opens, such as its log; nil when nothing is known to be
	// missing.
	Lacks []Lack
	// FallsBack says of a start of instances which of them fall back to stopped though the call succeeds: where the
	// session may not have EC2 use the key of a volume. Empty means that none does, or that nothing is started.
	FallsBack string
}

// Allowed reports whether the journey arrives.
func (a Arrival) Allowed() bool { return a.Outcome == engine.Allowed }

// By is what ended the journey, or what allowed its last call.
func (a Arrival) By() engine.Source {
	for i := len(a.Steps) - 1; i >= 0; i-- {
		if a.Steps[i].Request != nil || a.Steps[i].Fails != "" {
			return a.Steps[i].Decision.By
		}
	}
	return engine.Source{}
}

// String is the journey in lines: one per step, then where it ends.
func (a Arrival) String() string {
	var b strings.Builder
	for i, step := range a.Steps {
		fmt.Fprintf(&b, "%d. %s", i+1, step.Does)
		switch {
		case step.Fails != "":
			fmt.Fprintf(&b, ": fails: %s", step.Fails)
		case step.Request != nil:
			fmt.Fprintf(&b, ": %s by %s", step.Decision.Outcome, step.Decision.By)
			if step.Decision.Trust.Kind == engine.TrustPolicy {
				fmt.Fprintf(&b, " and %s", step.Decision.Trust)
			}
		}
		if step.Note != "" {
			fmt.Fprintf(&b, " (%s)", step.Note)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// Walk goes the way and decides every step of it. It ends at the first step that is refused. It is an error when a
// step cannot be decided: somebody or something that the world does not have, or a request that leaves out what a
// statement reads.
func Walk(e *engine.Engine, j Journey) (Arrival, error) {
	t := &traveller{engine: e, moment: j.At, network: j.Network, arrival: Arrival{Outcome: engine.Allowed, As: j.From}}
	if j.Portal == nil {
		t.note("signs in: " + j.From.String())
	} else if err := t.enterPortal(j.Portal); err != nil || !t.arrival.Allowed() {
		return t.arrival, err
	}
	for i := range j.Via {
		if err := t.assume(&j.Via[i]); err != nil || !t.arrival.Allowed() {
			return t.arrival, err
		}
	}
	if j.Does != nil {
		r := *j.Does
		r.Time = j.At
		if err := t.call(Step{Does: "calls " + r.Action + onWords(&r) + passesWords(&r)}, r); err != nil || !t.arrival.Allowed() {
			return t.arrival, err
		}
		if err := t.startsWith(&r, j.VolumeKeys); err != nil || !t.arrival.Allowed() {
			return t.arrival, err
		}
	}
	if j.Opens != nil {
		if err := t.open(j.Opens); err != nil {
			return t.arrival, err
		}
	}
	return t.arrival, nil
}

type traveller struct {
	engine  *engine.Engine
	moment  time.Time
	network engine.Context
	arrival Arrival
}

func (t *traveller) note(does string) {
	t.arrival.Steps = append(t.arrival.Steps, Step{Does: does, As: t.arrival.As})
}

// call decides one request as a step, of which it is said what it does.
func (t *traveller) call(step Step, r engine.Request) error {
	r = from(r, t.network)
	d, network, err := Decide(t.engine, t.arrival.As, r)
	if network != nil {
		r, t.network = from(r, network), network
	}
	if err != nil {
		return policy.PlaceError(fmt.Sprintf("step %d, %s", len(t.arrival.Steps)+1, step.Does), err)
	}
	step.As, step.Request, step.Decision = t.arrival.As, &r, d
	t.arrival.Steps = append(t.arrival.Steps, step)
	t.arrival.Outcome = d.Outcome
	return nil
}

// fail ends the journey at a step that is no call.
func (t *traveller) fail(does, why string) {
	by := engine.Source{Kind: engine.AWSRule, Rule: why}
	t.arrival.Steps = append(t.arrival.Steps, Step{
		Does: does, As: t.arrival.As, Fails: why, Decision: engine.Decision{Outcome: engine.ExplicitlyDenied, By: by},
	})
	t.arrival.Outcome = engine.ExplicitlyDenied
}

func (t *traveller) assume(h *Hop) error {
	from := t.arrival.As
	name := h.SessionName
	if name == "" {
		name = from.Name
		if p, known := t.engine.Principals[from.Subject()]; known && p.Kind == engine.UserPrincipal {
			name = p.Name
		}
	}
	r := engine.AssumeRole(h.Role, name, h.Tags...)
	r.Time = t.moment
	if h.SourceIdentity != "" {
		r.Context["sts:SourceIdentity"] = []string{h.SourceIdentity}
	}
	if h.ExternalID != "" {
		r.Context["sts:ExternalId"] = []string{h.ExternalID}
	}
	does := fmt.Sprintf("assumes %s as %q", h.Role, name)
	if len(h.Tags) > 0 {
		does += " with session tags " + world.TagWords(h.Tags)
	}
	if err := t.call(Step{Does: does, Assumes: h.Role}, r); err != nil || !t.arrival.Allowed() {
		return err
	}
	next := engine.AssumedRole(h.Role, name, h.Tags...).
		WithSourceIdentity(cmp.Or(h.SourceIdentity, from.SourceIdentity))
	if !t.moment.IsZero() {
		next = next.IssuedAt(t.moment)
	}
	t.arrival.As = next
	return nil
}

func (t *traveller) open(d *Door) error {
	caller, known := t.engine.Principals[t.arrival.As.Subject()]
	if !known {
		return fmt.Errorf("%q: the world has no such user or role", t.arrival.As.Subject())
	}
	account, err := t.engine.AccountOf(cmp.Or(d.Account, caller.Account.ID))
	if err != nil {
		return err
	}
	requests, err := d.Requests(account)
	if err != nil {
		return err
	}
	arn := d.Node.ARN(account)
	does := fmt.Sprintf("opens %s on %s", d.Kind, arn)
	if len(d.Node.Tags) > 0 {
		does += " tagged " + world.TagWords(d.Node.Tags)
	}
	if account.ID != caller.Account.ID {
		t.fail(
			does,
			"the node is in account "+account.ID+", and this session reaches nodes of "+caller.Account.ID+" alone",
		)
		return nil
	}
	for _, r := range requests {
		r.Time = t.moment
		if err := t.call(Step{Does: does + " (" + r.Action + ")", Opens: does}, r); err != nil || !t.arrival.Allowed() {
			return err
		}
	}
	return t.enter(d, account)
}

// enter resolves the operating-system user, and what a shell needs and gives besides.
func (t *traveller) enter(d *Door, account *world.Account) error {
	user := user(t.engine, t.arrival.As, d, account)
	if user.Fails {
		t.fail("becomes an operating-system user", user.How)
		return nil
	}
	if err := t.channel(d, account); err != nil || !t.arrival.Allowed() {
		return err
	}
	if err := t.nodeAnswers(d, account); err != nil || !t.arrival.Allowed() {
		return err
	}
	t.arrival.OSUser = user
	t.note("arrives as " + user.String())
	for _, lack := range t.arrival.Lacks {
		t.note("goes without: " + lack.Text)
	}
	if d.Kind != world.Port && d.Kind != world.RemotePort && d.Node.Profile != "" {
		t.arrival.AlsoRole = d.Node.Profile
		t.note("is also the role of the node, " + d.Node.Profile + ", with all that it may do")
	}
	return nil
}

// channel asks for what a session needs besides StartSession: its data key, and the data channel. AWS's samples grant
// the channel in every policy, but AWS does not say since when it is refused without; so its absence is noted and
// does not end the journey.
func (t *traveller) channel(d *Door, account *world.Account) error {
	if d.document() == "" || d.Kind == world.SendCommand {
		return nil
	}
	for _, p := range account.Preferences {
		if p.Region != d.Node.Region || p.KMSKey == "" || d.document() != world.PreferencesDocument {
			continue
		}
		r := engine.Request{Action: "kms:GenerateDataKey", Resources: engine.On(p.KMSKey), Time: t.moment}
		if err := t.call(Step{Does: "encrypts the session with " + p.KMSKey}, r); err != nil || !t.arrival.Allowed() {
			return err
		}
	}
	s := t.arrival.As
	session := fmt.Sprintf(
		"arn:%s:ssm:%s:%s:session/%s-0",
		DefaultPartition(account.Partition),
		d.Node.Region,
		account.ID,
		cmp.Or(s.Name, "user"),
	)
	decision, err := t.engine.Decide(
		s,
		from(
			engine.Request{Action: "ssmmessages:OpenDataChannel", Resources: engine.On(session), Time: t.moment},
			t.network,
		),
	)
	if err != nil {
		return err
	}
	if !decision.Allowed() {
		last := &t.arrival.Steps[len(t.arrival.Steps)-1]
		last.NoDataChannel = true
		last.Note = "ssmmessages:OpenDataChannel is " + decision.Outcome.String() + " by " + decision.By.String()
	}
	return nil
}

func onWords(r *engine.Request) string {
	if len(r.Resources) == 0 {
		return ""
	}
	var arns []string
	for i := range r.Resources {
		arns = append(arns, r.Resources[i].ARN)
	}
	return " on " + strings.Join(arns, " and ")
}

// passesWords are the tags that a call carries: those with a value that is known, and the keys alone of the others.
func passesWords(r *engine.Request) string {
	values := map[string]string{}
	for name, v := range r.Context {
		if len(name) > len(conditionkey.RequestTag) &&
			strings.EqualFold(name[:len(conditionkey.RequestTag)], conditionkey.RequestTag) &&
			len(v) == 1 {
			values[strings.ToLower(name[len(conditionkey.RequestTag):])] = v[0]
		}
	}
	var words []string
	for name, keys := range r.Context {
		if !strings.EqualFold(name, conditionkey.TagKeysKey) {
			continue
		}
		for _, key := range keys {
			if value, known := values[strings.ToLower(key)]; known {
				key = fmt.Sprintf("%s=%q", key, value)
			}
			words = append(words, key)
		}
	}
	if len(words) == 0 {
		return ""
	}
	return " with the tags " + strings.Join(words, ", ")
}
