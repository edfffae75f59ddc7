package stack

import (
	"os"
	"testing"

	"aws-access-guardrails/access"
	"aws-access-guardrails/access/world"
	"aws-access-guardrails/internal/stackfile"
)

// FuzzDecode: whatever a file holds, reading it ends, with a stack or with problems; and what is taken can be proven
// about.
func FuzzDecode(f *testing.F) {
	for _, file := range []string{"../../Pulumi.dev.yaml", "../../Pulumi.prod.yaml", "../../Pulumi.yaml", "../testkit/stacktest/testdata/Pulumi.full.yaml"} {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte("config: &a [*a]"))
	f.Add([]byte("config:\n  ? [a]\n  : b\n  <<: 1\n  guardrails:users: '[{]'\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		stack, problems := Read(
			stackfile.Source{File: "Pulumi.dev.yaml", Data: data},
			&stackfile.Source{File: "Pulumi.yaml", Data: data},
		)
		if (stack == nil) == (len(problems) == 0) {
			t.Fatalf("a stack or problems: %v, %v", stack, problems)
		}
		for _, p := range problems {
			if p.Why == "" || p.Kind == "" || p.File == "" {
				t.Fatalf("a problem that does not say what, why and where: %#v", p)
			}
		}
		if stack == nil {
			return
		}
		if _, err := access.Compile(access.World{Accounts: []world.Account{stack.World()}}); err != nil {
			t.Fatalf("taken, and cannot be proven about: %v", err)
		}
	})
}
