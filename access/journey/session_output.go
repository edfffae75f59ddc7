package journey

import (
	"slices"
	"strings"

	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/access/world/sessiondoc"
	"aws-access-guardrails/policy"
)

// Besides the channels the agent writes the log of a shell and decrypts its data key, with the credentials of the node.
// It asks first whether a log group or a bucket that must be encrypted is, and opens no shell where it cannot know. A
// log that it may not write is lost, and the shell opens.
//
// Source: amazon-ssm-agent, agent/session/plugins/sessionplugin and agent/session/shell/shell.go (validate,
// generateLogData), agent/session/datachannel (KMS handshake); AWS Systems Manager User Guide, Logging session
// activity,
// and Turn on KMS key encryption of session data.

// Lack is something that a session goes without, though its door opens.
type Lack struct {
	// ID names it, as guardrails:accept does: "agent/" and the call that is refused.
	ID string
	// Text says what there is not, and what refuses it.
	Text string
}

// outputOf reads the document of a shell; the zero value for what is no such document, or is not known.
func outputOf(account *world.Account, region, document string) sessiondoc.Output {
	place := slices.IndexFunc(account.Documents, func(d world.SessionDocument) bool {
		return d.Name == document && d.Region == region
	})
	if place < 0 {
		return sessiondoc.Output{}
	}
	return sessiondoc.ReadOutput(account.Documents[place].Content)
}

// agentTask is what the agent does besides, and what there is not where it may not.
type agentTask struct {
	requests []engine.Request
	// ends says that the session ends without.
	ends bool
	lack string
}

// agentDoesBesides asks for what the agent does for a session that is open: what must be ends the journey, what is only
// missed is noted. A call of which too little is known to decide it is left out.
func (t *traveller) agentDoesBesides(d *Door, account *world.Account) error {
	for _, task := range t.agentTasks(d, account) {
		refused, err := agentRefuses(t.engine, account.ID, t.nodeOf(d), task.requests, t.moment)
		if err != nil || refused == nil {
			continue
		}
		if task.ends {
			if failed := t.agentMakes(d, account, task.requests); failed != nil || !t.arrival.Allowed() {
				return failed
			}
			continue
		}
		role, err := t.leftOut(d, account, refused, task.requests)
		if err != nil {
			continue
		}
		text := task.lack + ": " + refused.Step.Decision.By.String() + " refuses " + refused.Step.Request.Action +
			" to the role of the node"
		if role != "" {
			text += ", unless it is one that is left out, such as " + role
		}
		t.arrival.Lacks = append(t.arrival.Lacks, Lack{ID: "agent/" + refused.Step.Request.Action, Text: text})
	}
	return nil
}

// agentTasks are what the agent does besides opening its channels, for a door.
func (t *traveller) agentTasks(d *Door, account *world.Account) []agentTask {
	tasks := []agentTask{{
		requests: requestsOf(AgentMessages),
		lack:     "an agent older than 3.3.40.0 does not hear of it",
	}}
	if d.Kind != world.Shell {
		return tasks
	}
	out := outputOf(account, d.Node.Region, d.document())
	if key := keyOf(account, d.Node.Region, out.Key); key != "" {
		tasks = append(tasks, agentTask{requests: requestsOn("kms:Decrypt", key), ends: true})
	}
	arn := func(service, region, id, resource string) string {
		return policy.ARN{
			Partition: DefaultPartition(account.Partition), Service: service, Region: region, Account: id,
			Resource: resource,
		}.String()
	}
	if named(out.Group) {
		if out.GroupCipher {
			tasks = append(tasks, agentTask{requests: requestsOf([]string{"logs:DescribeLogGroups"}), ends: true})
		}
		stream := arn("logs", d.Node.Region, account.ID, "log-group:"+out.Group+":log-stream:"+aSessionID)
		tasks = append(tasks, agentTask{
			requests: requestsOn("logs:CreateLogStream", stream),
			lack:     "its log does not reach the log group " + out.Group,
		}, agentTask{
			requests: requestsOn("logs:PutLogEvents", stream),
			lack:     "its log does not reach the log group " + out.Group,
		})
	}
	if named(out.Bucket) {
		if out.BucketCoded {
			bucket := arn("s3", "", "", out.Bucket)
			tasks = append(tasks, agentTask{requests: requestsOn("s3:GetEncryptionConfiguration", bucket), ends: true})
		}
		object := strings.Trim(out.Prefix+"/"+aSessionID+".log", "/")
		tasks = append(tasks, agentTask{
			requests: requestsOn("s3:PutObject", arn("s3", "", "", out.Bucket+"/"+object)),
			lack:     "its log does not reach the bucket " + out.Bucket,
		})
	}
	return tasks
}

// aSessionID is the id of some session, by which its log is named.
const aSessionID = "user-0123456789abcdef0"

func requestsOn(action, arn string) []engine.Request {
	return []engine.Request{{Action: action, Resources: engine.On(arn)}}
}

// named reports whether a document names something, be it no parameter of its own.
func named(value string) bool { return value != "" && !strings.Contains(value, "{{") }

// keyOf is the ARN of a key that a document names by its id or ARN; empty for an alias, whose key is not known.
func keyOf(account *world.Account, region, key string) string {
	switch {
	case !named(key) || strings.Contains(key, "alias/"):
		return ""
	case strings.HasPrefix(key, "arn:"):
		return key
	}
	return DefaultPartition(account.Partition).KeyARN(region, account.ID, key)
}
