package conditionkey

import (
	"slices"
	"strings"
)

// withoutOwner are the actions whose requests may carry no aws:ResourceAccount, aws:ResourceOrgID and
// aws:ResourceOrgPaths, although they are about a resource that somebody owns: a condition on them then decides as it
// does for an absent key.
//
// Source: IAM User Guide, AWS global condition context keys, aws:ResourceAccount, availability.
var withoutOwner = map[string]bool{
	"auditmanager:updateassessmentframeworkshare": true,
	"detective:acceptinvitation":                  true,
	"ds:acceptshareddirectory":                    true,
	"ec2:accepttransitgatewaypeeringattachment":   true,
	"ec2:acceptvpcendpointconnections":            true,
	"ec2:acceptvpcpeeringconnection":              true,
	"ec2:copyimage":                               true,
	"ec2:copysnapshot":                            true,
	"ec2:createtransitgatewaypeeringattachment":   true,
	"ec2:createvolume":                            true,
	"ec2:createvpcendpoint":                       true,
	"ec2:createvpcpeeringconnection":              true,
	"ec2:deletetransitgatewaypeeringattachment":   true,
	"ec2:deletevpcpeeringconnection":              true,
	"ec2:rejecttransitgatewaypeeringattachment":   true,
	"ec2:rejectvpcendpointconnections":            true,
	"ec2:rejectvpcpeeringconnection":              true,
	"es:acceptinboundconnection":                  true,
	"events:putevents":                            true,
	"guardduty:acceptadministratorinvitation":     true,
	"macie2:acceptinvitation":                     true,
	"route53:associatevpcwithhostedzone":          true,
	"route53:createvpcassociationauthorization":   true,
	"route53:deletevpcassociationauthorization":   true,
	"route53:disassociatevpcfromhostedzone":       true,
	"route53:listhostedzonesbyvpc":                true,
	"securityhub:acceptadministratorinvitation":   true,
	"workspaces:describeworkspaceimages":          true,
}

// servicesWithoutOwner are the services of which all actions are of that kind.
var servicesWithoutOwner = []string{"ebs"}

// TellsOwner reports whether each request of an action on a resource says whose it is.
func TellsOwner(action string) bool {
	action = strings.ToLower(action)
	service, _, _ := strings.Cut(action, ":")
	return !slices.Contains(servicesWithoutOwner, service) && !withoutOwner[action]
}

// WithoutOwner are patterns of the actions of which TellsOwner reports false, in any order.
func WithoutOwner() (patterns []string) {
	for action := range withoutOwner {
		patterns = append(patterns, action)
	}
	for _, service := range servicesWithoutOwner {
		patterns = append(patterns, service+":*")
	}
	return patterns
}
