//! Where a key and people's texts may be sent.

use url::{Host, Url};

/// Whether nobody on the way can read what is sent there: over TLS, or inside a network of one's own.
pub(super) fn is_private(url: &Url) -> bool {
    match url.scheme() {
        "https" => url.has_host(),
        "http" => is_near(url),
        _ => false,
    }
}

fn is_near(url: &Url) -> bool {
    match url.host() {
        // A name without a dot is resolved by the network one is in.
        Some(Host::Domain(name)) => {
            !name.contains('.') || [".localhost", ".internal", ".local"].iter().any(|end| name.ends_with(end))
        }
        Some(Host::Ipv4(address)) => address.is_loopback() || address.is_private() || address.is_link_local(),
        Some(Host::Ipv6(address)) => {
            address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local()
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_go_encrypted_or_not_far() {
        for good in [
            "https://api.openai.com/v1",
            "http://127.0.0.1:11434/v1",
            "http://localhost:8000",
            "http://ollama:11434/v1",
            "http://host.docker.internal:11434/v1",
            "http://10.1.2.3/v1",
            "http://[::1]/",
            "http://[fd00::1]/",
        ] {
            assert!(is_private(&Url::parse(good).unwrap()), "{good}");
        }
        for bad in [
            "http://api.openai.com/v1",
            "http://localhost.example.com",
            "http://8.8.8.8/",
            "http://[2001:db8::1]/",
            "ftp://localhost/",
            "file:///v1",
        ] {
            assert!(!is_private(&Url::parse(bad).unwrap()), "{bad}");
        }
    }
}
