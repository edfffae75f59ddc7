package alive

import "aws-access-guardrails/access/claims/internal/claim"

// Claims are the standing proofs that something works, in the order in which they are reported.
var Claims = []claim.Standing{
	{
		ID:    "enrolment-works",
		Claim: "a member enrols an MFA device in the console, whatever its name",
		Run:   enrolmentWorks,
	},
	{
		ID:    "first-password-change-works",
		Claim: "a member changes the first password before MFA",
		Run:   firstPasswordChangeWorks,
	},
	{
		ID:    "self-service-works",
		Claim: "a member with MFA manages what the switches of self-service name",
		Run:   selfServiceWorks,
	},
	{
		ID:    "declared-journeys-work",
		Claim: "everybody reaches what is declared for them",
		Run:   declaredJourneysWork,
	},
	{
		ID:    "own-sessions-work",
		Claim: "a session can be resumed and ended by who started it",
		Run:   ownSessionsWork,
	},
	{
		ID:    "deployer-not-locked-out",
		Claim: "the deployer can undo these guardrails",
		Run:   deployerNotLockedOut,
	},
	{
		ID:    "break-glass-not-locked-out",
		Claim: "a break-glass role is denied nothing",
		Run:   breakGlassNotLockedOut,
	},
}
