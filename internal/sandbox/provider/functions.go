package provider

import (
	"context"
	"errors"
	"maps"

	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/ssoadmin"
	"aws-access-guardrails/policy"
)

// function is a data source.
type function struct {
	arguments []string
	answer    func(context.Context, *session, values) (values, error)
}

func classicFunctions() map[string]function {
	all := functionsOfWhatExists()
	maps.Copy(all, map[string]function{
		"aws:index/getCallerIdentity:getCallerIdentity": {arguments: []string{"id"}, answer: callerIdentity},
		"aws:index/getPartition:getPartition":           {arguments: []string{"id"}, answer: partition},
		"aws:index/getRegion:getRegion": {
			arguments: []string{"id", "name", "endpoint"},
			answer:    region,
		},
		"aws:iam/getAccountAlias:getAccountAlias": {answer: alias},

		"aws:organizations/getOrganization:getOrganization": {answer: organization},
		"aws:organizations/getPolicies:getPolicies":         {arguments: []string{"filter"}, answer: policies},
		"aws:organizations/getPolicy:getPolicy": {
			arguments: []string{"policyId"},
			answer:    organizationPolicy,
		},
		"aws:organizations/getPoliciesForTarget:getPoliciesForTarget": {
			arguments: []string{"filter", "targetId"},
			answer:    policiesForTarget,
		},
		"aws:cloudcontrol/getResource:getResource": {
			arguments: []string{"identifier", "roleArn", "typeName", "typeVersionId"},
			answer:    controlledResource,
		},
		"aws:ssoadmin/getInstances:getInstances": {answer: instances},
		"aws:ssoadmin/getPermissionSet:getPermissionSet": {
			arguments: []string{"arn", "instanceArn", "name", "tags"},
			answer:    existingPermissionSet,
		},
		"aws:identitystore/getUser:getUser": principal("DescribeUser", "userId", "userName", "UserName",
			func(i ssoadmin.IdentityCenter) map[string]string { return i.Users }),
		"aws:identitystore/getGroup:getGroup": principal("DescribeGroup", "groupId", "displayName", "DisplayName",
			func(i ssoadmin.IdentityCenter) map[string]string { return i.Groups }),
	})
	return all
}

func callerIdentity(_ context.Context, s *session, _ values) (values, error) {
	account := s.caller.Account
	arn := s.cloud.Partition(account).UserARN(account, "/", "deployer")
	if role, err := policy.ParseARN(s.role); err == nil {
		_, _, name, _ := role.Entity()
		arn = role.Partition.AssumedRoleARN(role.Account, name, "aws-go-sdk")
	}
	return values{
		"accountId": text(account),
		"arn":       text(arn),
		"id":        text(account),
		"userId":    text(api.CallerID(arn)),
	}, nil
}

func partition(_ context.Context, s *session, _ values) (values, error) {
	p := s.cloud.Partition(s.caller.Account)
	suffix, reverse := "amazonaws.com", "com.amazonaws"
	switch p {
	case policy.AWSChina:
		suffix, reverse = "amazonaws.com.cn", "cn.com.amazonaws"
	case policy.AWSEUSC:
		suffix, reverse = "amazonaws.eu", "eu.amazonaws"
	}
	return values{
		"partition":        text(string(p)),
		"id":               text(string(p)),
		"dnsSuffix":        text(suffix),
		"reverseDnsPrefix": text(reverse),
	}, nil
}

func region(_ context.Context, s *session, args values) (values, error) {
	name := s.caller.Region
	if asked := args.text("name"); asked != "" {
		name = asked
	}
	if _, err := policy.PartitionOfRegion(name); err != nil {
		return nil, err
	}
	return values{
		"name":        text(name),
		"id":          text(name),
		"description": text(name),
		"endpoint":    text("ec2." + name + ".amazonaws.com"),
	}, nil
}

func alias(ctx context.Context, s *session, _ values) (values, error) {
	found, err := s.iam().AccountAlias(ctx)
	if err != nil {
		return nil, doing(err, "reading IAM Account Alias")
	}
	if found == "" {
		return nil, errors.New("reading IAM Account Alias: empty result")
	}
	return values{"accountAlias": text(found), "id": text(found)}, nil
}
