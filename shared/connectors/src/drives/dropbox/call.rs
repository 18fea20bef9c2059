//! Calls in Dropbox's three styles.

use bytes::Bytes;
use reqwest::header::{ACCEPT_ENCODING, CONTENT_TYPE, HeaderValue, RANGE};
use reqwest::{Method, RequestBuilder};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::super::http::{Answer, authorized, client, once, with_token};
use super::super::{DriveError, DriveErrorClass};
use super::Dropbox;
use super::arguments::ascii;
use super::refusal::{Refusal, judged};
use crate::address::trusted;

/// What a route says: an answer, or that it refuses.
pub(super) type Told = Result<Answer, Refusal>;

impl Dropbox {
    /// A call whose argument is JSON in the body; `None` for a route that takes none.
    pub(super) async fn rpc(&self, route: &str, arg: Option<&Value>) -> Result<Told, DriveError> {
        self.call(|| {
            let request = post(&self.config.api_url, route)?;
            Ok(match arg {
                Some(arg) => request.header(CONTENT_TYPE, "application/json").body(arg.to_string()),
                None => request,
            })
        })
        .await
    }

    /// A call that brings bytes.
    pub(super) async fn bring(&self, route: &str, arg: &Value, bytes: &Bytes) -> Result<Told, DriveError> {
        self.call(|| {
            let request = post(&self.config.content_url, route)?.header("dropbox-api-arg", hidden(arg)?);
            Ok(request.header(CONTENT_TYPE, "application/octet-stream").body(bytes.clone()))
        })
        .await
    }

    /// A call that fetches a range of bytes.
    pub(super) async fn fetch(&self, route: &str, arg: &Value, range: &str) -> Result<Told, DriveError> {
        self.call(|| {
            let request = post(&self.config.content_url, route)?.header("dropbox-api-arg", hidden(arg)?);
            Ok(request.header(RANGE, range).header(ACCEPT_ENCODING, "identity"))
        })
        .await
    }

    async fn call(
        &self,
        request: impl Fn() -> Result<RequestBuilder, DriveError>,
    ) -> Result<Told, DriveError> {
        with_token(&*self.bearer, async |token| judged(once(authorized(request()?, token)?).await?)).await
    }
}

/// What an answer holds. One that cannot be read counts as none.
pub(super) fn read<T: DeserializeOwned>(answer: &Answer) -> Result<T, DriveError> {
    let unread = |_| DriveError::told(DriveErrorClass::Transient, answer.status.as_u16(), None);
    serde_json::from_slice(&answer.body).map_err(unread)
}

fn post(base: &str, route: &str) -> Result<RequestBuilder, DriveError> {
    let url = trusted(&format!("{base}/{route}")).ok_or(DriveError::of(DriveErrorClass::Refused))?;
    Ok(client()?.request(Method::POST, url))
}

/// An argument as a header, kept out of what HTTP libraries print: it names paths.
fn hidden(arg: &Value) -> Result<HeaderValue, DriveError> {
    let value = HeaderValue::from_str(&ascii(arg));
    let mut value = value.map_err(|_| DriveError::of(DriveErrorClass::Refused))?;
    value.set_sensitive(true);
    Ok(value)
}
