//! `OUTBOUND_ALLOW`: what outgoing calls may reach although it is private.

use std::{net::IpAddr, str::FromStr};

use ipnet::IpNet;
use url::Host;

/// Everything that is allowed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutboundAllow(pub Vec<AllowEntry>);

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AllowEntry {
    /// A bare address is a network of one.
    Network(IpNet),
    /// In small letters and without a dot at the end; whatever the name leads to, at this port or any.
    Host { name: String, port: Option<u16> },
}

impl OutboundAllow {
    /// Whether the name itself is allowed, wherever it leads to.
    pub fn names(&self, host: &str, at: u16) -> bool {
        let host = host.strip_suffix('.').unwrap_or(host);
        self.0.iter().any(|entry| match entry {
            AllowEntry::Host { name, port } => {
                name.eq_ignore_ascii_case(host) && port.is_none_or(|port| port == at)
            }
            AllowEntry::Network(_) => false,
        })
    }

    /// Whether the address lies in one of the networks.
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.iter().any(|entry| match entry {
            AllowEntry::Network(network) => network.contains(&address),
            AllowEntry::Host { .. } => false,
        })
    }
}

impl FromStr for AllowEntry {
    type Err = String;

    fn from_str(entry: &str) -> Result<Self, String> {
        if let Ok(network) = entry.parse::<IpNet>() {
            return Ok(Self::Network(network.trunc()));
        }
        if let Ok(address) = entry.parse::<IpAddr>() {
            return Ok(Self::Network(address.into()));
        }
        let problem = || {
            format!(
                "{entry:?} is neither a network such as 10.0.0.0/8 nor a host such as intranet or intranet:8443"
            )
        };
        let (name, port) = match entry.split_once(':') {
            None => (entry, None),
            Some((name, port)) => {
                let port = port.parse().ok().filter(|port| *port != 0);
                (name, Some(port.ok_or_else(problem)?))
            }
        };
        // A pattern such as *.example.com would be a name that no host has.
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.' | '_');
        match Host::parse(name.strip_suffix('.').unwrap_or(name)) {
            Ok(Host::Domain(name)) if name.chars().all(is_name) => Ok(Self::Host { name, port }),
            // 127.1 and its like are read as addresses, which say their network in full.
            _ => Err(problem()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allow(list: &str) -> OutboundAllow {
        OutboundAllow(list.split(',').map(|entry| entry.parse().expect("an entry")).collect())
    }

    #[test]
    fn a_network_contains_its_addresses_and_a_bare_address_itself() {
        let allow = allow("10.1.2.3/8,192.168.0.7,fd00::/8,::1");
        for address in ["10.255.0.1", "192.168.0.7", "fd12::1", "::1"] {
            assert!(allow.contains(address.parse().expect("an address")), "{address}");
        }
        for address in ["11.0.0.1", "192.168.0.8", "fc00::1", "::2"] {
            assert!(!allow.contains(address.parse().expect("an address")), "{address}");
        }
    }

    #[test]
    fn a_host_is_exact_in_any_case_and_its_port_binds() {
        let allow = allow("Intranet,crm.example.com:8443,büro.example");
        assert!(allow.names("intranet", 80) && allow.names("INTRANET.", 8080));
        assert!(allow.names("crm.example.com", 8443) && allow.names("xn--bro-hoa.example", 443));
        assert!(!allow.names("crm.example.com", 443) && !allow.names("a.intranet", 80));
    }

    #[test]
    fn what_could_never_match_is_malformed() {
        for entry in [
            "*.example.com",
            "http://intranet",
            "intranet:",
            "intranet:0",
            "intranet:x",
            "127.1",
            "0x7f000001",
            "10.0.0.0/33",
            "10.0.0.1:80",
            "[::1]:80",
            "a b",
            ".",
            "name/path",
        ] {
            assert!(entry.parse::<AllowEntry>().is_err(), "{entry}");
        }
    }
}
