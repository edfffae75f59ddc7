package judging

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"aws-access-guardrails/internal/replay/cloudtrail"
)

// record is what is known of the keys of one event.
type record struct {
	policies *Policies
	event    *cloudtrail.Event
	caller   caller
	action   string
	// loaded are the request parameters, once they were asked for.
	loaded *cloudtrail.Params
	// resources are those of the call.
	resources []resource
}

var (
	unknown      = Fact{}
	absent       = had()
	trueOrFalse  = Fact{Present: true, Among: []string{"true", "false"}}
	maybeBoolean = Fact{Among: []string{"true", "false"}}
)

// read are the request parameters.
func (r *record) read() *cloudtrail.Params {
	if r.loaded == nil {
		r.loaded = cloudtrail.ReadParams(r.event.Params)
	}
	return r.loaded
}

// withoutParameters reports whether the event stands for several calls whose parameters a query left out.
func (r *record) withoutParameters() bool { return len(r.event.Params) == 0 && r.event.Grouped }

// key is what the record tells of a condition key. A key that AWS does not set in requests of the action is absent;
// one that no record has is not known.
func (r *record) key(name string, index int) Fact {
	low := strings.ToLower(name)
	if low == "aws:resourceaccount" || low == "aws:resourceorgid" || low == "aws:resourceorgpaths" {
		return r.resourceOwner(low, index)
	}
	if read, listed := globalFacts[low]; listed {
		return read(r)
	}
	switch prefix, tag, _ := strings.Cut(name, "/"); strings.ToLower(prefix) {
	case "aws:principaltag":
		return r.principalTag(tag)
	case "aws:requesttag":
		return r.requestTag(tag)
	}
	if !keyAppliesTo(name, r.action) {
		return absent
	}
	if path, listed := parameterKeys[low]; listed {
		return r.parameter(path)
	}
	return unknown
}

// parameterKeys are keys of services whose value is a parameter of the request, by its path.
//
// Source: Service Authorization Reference, the descriptions of the keys, beside the API references of the same
// operations.
var parameterKeys = map[string]string{
	"sts:externalid":                 "externalId",
	"sts:rolesessionname":            "roleSessionName",
	"sts:durationseconds":            "durationSeconds",
	"sts:sourceidentity":             "sourceIdentity",
	"sts:transitivetagkeys":          "transitiveTagKeys",
	"iam:policyarn":                  "policyArn",
	"iam:awsservicename":             "aWSServiceName",
	"ec2:instancetype":               "instanceType",
	"lambda:functionurlauthtype":     "authType",
	"ssm:overwrite":                  "overwrite",
	"organizations:serviceprincipal": "servicePrincipal",
	"organizations:policytype":       "policyType",
}

func (r *record) parameter(path string) Fact {
	if r.read().Missing || r.withoutParameters() {
		return unknown
	}
	v, found := r.read().At(path)
	if !found || v == nil {
		return absent
	}
	texts := cloudtrail.Scalars(v)
	if len(texts) == 0 || slices.Contains(texts, cloudtrail.Redacted) {
		return unknown
	}
	return had(texts...)
}

// globalFacts say what a record tells of the global condition keys. Those that are missing here are not known:
// aws:UserAgent, which CloudTrail rewrites, aws:referer, aws:SignInSessionArn, aws:ChatbotSourceArn and the keys of
// MCP.
//
// Source: AWS CloudTrail User Guide, CloudTrail record contents and CloudTrail userIdentity element; IAM User Guide,
// AWS global condition context keys.
var globalFacts = map[string]func(*record) Fact{
	"aws:principalarn": func(r *record) Fact {
		if r.caller.principal == "" {
			return Fact{Present: true, Like: r.caller.like}
		}
		return had(r.caller.principal)
	},
	"aws:principalaccount":            func(r *record) Fact { return had(r.caller.Account) },
	"aws:principalorgid":              func(r *record) Fact { return r.place(r.caller.Account, false) },
	"aws:principalorgpaths":           func(r *record) Fact { return r.place(r.caller.Account, true) },
	"aws:principalorgmasteraccountid": func(r *record) Fact { return hadIf(r.policies.management) },
	"aws:principaltype":               func(r *record) Fact { return hadIf(principalTypes[r.caller.Kind]) },
	"aws:principalisawsservice":       func(*record) Fact { return had("false") },
	"aws:principalservicename":        func(*record) Fact { return absent },
	"aws:principalservicenameslist":   func(*record) Fact { return absent },
	"aws:sourceaccount":               func(*record) Fact { return absent },
	"aws:sourcearn":                   func(*record) Fact { return absent },
	"aws:sourceorgid":                 func(*record) Fact { return absent },
	"aws:sourceorgpaths":              func(*record) Fact { return absent },
	"aws:userid": func(r *record) Fact {
		if r.event.User.PrincipalID == "" {
			return Fact{Present: true}
		}
		return had(r.event.User.PrincipalID)
	},
	"aws:username": func(r *record) Fact {
		if r.caller.Kind != kindUser {
			return absent
		}
		return had(r.caller.Name)
	},
	"aws:multifactorauthpresent": (*record).mfa,
	"aws:multifactorauthage": func(r *record) Fact {
		if f := r.mfa(); f.Known && (len(f.Values) == 0 || f.Values[0] == "false") ||
			!f.Known && !slices.Contains(f.Among, "true") {
			return absent
		}
		return unknown
	},
	"aws:tokenissuetime": func(r *record) Fact {
		switch {
		case r.event.User.Created != "":
			moment, err := cloudtrail.ParseTime(r.event.User.Created)
			if err != nil {
				return Fact{Present: true}
			}
			return had(moment.Format(time.RFC3339))
		case r.caller.longTermKey:
			return absent
		}
		return unknown
	},
	"aws:sourceidentity": func(r *record) Fact { return hadIf(r.event.User.SourceIdentity) },
	"aws:assumedroot": func(r *record) Fact {
		if r.event.User.Root == "true" {
			return had("true")
		}
		return absent
	},
	"aws:federatedprovider": func(r *record) Fact {
		switch {
		case r.event.User.FederatedProvider != "":
			return had(r.event.User.FederatedProvider)
		case r.caller.Kind == KindRole:
			return unknown
		}
		return absent
	},
	"aws:ec2instancesourcevpc":         (*record).fromInstance,
	"aws:ec2instancesourceprivateipv4": (*record).fromInstance,
	"aws:currenttime":                  (*record).time,
	"aws:epochtime":                    (*record).epoch,
	"aws:requestedregion": func(r *record) Fact {
		if r.event.Region == "" {
			return Fact{Present: true}
		}
		return had(r.event.Region)
	},
	"aws:securetransport": func(r *record) Fact {
		if r.event.TLS {
			return had("true")
		}
		return trueOrFalse
	},
	"aws:viaawsservice": func(r *record) Fact {
		switch {
		case r.direct():
			return had("false")
		case r.event.User.InvokedBy != "" && r.caller.Kind == kindUser:
			return had("true")
		}
		return trueOrFalse
	},
	"aws:calledvia":      (*record).calledVia,
	"aws:calledviafirst": (*record).calledVia,
	"aws:calledvialast":  (*record).calledVia,
	"aws:sourceip":       (*record).sourceIP,
	"aws:vpcsourceip": func(r *record) Fact {
		switch {
		case !r.direct():
			return unknown
		case r.event.VPCEndpoint == "":
			return absent
		case r.address():
			return had(r.event.IP)
		}
		return Fact{Present: true}
	},
	"aws:sourcevpce":   (*record).endpoint,
	"aws:sourcevpc":    func(r *record) Fact { return r.ofEndpoint("") },
	"aws:sourcevpcarn": func(r *record) Fact { return r.ofEndpoint("") },
	"aws:vpceaccount":  func(r *record) Fact { return r.ofEndpoint(r.event.VPCEndpointAccount) },
	"aws:vpceorgid":    func(r *record) Fact { return r.ofEndpoint("") },
	"aws:vpceorgpaths": func(r *record) Fact { return r.ofEndpoint("") },
	"aws:tagkeys": func(r *record) Fact {
		if !keyAppliesTo("aws:TagKeys", r.action) {
			return absent
		}
		_, keys, known := r.read().Tags()
		if !known || r.withoutParameters() {
			return unknown
		}
		slices.Sort(keys)
		return had(slices.Compact(keys)...)
	},
}

// time is not known of several calls that a query grouped.
func (r *record) time() Fact { return r.timeAs(r.event.Time.Format("2006-01-02T15:04:05Z")) }

// epoch is the time in seconds since 1970, as aws:EpochTime has it.
func (r *record) epoch() Fact { return r.timeAs(strconv.FormatInt(r.event.Time.Unix(), 10)) }

func (r *record) timeAs(text string) Fact {
	if !r.event.First.Equal(r.event.Last) {
		return Fact{Present: true}
	}
	return had(text)
}

var principalTypes = map[callerKind]string{
	kindUser:      "User",
	KindRole:      "AssumedRole",
	kindRoot:      "Account",
	kindFederated: "FederatedUser",
}

func hadIf(text string) Fact {
	if text == "" {
		return absent
	}
	return had(text)
}

// direct reports whether the caller called by itself, and no service on its behalf.
func (r *record) direct() bool {
	return r.event.User.InvokedBy == "" && !strings.HasSuffix(r.event.IP, ".amazonaws.com") &&
		r.event.IP != "AWS Internal"
}

func (r *record) address() bool {
	_, err := netip.ParseAddr(r.event.IP)
	return err == nil
}

// mfa is aws:MultiFactorAuthPresent. Neither an access key nor the session of a role carries it, whatever the record
// says of the sign-in behind the session.
//
// Source: IAM User Guide, Secure API access with MFA: credentials of AssumeRole do not include MFA information.
func (r *record) mfa() Fact {
	u := &r.event.User
	switch {
	case r.caller.longTermKey || r.caller.Kind == KindRole || r.caller.Kind == kindFederated:
		return absent
	case u.MFA == "":
		return maybeBoolean
	}
	return had(u.MFA)
}

func (r *record) fromInstance() Fact {
	if r.caller.Kind != KindRole {
		return absent
	}
	return unknown
}

func (r *record) calledVia() Fact {
	if r.direct() {
		return absent
	}
	return unknown
}

func (r *record) sourceIP() Fact {
	switch {
	case !r.direct() || !r.address():
		return unknown
	case r.event.VPCEndpoint != "":
		return absent
	}
	return had(r.event.IP)
}

func (r *record) endpoint() Fact {
	switch {
	case !r.direct():
		return unknown
	}
	return hadIf(r.event.VPCEndpoint)
}

// ofEndpoint is a key that only calls through a VPC endpoint have.
func (r *record) ofEndpoint(value string) Fact {
	switch {
	case !r.direct():
		return unknown
	case r.event.VPCEndpoint == "":
		return absent
	case value != "":
		return had(value)
	}
	return unknown
}

func (r *record) place(account string, path bool) Fact {
	organization, unit := r.policies.place(account)
	if path {
		return hadIf(unit)
	}
	return hadIf(organization)
}

func (r *record) resourceOwner(key string, index int) Fact {
	if index >= len(r.resources) || r.resources[index].ARN == "*" {
		return absent
	}
	arn := strings.SplitN(r.resources[index].ARN, ":", 6)
	if len(arn) < 6 || len(arn[4]) != 12 {
		return unknown
	}
	if key == "aws:resourceaccount" {
		return had(arn[4])
	}
	organization, path := r.policies.place(arn[4])
	switch {
	case organization == "":
		return unknown // The tree goes as far as guardrails reach: the account may stand in it all the same.
	case key == "aws:resourceorgid":
		return had(organization)
	}
	return had(path)
}

// principalTag is a tag of the caller. A role session may carry session tags, which no later record tells; those of a
// user are the user's own.
func (r *record) principalTag(tag string) Fact {
	if r.caller.Kind == kindRoot {
		return absent
	}
	if r.caller.Kind == kindUser {
		if value, known := r.policies.tagOf(r.caller.principal, tag); known {
			return had(value...)
		}
	}
	return unknown
}

func (r *record) requestTag(tag string) Fact {
	if !keyAppliesTo("aws:RequestTag/"+tag, r.action) {
		return absent
	}
	tags, _, known := r.read().Tags()
	if r.withoutParameters() {
		return unknown
	}
	for key, value := range tags {
		if strings.EqualFold(key, tag) && value != cloudtrail.Redacted {
			return had(value)
		}
	}
	if !known {
		return unknown
	}
	return absent
}
