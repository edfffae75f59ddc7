package alive

import "aws-access-guardrails/access/claims/internal/claim"

// Claims are the standing proofs that something works, in the order in which they are reported.
var Claims = []claim.Standing{
	{
		ID:    "enrolment-works",
		Claim: "a member enrols an MFA device in the console, whatever its name",
		Run:   EnrolmentWorks,
	},
	{
		ID:    "first-password-change-works",
		Claim: "a member changes the first password before MFA",
		Run:   FirstPasswordChangeWorks,
	},
	{
		ID:    "self-service-works",
		Claim: "a member with MFA manages what the switches of self-service name",
		Run:   SelfServiceWorks,
	},
	{
		ID:    "declared-journeys-work",
		Claim: "everybody reaches what is declared for them",
		Run:   DeclaredJourneysWork,
	},
	{
		ID:    "own-sessions-work",
		Claim: "a session can be resumed and ended by who started it",
		Run:   OwnSessionsWork,
	},
	{
		ID:    "deployer-not-locked-out",
		Claim: "the deployer can undo these guardrails",
		Run:   DeployerNotLockedOut,
	},
	{
		ID:    "break-glass-not-locked-out",
		Claim: "a break-glass role is denied nothing",
		Run:   BreakGlassNotLockedOut,
	},
}
