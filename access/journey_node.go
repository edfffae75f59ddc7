package access

import (
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/policy"
)

// What the agent of a node calls with the credentials of the node, so that the other half of a door is there: it registers the node and keeps a control
// channel open, over which it hears of a session or of a command, and opens the data channel of a session. Since version 3.3.40.0 the agent uses
// ssmmessages in place of ec2messages wherever it may, so a node does without ec2messages.
//
// Source: AWS Systems Manager User Guide, Reference: ec2messages, ssmmessages, and other API operations; Step 2: Verify or add instance permissions for
// Session Manager.
var (
	agentCalls = []string{"ssm:UpdateInstanceInformation", "ssmmessages:CreateControlChannel", "ssmmessages:OpenControlChannel"}
	agentData  = []string{"ssmmessages:CreateDataChannel", "ssmmessages:OpenDataChannel"}
)

// aNodeRole is the name of the role of a node of which nothing is known.
const aNodeRole = "a-node"

// agentOf are the calls of the agent that a door needs; none where no agent takes part.
func (d *Door) agentOf() []string {
	switch d.Kind {
	case Shell, Port, RemotePort, SSH, RDP:
		return append(slices.Clone(agentCalls), agentData...)
	case SendCommand:
		return agentCalls
	case InstanceConnect, SerialConsole:
	}
	return nil
}

// nodeAnswers asks for the node's half of a door: what denies a call of the agent ends the journey. That the node's own policies allow the calls is not
// asked, as nobody says here what they are; AmazonSSMManagedInstanceCore does.
func (t *traveller) nodeAnswers(d *Door, account *Account) error {
	calls := d.agentOf()
	if len(calls) == 0 {
		return nil
	}
	refused, err := t.engine.agentRefused(account.ID, d.Node, calls, t.at)
	if err != nil || refused == nil {
		return err
	}
	if d.Node.Profile == "" {
		// Nobody says as which role the node runs: one that the Deny leaves out would do.
		for _, role := range t.engine.leftOut(account.ID, refused.statement) {
			node := d.Node
			node.Profile = role
			again, err := t.engine.agentRefused(account.ID, node, calls, t.at)
			if err != nil {
				return err
			}
			if again == nil {
				t.arrival.NodeRole = role
				last := &t.arrival.Steps[len(t.arrival.Steps)-1]
				last.Note = "the node must run as a role that " + refused.step.Decision.By.String() + " leaves out, such as " + role
				return nil
			}
		}
	}
	t.arrival.Steps = append(t.arrival.Steps, refused.step)
	t.arrival.Outcome = refused.step.Decision.Outcome
	return nil
}

// refusedAgent is a call of the agent that is denied, and the statement that denies it; nil where nothing allows it.
type refusedAgent struct {
	step      Step
	statement *statement
}

// agentRefused is the first call of the agent that a policy denies to the role of the node, whatever else the role may do; nil where none is.
func (e *Engine) agentRefused(account string, n Node, calls []string, at time.Time) (*refusedAgent, error) {
	home := e.accounts[account]
	if home == nil {
		return nil, nil
	}
	p := e.principals[n.Profile]
	if p == nil {
		arn := n.Profile
		if arn == "" {
			arn = home.partition.RoleARN(account, "/", aNodeRole)
		}
		p = &principal{kind: rolePrincipal, arn: arn, id: uniqueID("AROA", arn), name: arn[strings.LastIndexByte(arn, '/')+1:], principalType: "AssumedRole", account: home}
	}
	for _, action := range calls {
		ev := envs.Get().(*env)
		r := Request{Action: action, Context: Context{"aws:RequestedRegion": {n.Region}}, Time: at}
		by, st, outcome, err := ev.agentCall(e, p, n, r)
		ev.release()
		if err != nil {
			return nil, err
		}
		if outcome == Allowed {
			continue
		}
		return &refusedAgent{statement: st, step: Step{
			Does: "the agent of the node calls " + action + " as the role of the node", As: AssumedRole(p.arn, n.ID), Request: &r,
			Decision: Decision{Outcome: outcome, By: by, Action: action, Resource: "*"},
		}}, nil
	}
	return nil, nil
}

// agentCall decides one call of the agent by what denies it and by the service control policies that must allow it.
func (ev *env) agentCall(e *Engine, p *principal, n Node, r Request) (Source, *statement, Outcome, error) {
	ev.engine, ev.askedBy, ev.asked = e, AssumedRole(p.arn, n.ID), r
	ev.session, ev.request, ev.principal, ev.action = &ev.askedBy, &ev.asked, p, r.Action
	var err error
	if ev.shared, err = r.Context.pairs(ev.sharedBuf[:0]); err != nil {
		return Source{}, nil, Allowed, err
	}
	if err := ev.on(0); err != nil {
		return Source{}, nil, Allowed, err
	}
	for _, l := range append(slices.Clone(ev.guardrails()), p.identity, p.boundary) {
		if l == nil {
			continue
		}
		st, err := ev.first(l.deny)
		if err != nil {
			return Source{}, nil, Allowed, err
		}
		if st != nil {
			return st.by, st, ExplicitlyDenied, nil
		}
	}
	for _, level := range ev.guardrails() {
		_, ok, err := ev.allows(level)
		if err != nil {
			return Source{}, nil, Allowed, err
		}
		if !ok {
			return level.missing("no service control policy of this level allows it"), nil, ImplicitlyDenied, nil
		}
	}
	return Source{}, nil, Allowed, nil
}

// leftOut are roles of an account that a Deny leaves out by ARN, one for each pattern that it names; nil for no statement.
func (e *Engine) leftOut(account string, st *statement) []string {
	if st == nil {
		return nil
	}
	var roles []string
	for _, c := range st.from.Conditions {
		if !c.Operator.Base.Negated() || !strings.EqualFold(c.Key, "aws:PrincipalArn") {
			continue
		}
		for _, pattern := range c.Values {
			parts := strings.SplitN(pattern, ":", arnParts)
			if len(parts) != arnParts || !matchTokens(appendGlob(nil, parts[4], true), account, false) || strings.Contains(parts[5], "${") {
				continue
			}
			parts[1], parts[4] = string(e.accounts[account].partition), account
			name := strings.NewReplacer("*", aNodeRole, "?", "x").Replace(parts[5])
			if !strings.HasPrefix(name, "role/") {
				continue
			}
			role := strings.Join(append(parts[:5:5], name), ":")
			if _, err := policy.ParseARN(role); err == nil {
				roles = append(roles, role)
			}
		}
	}
	return roles
}
