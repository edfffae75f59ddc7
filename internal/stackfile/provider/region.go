package provider

import (
	"errors"
	"strconv"

	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/policy"
)

// RegionPattern is the form of a Region, for editors.
const RegionPattern = `^(af|ap|ca|eu|il|me|mx|sa|us|cn|us-gov|eusc-[a-z]{2})-(central|east|north|northeast|northwest|south|southeast|southwest|west)-[1-9][0-9]?$`

// ValidateRegion is policy.ValidateRegion with a suggestion. Whether AWS has opened the Region is checkRegions's to
// say.
func ValidateRegion(code string) error {
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
