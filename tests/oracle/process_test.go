package oracle

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aws-access-guardrails/tests/internal/node"
)

// answer is what the oracle says to one simulation.
type answer struct {
	Outcome string   `json:"outcome"`
	Ignored []string `json:"ignored"`
	Error   string   `json:"error"`
}

// answers are those to one line.
type answers struct {
	Results     []answer `json:"results"`
	Nanoseconds int64    `json:"nanoseconds"`
}

// process is the oracle: one line in and one line out.
type process struct{ *node.Process }

var program = node.Program{Name: "oracle", Script: "simulate.mjs"}

func start(t testing.TB) process {
	t.Helper()
	return process{program.Start(t)}
}

func (p process) ask(t testing.TB, lines []line) []answers {
	t.Helper()
	out := node.Ask[line, answers](t, p.Process, lines)
	for i := range out {
		require.Len(t, out[i].Results, len(lines[i].Simulations))
	}
	return out
}

// elapsed is the time that the oracle spent evaluating.
func elapsed(all []answers) time.Duration {
	var sum time.Duration
	for i := range all {
		sum += time.Duration(all[i].Nanoseconds)
	}
	return sum
}
