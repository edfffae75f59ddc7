package provider

import (
	"context"

	"aws-access-guardrails/internal/awstype/token"
	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/provider/resources"
	"aws-access-guardrails/internal/sandbox/provider/schema"
	"aws-access-guardrails/policy"
)

// accountFunctions are the functions that belong to no service alone.
func accountFunctions() map[string]resources.Function {
	return map[string]resources.Function{
		token.GetCallerIdentity: {Arguments: []string{"id"}, Answer: callerIdentity},
		token.GetPartition:      {Arguments: []string{"id"}, Answer: partition},
		token.GetRegion: {
			Arguments: []string{"id", "name", "endpoint"},
			Answer:    region,
		},
		token.CloudControlGetResource: {
			Arguments: []string{"identifier", "roleArn", "typeName", "typeVersionId"},
			Answer:    controlledResource,
		},
	}
}

func callerIdentity(_ context.Context, s *resources.Session, _ schema.Values) (schema.Values, error) {
	account := s.Caller.Account
	arn := s.Cloud.Partition(account).UserARN(account, "/", "deployer")
	if role, err := policy.ParseARN(s.Role); err == nil {
		_, _, name, _ := role.Entity()
		arn = role.Partition.AssumedRoleARN(role.Account, name, "aws-go-sdk")
	}
	return schema.Values{
		"accountId": schema.Text(account),
		"arn":       schema.Text(arn),
		"id":        schema.Text(account),
		"userId":    schema.Text(api.CallerID(arn)),
	}, nil
}

func partition(_ context.Context, s *resources.Session, _ schema.Values) (schema.Values, error) {
	p := s.Cloud.Partition(s.Caller.Account)
	suffix, reverse := "amazonaws.com", "com.amazonaws"
	switch p {
	case policy.AWSChina:
		suffix, reverse = "amazonaws.com.cn", "cn.com.amazonaws"
	case policy.AWSEUSC:
		suffix, reverse = "amazonaws.eu", "eu.amazonaws"
	}
	return schema.Values{
		"partition":        schema.Text(string(p)),
		"id":               schema.Text(string(p)),
		"dnsSuffix":        schema.Text(suffix),
		"reverseDnsPrefix": schema.Text(reverse),
	}, nil
}

func region(_ context.Context, s *resources.Session, args schema.Values) (schema.Values, error) {
	name := s.Caller.Region
	if asked := args.Text("name"); asked != "" {
		name = asked
	}
	if _, err := policy.PartitionOfRegion(name); err != nil {
		return nil, err
	}
	return schema.Values{
		"name":        schema.Text(name),
		"id":          schema.Text(name),
		"description": schema.Text(name),
		"endpoint":    schema.Text("ec2." + name + ".amazonaws.com"),
	}, nil
}
