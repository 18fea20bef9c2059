//! Which addresses somebody's bucket may have. The person names the endpoint, so it may be meant to reach what only we can: it is resolved here, and
//! connections go to the very addresses that were looked at, so that a name cannot be one thing when it is checked and another when it
//! is called. Redirects are not followed.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::LazyLock;

use aws_smithy_runtime_api::client::dns::{DnsFuture, ResolveDns, ResolveDnsError};
use ipnet::{Ipv4Net, Ipv6Net};
use tokio::net::lookup_host;

/// What is not the public internet (IANA's registries of special-purpose addresses).
const NOT_PUBLIC_V4: [(Ipv4Addr, u8); 15] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];
/// The one block from which public addresses are given, and what is not within it: what stands for an address of version 4 above all.
const PUBLIC_V6: (Ipv6Addr, u8) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);
const NOT_PUBLIC_V6: [(Ipv6Addr, u8); 4] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

static FORBIDDEN_V4: LazyLock<Vec<Ipv4Net>> = LazyLock::new(|| {
    NOT_PUBLIC_V4.iter().filter_map(|(address, bits)| Ipv4Net::new(*address, *bits).ok()).collect()
});
static FORBIDDEN_V6: LazyLock<Vec<Ipv6Net>> = LazyLock::new(|| {
    NOT_PUBLIC_V6.iter().filter_map(|(address, bits)| Ipv6Net::new(*address, *bits).ok()).collect()
});

/// Where a bucket may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// On the public internet, over TLS.
    Public,
    /// Anywhere, encrypted or not: for tests and local clouds.
    Anywhere,
}

/// An address that is not to be called.
#[derive(Debug)]
pub(super) struct OutOfReach;

impl fmt::Display for OutOfReach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a public address")
    }
}

impl std::error::Error for OutOfReach {}

impl Reach {
    /// Whether an address may be called.
    pub(super) fn includes(self, address: IpAddr) -> bool {
        self == Self::Anywhere || is_public(address)
    }
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !FORBIDDEN_V4.iter().any(|net| net.contains(&address)),
        IpAddr::V6(address) => {
            let public = Ipv6Net::new(PUBLIC_V6.0, PUBLIC_V6.1);
            public.is_ok_and(|net| net.contains(&address))
                && !FORBIDDEN_V6.iter().any(|net| net.contains(&address))
        }
    }
}

/// Resolves names to addresses that may be called. Addresses that are written as such do not come by here.
#[derive(Debug, Clone, Copy)]
pub(super) struct Resolver(pub(super) Reach);

impl ResolveDns for Resolver {
    fn resolve_dns<'a>(&'a self, name: &'a str) -> DnsFuture<'a> {
        DnsFuture::new(async move {
            let found = lookup_host((name, 0)).await.map_err(ResolveDnsError::new)?;
            let within: Vec<IpAddr> =
                found.map(|address| address.ip()).filter(|address| self.0.includes(*address)).collect();
            if within.is_empty() { Err(ResolveDnsError::new(OutOfReach)) } else { Ok(within) }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_public_internet_is_within_reach() {
        for text in
            ["1.1.1.1", "52.95.110.1", "172.15.255.255", "172.32.0.0", "2606:4700::1111", "2a00:1450::1"]
        {
            assert!(Reach::Public.includes(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn what_only_we_can_reach_is_not() {
        for text in [
            "127.0.0.1",
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "169.254.170.2",
            "100.64.0.1",
            "0.0.0.0",
            "255.255.255.255",
            "224.0.0.1",
            "198.18.0.1",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "::7f00:1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001::1",
            "2001:db8::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!Reach::Public.includes(text.parse().unwrap()), "{text}");
            assert!(Reach::Anywhere.includes(text.parse().unwrap()), "{text}");
        }
    }

    #[tokio::test]
    async fn a_name_of_this_machine_is_not_resolved() {
        assert!(Resolver(Reach::Public).resolve_dns("localhost").await.is_err());
        assert!(Resolver(Reach::Anywhere).resolve_dns("localhost").await.is_ok());
    }
}
