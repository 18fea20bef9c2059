//! A real OpenID provider on this machine, and the browser of those who sign in there.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, bail, ensure};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, Url, header};
use serde_json::Value;
use uuid::Uuid;

use crate::repository;

/// More than any sign-in takes.
const MOST_REDIRECTS: usize = 10;

/// A running provider with one client. `tests/oidc-provider/provider.mjs` says whom it signs in. It ends when this is dropped.
pub struct OpenIdProvider {
    /// Its URL, below which discovery is.
    pub issuer: String,
    /// The client's id.
    pub client_id: String,
    /// The client's secret.
    pub client_secret: String,
    redirect_uris: Vec<Url>,
    process: Child,
}

/// What the provider tells the client, in the query of the redirect URI.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Callback {
    /// What the client exchanges for tokens, if the person agreed.
    pub code: Option<String>,
    /// What the client sent along.
    pub state: Option<String>,
    /// Why there is no code, such as `access_denied`.
    pub error: Option<String>,
}

impl OpenIdProvider {
    /// Starts a provider on a free port, whose client may be answered at these URIs alone.
    pub fn start(redirect_uris: &[&str]) -> anyhow::Result<Self> {
        let node = repository().join(".local/venv/bin/node");
        let packages = repository().join(".local/oidc-provider/node_modules");
        ensure!(
            node.exists() && packages.exists(),
            "the provider is not installed: run `make oidc-provider`"
        );

        let (client_id, client_secret) = ("memory-app-tests".to_owned(), Uuid::new_v4().to_string());
        let mut process = Command::new(node)
            .arg(repository().join("tests/oidc-provider/provider.mjs"))
            .env_remove("NODE_OPTIONS")
            .env("OPENID_CLIENT_ID", &client_id)
            .env("OPENID_CLIENT_SECRET", &client_secret)
            .env("OPENID_REDIRECT_URIS", redirect_uris.join(" "))
            .env("OPENID_PORT", "0")
            // The provider ends when its input does: even a test run that is killed leaves nothing behind.
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut ready = String::new();
        let output = process.stdout.take().context("the provider's output")?;
        BufReader::new(output).read_line(&mut ready)?;
        let ready: Value = serde_json::from_str(&ready).context("the provider did not start")?;
        let issuer = ready["issuer"].as_str().context("the provider has no issuer")?.to_owned();
        let redirect_uris = redirect_uris.iter().map(|uri| Url::parse(uri)).collect::<Result<_, _>>()?;
        Ok(Self { issuer, client_id, client_secret, redirect_uris, process })
    }

    /// Opens an authorization URL in a new browser, as the person with this address, and goes where it is sent until that
    /// is a redirect URI. Does not call it: the test is the client.
    ///
    /// # Errors
    /// If the provider sends the browser to no redirect URI, as for a request that it cannot trust.
    pub async fn authorize(&self, authorization_url: &str, login_hint: &str) -> anyhow::Result<Callback> {
        let http = Client::builder().redirect(Policy::none()).no_proxy().build()?;
        let mut cookies = BTreeMap::new();
        let mut url = Url::parse(authorization_url)?;
        url.query_pairs_mut().append_pair("login_hint", login_hint);
        for _ in 0..MOST_REDIRECTS {
            let sent: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let response = http.get(url.clone()).header(header::COOKIE, sent.join("; ")).send().await?;
            remember(&mut cookies, &response);
            let Some(location) = response.headers().get(header::LOCATION) else {
                bail!("the provider answered {}: {}", response.status(), response.text().await?);
            };
            url = url.join(location.to_str()?)?;
            if self.is_redirect_uri(&url) {
                return Ok(Callback::of(&url));
            }
        }
        bail!("the provider redirects without end")
    }

    fn is_redirect_uri(&self, url: &Url) -> bool {
        let mut without_query = url.clone();
        without_query.set_query(None);
        self.redirect_uris.contains(&without_query)
    }
}

impl Drop for OpenIdProvider {
    fn drop(&mut self) {
        // It may have ended by itself, which is as good.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Callback {
    fn of(url: &Url) -> Self {
        let value =
            |wanted| url.query_pairs().find(|(name, _)| name == wanted).map(|(_, value)| value.into());
        Self { code: value("code"), state: value("state"), error: value("error") }
    }
}

/// Keeps the cookies of an answer, by name alone: there is one host, and its paths do not share names.
fn remember(cookies: &mut BTreeMap<String, String>, response: &Response) {
    for cookie in response.headers().get_all(header::SET_COOKIE) {
        let pair = cookie.to_str().ok().and_then(|cookie| cookie.split(';').next()?.split_once('='));
        if let Some((name, value)) = pair {
            cookies.insert(name.to_owned(), value.to_owned());
        }
    }
}
