package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// managedPolicy is a managed policy of AWS's, in its latest version.
type managedPolicy struct {
	name, arn string
	document  map[string]any
}

// managedPolicies are those of the package, by name.
func managedPolicies(o options) ([]managedPolicy, error) {
	data, err := packageOf(o)
	if err != nil {
		return nil, err
	}
	var listed map[string]struct {
		ARN             string `json:"arn"`
		LatestVersionID string `json:"latestVersionId"`
		Versions        map[string]struct {
			Document map[string]any `json:"document"`
		} `json:"versions"`
	}
	if err := json.Unmarshal(data, &listed); err != nil {
		return nil, err
	}
	var all []managedPolicy
	for _, name := range slices.Sorted(maps.Keys(listed)) {
		p := listed[name]
		if document := p.Versions[p.LatestVersionID].Document; document != nil {
			all = append(all, managedPolicy{name: name, arn: p.ARN, document: document})
		}
	}
	return all, nil
}

// packageOf is the list of policies of the package that the first line of the names' file tells.
func packageOf(o options) ([]byte, error) {
	if o.policies != "" {
		return os.ReadFile(o.policies)
	}
	text, err := os.ReadFile(o.names)
	if err != nil {
		return nil, err
	}
	first, _, _ := strings.Cut(string(text), "\n")
	words := strings.Fields(first)
	if len(words) != 3 {
		return nil, fmt.Errorf("%s: begins with no package and version", o.names)
	}
	dir, err := os.MkdirTemp("", "slowest")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	for _, args := range [][]string{
		{"npm", "pack", "--silent", words[1] + "@" + words[2]}, {"sh", "-c", "tar xzf *.tgz"},
	} {
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			return nil, errors.Join(err, errors.New(string(out)))
		}
	}
	return os.ReadFile(filepath.Join(dir, "package", "dist", "managedPolicies.json"))
}

// asPolicies are accounts of a user and a role that have a policy.
func asPolicies(policies []managedPolicy) (all []account) {
	for _, p := range policies {
		attached := []any{map[string]any{"PolicyName": p.name, "PolicyArn": p.arn}}
		all = append(all, accountOf(p.name, []managedPolicy{p}, map[string]any{"AttachedManagedPolicies": attached}))
	}
	return all
}

// asBoundaries are accounts of a user and a role that may do everything within a boundary.
func asBoundaries(policies []managedPolicy) (all []account) {
	everything := document(map[string]any{"Effect": "Allow", "Action": "*", "Resource": "*"})
	for _, p := range policies {
		boundary := map[string]any{"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": p.arn}
		all = append(all, accountOf(p.name, []managedPolicy{p}, map[string]any{
			"PermissionsBoundary": boundary, "inline": everything,
		}))
	}
	return all
}

func document(statements ...any) map[string]any {
	return map[string]any{"Version": "2012-10-17", "Statement": statements}
}

const ofAccount = "arn:aws:iam::111122223333:"

// accountOf is an account of a user and a role, both with the same further keys; under "inline" the document that they
// have as an inline policy.
func accountOf(name string, policies []managedPolicy, further map[string]any) account {
	user := map[string]any{
		"Path": "/", "UserName": "alice", "UserId": "AIDAEXAMPLE0000000000", "Arn": ofAccount + "user/alice",
		"CreateDate": "2024-01-01T00:00:00Z", "GroupList": []any{}, "AttachedManagedPolicies": []any{},
		"Tags": []any{map[string]any{"Key": "Team", "Value": "red"}},
	}
	role := map[string]any{
		"Path": "/", "RoleName": "operator", "RoleId": "AROAEXAMPLE0000000000", "Arn": ofAccount + "role/operator",
		"CreateDate": "2024-01-01T00:00:00Z", "InstanceProfileList": []any{}, "AttachedManagedPolicies": []any{},
		"Tags": []any{map[string]any{"Key": "Project", "Value": "shop"}},
		"AssumeRolePolicyDocument": document(map[string]any{
			"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": map[string]any{"AWS": ofAccount + "root"},
		}),
	}
	for key, value := range further {
		switch key {
		case "inline":
			own := []any{map[string]any{"PolicyName": "own", "PolicyDocument": value}}
			user["UserPolicyList"], role["RolePolicyList"] = own, own
		case "trust":
			role["AssumeRolePolicyDocument"] = value
		default:
			user[key], role[key] = value, value
		}
	}
	var listed []any
	for _, p := range policies {
		listed = append(listed, map[string]any{
			"PolicyName": p.name, "PolicyId": "ANPAEXAMPLE0000000000", "Arn": p.arn, "Path": "/", "DefaultVersionId": "v1",
			"PolicyVersionList": []any{map[string]any{
				"VersionId": "v1", "IsDefaultVersion": true, "CreateDate": "2024-01-01T00:00:00Z", "Document": p.document,
			}},
		})
	}
	text, err := json.Marshal(map[string]any{
		"UserDetailList": []any{user}, "RoleDetailList": []any{role}, "GroupDetailList": []any{},
		"Policies": append([]any{}, listed...),
	})
	if err != nil {
		panic(err)
	}
	return account{name: name, text: text}
}
