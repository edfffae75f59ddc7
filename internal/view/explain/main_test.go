package explain

import (
	"testing"

	"aws-access-guardrails/internal/testkit/proofs"
)

func TestMain(m *testing.M) { proofs.Shared(m) }
