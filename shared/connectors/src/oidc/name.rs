//! The providers' names, as routes, settings and stored items write them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Which providers exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ProviderName {
    /// Google accounts.
    Google,
    /// Apple accounts.
    Apple,
}

/// There is no provider of that name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no such provider")]
pub struct UnknownProvider;

impl ProviderName {
    /// `google` or `apple`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Google => "google",
            Self::Apple => "apple",
        }
    }
}

impl FromStr for ProviderName {
    type Err = UnknownProvider;

    fn from_str(text: &str) -> Result<Self, UnknownProvider> {
        [Self::Google, Self::Apple].into_iter().find(|name| name.as_str() == text).ok_or(UnknownProvider)
    }
}

impl fmt::Display for ProviderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_is_the_same() {
        for name in [ProviderName::Google, ProviderName::Apple] {
            assert_eq!(name.as_str().parse(), Ok(name));
            assert_eq!(name.to_string(), name.as_str());
            assert_eq!(serde_json::to_value(name).unwrap(), name.as_str());
        }
        assert_eq!("Google".parse::<ProviderName>(), Err(UnknownProvider));
    }
}
