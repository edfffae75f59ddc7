package recorded

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/pattern"
)

// recordedMemory keeps answers that took many tries. What a call comes to depends on nothing but the statements that
// what is known leaves open, on which of its resources, and on what the values can be that are not known: calls of
// others that leave the same open come to the same.
type recordedMemory struct {
	mu      sync.RWMutex
	answers map[string]Answer
}

// mostRemembered bounds the answers.
const mostRemembered = 50_000

// openStatement is a statement of which it is not known whether it applies to a call.
type openStatement struct {
	st       *engine.Statement
	level    *engine.PolicyLayer
	action   string
	resource int
}

// id tells calls apart; false where an open statement has variables, whose values are those of one call.
func (r *recordedEnv) memoryID() (string, bool) {
	if r.scope != GuardrailsAlone {
		return "", false
	}
	var b strings.Builder
	b.WriteString(r.call.Account + "\x00" + r.call.Action)
	for _, o := range r.open {
		if o.st != nil && hasVariables(o.st) {
			return "", false
		}
		fmt.Fprintf(&b, "\x00%p %p %s %d", o.st, o.level, o.action, o.resource)
	}
	for _, u := range r.asked {
		fmt.Fprintf(&b, "\x02%s\x00%s\x00%v %q %q", u.id, u.name, u.fact.Present, u.fact.Among, u.fact.Like)
	}
	for i := range r.call.Resources {
		res := &r.call.Resources[i]
		b.WriteString("\x03" + res.It + "\x00" + strings.Join(res.Like, "\x01"))
	}
	return b.String(), true
}

func hasVariables(st *engine.Statement) bool {
	return slices.ContainsFunc(st.Resources, func(p pattern.ARN) bool { return p.HasVariable() }) ||
		slices.ContainsFunc(st.Conditions, func(c engine.Condition) bool {
			return slices.ContainsFunc(c.Texts, func(p pattern.Pattern) bool { return p.HasVariable }) ||
				slices.ContainsFunc(c.Arns, func(p pattern.ARN) bool { return p.HasVariable() })
		})
}

// explore gives the answer for a call that depends on something, from memory where it can. The resource of the answer
// is that of the first such call, and so left out.
func (m *recordedMemory) explore(r *recordedEnv, ev *engine.Env, end recordedEnd) Answer {
	id, same := r.memoryID()
	if same {
		m.mu.RLock()
		answer, known := m.answers[id]
		m.mu.RUnlock()
		if known {
			return answer
		}
	}
	r.assigned = map[string]engine.Values{}
	answer := r.explore(ev, end)
	if !same {
		return answer
	}
	answer.Resource = ""
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.answers) >= mostRemembered {
		clear(m.answers)
	}
	m.answers[id] = answer
	return answer
}
