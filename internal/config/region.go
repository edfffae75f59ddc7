package config

import (
	"errors"
	"strconv"

	"aws-access-guardrails/policy"
)

// regions are the codes that a misspelt Region is compared with. The list only serves suggestions: a Region that opens tomorrow is taken by its form.
var regions = []string{
	"af-south-1", "ap-east-1", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-south-2", "ap-southeast-1", "ap-southeast-2",
	"ap-southeast-3", "ap-southeast-4", "ap-southeast-5", "ca-central-1", "ca-west-1", "cn-north-1", "cn-northwest-1", "eu-central-1", "eu-central-2",
	"eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-2", "eu-west-3", "eusc-de-east-1", "il-central-1", "me-central-1", "me-south-1",
	"mx-central-1", "sa-east-1", "us-east-1", "us-east-2", "us-gov-east-1", "us-gov-west-1", "us-west-1", "us-west-2",
}

// validateRegion is policy.ValidateRegion with a suggestion.
func validateRegion(code string) error {
	err := policy.ValidateRegion(code)
	if err == nil {
		return nil
	}
	var wrong *policy.ValueError
	if best, near := nearest(code, regions); near && errors.As(err, &wrong) {
		return says(wrong.Why, "did you mean "+strconv.Quote(best)+"?")
	}
	return err
}

// likelyPartition is the partition of the Region. For a Region that was refused it is the one that was probably meant, so that what else is wrong
// can be said in the same run.
func likelyPartition(code string) policy.Partition {
	if partition, err := policy.PartitionOfRegion(code); err == nil {
		return partition
	}
	if best, near := nearest(code, regions); near {
		return likelyPartition(best)
	}
	return policy.AWS
}
