package policy

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// Partition is a group of Regions with IAM of its own: the second part of every ARN. The zero value is no partition:
// nothing falls back to "aws", because a document with the wrong partition matches nothing and a Deny in it guards
// nothing.
type Partition string

// The partitions whose console and sign-in hosts AWS publishes. The isolated partitions (aws-iso and its kin) are not
// among them.
const (
	AWS      Partition = "aws"
	AWSChina Partition = "aws-cn"
	AWSUSGov Partition = "aws-us-gov"
	AWSEUSC  Partition = "aws-eusc"
)

// hosts of a partition. Sources: the AWS documentation, pages "AWS Sign-In endpoints and quotas" and "AWS Management
// Console endpoints and quotas", and their counterparts for China, GovCloud (US) and the European Sovereign Cloud.
type hosts struct {
	partition       Partition
	regions         *regexp.Regexp
	console, signIn string
}

// compass is how every Region name continues after its continent: a closed set, so that a misspelt one is caught
// without a list of Regions, which would refuse the next one that AWS opens.
const compass = `(central|east|north|northeast|northwest|south|southeast|southwest|west)-[1-9][0-9]?$`

var partitions = []hosts{
	{
		AWS,
		regexp.MustCompile(`^(af|ap|ca|eu|il|me|mx|sa|us)-` + compass),
		"console.aws.amazon.com",
		"signin.aws.amazon.com",
	},
	{AWSChina, regexp.MustCompile(`^cn-` + compass), "console.amazonaws.cn", "signin.amazonaws.cn"},
	{AWSUSGov, regexp.MustCompile(`^us-gov-` + compass), "console.amazonaws-us-gov.com", "signin.amazonaws-us-gov.com"},
	// The sovereign cloud has no sign-in host without a Region, and one Region.
	{
		AWSEUSC,
		regexp.MustCompile(`^eusc-[a-z]{2}-` + compass),
		"console.amazonaws-eusc.eu",
		"eusc-de-east-1.signin.amazonaws-eusc.eu",
	},
}

// Partitions lists the partitions that this module knows.
func Partitions() []Partition {
	all := make([]Partition, len(partitions))
	for i, h := range partitions {
		all[i] = h.partition
	}
	return all
}

// Valid reports whether the partition is one of Partitions.
func (p Partition) Valid() bool { return slices.Contains(Partitions(), p) }

// PartitionOfRegion returns the partition that a Region belongs to. A name that has not the form of a Region of any
// partition is an error; whether AWS has opened the Region is not asked.
func PartitionOfRegion(region string) (Partition, error) {
	for _, h := range partitions {
		if h.regions.MatchString(region) {
			return h.partition, nil
		}
	}
	return "", refuse("is not a Region of any known partition", "write a Region's code, such as ap-northeast-1")
}

// ConsoleHost is the host of the AWS Management Console, "" for an unknown partition.
func (p Partition) ConsoleHost() string { return p.hosts().console }

// SignInHost is the host of AWS Sign-In, "" for an unknown partition.
func (p Partition) SignInHost() string { return p.hosts().signIn }

// SignInURL is where an IAM user of the account signs in. The account is an account id or an alias. For the European
// Sovereign Cloud it is the general sign-in page, where the person types the account: AWS documents no page per
// account there.
func (p Partition) SignInURL(account string) string {
	if p == AWSEUSC {
		return "https://" + p.SignInHost() + "/"
	}
	return "https://" + account + "." + p.SignInHost() + "/console"
}

// SwitchRoleURL opens the console's Switch Role page, filled in. The account is an account id or an alias, path and
// name are the role's, and displayName is what the console shows afterwards; empty means that the person chooses.
// Source: "Grant a user permissions to switch roles" in the IAM User Guide.
func (p Partition) SwitchRoleURL(account, path, name, displayName string) string {
	query := "account=" + url.QueryEscape(
		account,
	) + "&roleName=" + escapeRoleName(
		strings.TrimPrefix(cleanPath(path)+name, "/"),
	)
	if displayName != "" {
		query += "&displayName=" + strings.ReplaceAll(url.QueryEscape(displayName), "+", "%20")
	}
	return "https://" + p.SignInHost() + "/switchrole?" + query
}

// escapeRoleName leaves the slashes of a path readable; a query may carry them.
func escapeRoleName(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "%2F", "/") }

func (p Partition) hosts() hosts {
	for _, h := range partitions {
		if h.partition == p {
			return h
		}
	}
	return hosts{}
}

func partitionList() string {
	names := make([]string, len(partitions))
	for i, h := range partitions {
		names[i] = string(h.partition)
	}
	return fmt.Sprintf("%s or %s", strings.Join(names[:len(names)-1], ", "), names[len(names)-1])
}
