package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
)

// The alphabet of the accounts: what the claims speak of, and what stands beside it in accounts that people have made.
var (
	people  = []string{"alice", "bob", "carol"}
	jobs    = []string{"operator", "reader", "builder", "node"}
	actions = []string{
		"ssm:StartSession", "ssm:StartSession", "ssm:TerminateSession", "ssm:ResumeSession",
		"ssm:SendCommand", "ssm:*", "ec2:StartInstances",
		"ec2:RunInstances", "ec2-instance-connect:*", "iam:*", "iam:CreateAccessKey", "iam:*MFADevice",
		"iam:TagUser", "iam:TagRole", "iam:PassRole",
		"iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy", "iam:AddUserToGroup", "iam:ChangePassword",
		"sts:AssumeRole", "sts:*", "s3:*", "*",
		"lambda:*", "logs:Put*",
	}
	resources = []string{
		"*", "*", "arn:aws:iam::111122223333:user/${aws:username}",
		"arn:aws:iam::111122223333:mfa/${aws:username}", "arn:aws:iam::111122223333:user/*",
		"arn:aws:iam::111122223333:role/operator", "arn:aws:iam::111122223333:role/*",
		"arn:aws:ec2:*:111122223333:instance/*",
		"arn:aws:ssm:*:*:document/AWS-StartInteractiveCommand", "arn:aws:ssm:*:*:document/*",
		"arn:aws:ssm:*:*:session/${aws:username}-*",
		"arn:aws:s3:::example/*",
	}
	conditions = []map[string]any{
		{"Bool": map[string]any{"aws:MultiFactorAuthPresent": "true"}},
		{"BoolIfExists": map[string]any{"aws:MultiFactorAuthPresent": "false"}},
		{"NumericLessThan": map[string]any{"aws:MultiFactorAuthAge": "3600"}},
		{"StringEquals": map[string]any{"aws:ResourceTag/Project": "shop"}},
		{"StringEquals": map[string]any{"ssm:resourceTag/Project": "${aws:PrincipalTag/Project}"}},
		{"StringLike": map[string]any{"aws:PrincipalTag/Team": "red*"}},
		{"StringEquals": map[string]any{"aws:username": "alice"}},
		{"IpAddress": map[string]any{"aws:SourceIp": "192.0.2.0/24"}},
		{"DateLessThan": map[string]any{"aws:CurrentTime": "2030-01-01T00:00:00Z"}},
		{"Null": map[string]any{"aws:MultiFactorAuthAge": "true"}},
		{"ForAllValues:StringEquals": map[string]any{"aws:TagKeys": []string{"Email"}}},
		{"StringEquals": map[string]any{"sts:RoleSessionName": "${aws:username}"}},
	}
	trusted = []any{
		map[string]any{"AWS": "arn:aws:iam::111122223333:user/alice"},
		map[string]any{"AWS": []string{"arn:aws:iam::111122223333:user/alice", "arn:aws:iam::111122223333:user/bob"}},
		map[string]any{"AWS": "arn:aws:iam::111122223333:root"},
		map[string]any{"AWS": "arn:aws:iam::444455556666:root"},
		map[string]any{"AWS": "arn:aws:iam::111122223333:role/builder"},
		map[string]any{"Service": "ec2.amazonaws.com"},
		map[string]any{"Service": "lambda.amazonaws.com"},
		"*",
	}
)

// account is a random account as "aws iam get-account-authorization-details" prints one.
func account(r *rand.Rand) []byte {
	var users, roles, groups []any
	for i, name := range people[:1+r.IntN(len(people))] {
		users = append(users, map[string]any{
			"Path": "/", "UserName": name, "UserId": fmt.Sprintf("AIDAEXAMPLE%010d", i),
			"Arn":        "arn:aws:iam::111122223333:user/" + name,
			"CreateDate": "2024-01-01T00:00:00Z", "GroupList": some(r, []any{"people"}), "UserPolicyList": inline(r),
			"AttachedManagedPolicies": attached(r), "Tags": tags(r),
		})
	}
	for i, name := range jobs[:r.IntN(len(jobs)+1)] {
		roles = append(roles, map[string]any{
			"Path": "/", "RoleName": name, "RoleId": fmt.Sprintf("AROAEXAMPLE%010d", i),
			"Arn":        "arn:aws:iam::111122223333:role/" + name,
			"CreateDate": "2024-01-01T00:00:00Z", "InstanceProfileList": []any{}, "RolePolicyList": inline(r),
			"AttachedManagedPolicies": attached(r), "Tags": tags(r), "AssumeRolePolicyDocument": trust(r),
		})
	}
	groups = append(groups, map[string]any{
		"Path": "/", "GroupName": "people", "GroupId": "AGPAEXAMPLE0000000000",
		"Arn":        "arn:aws:iam::111122223333:group/people",
		"CreateDate": "2024-01-01T00:00:00Z", "GroupPolicyList": inline(r), "AttachedManagedPolicies": attached(r),
	})
	text, err := json.Marshal(map[string]any{
		"UserDetailList": users, "RoleDetailList": list(roles), "GroupDetailList": groups, "Policies": []any{},
	})
	if err != nil {
		panic(err)
	}
	return text
}

func list(all []any) []any { return append([]any{}, all...) }

func one[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// some is a list or nothing.
func some(r *rand.Rand, all []any) []any {
	if r.IntN(2) == 0 {
		return []any{}
	}
	return all
}

func statement(r *rand.Rand) map[string]any {
	st := map[string]any{
		"Effect": "Allow", "Action": []string{one(r, actions), one(r, actions)}, "Resource": one(r, resources),
	}
	if r.IntN(4) == 0 {
		st["Effect"] = "Deny"
	}
	if st["Effect"] == "Deny" && r.IntN(3) == 0 {
		delete(st, "Action")
		st["NotAction"] = []string{one(r, actions), "iam:ListMFADevices"}
	}
	if r.IntN(2) == 0 {
		st["Condition"] = one(r, conditions)
	}
	return st
}

func document(statements ...any) map[string]any {
	return map[string]any{"Version": "2012-10-17", "Statement": statements}
}

func inline(r *rand.Rand) []any {
	var statements []any
	for range r.IntN(3) {
		statements = append(statements, statement(r))
	}
	if len(statements) == 0 {
		return []any{}
	}
	return []any{map[string]any{"PolicyName": "own", "PolicyDocument": document(statements...)}}
}

func attached(r *rand.Rand) []any {
	name := one(r, []string{
		"ReadOnlyAccess", "AdministratorAccess", "AmazonSSMManagedInstanceCore", "IAMUserChangePassword",
	})
	if r.IntN(4) > 0 {
		return []any{}
	}
	return []any{map[string]any{"PolicyName": name, "PolicyArn": "arn:aws:iam::aws:policy/" + name}}
}

func tags(r *rand.Rand) []any {
	return some(r, []any{one(r, []any{
		map[string]any{"Key": "Project", "Value": "shop"},
		map[string]any{"Key": "Team", "Value": "red"},
		map[string]any{"Key": "SSMSessionRunAs", "Value": "operator"},
	})})
}

func trust(r *rand.Rand) map[string]any {
	st := map[string]any{"Effect": "Allow", "Principal": one(r, trusted), "Action": "sts:AssumeRole"}
	if r.IntN(2) == 0 {
		st["Condition"] = one(r, conditions)
	}
	return document(st)
}
