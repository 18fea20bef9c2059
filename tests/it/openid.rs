//! The OpenID provider that signing in is tested with is a good one: what these flows find, the product's must find.

use std::sync::Arc;

use e2e::{OpenIdProvider, Stack};
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use reqwest::{Client, Response, Url};
use serde_json::{Value, json};

crate::trials!(
    the_provider_signs_somebody_in,
    the_provider_tells_who_is_verified_and_who_is_of_an_organisation,
    the_provider_passes_a_refusal_on,
    the_provider_takes_a_code_once_and_with_its_verifier_alone,
    the_provider_sends_nobody_elsewhere,
);

const REDIRECT_URI: &str = "http://127.0.0.1:9/callback";
// The pair of RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

async fn the_provider_signs_somebody_in(_stack: Arc<Stack>) {
    let client = Relying::on(start()).await;
    let callback = client.authorize("ada+tag@example.com").await.unwrap();
    assert_eq!((callback.state.as_deref(), &callback.error), (Some("the-state"), &None));

    let answer = client.exchange(&callback.code.unwrap(), VERIFIER).await;
    assert_eq!(answer.status(), 200);
    let claims = client.claims(&answer.json().await.unwrap()).await;
    assert_eq!(claims["nonce"], "the-nonce");
    assert_eq!(claims["email"], "ada+tag@example.com");
    assert_eq!(claims["email_verified"], true);
    assert_eq!([&claims["given_name"], &claims["family_name"]], ["Ada", "Lovelace"]);
    assert_eq!(claims["name"], "Ada Lovelace");
    assert!(claims["picture"].is_string() && claims["hd"].is_null());
}

async fn the_provider_tells_who_is_verified_and_who_is_of_an_organisation(_stack: Arc<Stack>) {
    let client = Relying::on(start()).await;
    let ada = client.signed_in("ada@workspace.example.com").await;
    assert_eq!((&ada["hd"], &ada["email_verified"]), (&json!("workspace.example.com"), &json!(true)));
    let again = client.signed_in("Ada@Workspace.example.com").await;
    assert_eq!((&again["sub"], &again["email"]), (&ada["sub"], &json!("Ada@Workspace.example.com")));
    let unverified = client.signed_in("ada.unverified@example.com").await;
    assert_eq!(unverified["email_verified"], false);
    assert_ne!(unverified["sub"], ada["sub"]);
}

async fn the_provider_passes_a_refusal_on(_stack: Arc<Stack>) {
    let client = Relying::on(start()).await;
    let callback = client.authorize("ada.refuses@example.com").await.unwrap();
    assert_eq!((callback.code, callback.error.as_deref()), (None, Some("access_denied")));
    assert_eq!(callback.state.as_deref(), Some("the-state"));
}

async fn the_provider_takes_a_code_once_and_with_its_verifier_alone(_stack: Arc<Stack>) {
    let client = Relying::on(start()).await;
    let code = client.authorize("ada@example.com").await.unwrap().code.unwrap();
    assert_eq!(client.exchange(&code, VERIFIER).await.status(), 200);
    let another = client.authorize("ada@example.com").await.unwrap().code.unwrap();
    for refused in [client.exchange(&code, VERIFIER), client.exchange(&another, CHALLENGE)] {
        let refused = refused.await;
        assert_eq!(refused.status(), 400);
        assert_eq!(refused.json::<Value>().await.unwrap()["error"], "invalid_grant");
    }
}

async fn the_provider_sends_nobody_elsewhere(_stack: Arc<Stack>) {
    let client = Relying::on(start()).await;
    let url = client.authorization_url("http://127.0.0.1:9/elsewhere");
    let refused = client.provider.authorize(url.as_str(), "ada@example.com").await.unwrap_err();
    assert!(refused.to_string().contains("400 Bad Request"), "{refused}");
}

fn start() -> OpenIdProvider {
    OpenIdProvider::start(&[REDIRECT_URI]).unwrap()
}

/// The provider's client, written out by hand so that nothing of the product vouches for itself.
struct Relying {
    provider: OpenIdProvider,
    discovery: Value,
    http: Client,
}

impl Relying {
    async fn on(provider: OpenIdProvider) -> Self {
        let http = Client::builder().no_proxy().build().unwrap();
        let url = format!("{}/.well-known/openid-configuration", provider.issuer);
        let discovery: Value = http.get(url).send().await.unwrap().json().await.unwrap();
        assert_eq!(discovery["issuer"], provider.issuer.as_str());
        Self { provider, discovery, http }
    }

    fn authorization_url(&self, redirect_uri: &str) -> Url {
        let parameters = [
            ("response_type", "code"),
            ("client_id", &self.provider.client_id),
            ("redirect_uri", redirect_uri),
            ("scope", "openid email profile"),
            ("state", "the-state"),
            ("nonce", "the-nonce"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        Url::parse_with_params(self.endpoint("authorization_endpoint"), parameters).unwrap()
    }

    async fn authorize(&self, email: &str) -> anyhow::Result<e2e::Callback> {
        self.provider.authorize(self.authorization_url(REDIRECT_URI).as_str(), email).await
    }

    async fn exchange(&self, code: &str, verifier: &str) -> Response {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", REDIRECT_URI),
            ("code_verifier", verifier),
            ("client_id", &self.provider.client_id),
            ("client_secret", &self.provider.client_secret),
        ];
        self.http.post(self.endpoint("token_endpoint")).form(&form).send().await.unwrap()
    }

    /// The claims of somebody who goes the whole way.
    async fn signed_in(&self, email: &str) -> Value {
        let code = self.authorize(email).await.unwrap().code.unwrap();
        let answer = self.exchange(&code, VERIFIER).await.json().await.unwrap();
        self.claims(&answer).await
    }

    /// The claims of an answer's id_token, once signature, issuer, audience and time are right.
    async fn claims(&self, answer: &Value) -> Value {
        let jwks: JwkSet =
            self.http.get(self.endpoint("jwks_uri")).send().await.unwrap().json().await.unwrap();
        let token = answer["id_token"].as_str().unwrap();
        let key = jwks.find(&decode_header(token).unwrap().kid.unwrap()).unwrap();
        let mut validation = Validation::new(Algorithm::RS256);
        validation.set_audience(&[&self.provider.client_id]);
        validation.set_issuer(&[&self.provider.issuer]);
        validation.set_required_spec_claims(&["aud", "exp", "iss", "sub"]);
        decode::<Value>(token, &DecodingKey::from_jwk(key).unwrap(), &validation).unwrap().claims
    }

    fn endpoint(&self, name: &str) -> &str {
        self.discovery[name].as_str().unwrap()
    }
}
