package access

import (
	"fmt"
	"strings"
)

// keyKind says where the value of a condition key comes from.
type keyKind uint8

const (
	// keyRequest: the request alone carries it, in its own context or in that of a resource.
	keyRequest keyKind = iota
	keyPrincipalARN
	keyPrincipalAccount
	keyPrincipalOrgID
	keyPrincipalOrgPaths
	keyPrincipalType
	keyPrincipalTag
	keyPrincipalIsService
	keyPrincipalServiceName
	keyUserID
	keyUserName
	keyMFAPresent
	keyMFAAge
	keyTokenIssueTime
	keySourceIdentity
	keyAssumedRoot
	keyFederatedProvider
	keyCurrentTime
	keyEpochTime
	// The kinds from here on have a value of their own, which the context of a request may replace.
	keySecureTransport
	keyViaAWSService
	keyRequestedRegion
	keyResourceAccount
	keyResourceOrgID
	keyResourceOrgPaths
	keyResourceTag
)

// derived reports whether the session alone fixes the value, so that a request must not carry it.
func (k keyKind) derived() bool { return k > keyRequest && k < keySecureTransport }

// isTime reports whether the value is an instant.
func (k keyKind) isTime() bool {
	return k == keyCurrentTime || k == keyEpochTime || k == keyTokenIssueTime
}

// key is a condition key, compiled.
type key struct {
	// name is the key as written. Keys are compared without regard to case.
	name string
	kind keyKind
	// tag is the tag key of aws:PrincipalTag/..., aws:ResourceTag/... and of a service's own ResourceTag.
	tag string
	// service is the service of a ResourceTag key, empty for aws:ResourceTag.
	service     string
	multiValued bool
}

type globalKey struct {
	name        string
	kind        keyKind
	multiValued bool
}

// globalKeys are the global condition keys but for those with a tag key.
//
// Source: IAM User Guide, AWS global condition context keys.
var globalKeys = []globalKey{
	{"aws:PrincipalArn", keyPrincipalARN, false},
	{"aws:PrincipalAccount", keyPrincipalAccount, false},
	{"aws:PrincipalOrgID", keyPrincipalOrgID, false},
	{"aws:PrincipalOrgPaths", keyPrincipalOrgPaths, true},
	// Not in the User Guide; policies that AWS manages compare it (AWSSSOServiceRolePolicy).
	{"aws:PrincipalOrgMasterAccountId", keyRequest, false},
	{"aws:PrincipalType", keyPrincipalType, false},
	{"aws:PrincipalIsAWSService", keyPrincipalIsService, false},
	{"aws:PrincipalServiceName", keyPrincipalServiceName, false},
	{"aws:PrincipalServiceNamesList", keyRequest, true},
	{"aws:userid", keyUserID, false},
	{"aws:username", keyUserName, false},
	{"aws:MultiFactorAuthPresent", keyMFAPresent, false},
	{"aws:MultiFactorAuthAge", keyMFAAge, false},
	{"aws:TokenIssueTime", keyTokenIssueTime, false},
	{"aws:SourceIdentity", keySourceIdentity, false},
	{"aws:AssumedRoot", keyAssumedRoot, false},
	{"aws:FederatedProvider", keyFederatedProvider, false},
	{"aws:ChatbotSourceArn", keyRequest, false},
	{"aws:Ec2InstanceSourceVpc", keyRequest, false},
	{"aws:Ec2InstanceSourcePrivateIPv4", keyRequest, false},
	{"aws:SignInSessionArn", keyRequest, false},
	{"aws:SourceIp", keyRequest, false},
	{"aws:SourceVpc", keyRequest, false},
	{"aws:SourceVpcArn", keyRequest, false},
	{"aws:SourceVpce", keyRequest, false},
	{"aws:VpceAccount", keyRequest, false},
	{"aws:VpceOrgID", keyRequest, false},
	{"aws:VpceOrgPaths", keyRequest, true},
	{"aws:VpcSourceIp", keyRequest, false},
	{"aws:ResourceAccount", keyResourceAccount, false},
	{"aws:ResourceOrgID", keyResourceOrgID, false},
	{"aws:ResourceOrgPaths", keyResourceOrgPaths, true},
	{"aws:CalledVia", keyRequest, true},
	{"aws:CalledViaFirst", keyRequest, false},
	{"aws:CalledViaLast", keyRequest, false},
	{"aws:CalledViaAWSMCP", keyRequest, false},
	{"aws:ViaAWSService", keyViaAWSService, false},
	{"aws:ViaAWSMCPService", keyRequest, false},
	{"aws:IsMcpServiceAction", keyRequest, false},
	{"aws:CurrentTime", keyCurrentTime, false},
	{"aws:EpochTime", keyEpochTime, false},
	{"aws:referer", keyRequest, false},
	{"aws:RequestedRegion", keyRequestedRegion, false},
	{"aws:SecureTransport", keySecureTransport, false},
	{"aws:SourceAccount", keyRequest, false},
	{"aws:SourceArn", keyRequest, false},
	{"aws:SourceOrgID", keyRequest, false},
	{"aws:SourceOrgPaths", keyRequest, true},
	{"aws:TagKeys", keyRequest, true},
	{"aws:UserAgent", keyRequest, false},
}

// GlobalConditionKeys lists the global condition keys that the package knows, as AWS spells them; those with a tag key end in "/".
func GlobalConditionKeys() []string {
	names := make([]string, 0, len(globalKeys)+3)
	for _, k := range globalKeys {
		names = append(names, k.name)
	}
	return append(names, "aws:PrincipalTag/", "aws:ResourceTag/", "aws:RequestTag/")
}

// compileKey reads a condition key. A key of AWS's own prefix that the package does not know is an error: a misspelt key would be
// absent from every request, and a statement that reads it would silently never match, or always.
func compileKey(name string) (key, error) {
	prefix, rest, found := strings.Cut(name, ":")
	if !found || prefix == "" || rest == "" {
		return key{}, fmt.Errorf(`%q is not a condition key; write it with its service, as in "aws:PrincipalArn"`, name)
	}
	k := key{name: name}
	word, tag, tagged := strings.Cut(rest, "/")
	if tagged && equalFoldASCII(word, "ResourceTag") {
		if tag == "" {
			return key{}, fmt.Errorf("%q names no tag; write %sTagKey", name, name)
		}
		k.kind, k.tag = keyResourceTag, tag
		if !equalFoldASCII(prefix, "aws") {
			k.service = prefix
		}
		return k, nil
	}
	if !equalFoldASCII(prefix, "aws") {
		return k, nil
	}
	if tagged && (equalFoldASCII(word, "PrincipalTag") || equalFoldASCII(word, "RequestTag")) {
		if tag == "" {
			return key{}, fmt.Errorf("%q names no tag; write %sTagKey", name, name)
		}
		if equalFoldASCII(word, "PrincipalTag") {
			k.kind, k.tag = keyPrincipalTag, tag
		}
		return k, nil
	}
	for i := range globalKeys {
		if equalFoldASCII(globalKeys[i].name, name) {
			k.kind, k.multiValued = globalKeys[i].kind, globalKeys[i].multiValued
			return k, nil
		}
	}
	return key{}, fmt.Errorf("%q is not a global condition key of AWS", name)
}
