package limit

import "net/netip"

// Network is where a request comes from: an address, and the network that the same
// customer of a provider may have. Of IPv6, where everybody has more addresses than
// can be counted, an address is a /64 and a network a /48; of IPv4 a network is a
// /24. The zero Network is one that is not known, which all of those share.
type Network struct {
	Address [16]byte
	Wide    [16]byte
	budget  [16]byte
}

// NetworkOf is the network of an address.
func NetworkOf(address netip.Addr) Network {
	address = address.Unmap()
	if !address.IsValid() {
		return Network{}
	}
	narrow, wide := 32, 24
	if address.Is6() {
		narrow, wide = 64, 48
	}
	n := Network{Address: masked(address, narrow), Wide: masked(address, wide)}
	// Somebody with a /48 has 65,536 addresses to read from, somebody with an
	// IPv4 address has one, and may share it with hundreds.
	n.budget = n.Address
	if address.Is6() {
		n.budget = n.Wide
	}
	return n
}

func masked(a netip.Addr, bits int) [16]byte {
	p, err := a.WithZone("").Prefix(bits)
	if err != nil {
		return [16]byte{}
	}
	return p.Addr().As16()
}
