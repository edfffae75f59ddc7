package journey

import (
	"slices"
	"strings"

	"aws-access-guardrails/access/internal/engine"
)

// networkKeys are the condition keys of the network from which a call comes. Calls that a service makes for somebody
// come from the network of the service.
var networkKeys = []string{"aws:SourceIp", "aws:SourceVpc", "aws:SourceVpcArn", "aws:SourceVpce", "aws:VpcSourceIp"}

// IsNetworkKey reports whether a condition key says from which network a call comes.
func IsNetworkKey(key string) bool {
	return slices.ContainsFunc(networkKeys, func(k string) bool { return strings.EqualFold(k, key) })
}

// NetworkIn are the keys of a context that say from which network a call comes; nil where none does.
func NetworkIn(c engine.Context) engine.Context {
	var network engine.Context
	for key, values := range c {
		if IsNetworkKey(key) {
			if network == nil {
				network = engine.Context{}
			}
			network[key] = values
		}
	}
	return network
}

// from is a request as it comes from a network. What a service calls for somebody, and what says itself from where it
// comes, stays as it is.
func from(r engine.Request, network engine.Context) engine.Request {
	if len(network) == 0 || NetworkIn(r.Context) != nil {
		return r
	}
	context := engine.Context{}
	for key, values := range r.Context {
		if strings.EqualFold(key, "aws:ViaAWSService") && slices.Contains(values, "true") {
			return r
		}
		context[key] = values
	}
	for key, values := range network {
		context[key] = values
	}
	r.Context = context
	return r
}

// Decide decides a call of which nobody says from where it comes: where the caller, or a role that it names, asks for a
// network, the call comes from one of those. It returns that network; nil where it made no difference.
func Decide(e *engine.Engine, s engine.Session, r engine.Request) (engine.Decision, engine.Context, error) {
	d, err := e.Decide(s, r)
	if err != nil || d.Allowed() || NetworkIn(r.Context) != nil {
		return d, nil, err
	}
	principals := []*engine.Principal{e.Principals[s.Subject()]}
	for i := range r.Resources {
		principals = append(principals, e.Principals[r.Resources[i].ARN])
	}
	for _, p := range principals {
		for _, network := range wanted(p) {
			again, err := e.Decide(s, from(r, network))
			if err != nil || again.Allowed() {
				return again, network, err
			}
		}
	}
	return d, nil, nil
}

// wanted are networks from which a role can be assumed and used, as its policies name them.
func wanted(p *engine.Principal) []engine.Context {
	if p == nil {
		return nil
	}
	var all []engine.Context
	for _, layer := range []*engine.PolicyLayer{p.Trust, p.Identity} {
		if layer == nil {
			continue
		}
		for _, st := range slices.Concat(layer.Deny, layer.Allow) {
			deny := slices.Contains(layer.Deny, st)
			for i := range st.Conditions {
				c := &st.Conditions[i]
				if c.Negated != deny || !IsNetworkKey(c.Key.Name) || len(c.Source.Values) == 0 {
					continue
				}
				value := c.Source.Values[0]
				if len(c.Networks) > 0 {
					value = c.Networks[0].Addr().String()
				}
				all = append(all, engine.Context{c.Key.Name: {value}})
			}
		}
	}
	return all
}
