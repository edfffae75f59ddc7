package policy

import "slices"

// regions are the codes of the Regions that AWS had opened when the list was made, of the partitions that this module
// knows.
//
// Source: partitions.json of github.com/aws/aws-sdk-go-v2 v1.41.11 (internal/endpoints/awsrulesfn).
var regions = []string{
	"af-south-1", "ap-east-1", "ap-east-2", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1",
	"ap-south-2", "ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5",
	"ap-southeast-6", "ap-southeast-7", "ca-central-1", "ca-west-1", "cn-north-1", "cn-northwest-1", "eu-central-1",
	"eu-central-2", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-2", "eu-west-3", "eusc-de-east-1",
	"il-central-1", "me-central-1", "me-south-1", "mx-central-1", "sa-east-1", "us-east-1", "us-east-2",
	"us-gov-east-1", "us-gov-west-1", "us-west-1", "us-west-2",
}

// Regions lists the Regions that AWS had opened when this module was made, sorted. AWS opens new ones: a code that is
// not among them and has the form of one (ValidateRegion) may be a Region by now.
func Regions() []string { return slices.Clone(regions) }

// KnownRegion reports whether the code is one of Regions.
func KnownRegion(code string) bool { return slices.Contains(regions, code) }
