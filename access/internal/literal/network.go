package literal

import (
	"errors"
	"net/netip"
)

// mappedBits is how many bits come before the IPv4 address in one that is written as IPv6.
const mappedBits = 96

// ParseNetwork reads an address or a network in CIDR form; an address is a network of one.
func ParseNetwork(s string) (netip.Prefix, error) {
	if address, err := netip.ParseAddr(s); err == nil && address.Zone() == "" {
		address = address.Unmap()
		return netip.PrefixFrom(address, address.BitLen()), nil
	}
	network, err := netip.ParsePrefix(s)
	if err != nil {
		return netip.Prefix{}, errors.New(`is not an IP address or network; write it as in "203.0.113.0/24"`)
	}
	if address := network.Addr(); address.Is4In6() && network.Bits() >= mappedBits {
		// ::ffff:10.0.0.0/104 is 10.0.0.0/8: addresses of requests are compared as IPv4 where they can be.
		network = netip.PrefixFrom(address.Unmap(), network.Bits()-mappedBits)
	}
	return network.Masked(), nil
}
