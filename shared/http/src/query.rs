//! Query strings, parsed into domain types before the handler runs.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::{ApiError, Parse, json};

/// A query string of type `T`, after [`Parse::parse`]. Rejects what breaks a rule with 422, each parameter named.
#[derive(Debug)]
pub struct ValidQuery<T: Parse>(pub T::Parsed);

impl<S: Send + Sync, T: DeserializeOwned + Parse> FromRequestParts<S> for ValidQuery<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        Ok(Self(read::<T>(parts)?.parse()?))
    }
}

/// The parameters of a query that may be repeated, such as `tags=a&tags=b`.
#[derive(Debug)]
pub struct Repeated(Vec<(String, String)>);

impl Repeated {
    /// All values of one parameter, in their order.
    pub fn values(&self, name: &str) -> Vec<&str> {
        self.0.iter().filter(|(one, _)| one == name).map(|(_, value)| value.as_str()).collect()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Repeated {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let query = parts.uri.query().unwrap_or_default();
        Ok(Self(form_urlencoded::parse(query.as_bytes()).into_owned().collect()))
    }
}

/// The query string as a `T`.
pub(crate) fn read<T: DeserializeOwned>(parts: &Parts) -> Result<T, ApiError> {
    let query = parts.uri.query().unwrap_or_default();
    let parameters = serde_urlencoded::Deserializer::new(form_urlencoded::parse(query.as_bytes()));
    serde_path_to_error::deserialize(parameters)
        .map_err(|error| json::wrong_type(error.path().to_string(), error.inner().to_string()))
}
