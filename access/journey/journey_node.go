package journey

import (
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/wildcard"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/policy"
)

// What the agent of a node calls with the credentials of the node, so that the other half of a door is there: it
// registers the node and keeps a control channel open, over which it hears of a session or of a command, and opens
// the data channel of a session. Since version 3.3.40.0 the agent uses ssmmessages in place of ec2messages wherever
// it may, so a node does without ec2messages.
//
// Source: AWS Systems Manager User Guide, Reference: ec2messages, ssmmessages, and other API operations; Step 2:
// Verify or add instance permissions for Session Manager.
var (
	AgentCalls = []string{
		"ssm:UpdateInstanceInformation",
		"ssmmessages:CreateControlChannel",
		"ssmmessages:OpenControlChannel",
	}
	AgentData = []string{"ssmmessages:CreateDataChannel", "ssmmessages:OpenDataChannel"}
)

// aNodeRole is the name of the role of a node of which nothing is known.
const aNodeRole = "a-node"

// agentOf are the calls of the agent that a door needs; none where no agent takes part.
func (d *Door) agentOf() []string {
	switch d.Kind {
	case world.Shell, world.Port, world.RemotePort, world.SSH, world.RDP:
		return append(slices.Clone(AgentCalls), AgentData...)
	case world.SendCommand:
		return AgentCalls
	case world.InstanceConnect, world.SerialConsole:
	}
	return nil
}

// nodeAnswers asks for the node's half of a door: what denies a call of the agent ends the journey. That the node's
// own policies allow the calls is not asked, as nobody says here what they are; AmazonSSMManagedInstanceCore does.
func (t *traveller) nodeAnswers(d *Door, account *world.Account) error {
	calls := d.agentOf()
	if len(calls) == 0 {
		return nil
	}
	refused, err := AgentRefused(t.engine, account.ID, d.Node, calls, t.at)
	if err != nil || refused == nil {
		return err
	}
	if d.Node.Profile == "" {
		// Nobody says as which role the node runs: one that the Deny leaves out would do.
		for _, role := range LeftOut(t.engine, account.ID, refused.Statement) {
			node := d.Node
			node.Profile = role
			again, err := AgentRefused(t.engine, account.ID, node, calls, t.at)
			if err != nil {
				return err
			}
			if again == nil {
				t.arrival.NodeRole = role
				last := &t.arrival.Steps[len(t.arrival.Steps)-1]
				last.Note = "the node must run as a role that " + refused.Step.Decision.By.String() + " leaves out, such as " + role
				return nil
			}
		}
	}
	t.arrival.Steps = append(t.arrival.Steps, refused.Step)
	t.arrival.Outcome = refused.Step.Decision.Outcome
	return nil
}

// refusedAgent is a call of the agent that is denied, and the statement that denies it; nil where nothing allows it.
type refusedAgent struct {
	Step      Step
	Statement *engine.Statement
}

// AgentRefused is the first call of the agent that a policy denies to the role of the node, whatever else the role
// may do; nil where none is.
func AgentRefused(e *engine.Engine, account string, n world.Node, calls []string, at time.Time) (*refusedAgent, error) {
	home := e.Accounts[account]
	if home == nil {
		return nil, nil
	}
	p := e.Principals[n.Profile]
	if p == nil {
		arn := n.Profile
		if arn == "" {
			arn = home.Partition.RoleARN(account, "/", aNodeRole)
		}
		p = &engine.Principal{
			Kind:          engine.RolePrincipal,
			Arn:           arn,
			Id:            engine.UniqueID("AROA", arn),
			Name:          arn[strings.LastIndexByte(arn, '/')+1:],
			PrincipalType: "AssumedRole",
			Account:       home,
		}
	}
	for _, action := range calls {
		ev := engine.Envs.Get().(*engine.Env)
		r := engine.Request{Action: action, Context: engine.Context{"aws:RequestedRegion": {n.Region}}, Time: at}
		by, st, outcome, err := ev.AgentCall(e, p, n, r)
		ev.Release()
		if err != nil {
			return nil, err
		}
		if outcome == engine.Allowed {
			continue
		}
		return &refusedAgent{Statement: st, Step: Step{
			Does:     "the agent of the node calls " + action + " as the role of the node",
			As:       engine.AssumedRole(p.Arn, n.ID),
			Request:  &r,
			Decision: engine.Decision{Outcome: outcome, By: by, Action: action, Resource: "*"},
		}}, nil
	}
	return nil, nil
}

// LeftOut are roles of an account that a Deny leaves out by ARN, one for each pattern that it names; nil for no
// statement.
func LeftOut(e *engine.Engine, account string, st *engine.Statement) []string {
	if st == nil {
		return nil
	}
	var roles []string
	for _, c := range st.From.Conditions {
		if !c.Operator.Base.Negated() || !strings.EqualFold(c.Key, "aws:PrincipalArn") {
			continue
		}
		for _, pattern := range c.Values {
			parts := strings.SplitN(pattern, ":", policy.ARNParts)
			if len(parts) != policy.ARNParts ||
				!wildcard.MatchTokens(wildcard.AppendGlob(nil, parts[4], true), account, false) ||
				strings.Contains(parts[5], "${") {
				continue
			}
			parts[1], parts[4] = string(e.Accounts[account].Partition), account
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

// AgentDeniedTo are the calls of a node's agent that a Deny denies to roles that it names by aws:PrincipalArn, and the
// patterns that name them: a node that runs as such a role opens no door. Nil where the statement speaks of no call of
// the agent or names no role, and where it means every role of an account, which journeys find.
func AgentDeniedTo(st policy.Statement) (calls, roles []string) {
	compiled, err := engine.CompileStatement(st, 0, engine.VariableText, engine.Permissions, engine.Source{})
	if err != nil || st.Effect != policy.EffectDeny {
		return nil, nil
	}
	for _, c := range st.Conditions {
		if c.Operator.Base.Negated() || !strings.EqualFold(c.Key, "aws:PrincipalArn") {
			continue
		}
		for _, pattern := range c.Values {
			parts := strings.SplitN(pattern, ":", policy.ARNParts)
			if len(parts) != policy.ARNParts || !strings.HasPrefix(parts[5], "role/") ||
				wildcard.MatchTokens(wildcard.AppendGlob(nil, parts[5], true), "role/"+aNodeRole, false) {
				continue
			}
			roles = append(roles, pattern)
		}
	}
	if roles == nil {
		return nil, nil
	}
	for _, call := range append(slices.Clone(AgentCalls), AgentData...) {
		if compiled.MatchesAction(call) {
			calls = append(calls, call)
		}
	}
	if calls == nil {
		return nil, nil
	}
	return calls, roles
}
