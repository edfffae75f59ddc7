package access

import (
	"time"

	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/pattern"
	"aws-access-guardrails/access/world"
)

// World is what the engine knows: accounts, their principals and documents, and the organization above them. Package
// world has its parts.
type World = world.World

// Engine answers questions about one World. It is immutable and safe for concurrent use.
type Engine = engine.Engine

// Assumption says what the policies do whose documents are not known. Engine.Assuming takes one.
type Assumption = engine.Assumption

// The assumptions.
const (
	UnknownAllowsNothing    = engine.UnknownAllowsNothing
	UnknownAllowsEverything = engine.UnknownAllowsEverything
)

// Compile reads the documents of a world, once. An error names every document that the engine cannot read, and why;
// no Engine is returned then.
func Compile(w World) (*Engine, error) { return engine.Compile(w) }

// Request is one call of an AWS API: an action, the resources that it names, and what AWS sets in its context.
type (
	Request  = engine.Request
	Resource = engine.Resource
	Context  = engine.Context
)

// On is a list of resources of which nothing but the ARN is known.
func On(arns ...string) []Resource { return engine.On(arns...) }

// AssumeRole is the request with which somebody assumes a role. Tags are session tags that the caller passes.
func AssumeRole(roleARN, sessionName string, tags ...world.Tag) Request {
	return engine.AssumeRole(roleARN, sessionName, tags...)
}

// Session is who calls, and how the caller signed in.
type Session = engine.Session

// LongTermKey is a user who signs calls with an access key.
func LongTermKey(userARN string) Session { return engine.LongTermKey(userARN) }

// Console is a user who signed in to the console without MFA.
func Console(userARN string) Session { return engine.Console(userARN) }

// ConsoleWithMFA is a user who signed in to the console with MFA, age ago.
func ConsoleWithMFA(userARN string, age time.Duration) Session {
	return engine.ConsoleWithMFA(userARN, age)
}

// SessionToken is a user with temporary credentials of sts:GetSessionToken, without MFA.
func SessionToken(userARN string) Session { return engine.SessionToken(userARN) }

// SessionTokenWithMFA is a user with temporary credentials of sts:GetSessionToken that were asked for with MFA, age
// ago.
func SessionTokenWithMFA(userARN string, age time.Duration) Session {
	return engine.SessionTokenWithMFA(userARN, age)
}

// AssumedRole is a session of a role, with the session tags that it was given.
func AssumedRole(roleARN, sessionName string, tags ...world.Tag) Session {
	return engine.AssumedRole(roleARN, sessionName, tags...)
}

// IdentityCenter is a session of the role of a permission set. Attributes are the attributes for access control.
func IdentityCenter(roleARN, userName string, attributes ...world.Tag) Session {
	return engine.IdentityCenter(roleARN, userName, attributes...)
}

// Root is the root user of an account.
func Root(accountID string) Session { return engine.Root(accountID) }

// CentralRoot is the root user of a member account in a session that somebody opened with sts:AssumeRoot:
// aws:AssumedRoot is true.
func CentralRoot(accountID string) Session { return engine.CentralRoot(accountID) }

// Service is an AWS service that calls in its own name, such as "ec2.amazonaws.com".
func Service(name string) Session { return engine.Service(name) }

// Federated is somebody who comes with a token or assertion of an identity provider, given by its ARN or, for AWS's
// own OIDC providers, its host.
func Federated(provider string) Session { return engine.Federated(provider) }

// Decision is the answer of Engine.Decide: an Outcome, and the Source that decided.
type (
	Decision = engine.Decision
	Outcome  = engine.Outcome
)

// The outcomes.
const (
	ImplicitlyDenied = engine.ImplicitlyDenied
	ExplicitlyDenied = engine.ExplicitlyDenied
	Allowed          = engine.Allowed
)

// Source is the statement that decided, with the policy that it stands in.
type (
	Source     = engine.Source
	SourceKind = engine.SourceKind
)

// The kinds of sources.
const (
	NoStatement                = engine.NoStatement
	IdentityPolicy             = engine.IdentityPolicy
	TrustPolicy                = engine.TrustPolicy
	PermissionsBoundary        = engine.PermissionsBoundary
	SessionPolicy              = engine.SessionPolicy
	ServiceControlPolicySource = engine.ServiceControlPolicySource
	AWSRule                    = engine.AWSRule
)

// Explanation is the answer of Engine.Explain: every layer that was read, and what each statement says of the request.
type (
	Explanation = engine.Explanation
	Part        = engine.Part
	Layer       = engine.Layer
	Applied     = engine.Applied
	NearMiss    = engine.NearMiss
	Test        = engine.Test
	Wanted      = engine.Wanted
)

// MatchResource reports whether an ARN matches a pattern of a Resource element. It differs from match.ARN in one rule: a
// * that ends a part may run on beyond the colon. The pattern "*" matches everything, also the resource "*" of actions
// that have none.
//
// Source: IAM User Guide, IAM JSON policy elements: Resource, "Using wildcards in resource ARNs".
func MatchResource(text, arn string) bool { return pattern.MatchResource(text, arn) }
