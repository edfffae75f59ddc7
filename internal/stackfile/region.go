package stackfile

import (
	"errors"
	"strconv"

	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/policy"
)

// validateRegion is policy.ValidateRegion with a suggestion. Whether AWS has opened the Region is checkRegions's to
// say.
func validateRegion(code string) error {
	err := policy.ValidateRegion(code)
	if err == nil {
		return nil
	}
	var wrong *policy.ValueError
	if best, near := strictyaml.Nearest(code, policy.Regions()); near && errors.As(err, &wrong) {
		return strictyaml.Says(wrong.Why, "did you mean "+strconv.Quote(best)+"?")
	}
	return err
}

// LikelyPartition is the partition of the Region. For a Region that was refused it is the one that was probably
// meant, so that what else is wrong can be said in the same run.
func LikelyPartition(code string) policy.Partition {
	if partition, err := policy.PartitionOfRegion(code); err == nil {
		return partition
	}
	if best, near := strictyaml.Nearest(code, policy.Regions()); near {
		return LikelyPartition(best)
	}
	return policy.AWS
}
