//! Configuration from environment variables. A missing one fails by name, at start.

use std::collections::HashMap;

/// A variable that the function cannot start without.
#[derive(Debug, thiserror::Error)]
pub enum EnvError {
    /// It is not set, or empty.
    #[error("the environment variable {0} is not set")]
    Missing(&'static str),
    /// It is set to something that cannot be read.
    #[error("the environment variable {name} cannot be read: {reason}")]
    Unreadable {
        /// Which.
        name: &'static str,
        /// Why, without the value.
        reason: String,
    },
}

/// The variables of this process, read once.
#[derive(Clone)]
pub struct Env(HashMap<String, String>);

impl Env {
    /// Reads the process's environment.
    pub fn read() -> Self {
        Self(std::env::vars().collect())
    }

    /// A variable that must be there.
    ///
    /// # Errors
    /// If it is missing or empty.
    pub fn required(&self, name: &'static str) -> Result<String, EnvError> {
        self.optional(name).ok_or(EnvError::Missing(name))
    }

    /// A variable that may be missing; empty counts as missing.
    pub fn optional(&self, name: &str) -> Option<String> {
        self.0.get(name).filter(|value| !value.is_empty()).cloned()
    }

    /// A variable that must be there and be readable as a `T`.
    ///
    /// # Errors
    /// If it is missing, empty or unreadable.
    pub fn parsed<T: std::str::FromStr<Err: std::fmt::Display>>(
        &self,
        name: &'static str,
    ) -> Result<T, EnvError> {
        let value = self.required(name)?;
        value.parse().map_err(|error: T::Err| EnvError::Unreadable { name, reason: error.to_string() })
    }
}

impl<const N: usize> From<[(&str, &str); N]> for Env {
    fn from(variables: [(&str, &str); N]) -> Self {
        Self(variables.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_variable_is_named() {
        let env = Env::from([("EMPTY", "")]);
        assert_eq!(
            env.required("EMPTY").unwrap_err().to_string(),
            "the environment variable EMPTY is not set"
        );
        assert!(env.required("ABSENT").is_err());
    }

    #[test]
    fn an_unreadable_variable_is_named_without_its_value() {
        let env = Env::from([("COUNT", "s3cret")]);
        let error = env.parsed::<u32>("COUNT").unwrap_err().to_string();
        assert!(error.contains("COUNT") && !error.contains("s3cret"), "{error}");
    }
}
