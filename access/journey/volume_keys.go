package journey

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/wording"
	"aws-access-guardrails/policy"
)

// AWSManagedEBSKey stands for the AWS managed key of Amazon EBS among the keys of a node's volumes. Everybody in the
// account who may use EBS may use it through EBS, so that a start needs nothing for it.
//
// Source: AWS KMS Developer Guide, AWS managed keys; Amazon EBS User Guide, Amazon EBS encryption.
const AWSManagedEBSKey = "alias/aws/ebs"

// StartInstances is the call that can succeed and start nothing: EC2 then finds that it may not use the key of a
// volume.
const StartInstances = "ec2:StartInstances"

// someKeyID is the id of a key that nobody has.
const someKeyID = "00000000-0000-0000-0000-000000000000"

// VolumeKeyUse says with which customer managed keys of volumes a session starts instances of a Region, as far as the
// policies of the world decide it: the policy of a key itself is not known.
type VolumeKeyUse struct {
	// Every says that the session may have EC2 use every key of the account.
	Every bool
	// Keys are the ARNs of those that its policies name, sorted. Empty with Every.
	Keys []string
}

// UseOfVolumeKeys asks for which customer managed keys a session may have EC2 make the grant that the start of an
// instance with such a volume needs. An account that the world does not have, and a session that it cannot decide,
// are errors.
//
// Source: https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption-requirements.html,
// https://repost.aws/knowledge-center/kms-iam-ec2-permission.
func UseOfVolumeKeys(
	e *engine.Engine, s engine.Session, account, region string, moment time.Time,
) (VolumeKeyUse, error) {
	home := e.Accounts[account]
	if home == nil {
		return VolumeKeyUse{}, fmt.Errorf("account %q: the world has no such account", account)
	}
	d, err := e.Decide(s, grantForEC2(home.Arn("kms", region, "key/"+someKeyID), moment))
	if err != nil || d.Allowed() {
		return VolumeKeyUse{Every: err == nil}, err
	}
	var use VolumeKeyUse
	for _, key := range namedKeys(e, s, region) {
		if d, err = e.Decide(s, grantForEC2(key, moment)); err != nil {
			return VolumeKeyUse{}, err
		}
		if d.Allowed() {
			use.Keys = append(use.Keys, key)
		}
	}
	return use, nil
}

// grantForEC2 is the call that EC2 makes for whoever starts an instance with a volume under the key.
func grantForEC2(key string, moment time.Time) engine.Request {
	region := policy.ARNPart(key, 3)
	return engine.Request{Action: "kms:CreateGrant", Resources: engine.On(key), Time: moment, Context: engine.Context{
		"kms:GrantIsForAWSResource": {
			"true",
		},
		"kms:ViaService":    {"ec2." + region + ".amazonaws.com"},
		"aws:ViaAWSService": {"true"},
	}}
}

// namedKeys are the keys of a Region that the Allows of the caller name, sorted.
func namedKeys(e *engine.Engine, s engine.Session, region string) []string {
	p := e.Principals[s.Subject()]
	if p == nil || p.Identity == nil {
		return nil
	}
	var keys []string
	for _, st := range p.Identity.Allow {
		for _, resource := range st.From.Resources {
			if IsVolumeKey(resource) && policy.ARNPart(resource, 3) == region {
				keys = append(keys, resource)
			}
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// IsVolumeKey reports whether a text is the ARN of one KMS key.
func IsVolumeKey(text string) bool {
	arn, err := policy.ParseARN(text)
	return err == nil && arn.Service == "kms" && arn.Region != "" && arn.Account != "" &&
		strings.HasPrefix(arn.Resource, "key/") &&
		!strings.ContainsAny(text, "*?$")
}

// volumeKeysOf are the keys of the volumes of a node of the world; nil where they are not known.
func volumeKeysOf(e *engine.Engine, arn string) []string {
	for i := range e.World().Accounts {
		a := &e.World().Accounts[i]
		for j := range a.Nodes {
			if a.Nodes[j].ARN(a) == arn {
				return a.Nodes[j].VolumeKeys
			}
		}
	}
	return nil
}

// startsWith has EC2 use the keys of the volumes of the instances that a call has started: without one of them the
// instance falls back to stopped, though the call succeeded. Where nobody says which keys there are, the arrival says
// with which it would fall back.
func (t *traveller) startsWith(r *engine.Request, keys []string) error {
	if !strings.EqualFold(r.Action, StartInstances) {
		return nil
	}
	for i := range r.Resources {
		arn := r.Resources[i].ARN
		used := keys
		if used == nil {
			used = volumeKeysOf(t.engine, arn)
		}
		if used == nil {
			use, err := UseOfVolumeKeys(t.engine, t.arrival.As, policy.ARNPart(arn, 4), policy.ARNPart(arn, 3), t.moment)
			if err != nil {
				return err
			}
			t.arrival.FallsBack = use.fallsBack()
			continue
		}
		for _, key := range used {
			if key == AWSManagedEBSKey {
				continue
			}
			if err := t.call(Step{Does: "has EC2 use the key of a volume, " + key}, grantForEC2(key, t.moment)); err != nil {
				return err
			}
			if !t.arrival.Allowed() {
				t.arrival.FallsBack = "the call of " + StartInstances + " succeeds all the same, and the instance falls back to stopped"
				return nil
			}
		}
	}
	return nil
}

// fallsBack says which instances fall back to stopped; empty for none.
func (u VolumeKeyUse) fallsBack() string {
	switch {
	case u.Every:
		return ""
	case len(u.Keys) > 0:
		return "an instance with a volume under a customer managed KMS key other than " + wording.JoinWords(
			u.Keys,
			"or",
		) +
			" falls back to stopped: nothing here lets EC2 use it (kms:CreateGrant)"
	}
	return "an instance with a volume under a customer managed KMS key falls back to stopped: nothing here lets EC2 use it (kms:CreateGrant)"
}
