package engine_test

import (
	"testing"
	"time"

	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/fixture"
)

var sink engine.Decision

// BenchmarkDecide decides in the world of one account with the MFA group and two operation roles.
func BenchmarkDecide(b *testing.B) {
	e := fixture.Compiled(b, fixture.DevWorld())
	at := time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)
	assume := engine.AssumeRole(fixture.OperationRole("TestProject1-os-user1"), "alice")
	assume.Time = at
	for _, bench := range []struct {
		name    string
		session engine.Session
		request engine.Request
		want    engine.Outcome
	}{
		{"StartSession", engine.AssumedRole(fixture.OperationRole("TestProject1-os-user1"), "alice"),
			fixture.StartSession("i-0aaa", fixture.OwnShell), engine.Allowed},
		{"OtherProject", engine.AssumedRole(fixture.OperationRole("TestProject1-os-user1"), "alice"),
			fixture.StartSession("i-0bbb", fixture.OwnShell), engine.ImplicitlyDenied},
		{"AssumeRole", engine.ConsoleWithMFA(fixture.UserARN("alice"), time.Minute), assume, engine.Allowed},
		{"DeniedWithoutMFA", engine.LongTermKey(fixture.UserARN("alice")),
			engine.Request{Action: "s3:ListAllMyBuckets"}, engine.ExplicitlyDenied},
		{"EnrolOwn", engine.Console(fixture.UserARN("alice")),
			engine.Request{Action: "iam:EnableMFADevice",
				Resources: engine.On(fixture.UserARN("alice"))}, engine.Allowed},
	} {
		b.Run(bench.name, func(b *testing.B) {
			if got := fixture.Decide(b, e, bench.session, bench.request); got.Outcome != bench.want {
				b.Fatalf("%s", got)
			}
			b.ReportAllocs()
			for b.Loop() {
				sink, _ = e.Decide(bench.session, bench.request)
			}
		})
	}
}

// BenchmarkCompile compiles that world.
func BenchmarkCompile(b *testing.B) {
	w := fixture.DevWorld()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := engine.Compile(w); err != nil {
			b.Fatal(err)
		}
	}
}
