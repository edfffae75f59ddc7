package catalogue

import (
	"aws-access-guardrails/access/internal/conditionkey"
)

// GlobalConditionKeys lists the global condition keys that the package knows, as AWS spells them; those with a tag
// key end in "/".
func GlobalConditionKeys() []string {
	names := make([]string, 0, len(conditionkey.GlobalKeys)+3)
	for _, k := range conditionkey.GlobalKeys {
		names = append(names, k.Name)
	}
	return append(names, "aws:PrincipalTag/", "aws:ResourceTag/", "aws:RequestTag/")
}
