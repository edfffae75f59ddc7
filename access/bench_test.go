package access

import (
	"testing"
	"time"
)

var sink Decision

// BenchmarkDecide decides in the world of one account with the MFA group and two operation roles.
func BenchmarkDecide(b *testing.B) {
	e := compiled(b, devWorld())
	at := time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)
	assume := AssumeRole(operationRole("TestProject1-os-user1"), "alice")
	assume.Time = at
	for _, bench := range []struct {
		name    string
		session Session
		request Request
		want    Outcome
	}{
		{"StartSession", AssumedRole(operationRole("TestProject1-os-user1"), "alice"), startSession("i-0aaa", ownShell), Allowed},
		{"OtherProject", AssumedRole(operationRole("TestProject1-os-user1"), "alice"), startSession("i-0bbb", ownShell), ImplicitlyDenied},
		{"AssumeRole", ConsoleWithMFA(userARN("alice"), time.Minute), assume, Allowed},
		{"DeniedWithoutMFA", LongTermKey(userARN("alice")), Request{Action: "s3:ListAllMyBuckets"}, ExplicitlyDenied},
		{"EnrolOwn", Console(userARN("alice")), Request{Action: "iam:EnableMFADevice", Resources: On(userARN("alice"))}, Allowed},
	} {
		b.Run(bench.name, func(b *testing.B) {
			if got := decide(b, e, bench.session, bench.request); got.Outcome != bench.want {
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
	w := devWorld()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Compile(w); err != nil {
			b.Fatal(err)
		}
	}
}
