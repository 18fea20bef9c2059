//! Where a request comes from, as much of it as is kept.

use std::net::{IpAddr, Ipv6Addr};

use serde::{Deserialize, Serialize};

/// Longer ones are cut: browsers stay below it.
const MAX_USER_AGENT_CHARS: usize = 200;

/// Where a request comes from: enough for a person to recognise their own device, too little to follow them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Origin {
    /// The network: the first 24 bits of an IPv4 address, 48 of an IPv6 address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip_prefix: Option<String>,
    /// What the browser or app calls itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
}

impl Origin {
    /// Of a request from this address with this `User-Agent` header.
    pub fn new(ip: Option<IpAddr>, user_agent: Option<&str>) -> Self {
        let printable = |text: &str| -> String {
            text.chars().filter(|c| !c.is_control()).take(MAX_USER_AGENT_CHARS).collect()
        };
        Self {
            ip_prefix: ip.map(network),
            user_agent: user_agent.map(printable).filter(|text| !text.is_empty()),
        }
    }
}

/// Whom failures and attempts are counted for: an address, of IPv6 the network of 64 bits, the least that one customer gets.
/// Whoever has it has all its addresses.
pub fn counted_as(ip: Option<IpAddr>) -> String {
    match ip.map(|ip| ip.to_canonical()) {
        Some(IpAddr::V6(ip)) => Ipv6Addr::from_bits(ip.to_bits() >> 64 << 64).to_string(),
        Some(ip) => ip.to_string(),
        None => "unknown".to_owned(),
    }
}

fn network(ip: IpAddr) -> String {
    match ip.to_canonical() {
        IpAddr::V4(ip) => {
            let [a, b, c, _] = ip.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        IpAddr::V6(ip) => {
            let [a, b, c, ..] = ip.segments();
            format!("{a:x}:{b:x}:{c:x}::/48")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_network_is_kept() {
        let prefix = |ip: &str| Origin::new(Some(ip.parse().unwrap()), None).ip_prefix.unwrap();
        assert_eq!(prefix("203.0.113.77"), "203.0.113.0/24");
        assert_eq!(prefix("::ffff:203.0.113.77"), "203.0.113.0/24");
        assert_eq!(prefix("2001:db8:85a3:8d3::7"), "2001:db8:85a3::/48");
    }

    #[test]
    fn the_addresses_of_one_customer_count_as_one() {
        let counted = |ip: &str| counted_as(Some(ip.parse().unwrap()));
        assert_eq!(counted("2001:db8::1"), counted("2001:db8::ffff:1"));
        assert_ne!(counted("2001:db8::1"), counted("2001:db8:0:1::1"));
        assert_ne!(counted("203.0.113.7"), counted("203.0.113.8"));
        assert_eq!(counted("::ffff:203.0.113.7"), "203.0.113.7");
    }

    #[test]
    fn a_user_agent_is_one_short_line() {
        let agent = |text: &str| Origin::new(None, Some(text)).user_agent;
        assert_eq!(agent("curl/8\r\nx: y").as_deref(), Some("curl/8x: y"));
        assert_eq!(agent(&"a".repeat(1000)).map(|text| text.len()), Some(200));
        assert_eq!(agent("\u{7}"), None);
    }
}
