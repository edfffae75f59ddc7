package wildcard

import (
	"strings"

	"aws-access-guardrails/policy"
)

// MatchARN reports whether an ARN matches a pattern as the operators ArnLike and ArnEquals compare them: each of the
// six parts between colons on its own, so that no wildcard reaches over a colon; only the last part may hold colons.
// The pattern "*" matches every ARN. A value that is not an ARN matches nothing, and a pattern that is none is
// matched by nothing.
func MatchARN(pattern, arn string) bool {
	if OnlyStars(pattern) {
		return policy.IsARN(arn)
	}
	if !strings.HasPrefix(pattern, "arn:") {
		return false
	}
	for range policy.ARNParts - 1 {
		part, restOfPattern, ok := strings.Cut(pattern, ":")
		value, restOfARN, also := strings.Cut(arn, ":")
		if !ok || !also || !Match(part, value) {
			return false
		}
		pattern, arn = restOfPattern, restOfARN
	}
	return Match(pattern, arn)
}
