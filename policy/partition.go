package policy

// Partition is a group of Regions with IAM of its own: the second part of every ARN.
type Partition string

// The partitions.
const (
	AWS      Partition = "aws"
	AWSChina Partition = "aws-cn"
	AWSUSGov Partition = "aws-us-gov"
)
