//! Which addresses secrets and people may be sent to.

use url::{Host, Url};

/// The address, if it is https, or http on this machine, and names nothing but a place.
pub(crate) fn trusted(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    let encrypted = match url.scheme() {
        "https" => url.has_host(),
        "http" => is_this_machine(&url),
        _ => false,
    };
    (plain && encrypted).then_some(url)
}

fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_and_this_machine_are_trusted() {
        for good in [
            "https://accounts.google.com",
            "https://app.example.com/callback?from=google",
            "http://127.0.0.1:8080/callback",
            "http://[::1]:8080",
            "http://localhost/callback",
        ] {
            assert!(trusted(good).is_some(), "{good}");
        }
    }

    #[test]
    fn everything_else_is_not() {
        for bad in [
            "",
            "/callback",
            "http://app.example.com/callback",
            "http://localhost.example.com/callback",
            "http://127.0.0.1.example.com/",
            "http://10.0.0.1/",
            "https://ada:secret@app.example.com/",
            "https://app.example.com/#fragment",
            "app://callback",
            "javascript:alert(1)",
        ] {
            assert!(trusted(bad).is_none(), "{bad}");
        }
    }
}
