package guardrail

import (
	"net/netip"
	"regexp"
	"strings"

	"aws-access-guardrails/access/intent"
	"aws-access-guardrails/policy"
	"aws-access-guardrails/problem"
)

// SourceNetworks are the networks from which a role may be assumed and used: ranges of public addresses, of IPv4 and
// IPv6, as CIDR blocks ("203.0.113.0/24"), VPCs ("vpc-...") and VPC endpoints ("vpce-..."). Empty means every network.
//
// A call through a VPC endpoint carries the VPC and the endpoint, and no aws:SourceIp; every other call carries the
// public address. Source: IAM User Guide, "AWS global condition context keys", aws:SourceIp, aws:SourceVpc,
// aws:SourceVpce.
type SourceNetworks []string

var (
	vpcID      = regexp.MustCompile(`^vpc-([0-9a-f]{8}|[0-9a-f]{17})$`)
	endpointID = regexp.MustCompile(`^vpce-([0-9a-f]{8}|[0-9a-f]{17})$`)
)

// Intent is the same as values, by kind.
func (n SourceNetworks) Intent() intent.Networks {
	var in intent.Networks
	for _, text := range n {
		switch {
		case strings.HasPrefix(text, "vpce-"):
			in.Endpoints = append(in.Endpoints, text)
		case strings.HasPrefix(text, "vpc-"):
			in.VPCs = append(in.VPCs, text)
		default:
			in.Addresses = append(in.Addresses, text)
		}
	}
	return in
}

// Elsewhere holds of calls from every other network. A negated condition holds where its key is missing, so that one
// statement with all of them denies what comes from none of the networks.
func (n SourceNetworks) Elsewhere() []policy.Condition {
	in := n.Intent()
	var conditions []policy.Condition
	if len(in.Addresses) > 0 {
		conditions = append(
			conditions,
			policy.Is(policy.Operator{Base: policy.OpNotIPAddress}, "aws:SourceIp", in.Addresses...),
		)
	}
	if len(in.VPCs) > 0 {
		conditions = append(conditions, policy.StringNotEquals("aws:SourceVpc", in.VPCs...))
	}
	if len(in.Endpoints) > 0 {
		conditions = append(conditions, policy.StringNotEquals("aws:SourceVpce", in.Endpoints...))
	}
	return conditions
}

// DenyAssuming keeps everybody from becoming the role from another network. It is for trust policies.
func (n SourceNetworks) DenyAssuming() policy.Statement {
	return policy.Deny("DenyAssumingFromOtherNetworks", "sts:AssumeRole", "sts:TagSession").
		For(policy.Anyone()).When(n.Elsewhere()...)
}

// DenyUse keeps sessions of the role from other networks, whatever else is attached to it. Calls that a service of AWS
// makes for the session come from the service's own network, and are left to what the session may do.
//
// Source: IAM User Guide, "AWS: Denies access to AWS based on the source IP", aws:ViaAWSService.
func (n SourceNetworks) DenyUse() policy.Statement {
	return policy.Deny("DenyEverythingFromOtherNetworks", "*").On("*").
		When(append(n.Elsewhere(), policy.Bool("aws:ViaAWSService", false))...)
}

// private are ranges that no call to a public endpoint of AWS comes from.
//
// Source: IANA IPv4 and IPv6 Special-Purpose Address Registries.
var private = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"),
	netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("169.254.0.0/16"), netip.MustParsePrefix("172.16.0.0/12"),
	netip.MustParsePrefix("192.168.0.0/16"), netip.MustParsePrefix("224.0.0.0/3"),
	netip.MustParsePrefix("fc00::/7"), netip.MustParsePrefix("fe80::/10"), netip.MustParsePrefix("ff00::/8"),
	netip.MustParsePrefix("::/96"),
}

// The shortest prefixes of a network: what is wider is most of the Internet.
const (
	shortestIPv4 = 8
	shortestIPv6 = 19
)

// Validate reports what is no network, what is all of them, what does nothing, and what lies within another one.
func (n SourceNetworks) Validate(p *problem.List, path problem.Path) {
	var earlier []netip.Prefix
	for i, text := range n {
		networkPath := path.Child("sourceNetworks").Index(i)
		if DuplicateOf(n, i) >= 0 {
			p.Add(networkPath, text, "is listed twice", "remove one")
			continue
		}
		if strings.HasPrefix(text, "vpc") {
			if !vpcID.MatchString(text) && !endpointID.MatchString(text) {
				p.Add(networkPath, text, "is not the id of a VPC or of a VPC endpoint",
					"write it as the console shows it, such as vpc-0abcdef1234567890 or vpce-0abcdef1234567890")
			}
			continue
		}
		network, why, fix := readNetwork(text)
		if why == "" {
			for _, other := range earlier {
				if other.Overlaps(network) {
					why, fix = "lies within "+other.String()+", or has it within", "keep the wider one"
				}
			}
		}
		if why != "" {
			p.Add(networkPath, text, why, fix)
			continue
		}
		earlier = append(earlier, network)
	}
}

// readNetwork reads a CIDR block of public addresses; why says why it is none.
func readNetwork(text string) (network netip.Prefix, why, fix string) {
	network, err := netip.ParsePrefix(text)
	if err != nil {
		if address, err := netip.ParseAddr(text); err == nil && address.Zone() == "" {
			return network, "is an address and no network", "write " + netip.PrefixFrom(address, address.BitLen()).String()
		}
		return network, "is neither a CIDR block nor the id of a VPC or of a VPC endpoint",
			"write one such as 203.0.113.0/24, 2001:db8::/32, vpc-0abcdef1234567890 or vpce-0abcdef1234567890"
	}
	shortest := shortestIPv4
	if network.Addr().Is6() {
		shortest = shortestIPv6
	}
	switch {
	case network.Addr().Is4In6():
		return network, "is IPv4 written as IPv6", "write it as IPv4, such as 203.0.113.0/24"
	case network.Bits() == 0:
		return network, "is every network", "leave sourceNetworks out, or list the networks that are meant"
	case network.Bits() < shortest:
		return network, "is most of the Internet", "list the networks that are meant"
	case network != network.Masked():
		return network, "has bits set behind its prefix", "write " + network.Masked().String()
	}
	for _, range_ := range private {
		if range_.Overlaps(network) {
			return network, "does nothing: calls to AWS come from public addresses, and those through a VPC endpoint carry no aws:SourceIp",
				"write the public addresses behind which the network stands, or the id of its VPC or VPC endpoint"
		}
	}
	return network, "", ""
}
