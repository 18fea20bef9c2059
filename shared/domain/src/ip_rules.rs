//! Which addresses may call.

use std::net::IpAddr;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::Invalid;

/// Lists of networks: the denied may not call; if any are allowed, nobody else may.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IpRules {
    /// Who may call; everybody if empty.
    pub allow: Vec<IpNet>,
    /// Who may not, even if allowed.
    pub deny: Vec<IpNet>,
}

impl IpRules {
    /// The most networks in one list.
    pub const MAX: usize = 100;

    /// A network such as `203.0.113.0/24`, or one address. Bits beyond the prefix are dropped.
    ///
    /// # Errors
    /// If the text is neither.
    pub fn parse_network(text: &str) -> Result<IpNet, Invalid> {
        let network = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
        network
            .map(|network| network.trunc())
            .map_err(|_| Invalid::new("must be a network such as 203.0.113.0/24, or an address"))
    }

    /// Whether this address may call. An address that is not known may only while nothing is listed as allowed.
    pub fn admit(&self, ip: Option<IpAddr>) -> bool {
        let listed = |list: &[IpNet]| {
            ip.is_some_and(|ip| list.iter().any(|network| network.contains(&ip.to_canonical())))
        };
        !listed(&self.deny) && (self.allow.is_empty() || listed(&self.allow))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(allow: &[&str], deny: &[&str]) -> IpRules {
        let parse = |list: &[&str]| list.iter().map(|text| IpRules::parse_network(text).unwrap()).collect();
        IpRules { allow: parse(allow), deny: parse(deny) }
    }

    fn ip(text: &str) -> Option<IpAddr> {
        Some(text.parse().unwrap())
    }

    #[test]
    fn without_rules_everybody_may_call() {
        assert!(IpRules::default().admit(ip("203.0.113.7")) && IpRules::default().admit(None));
    }

    #[test]
    fn the_denied_may_not_even_if_allowed() {
        let rules = rules(&["203.0.113.0/24"], &["203.0.113.7"]);
        assert!(rules.admit(ip("203.0.113.8")) && !rules.admit(ip("203.0.113.7")));
        assert!(!rules.admit(ip("198.51.100.1")) && !rules.admit(None));
        assert!(!rules.admit(ip("::ffff:203.0.113.7")), "the same address, written as IPv6");
    }

    #[test]
    fn networks_are_read_with_and_without_a_prefix() {
        assert_eq!(IpRules::parse_network("203.0.113.7/24").unwrap().to_string(), "203.0.113.0/24");
        assert_eq!(IpRules::parse_network("2001:db8::1").unwrap().to_string(), "2001:db8::1/128");
        for bad in ["", "203.0.113", "203.0.113.0/33", "example.com"] {
            assert!(IpRules::parse_network(bad).is_err(), "{bad}");
        }
    }
}
