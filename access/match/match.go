// Package match compares actions and ARNs with the patterns of policies, without compiling a world.
package match

import "aws-access-guardrails/access/internal/wildcard"

// Text reports whether value matches pattern. In the pattern * stands for any run of characters, also none, and ? for
// exactly one character; everything else, "${...}" included, is literal and case matters.
func Text(pattern, value string) bool { return wildcard.Match(pattern, value) }

// Sample is one of the texts that a pattern matches.
func Sample(pattern string) string { return wildcard.Sample(pattern) }

// Action reports whether an action such as "ssm:StartSession" matches a pattern of an Action element. Case does not
// matter.
func Action(pattern, action string) bool { return wildcard.MatchAction(pattern, action) }

// ARN reports whether an ARN matches a pattern as the operators ArnLike and ArnEquals compare them: each of the six
// parts between colons on its own. The pattern "*" matches every ARN. A value that is not an ARN matches nothing, and a
// pattern that is none is matched by nothing.
func ARN(pattern, arn string) bool { return wildcard.MatchARN(pattern, arn) }
