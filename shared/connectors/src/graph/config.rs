//! Where the API is.

/// Where the API is, and in which version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GraphConfig {
    /// Such as `https://graph.facebook.com`.
    pub base_url: String,
    /// Such as `v26.0`.
    pub version: String,
}

impl GraphConfig {
    /// What `WHATSAPP_BASE_URL` and `WHATSAPP_API_VERSION` say; by default Meta's own, in the version that this is written
    /// for. A version lives for about two years.
    pub fn from_env(get: impl Fn(&str) -> Option<String>) -> Self {
        let said = |name: &str| get(name).filter(|value| !value.is_empty());
        Self {
            base_url: said("WHATSAPP_BASE_URL").unwrap_or_else(|| "https://graph.facebook.com".to_owned()),
            version: said("WHATSAPP_API_VERSION").unwrap_or_else(|| "v26.0".to_owned()),
        }
    }

    /// Whether the version is one: `v`, a number, a dot, a number.
    pub(super) fn has_version(&self) -> bool {
        let is_number =
            |text: &str| (1..=3).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        let numbers = self.version.strip_prefix('v').and_then(|rest| rest.split_once('.'));
        numbers.is_some_and(|(major, minor)| is_number(major) && is_number(minor))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Graph;
    use super::*;

    #[test]
    fn is_metas_own_unless_told() {
        let meta = GraphConfig::from_env(|_| None);
        assert_eq!((meta.base_url.as_str(), meta.version.as_str()), ("https://graph.facebook.com", "v26.0"));
        assert_eq!(GraphConfig::from_env(|_| Some(String::new())), meta);
        let other = GraphConfig::from_env(|name| Some(name.to_lowercase()));
        assert_eq!(other.base_url, "whatsapp_base_url");
        assert_eq!(other.version, "whatsapp_api_version");
    }

    #[test]
    fn what_cannot_work_is_refused_at_once() {
        let graph = |base_url: &str, version: &str| {
            Graph::new(GraphConfig { base_url: base_url.to_owned(), version: version.to_owned() })
        };
        assert!(graph("https://graph.facebook.com", "v26.0").is_ok());
        assert!(graph("http://127.0.0.1:9000", "v9.1").is_ok());
        for (base_url, version) in [
            ("http://graph.facebook.com", "v26.0"),
            ("graph.facebook.com", "v26.0"),
            ("https://graph.facebook.com", "26.0"),
            ("https://graph.facebook.com", "v26"),
            ("https://graph.facebook.com", "v26.0/me"),
        ] {
            assert!(graph(base_url, version).is_err(), "{base_url} {version}");
        }
    }
}
