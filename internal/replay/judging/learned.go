package judging

import (
	"bytes"
	"encoding/json"
	"strings"
	"sync"

	"aws-access-guardrails/internal/replay/cloudtrail"
)

// Learned are the ARNs of users, roles and policies that events tell, by account, kind and name. AWS keeps names
// unique in an account, whatever their path.
type Learned struct {
	mu    sync.RWMutex
	ARNs  map[string]string
	Nodes map[string]string
}

// mostLearned bounds what is kept.
const mostLearned = 200_000

func NewLearned() *Learned { return &Learned{ARNs: map[string]string{}, Nodes: map[string]string{}} }

func (l *Learned) arnOf(id string) (string, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	arn, known := l.ARNs[id]
	return arn, known
}

// Project is the project of a node, where events told its tags.
func (l *Learned) Project(node string) string {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.Nodes[node]
}

func (l *Learned) arn(arn string) {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) != 6 || parts[2] != "iam" {
		return
	}
	kind, path, found := strings.Cut(parts[5], "/")
	if !found || strings.ContainsAny(path, "*?") {
		return
	}
	id := nameID(parts[4], kind, path[strings.LastIndexByte(path, '/')+1:])
	l.mu.RLock()
	have := l.ARNs[id]
	l.mu.RUnlock()
	if have == arn {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.ARNs) < mostLearned {
		l.ARNs[id] = arn
	}
}

// from takes what an event tells: who called, what was made, and what was assumed.
func (l *Learned) from(e *cloudtrail.Event, c *caller) {
	if c.principal != "" && (c.Kind == kindUser || c.Kind == KindRole) {
		l.arn(c.principal)
	}
	if e.ErrorCode != "" {
		return
	}
	switch e.Source {
	case "iam.amazonaws.com":
		if strings.HasPrefix(e.Name, "Create") && len(e.Response) > 0 {
			var objects map[string]map[string]any
			if json.Unmarshal(e.Response, &objects) == nil {
				for _, one := range objects {
					if arn, ok := one["arn"].(string); ok {
						l.arn(arn)
					}
				}
			}
		}
	case "sts.amazonaws.com":
		if e.Name == "AssumeRole" {
			l.arn(roleArnOf(e.Params))
		}
	}
}

// roleArnOf is the role of AssumeRole; empty where the parameters do not tell it. These are among the most frequent
// calls, and nothing else of their parameters is needed.
func roleArnOf(params []byte) string {
	const name = `"roleArn":"`
	if start := bytes.Index(params, []byte(name)); start >= 0 {
		rest := params[start+len(name):]
		if end := bytes.IndexAny(rest, `"\`); end >= 0 && rest[end] == '"' {
			return string(rest[:end])
		}
	}
	arn, _, _ := cloudtrail.ReadParams(params).Text("roleArn")
	return arn
}

// Tagged takes the project of nodes from an event that tags or launches them.
func (l *Learned) Tagged(e *cloudtrail.Event, tag string) {
	if e.Source != "ec2.amazonaws.com" || e.Name != "CreateTags" && e.Name != "RunInstances" || e.ErrorCode != "" {
		return
	}
	p := cloudtrail.ReadParams(e.Params)
	tags, _, _ := p.Tags()
	project, tagged := tags[tag]
	if !tagged {
		return
	}
	ids := p.Find("resourceid")
	if e.Name == "RunInstances" {
		ids = cloudtrail.ReadParams(e.Response).Find("instanceid")
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, id := range ids {
		if strings.HasPrefix(id, "i-") && len(l.Nodes) < mostLearned {
			l.Nodes[id] = project
		}
	}
}
