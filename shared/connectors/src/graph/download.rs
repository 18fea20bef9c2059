//! Fetching media, from Meta and nobody else.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{CONTENT_TYPE, LOCATION};
use reqwest::{Response, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use tokio::time::timeout;
use url::{Host, Url};

use super::http::{bearer, client, read, unanswered};
use super::{ErrorClass, Graph, GraphError};

const MAX_REDIRECTS: usize = 5;
/// No download takes longer, however steady it is.
const MAX_SPAN: Duration = Duration::from_secs(10 * 60);
/// Far more than the description of an error.
const MAX_ERROR_BYTES: usize = 64 * 1024;
/// Where Meta keeps media.
const HOSTS: &[&str] = &["facebook.com", "fbcdn.net", "fbsbx.com", "whatsapp.net"];

/// Media on their way.
pub struct Download {
    /// The type that the server tells.
    pub content_type: Option<String>,
    /// How many bytes come, if the server tells.
    pub size_bytes: Option<u64>,
    response: Response,
    patience: Duration,
    /// How many bytes may still come.
    left_bytes: u64,
}

impl Download {
    /// The next bytes; `None` at the end.
    ///
    /// # Errors
    /// If it breaks off, stands still, or is longer than it may be.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, GraphError> {
        let chunk = timeout(self.patience, self.response.chunk()).await;
        let chunk = chunk.map_err(|_| GraphError::UNCERTAIN)?.map_err(unanswered)?;
        let bytes = chunk.as_ref().map_or(0, |chunk| chunk.len() as u64);
        self.left_bytes = self.left_bytes.checked_sub(bytes).ok_or(GraphError::TOO_LARGE)?;
        Ok(chunk)
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Download({:?}, {:?})", self.content_type, self.size_bytes)
    }
}

impl Graph {
    /// Begins to fetch media from an address that Meta told. Pages and JSON are taken for the errors that they nearly always
    /// are: see [`download_as`](Self::download_as).
    ///
    /// # Errors
    /// [`NotFound`](ErrorClass::NotFound) if the address is too old: a new one can be asked for.
    /// [`Request`](ErrorClass::Request) if it is not one of Meta's.
    pub async fn download(&self, token: &SecretString, url: &str) -> Result<Download, GraphError> {
        self.fetch(token, url, None).await
    }

    /// The same for media of a known type: somebody may well send a page or JSON.
    ///
    /// # Errors
    /// The same.
    pub async fn download_as(
        &self,
        token: &SecretString,
        url: &str,
        content_type: &str,
    ) -> Result<Download, GraphError> {
        self.fetch(token, url, Some(content_type)).await
    }

    async fn fetch(
        &self,
        token: &SecretString,
        url: &str,
        expected: Option<&str>,
    ) -> Result<Download, GraphError> {
        let mut url = Url::parse(url).ok().filter(|url| self.may_see_tokens(url)).ok_or(GraphError::UNFIT)?;
        for _ in 0..=MAX_REDIRECTS {
            let mut request = client()?.get(url.clone()).timeout(MAX_SPAN);
            if self.may_see_tokens(&url) {
                request = request.header("authorization", bearer(token.expose_secret())?);
            }
            let answer = timeout(self.patience.1, request.send()).await;
            let response = answer.map_err(|_| GraphError::UNCERTAIN)?.map_err(unanswered)?;
            if !response.status().is_redirection() {
                return self.opened(response, expected).await;
            }
            url = self
                .next(&url, &response)
                .ok_or(GraphError { status: Some(response.status().as_u16()), ..GraphError::UNFIT })?;
        }
        Err(GraphError::UNFIT)
    }

    /// The download that an answer begins, if it is one.
    async fn opened(&self, mut response: Response, expected: Option<&str>) -> Result<Download, GraphError> {
        let header = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let content_type = header.map(str::to_owned);
        let status = response.status();
        let told = content_type.as_deref().map(essence).unwrap_or_default();
        if !status.is_success() || (is_page(&told) && expected.map(essence) != Some(told)) {
            let body = timeout(self.patience.1, read(&mut response, MAX_ERROR_BYTES)).await;
            let body = body.ok().and_then(Result::ok).unwrap_or_default();
            return Err(refused(status, &body));
        }
        let (size_bytes, left_bytes) = (response.content_length(), self.max_download_bytes);
        if size_bytes.is_some_and(|size| size > left_bytes) {
            return Err(GraphError::TOO_LARGE);
        }
        Ok(Download { content_type, size_bytes, response, patience: self.patience.1, left_bytes })
    }

    /// Where a redirect leads, if one may go there.
    fn next(&self, from: &Url, response: &Response) -> Option<Url> {
        let to = from.join(response.headers().get(LOCATION)?.to_str().ok()?).ok()?;
        let is_outside = to.scheme() == "https" && matches!(to.host(), Some(Host::Domain(_)));
        (is_outside || self.may_see_tokens(&to) || is_played(&self.base, &to)).then_some(to)
    }

    /// Whether tokens may be sent there: to Meta over TLS, or to where the API itself is.
    fn may_see_tokens(&self, url: &Url) -> bool {
        let is_of = |host: &str, domain: &&str| {
            host.strip_suffix(*domain).is_some_and(|before| before.is_empty() || before.ends_with('.'))
        };
        let is_meta = match url.host() {
            Some(Host::Domain(host)) => HOSTS.iter().any(|domain| is_of(host, domain)),
            _ => false,
        };
        let is_plain = url.username().is_empty() && url.password().is_none();
        is_plain
            && ((url.scheme() == "https" && url.port().is_none() && is_meta)
                || url.origin() == self.base.origin())
    }
}

/// Whether the API is one that is played on this machine, and leads elsewhere on it.
fn is_played(base: &Url, to: &Url) -> bool {
    base.scheme() == "http" && to.scheme() == "http" && to.host() == base.host()
}

/// What an error in the place of media means. An address that is too old is refused with several statuses; the API, asked for
/// a new one, tells whether it is the token.
fn refused(status: StatusCode, body: &[u8]) -> GraphError {
    let class = match status.as_u16() {
        200..300 | 403 | 404 | 410 => ErrorClass::NotFound,
        401 => ErrorClass::Token,
        413 => ErrorClass::TooLarge,
        429 => ErrorClass::Throttled,
        408 | 500.. => ErrorClass::Transient,
        _ => ErrorClass::Request,
    };
    let own = GraphError { class, code: None, status: Some(status.as_u16()) };
    GraphError::said(status.as_u16(), body).unwrap_or(own)
}

/// A type without its parameters.
fn essence(content_type: &str) -> String {
    content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn is_page(essence: &str) -> bool {
    matches!(essence, "text/html" | "application/xhtml+xml" | "application/json" | "text/javascript")
}

#[cfg(test)]
mod tests {
    use super::super::GraphConfig;
    use super::*;

    #[test]
    fn tokens_go_to_meta_and_nobody_else() {
        let graph = |base_url: &str| {
            let config = GraphConfig { base_url: base_url.to_owned(), version: "v26.0".to_owned() };
            Graph::new(config).unwrap()
        };
        let (meta, played) = (graph("https://graph.facebook.com"), graph("http://127.0.0.1:9000"));
        let may = |graph: &Graph, url: &str| graph.may_see_tokens(&Url::parse(url).unwrap());
        for good in [
            "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1",
            "https://graph.facebook.com/x",
            "https://scontent.xx.fbcdn.net/x",
            "https://mmg.whatsapp.net/x",
        ] {
            assert!(may(&meta, good), "{good}");
        }
        for bad in [
            "http://lookaside.fbsbx.com/x",
            "https://lookaside.fbsbx.com:8443/x",
            "https://evilfbsbx.com/x",
            "https://fbsbx.com.evil.example/x",
            "https://me:x@lookaside.fbsbx.com/x",
            "https://evil.example/lookaside.fbsbx.com",
            "https://127.0.0.1/x",
            "http://127.0.0.1:9000/x",
        ] {
            assert!(!may(&meta, bad), "{bad}");
        }
        assert!(may(&played, "http://127.0.0.1:9000/x"));
        assert!(!may(&played, "http://127.0.0.1:9001/x"));
        assert!(!may(&played, "https://127.0.0.1:9000/x"));
    }

    #[test]
    fn an_address_that_is_too_old_is_not_the_tokens_fault() {
        let class = |status: u16, body: &str| refused(StatusCode::from_u16(status).unwrap(), body.as_bytes());
        for status in [200, 403, 404, 410] {
            assert_eq!(class(status, "<html>").class, ErrorClass::NotFound, "{status}");
        }
        assert_eq!(class(401, "<html>").class, ErrorClass::Token);
        assert_eq!(class(503, "<html>").class, ErrorClass::Transient);
        let expired = r#"{"error":{"code":190}}"#;
        assert_eq!(class(200, expired).class, ErrorClass::Token);
    }
}
