//! Which addresses belong to the public internet. Pure, and in doubt the answer is no.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};

const fn v4(a: u8, b: u8, c: u8, d: u8, length: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), length)
}

const fn v6(start: [u16; 4], length: u8) -> Ipv6Net {
    let [a, b, c, d] = start;
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0), length)
}

/// What IANA's registry of special addresses keeps from the internet, and one that a cloud took.
const SPECIAL_V4: [Ipv4Net; 16] = [
    v4(0, 0, 0, 0, 8),
    v4(10, 0, 0, 0, 8),
    v4(100, 64, 0, 0, 10),
    v4(127, 0, 0, 0, 8),
    v4(169, 254, 0, 0, 16),
    v4(172, 16, 0, 0, 12),
    v4(192, 0, 0, 0, 24),
    v4(192, 0, 2, 0, 24),
    v4(192, 88, 99, 0, 24),
    v4(192, 168, 0, 0, 16),
    v4(198, 18, 0, 0, 15),
    v4(198, 51, 100, 0, 24),
    v4(203, 0, 113, 0, 24),
    // Multicast, reserved and broadcast.
    v4(224, 0, 0, 0, 4),
    v4(240, 0, 0, 0, 4),
    // Azure's platform services answer here, to machines inside it alone.
    v4(168, 63, 129, 16, 32),
];

/// All of today's public IPv6. Loopback, local, multicast and discard addresses lie outside.
const GLOBAL_V6: Ipv6Net = v6([0x2000, 0, 0, 0], 3);

/// Exceptions inside it: protocol assignments (Teredo is looked at before) and documentation.
const SPECIAL_V6: [Ipv6Net; 3] =
    [v6([0x2001, 0, 0, 0], 23), v6([0x2001, 0xdb8, 0, 0], 32), v6([0x3fff, 0, 0, 0], 20)];

/// Whether a call may go there: to the public internet, or to what `is_allowed` names.
pub(super) fn may_reach(address: IpAddr, is_allowed: &dyn Fn(IpAddr) -> bool) -> bool {
    if is_allowed(address) {
        return true;
    }
    match address {
        IpAddr::V4(address) => !SPECIAL_V4.iter().any(|network| network.contains(&address)),
        IpAddr::V6(address) => {
            let is_inner_fine = |inner: Ipv4Addr| may_reach(IpAddr::V4(inner), is_allowed);
            match Embedding::of(address) {
                Some(Embedding::Alone(inner)) => is_inner_fine(inner),
                Some(Embedding::Tunnel { server, client }) => is_inner_fine(server) && is_inner_fine(client),
                None => {
                    GLOBAL_V6.contains(&address)
                        && !SPECIAL_V6.iter().any(|network| network.contains(&address))
                        && isatap(address).is_none_or(is_inner_fine)
                }
            }
        }
    }
}

/// An IPv6 address that stands for IPv4 ones: a packet to it may end at them.
enum Embedding {
    Alone(Ipv4Addr),
    Tunnel { server: Ipv4Addr, client: Ipv4Addr },
}

impl Embedding {
    /// NAT64's second prefix, 64:ff9b:1::/48, is not here: where it holds the IPv4 address is up to
    /// each network, so it cannot be judged and stays refused with all that is not global.
    fn of(address: Ipv6Addr) -> Option<Self> {
        let segments = address.segments();
        let at = |first: usize| ipv4(segments[first], segments[first + 1]);
        match segments {
            // Unspecified and loopback are IPv6's own.
            [0, 0, 0, 0, 0, 0, 0, 0 | 1] => None,
            // IPv4-compatible, IPv4-mapped, SIIT's translated, NAT64.
            [0, 0, 0, 0, 0, 0, ..]
            | [0, 0, 0, 0, 0, 0xffff, ..]
            | [0, 0, 0, 0, 0xffff, 0, ..]
            | [0x64, 0xff9b, 0, 0, 0, 0, ..] => Some(Self::Alone(at(6))),
            // 6to4.
            [0x2002, ..] => Some(Self::Alone(at(1))),
            // Teredo hides the client's address from translators that look for it.
            [0x2001, 0, ..] => Some(Self::Tunnel { server: at(2), client: ipv4(!segments[6], !segments[7]) }),
            _ => None,
        }
    }
}

/// ISATAP puts an IPv4 address behind any prefix; two bits of its mark may differ.
fn isatap(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let segments = address.segments();
    (segments[4] & 0xfcff == 0 && segments[5] == 0x5efe).then(|| ipv4(segments[6], segments[7]))
}

fn ipv4(high: u16, low: u16) -> Ipv4Addr {
    Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_public(address: &str) -> bool {
        may_reach(address.parse().expect("an address"), &|_| false)
    }

    #[test]
    fn the_public_internet_may_be_reached() {
        for address in [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "169.253.255.255",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "192.88.98.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "168.63.129.17",
            "2606:4700:4700::1111",
            "2a00:1450:4001::8b",
            "2001:200::1",
            "2001:4860:4860::8888",
            "3ffe:ffff::1",
        ] {
            assert!(is_public(address), "{address}");
        }
    }

    #[test]
    fn the_first_and_last_of_every_special_network_are_refused() {
        let v4 = SPECIAL_V4.map(|network| (IpAddr::V4(network.network()), IpAddr::V4(network.broadcast())));
        let v6 = SPECIAL_V6.map(|network| (IpAddr::V6(network.network()), IpAddr::V6(network.broadcast())));
        for (first, last) in v4.into_iter().chain(v6) {
            assert!(!may_reach(first, &|_| false), "{first}");
            assert!(!may_reach(last, &|_| false), "{last}");
        }
    }

    #[test]
    fn what_is_local_in_ipv6_is_refused() {
        for address in [
            "::",
            "::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "febf::1",
            "fec0::1",
            "ff02::1",
            "ff0e::1",
            "100::1",
            "100:0:0:1::1",
            "2001:db8::1",
            "2001:2::1",
            "2001:10::1",
            "2001:20::1",
            "3fff::1",
            "5f00::1",
            "64:ff9b:1::1",
            "64:ff9b:1::808:808",
            "4000::1",
            "::ffff:0:0:1",
        ] {
            assert!(!is_public(address), "{address}");
        }
    }

    #[test]
    fn an_embedded_address_decides() {
        for (inner, hex, hidden) in [
            ("10.0.0.1", "a00:1", "f5ff:fffe"),
            ("127.0.0.1", "7f00:1", "80ff:fffe"),
            ("169.254.169.254", "a9fe:a9fe", "5601:5601"),
            ("8.8.8.8", "808:808", "f7f7:f7f7"),
        ] {
            for form in [
                format!("::{hex}"),
                format!("::ffff:{hex}"),
                format!("::ffff:0:{hex}"),
                format!("64:ff9b::{hex}"),
                format!("2002:{hex}::1"),
                format!("2001:0:{hex}::f7f7:f7f7"),
                format!("2001:0:808:808::{hidden}"),
                format!("2a00:1450:4001:1:0:5efe:{hex}"),
                format!("2a00:1450:4001:1:200:5efe:{hex}"),
                format!("2a00:1450:4001:1:300:5efe:{hex}"),
            ] {
                assert_eq!(is_public(&form), inner == "8.8.8.8", "{inner} in {form}");
            }
        }
    }

    #[test]
    fn an_allowed_address_may_be_reached_in_every_form_and_no_other() {
        let is_allowed = |address: IpAddr| address == IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));
        for (address, answer) in [
            ("10.0.0.1", true),
            ("::ffff:10.0.0.1", true),
            ("64:ff9b::10.0.0.1", true),
            ("10.0.0.2", false),
            ("::ffff:10.0.0.2", false),
            ("2001:0:a00:1::f5ff:fffd", false),
        ] {
            let parsed = address.parse().expect("an address");
            assert_eq!(may_reach(parsed, &is_allowed), answer, "{address}");
        }
    }
}
