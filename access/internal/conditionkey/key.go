package conditionkey

import (
	"fmt"
	"strings"

	"aws-access-guardrails/policy"
)

// IsOIDCKey reports whether a condition key is a claim of a token of the issuer: <host>:sub and so on.
//
// Source: IAM User Guide, Available keys for AWS web identity federation.
func IsOIDCKey(key string) bool {
	host, name, found := strings.Cut(key, ":")
	if !found || name == "" || strings.ContainsAny(name, ":/") {
		return false
	}
	domain, _, _ := strings.Cut(host, "/")
	return strings.Contains(domain, ".")
}

const (
	RequestTag = "aws:RequestTag/"
	TagKeysKey = "aws:TagKeys"
	// IdentityStoreUserID is the id of a person of IAM Identity Center in the identity store.
	//
	// Source: IAM Identity Center User Guide, Using predefined attributes from the IAM Identity Center directory for
	// access control in AWS.
	IdentityStoreUserID = "identitystore:UserId"
)

// KeyKind says where the value of a condition key comes from.
type KeyKind uint8

const (
	// KeyRequest: the request alone carries it, in its own context or in that of a resource.
	KeyRequest KeyKind = iota
	KeyPrincipalARN
	KeyPrincipalAccount
	KeyPrincipalOrgID
	KeyPrincipalOrgPaths
	KeyPrincipalType
	KeyPrincipalTag
	KeyPrincipalIsService
	KeyPrincipalServiceName
	KeyUserID
	KeyUserName
	KeyMFAPresent
	KeyMFAAge
	KeyTokenIssueTime
	KeySourceIdentity
	KeyAssumedRoot
	KeyFederatedProvider
	KeyCurrentTime
	KeyEpochTime
	// The kinds from here on have a value of their own, which the context of a request may replace.
	KeySecureTransport
	KeyViaAWSService
	KeyRequestedRegion
	KeyResourceAccount
	KeyResourceOrgID
	KeyResourceOrgPaths
	KeyResourceTag
)

// Derived reports whether the session alone fixes the value, so that a request must not carry it.
func (k KeyKind) Derived() bool { return k > KeyRequest && k < KeySecureTransport }

// IsTime reports whether the value is an instant.
func (k KeyKind) IsTime() bool {
	return k == KeyCurrentTime || k == KeyEpochTime || k == KeyTokenIssueTime
}

// Key is a condition key, compiled.
type Key struct {
	// name is the key as written. Keys are compared without regard to case.
	Name string
	Kind KeyKind
	// tag is the tag key of aws:PrincipalTag/..., aws:ResourceTag/... and of a service's own ResourceTag.
	Tag string
	// service is the service of a ResourceTag key, empty for aws:ResourceTag.
	Service     string
	MultiValued bool
}

type GlobalKey struct {
	Name        string
	Kind        KeyKind
	multiValued bool
}

// GlobalKeys are the global condition keys but for those with a tag key.
//
// Source: IAM User Guide, AWS global condition context keys.
var GlobalKeys = []GlobalKey{
	{"aws:PrincipalArn", KeyPrincipalARN, false},
	{"aws:PrincipalAccount", KeyPrincipalAccount, false},
	{"aws:PrincipalOrgID", KeyPrincipalOrgID, false},
	{"aws:PrincipalOrgPaths", KeyPrincipalOrgPaths, true},
	// Not in the User Guide; policies that AWS manages compare it (AWSSSOServiceRolePolicy).
	{"aws:PrincipalOrgMasterAccountId", KeyRequest, false},
	{"aws:PrincipalType", KeyPrincipalType, false},
	{"aws:PrincipalIsAWSService", KeyPrincipalIsService, false},
	{"aws:PrincipalServiceName", KeyPrincipalServiceName, false},
	{"aws:PrincipalServiceNamesList", KeyRequest, true},
	{"aws:userid", KeyUserID, false},
	{"aws:username", KeyUserName, false},
	{"aws:MultiFactorAuthPresent", KeyMFAPresent, false},
	{"aws:MultiFactorAuthAge", KeyMFAAge, false},
	{"aws:TokenIssueTime", KeyTokenIssueTime, false},
	{"aws:SourceIdentity", KeySourceIdentity, false},
	{"aws:AssumedRoot", KeyAssumedRoot, false},
	{"aws:FederatedProvider", KeyFederatedProvider, false},
	{"aws:ChatbotSourceArn", KeyRequest, false},
	{"aws:Ec2InstanceSourceVpc", KeyRequest, false},
	{"aws:Ec2InstanceSourcePrivateIPv4", KeyRequest, false},
	{"aws:SignInSessionArn", KeyRequest, false},
	{"aws:SourceIp", KeyRequest, false},
	{"aws:SourceVpc", KeyRequest, false},
	{"aws:SourceVpcArn", KeyRequest, false},
	{"aws:SourceVpce", KeyRequest, false},
	{"aws:VpceAccount", KeyRequest, false},
	{"aws:VpceOrgID", KeyRequest, false},
	{"aws:VpceOrgPaths", KeyRequest, true},
	{"aws:VpcSourceIp", KeyRequest, false},
	{"aws:ResourceAccount", KeyResourceAccount, false},
	{"aws:ResourceOrgID", KeyResourceOrgID, false},
	{"aws:ResourceOrgPaths", KeyResourceOrgPaths, true},
	{"aws:CalledVia", KeyRequest, true},
	{"aws:CalledViaFirst", KeyRequest, false},
	{"aws:CalledViaLast", KeyRequest, false},
	{"aws:CalledViaAWSMCP", KeyRequest, false},
	{"aws:ViaAWSService", KeyViaAWSService, false},
	{"aws:ViaAWSMCPService", KeyRequest, false},
	{"aws:IsMcpServiceAction", KeyRequest, false},
	{"aws:CurrentTime", KeyCurrentTime, false},
	{"aws:EpochTime", KeyEpochTime, false},
	{"aws:referer", KeyRequest, false},
	{"aws:RequestedRegion", KeyRequestedRegion, false},
	{"aws:SecureTransport", KeySecureTransport, false},
	{"aws:SourceAccount", KeyRequest, false},
	{"aws:SourceArn", KeyRequest, false},
	{"aws:SourceOrgID", KeyRequest, false},
	{"aws:SourceOrgPaths", KeyRequest, true},
	{"aws:TagKeys", KeyRequest, true},
	{"aws:UserAgent", KeyRequest, false},
}

// CompileKey reads a condition key. A key of AWS's own prefix that the package does not know is an error: a misspelt
// key would be absent from every request, and a statement that reads it would silently never match, or always.
func CompileKey(name string) (Key, error) {
	prefix, rest, found := strings.Cut(name, ":")
	if !found || prefix == "" || rest == "" {
		return Key{}, fmt.Errorf(`%q is not a condition key; write it with its service, as in "aws:PrincipalArn"`, name)
	}
	k := Key{Name: name}
	word, tag, tagged := strings.Cut(rest, "/")
	if tagged && policy.EqualFoldASCII(word, "ResourceTag") {
		if tag == "" {
			return Key{}, fmt.Errorf("%q names no tag; write %sTagKey", name, name)
		}
		k.Kind, k.Tag = KeyResourceTag, tag
		if !policy.EqualFoldASCII(prefix, "aws") {
			k.Service = prefix
		}
		return k, nil
	}
	if !policy.EqualFoldASCII(prefix, "aws") {
		return k, nil
	}
	if tagged && (policy.EqualFoldASCII(word, "PrincipalTag") || policy.EqualFoldASCII(word, "RequestTag")) {
		if tag == "" {
			return Key{}, fmt.Errorf("%q names no tag; write %sTagKey", name, name)
		}
		if policy.EqualFoldASCII(word, "PrincipalTag") {
			k.Kind, k.Tag = KeyPrincipalTag, tag
		}
		return k, nil
	}
	for i := range GlobalKeys {
		if policy.EqualFoldASCII(GlobalKeys[i].Name, name) {
			k.Kind, k.MultiValued = GlobalKeys[i].Kind, GlobalKeys[i].multiValued
			return k, nil
		}
	}
	names := make([]string, len(GlobalKeys))
	for i := range GlobalKeys {
		names[i] = GlobalKeys[i].Name
	}
	if near := policy.Closest(name, names); near != "" {
		return Key{}, fmt.Errorf("%q is not a global condition key of AWS; did you mean %q?", name, near)
	}
	return Key{}, fmt.Errorf("%q is not a global condition key of AWS", name)
}
