package policy

import "strings"

// ARN is an Amazon Resource Name in its six parts, the first of which is always "arn".
type ARN struct {
	Partition Partition
	// Service is the service's prefix, such as iam or ec2.
	Service string
	// Region is empty for global services such as IAM.
	Region string
	// Account is twelve digits, "aws" for AWS managed policies, or empty where a service leaves it out.
	Account string
	// Resource is everything after the fifth colon, colons included.
	Resource string
}

var (
	arnServiceLetters = lettersOf(lowerLetters + digits + "-")
	arnRegionLetters  = arnServiceLetters
)

// ParseARN reads the ARN of one resource. It refuses patterns: a wildcard or a variable outside the resource part, an
// unknown partition, an account that is not twelve digits. Errors are *ValueError.
func ParseARN(s string) (ARN, error) {
	parts := strings.SplitN(s, ":", 6)
	if len(parts) != 6 || parts[0] != "arn" {
		return ARN{}, refuse(
			"is not an ARN",
			"write arn:partition:service:region:account:resource, such as arn:aws:iam::111122223333:user/alice",
		)
	}
	a := ARN{Partition: Partition(parts[1]), Service: parts[2], Region: parts[3], Account: parts[4], Resource: parts[5]}
	switch {
	case !a.Partition.Valid():
		return ARN{}, refusef("use "+partitionList(), "names the partition %q, which is not known", parts[1])
	case !arnServiceLetters.some(a.Service):
		return ARN{}, refusef("write the service's prefix, such as iam", "names the service %q", a.Service)
	case !arnRegionLetters.only(a.Region):
		return ARN{}, refusef("write a Region's code, or nothing for a global service", "names the Region %q", a.Region)
	case a.Account != "" && a.Account != "aws" && !IsAccountID(a.Account):
		return ARN{}, refusef("write the twelve digits of the account id", "names the account %q", a.Account)
	case a.Resource == "":
		return ARN{}, refuse("names no resource", "write the resource after the fifth colon, such as user/alice")
	}
	return a, nil
}

// String is the ARN as AWS writes it.
func (a ARN) String() string {
	return strings.Join([]string{"arn", string(a.Partition), a.Service, a.Region, a.Account, a.Resource}, ":")
}

// Entity splits the resource of an IAM ARN into its kind (user, group, role, policy, mfa, instance-profile ...), the
// path, which begins and ends with "/", and the name. It returns false for ARNs of other services and for the root of
// an account, which has neither path nor name.
func (a ARN) Entity() (kind, path, name string, ok bool) {
	if a.Service != "iam" {
		return "", "", "", false
	}
	kind, rest, found := strings.Cut(a.Resource, "/")
	if !found || kind == "" || rest == "" || strings.HasSuffix(rest, "/") {
		return "", "", "", false
	}
	cut := strings.LastIndexByte(rest, '/') + 1
	return kind, "/" + rest[:cut], rest[cut:], true
}

// The functions below format ARNs. They check nothing, so that accounts, Regions, paths and names may also be the
// wildcards and variables that a policy's Resource takes. A path begins and ends with "/"; empty means "/".

// UserARN is the ARN of an IAM user.
func (p Partition) UserARN(account, path, name string) string {
	return p.iam(account, "user"+cleanPath(path)+name)
}

// GroupARN is the ARN of an IAM group.
func (p Partition) GroupARN(account, path, name string) string {
	return p.iam(account, "group"+cleanPath(path)+name)
}

// RoleARN is the ARN of an IAM role.
func (p Partition) RoleARN(account, path, name string) string {
	return p.iam(account, "role"+cleanPath(path)+name)
}

// PolicyARN is the ARN of a customer managed policy.
func (p Partition) PolicyARN(account, path, name string) string {
	return p.iam(account, "policy"+cleanPath(path)+name)
}

// ManagedPolicyARN is the ARN of an AWS managed policy. The name carries its path where the policy has one, such as
// "job-function/ViewOnlyAccess".
func (p Partition) ManagedPolicyARN(name string) string {
	return p.iam("aws", "policy/"+strings.TrimPrefix(name, "/"))
}

// InstanceProfileARN is the ARN of an instance profile.
func (p Partition) InstanceProfileARN(account, path, name string) string {
	return p.iam(account, "instance-profile"+cleanPath(path)+name)
}

// MFADeviceARN is the ARN of a virtual MFA device, which is also its serial number.
func (p Partition) MFADeviceARN(account, name string) string { return p.iam(account, "mfa/"+name) }

// RootARN names the account: its root user as a principal of a request, everybody in the account as the principal of
// a trust policy.
func (p Partition) RootARN(account string) string { return p.iam(account, "root") }

// AssumedRoleARN is the ARN of a role session, as sts:GetCallerIdentity prints it: the role's path is left out.
func (p Partition) AssumedRoleARN(account, role, session string) string {
	return ARN{p, "sts", "", account, "assumed-role/" + role + "/" + session}.String()
}

// InstanceARN is the ARN of an EC2 instance (i-...).
func (p Partition) InstanceARN(region, account, id string) string {
	return ARN{p, "ec2", region, account, "instance/" + id}.String()
}

// ManagedInstanceARN is the ARN of a node that is no EC2 instance (mi-...).
func (p Partition) ManagedInstanceARN(region, account, id string) string {
	return ARN{p, "ssm", region, account, "managed-instance/" + id}.String()
}

// DocumentARN is the ARN of an SSM document. The account is left out for documents that AWS owns, as AWS does.
func (p Partition) DocumentARN(region, account, name string) string {
	if DocumentOfAWS(name) {
		account = ""
	}
	return ARN{p, "ssm", region, account, "document/" + name}.String()
}

// SessionARN is the ARN of a Session Manager session.
func (p Partition) SessionARN(region, account, id string) string {
	return ARN{p, "ssm", region, account, "session/" + id}.String()
}

// KeyARN is the ARN of a KMS key, named by its key id.
func (p Partition) KeyARN(region, account, keyID string) string {
	return ARN{p, "kms", region, account, "key/" + keyID}.String()
}

// DocumentOfAWS reports whether AWS owns the SSM documents of this name: nobody else may create names that begin like
// these. Source: CreateDocument in the AWS Systems Manager API Reference.
func DocumentOfAWS(name string) bool {
	lower := strings.ToLower(name)
	return strings.HasPrefix(lower, "aws") || strings.HasPrefix(lower, "amazon") || strings.HasPrefix(lower, "amzn")
}

func (p Partition) iam(account, resource string) string {
	return ARN{p, "iam", "", account, resource}.String()
}

func cleanPath(path string) string {
	if path == "" {
		return "/"
	}
	return path
}
