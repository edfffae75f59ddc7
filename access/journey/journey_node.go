package journey

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/pattern"
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

// AgentMessages are calls of agents before version 3.3.40.0, which hear of sessions and commands by them.
var AgentMessages = []string{
	"ec2messages:AcknowledgeMessage",
	"ec2messages:GetMessages",
	"ec2messages:SendReply",
}

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
	if err := t.agentMakes(d, account, requestsOf(calls)); err != nil || !t.arrival.Allowed() {
		return err
	}
	return t.agentDoesBesides(d, account)
}

// NodeHalf is the node's half of a shell, for a node of an account: what the agent calls, whoever asks for the shell.
// Its steps are those that were refused.
func NodeHalf(e *engine.Engine, account *world.Account, n world.Node, moment time.Time) (Arrival, error) {
	t := &traveller{engine: e, moment: moment, arrival: Arrival{Outcome: engine.Allowed, Steps: make([]Step, 1)}}
	err := t.nodeAnswers(&Door{Kind: world.Shell, Node: n, Account: account.ID}, account)
	t.arrival.Steps = t.arrival.Steps[1:]
	return t.arrival, err
}

// agentMakes ends the journey where one of the requests is denied to the agent.
func (t *traveller) agentMakes(d *Door, account *world.Account, requests []engine.Request) error {
	refused, err := agentRefuses(t.engine, account.ID, t.nodeOf(d), requests, t.moment)
	if err != nil || refused == nil {
		return err
	}
	inside, err := refusedFrom(t.engine, account.ID, t.nodeOf(d), requests, t.moment, byEndpoints)
	if err != nil {
		return err
	}
	if inside == nil {
		t.arrival.ByEndpoints = refused.Step.Decision.By.String()
		last := &t.arrival.Steps[len(t.arrival.Steps)-1]
		last.Note = "the node must call AWS from its own VPC, through VPC endpoints: " + t.arrival.ByEndpoints +
			" refuses its calls from elsewhere"
		return nil
	}
	// Where nobody says as which role the node runs, one that the Deny leaves out would do.
	role, err := t.leftOut(d, account, refused, requests)
	if err != nil {
		return err
	}
	if role != "" {
		t.arrival.NodeRole = role
		last := &t.arrival.Steps[len(t.arrival.Steps)-1]
		last.Note = "the node must run as a role that " + refused.Step.Decision.By.String() + " leaves out, such as " + role
		return nil
	}
	t.arrival.Steps = append(t.arrival.Steps, refused.Step)
	t.arrival.Outcome = refused.Step.Decision.Outcome
	return nil
}

// nodeOf is the node of a door, as the role that was found for it.
func (t *traveller) nodeOf(d *Door) world.Node {
	n := d.Node
	n.Profile = cmp.Or(n.Profile, t.arrival.NodeRole)
	return n
}

// leftOut is a role that the Deny leaves out and that makes all requests; empty where there is none, and where the
// role of the node is known.
func (t *traveller) leftOut(
	d *Door,
	account *world.Account,
	refused *refusedAgent,
	requests []engine.Request,
) (string, error) {
	if d.Node.Profile != "" {
		return "", nil
	}
	for _, role := range LeftOut(t.engine, account.ID, refused.Statement) {
		node := d.Node
		node.Profile = role
		again, err := agentRefuses(t.engine, account.ID, node, requests, t.moment)
		if err != nil || again == nil {
			return role, err
		}
	}
	return "", nil
}

// requestsOf are calls without a resource.
func requestsOf(calls []string) []engine.Request {
	requests := make([]engine.Request, len(calls))
	for i, action := range calls {
		requests[i].Action = action
	}
	return requests
}

// refusedAgent is a call of the agent that is denied, and the statement that denies it; nil where nothing allows it.
type refusedAgent struct {
	Step      Step
	Statement *engine.Statement
}

// AgentRefused is the first call of the agent that a policy denies to the role of the node, whatever else the role
// may do; nil where none is.
func AgentRefused(
	e *engine.Engine, account string, n world.Node, calls []string, moment time.Time,
) (*refusedAgent, error) {
	return agentRefuses(e, account, n, requestsOf(calls), moment)
}

// route is how the calls of a node come to AWS.
type route int

const (
	byInternet route = iota
	byEndpoints
)

// contextOf are the keys that AWS sets in the calls of a node. The credentials of an instance carry the instance, its
// VPC and its address; of a machine that Systems Manager manages by an activation they carry none of them. The agent
// takes its credentials by IMDSv2.
//
// Source: IAM User Guide, AWS global condition context keys: aws:Ec2InstanceSourceVpc,
// aws:Ec2InstanceSourcePrivateIPv4,
// aws:SourceVpc, aws:SourceVpce, aws:VpcSourceIp; Service Authorization Reference, Amazon EC2, ec2:SourceInstanceARN
// and
// ec2:RoleDelivery. That the agent takes credentials by IMDSv2 where it can is own knowledge.
func contextOf(home *engine.CompiledAccount, n world.Node, how route) engine.Context {
	const vpc, address = "vpc-0123456789abcdef0", "10.0.0.10"
	c := engine.Context{"aws:RequestedRegion": {n.Region}}
	if n.Kind != world.Instance {
		return c
	}
	c["ec2:SourceInstanceARN"] = []string{home.Arn("ec2", n.Region, "instance/"+n.ID)}
	c["ec2:RoleDelivery"] = []string{"2.0"}
	c["aws:Ec2InstanceSourceVpc"] = []string{vpc}
	c["aws:Ec2InstanceSourcePrivateIPv4"] = []string{address}
	if how == byEndpoints {
		c[sourceVPC] = []string{vpc}
		c[sourceVPCE] = []string{"vpce-0123456789abcdef0"}
		c["aws:VpcSourceIp"] = []string{address}
	}
	return c
}

// agentRefuses is AgentRefused of requests that may have resources.
func agentRefuses(
	e *engine.Engine,
	account string,
	n world.Node,
	requests []engine.Request,
	moment time.Time,
) (*refusedAgent, error) {
	return refusedFrom(e, account, n, requests, moment, byInternet)
}

func refusedFrom(
	e *engine.Engine,
	account string,
	n world.Node,
	requests []engine.Request,
	moment time.Time,
	how route,
) (*refusedAgent, error) {
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
	for _, r := range requests {
		ev := engine.Envs.Get().(*engine.Env)
		r.Context, r.Time = contextOf(home, n, how), moment
		by, st, outcome, err := ev.AgentCall(e, p, n, r)
		ev.Release()
		if err != nil {
			return nil, err
		}
		if outcome == engine.Allowed {
			continue
		}
		resource := "*"
		if len(r.Resources) > 0 {
			resource = r.Resources[0].ARN
		}
		return &refusedAgent{Statement: st, Step: Step{
			Does:     "the agent of the node calls " + r.Action + onWords(&r) + " as the role of the node",
			As:       engine.AssumedRole(p.Arn, n.ID),
			Request:  &r,
			Decision: engine.Decision{Outcome: outcome, By: by, Action: r.Action, Resource: resource},
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

// AgentDenial is what a Deny takes from the agents of nodes that run as roles that it names by aws:PrincipalArn.
type AgentDenial struct {
	// Calls are the calls of the agent that it denies.
	Calls []string
	// Roles are the patterns that name the roles.
	Roles []string
	// Then says what there is not on a node that runs as such a role.
	Then string
}

// agentWork is what agents do, by the calls that it takes, and what there is not without. Everywhere is what a call is
// taken to be denied on only where a statement speaks of all resources: which group, bucket or key there is, the Deny
// does not say.
var agentWork = []struct {
	calls      []string
	everywhere bool
	then       string
}{
	{slices.Concat(AgentCalls, AgentData), false, "no shell opens on a node that runs as such a role"},
	{
		AgentMessages, false,
		"an agent older than 3.3.40.0 hears of no session and no command on a node that runs as such a role",
	},
	{
		[]string{"kms:Decrypt"}, true,
		"no shell opens on a node that runs as such a role where the preferences name a key",
	},
	{
		[]string{"logs:CreateLogStream", "logs:DescribeLogGroups", "logs:PutLogEvents"}, true,
		"where the preferences name a log group, shells on a node that runs as such a role leave no log in it; without " +
			"logs:DescribeLogGroups none opens where the group must be encrypted",
	},
	{
		[]string{"s3:GetEncryptionConfiguration", "s3:PutObject"}, true,
		"where the preferences name a bucket, shells on a node that runs as such a role leave no log in it; without " +
			"s3:GetEncryptionConfiguration none opens where the bucket must be encrypted",
	},
}

// AgentDeniedTo tells what a Deny takes from the agents of nodes that run as roles that it names. Nil where the
// statement speaks of no call of the agent or names no role, and where it means every role of an account, which
// journeys find.
func AgentDeniedTo(st policy.Statement) []AgentDenial {
	compiled, err := engine.CompileStatement(st, 0, pattern.VariableText, engine.Permissions, engine.Source{})
	if err != nil || st.Effect != policy.EffectDeny {
		return nil
	}
	roles := rolesNamed(st)
	if roles == nil {
		return nil
	}
	everything := slices.ContainsFunc(st.Resources, func(r string) bool { return strings.Trim(r, "*") == "" })
	var all []AgentDenial
	for _, work := range agentWork {
		if work.everywhere && !everything {
			continue
		}
		var calls []string
		for _, call := range work.calls {
			if compiled.MatchesAction(call) {
				calls = append(calls, call)
			}
		}
		if calls != nil {
			all = append(all, AgentDenial{Calls: calls, Roles: roles, Then: work.then})
		}
	}
	return all
}

// rolesNamed are the patterns by which a statement names roles, but for those that mean every role.
func rolesNamed(st policy.Statement) []string {
	var roles []string
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
	return roles
}
