package journey

import (
	"net/netip"
	"slices"
	"strings"

	"aws-access-guardrails/access/internal/engine"
)

// The condition keys of the network from which a call comes. Calls that a service makes for somebody come from the
// network of the service.
const (
	sourceIP   = "aws:SourceIp"
	sourceVPC  = "aws:SourceVpc"
	sourceVPCE = "aws:SourceVpce"
)

var networkKeys = []string{sourceIP, sourceVPC, "aws:SourceVpcArn", sourceVPCE, "aws:VpcSourceIp"}

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

// NetworkWords says from which network a call comes, such as "the address 203.0.113.7"; empty where nobody says it.
func NetworkWords(c engine.Context) string {
	for _, known := range []struct{ key, words string }{
		{sourceIP, "the address "}, {sourceVPCE, "the VPC endpoint "}, {sourceVPC, "the VPC "},
	} {
		for key, values := range c {
			if strings.EqualFold(key, known.key) {
				return known.words + strings.Join(values, ", ")
			}
		}
	}
	return ""
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
// network, the call comes from one of those. It returns that network; nil where it made no difference. A call that is
// refused from every network is refused by what refuses it from one of those.
func Decide(e *engine.Engine, s engine.Session, r engine.Request) (engine.Decision, engine.Context, error) {
	d, err := e.Decide(s, r)
	if err != nil || d.Allowed() || NetworkIn(r.Context) != nil {
		return d, nil, err
	}
	principals := []string{s.Subject()}
	for i := range r.Resources {
		principals = append(principals, r.Resources[i].ARN)
	}
	var inside engine.Context
	for _, network := range wanted(e, principals...) {
		again, err := e.Decide(s, from(r, network.context()))
		if err != nil || again.Allowed() {
			return again, network.context(), err
		}
		if inside == nil && again.By != d.By {
			d, inside = again, network.context()
		}
	}
	return d, inside, nil
}

// Networks are the networks from which a way is gone, of those that the policies of the caller and of the roles ask
// for,
// as the policies write them: CIDR blocks, and ids of VPCs and of VPC endpoints. None means that any network will do,
// or
// that none does.
func Networks(e *engine.Engine, j Journey) ([]string, error) {
	principals := []string{j.From.Subject()}
	if j.Portal != nil {
		principals = []string{j.Portal.Role}
	}
	for i := range j.Via {
		principals = append(principals, j.Via[i].Role)
	}
	all := wanted(e, principals...)
	if len(all) == 0 {
		return nil, nil
	}
	var open []string
	for _, network := range append(all, elsewhere(all)) {
		j.Network = network.context()
		arrival, err := Walk(e, j)
		if err != nil {
			return nil, err
		}
		switch {
		case !arrival.Allowed() || slices.Contains(open, network.text):
		case network.text == "":
			return nil, nil
		default:
			open = append(open, network.text)
		}
	}
	return open, nil
}

// network is a network as a policy writes it, and the key under which calls carry it.
type network struct{ key, text, value string }

func (n network) context() engine.Context { return engine.Context{n.key: {n.value}} }

// elsewhere is a public address in none of the networks.
func elsewhere(all []network) network {
	address := netip.AddrFrom4([4]byte{1, 0, 0, 1})
	inside := func(n network) bool {
		block, err := netip.ParsePrefix(n.text)
		return err == nil && block.Contains(address)
	}
	for slices.ContainsFunc(all, inside) {
		next := address.As4()
		next[0]++
		address = netip.AddrFrom4(next)
	}
	return network{key: sourceIP, value: address.String()}
}

// wanted are the networks from which principals can be assumed and used, as their policies name them.
func wanted(e *engine.Engine, principals ...string) []network {
	var all []network
	for _, arn := range principals {
		p := e.Principals[arn]
		if p == nil {
			continue
		}
		for _, layer := range []*engine.PolicyLayer{p.Trust, p.Identity} {
			if layer == nil {
				continue
			}
			for _, st := range layer.Deny {
				all = append(all, namedBy(st, true)...)
			}
			for _, st := range layer.Allow {
				all = append(all, namedBy(st, false)...)
			}
		}
	}
	var once []network
	for _, n := range all {
		if !slices.Contains(once, n) {
			once = append(once, n)
		}
	}
	return once
}

// namedBy are the networks that a statement lets through: those that an Allow names, or of which a Deny says that it
// does not mean them.
func namedBy(st *engine.Statement, deny bool) []network {
	var all []network
	for i := range st.Conditions {
		c := &st.Conditions[i]
		if c.Negated != deny || !IsNetworkKey(c.Key.Name) {
			continue
		}
		for _, text := range c.Source.Values {
			value := text
			if block, err := netip.ParsePrefix(text); err == nil {
				address := block.Addr()
				if next := address.Next(); block.Contains(next) {
					address = next
				}
				value = address.String()
			}
			all = append(all, network{c.Key.Name, text, value})
		}
	}
	return all
}
