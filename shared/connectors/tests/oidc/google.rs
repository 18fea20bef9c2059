//! Signing in with Google, and what its token endpoint says.

use std::time::Instant;

use app_connectors::oidc::{CodeExchange, OidcError, ProviderName, Refusal, pkce};
use app_testing::oidc::{Endpoint, FakeGoogle, Fault, Person};
use serde_json::json;

use crate::support::{PAGE, ada, begin, come_back, google, in_s, now, provider, sign_in};

#[tokio::test]
async fn somebody_signs_in() {
    let (fake, provider) = google();
    let identity = sign_in(&fake, &provider, now()).await.unwrap();
    assert_eq!(
        (identity.issuer.as_str(), identity.subject.as_str()),
        (fake.issuer(), "10769150350006150715113082367")
    );
    assert_eq!((identity.email.as_deref(), identity.email_verified), (Some("ada@example.com"), true));
    assert_eq!((identity.email_authoritative, identity.is_private_relay), (false, false));
    assert_eq!(
        (identity.first_name.as_deref(), identity.last_name.as_deref()),
        (Some("Ada"), Some("Lovelace"))
    );
    assert_eq!(identity.refresh_token, None);
}

#[tokio::test]
async fn the_browser_is_sent_with_everything_that_ties_the_answer_to_it() {
    let (_fake, provider) = google();
    let (url, end) = begin(&provider, now()).await;
    let query: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let expected = [
        ("response_type", "code"),
        ("client_id", "client.apps.googleusercontent.com"),
        ("redirect_uri", PAGE),
        ("scope", "openid email profile"),
        ("state", "state-of-this-browser"),
        ("nonce", "nonce-of-this-sign-in"),
        ("code_challenge", &pkce::challenge(&end.code_verifier.unwrap())),
        ("code_challenge_method", "S256"),
    ];
    assert_eq!(query, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    assert_eq!(provider.redirect_for(PAGE), PAGE);
}

#[tokio::test]
async fn the_same_address_can_belong_to_two_people() {
    let (fake, provider) = google();
    let mut subjects = Vec::new();
    for subject in ["1", "2"] {
        let person = Person::google(subject, "shared@example.com");
        let end = come_back(&provider, now(), |url| fake.visit(url, &person)).await;
        let identity = provider.sign_in(&end, now()).await.unwrap();
        subjects.push((identity.subject, identity.email.unwrap()));
    }
    assert_eq!(subjects, ["1", "2"].map(|subject| (subject.to_owned(), "shared@example.com".to_owned())));
}

#[tokio::test]
async fn a_code_works_once() {
    let (fake, provider) = google();
    let end = come_back(&provider, now(), |url| fake.visit(url, &ada())).await;
    assert!(provider.sign_in(&end, now()).await.is_ok());
    let again = provider.sign_in(&end, now()).await;
    assert!(matches!(again, Err(OidcError::Refused(Refusal::Code))), "{again:?}");
}

#[tokio::test]
async fn an_old_code_is_refused() {
    let (fake, provider) = google();
    let end = come_back(&provider, now(), |url| fake.visit(url, &ada())).await;
    let late = in_s(601);
    fake.set_time(late);
    let outcome = provider.sign_in(&end, late).await;
    assert!(matches!(outcome, Err(OidcError::Refused(Refusal::Code))), "{outcome:?}");
}

#[tokio::test]
async fn another_verifier_is_refused() {
    let (fake, provider) = google();
    for code_verifier in [Some(pkce::verifier().unwrap()), None] {
        let end = come_back(&provider, now(), |url| fake.visit(url, &ada())).await;
        let outcome = provider.sign_in(&CodeExchange { code_verifier, ..end }, now()).await;
        assert!(matches!(outcome, Err(OidcError::Refused(Refusal::Code))), "{outcome:?}");
    }
}

#[tokio::test]
async fn what_cannot_be_right_is_not_even_sent() {
    let (fake, provider) = google();
    let good = come_back(&provider, now(), |url| fake.visit(url, &ada())).await;
    let elsewhere = |uri: &str| CodeExchange { redirect_uri: uri.to_owned(), ..good.clone() };
    for (end, refusal) in [
        (elsewhere("https://attacker.example.com/"), Refusal::Redirect),
        (elsewhere(&format!("{PAGE}/")), Refusal::Redirect),
        (elsewhere(""), Refusal::Redirect),
        (CodeExchange { code: String::new(), ..good.clone() }, Refusal::Code),
        (CodeExchange { code: "c".repeat(5000), ..good.clone() }, Refusal::Code),
        (CodeExchange { code_verifier: Some("short".to_owned()), ..good.clone() }, Refusal::Verifier),
    ] {
        let outcome = provider.sign_in(&end, now()).await;
        assert!(matches!(&outcome, Err(OidcError::Refused(why)) if *why == refusal), "{outcome:?}");
    }
    assert_eq!(fake.calls(Endpoint::Token), 0);
    assert!(provider.sign_in(&good, now()).await.is_ok());
}

#[tokio::test]
async fn nobody_is_sent_to_an_address_that_is_not_listed() {
    let (_fake, provider) = google();
    let request = app_connectors::oidc::AuthorizationRequest {
        state: "s".to_owned(),
        nonce: "n".to_owned(),
        code_challenge: "c".to_owned(),
        redirect_uri: "https://attacker.example.com/".to_owned(),
    };
    let outcome = provider.authorization_url(&request, now()).await;
    assert!(matches!(outcome, Err(OidcError::Refused(Refusal::Redirect))), "{outcome:?}");
}

#[tokio::test]
async fn wrong_settings_are_the_deployers_fault() {
    let other = "http://127.0.0.1:9/other";
    let fake = FakeGoogle::start(&[PAGE, other]);
    let mut settings = fake.settings();
    settings["clientSecret"] = json!("another");
    let stranger = provider(ProviderName::Google, &settings);
    let end = come_back(&stranger, now(), |url| fake.visit(url, &ada())).await;
    let outcome = stranger.sign_in(&end, now()).await;
    assert!(matches!(outcome, Err(OidcError::Misconfigured("invalid_client"))), "{outcome:?}");

    let ours = provider(ProviderName::Google, &fake.settings());
    let end = come_back(&ours, now(), |url| fake.visit(url, &ada())).await;
    let outcome = ours.sign_in(&CodeExchange { redirect_uri: other.to_owned(), ..end }, now()).await;
    assert!(matches!(outcome, Err(OidcError::Misconfigured("redirect_uri_mismatch"))), "{outcome:?}");
}

#[tokio::test]
async fn an_outage_is_an_outage_and_the_code_is_sent_once() {
    let (fake, provider) = google();
    let keys = format!("{}/oauth2/v3/certs", fake.issuer());
    for fault in [
        Fault::Status(500),
        Fault::Status(503),
        Fault::Status(429),
        Fault::Status(404),
        Fault::Status(400),
        Fault::Body("<html>".to_owned()),
        Fault::Body("{}".to_owned()),
        Fault::Body(format!(r#"{{"id_token":"{}"}}"#, "a".repeat(300_000))),
        Fault::Redirect(keys),
    ] {
        let before = fake.calls(Endpoint::Token);
        fake.fail(Endpoint::Token, fault.clone());
        let end = come_back(&provider, now(), |url| fake.visit(url, &ada())).await;
        let outcome = provider.sign_in(&end, now()).await;
        assert!(matches!(outcome, Err(OidcError::Unavailable(_))), "{fault:?}: {outcome:?}");
        assert_eq!(fake.calls(Endpoint::Token), before + 1, "{fault:?}");
    }
    // Nobody followed the redirect, and there was no token to fetch keys for.
    assert_eq!(fake.calls(Endpoint::Keys), 0);
}

#[tokio::test]
async fn a_provider_that_never_answers_is_given_up() {
    let (fake, provider) = google();
    let end = come_back(&provider, now(), |url| fake.visit(url, &ada())).await;
    fake.fail(Endpoint::Token, Fault::Silence);
    let begun = Instant::now();
    let outcome = provider.sign_in(&end, now()).await;
    assert!(matches!(outcome, Err(OidcError::Unavailable(_))), "{outcome:?}");
    assert!((4..8).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
    assert_eq!(fake.calls(Endpoint::Token), 1);
}

#[tokio::test]
async fn nothing_that_was_sent_is_in_an_error() {
    let (fake, provider) = google();
    let end = come_back(&provider, now(), |url| fake.visit(url, &ada())).await;
    let quoted = format!(r#"{{"error":"{}","id_token":7}}"#, end.code);
    for fault in [Fault::Body(quoted), Fault::Status(500)] {
        fake.fail(Endpoint::Token, fault);
        let text = format!("{:?}", provider.sign_in(&end, now()).await.unwrap_err());
        assert!(!text.contains(&end.code) && !text.contains("GOCSPX"), "{text}");
    }
    let shown = format!("{provider:?} {end:?}");
    assert!(
        !shown.contains("GOCSPX") && !shown.contains(&end.code) && !shown.contains("nonce-of"),
        "{shown}"
    );
}

#[tokio::test]
async fn a_person_who_leaves_is_told_about() {
    let (fake, provider) = google();
    let token = fake.grant_refresh_token();
    provider.revoke(&token, now()).await.unwrap();
    assert!(fake.has_revoked(&token));
    // Once is enough, and a token that was never good is no worse.
    for token in [token.as_str(), "r-unknown"] {
        provider.revoke(token, now()).await.unwrap();
    }
    fake.fail(Endpoint::Revocation, Fault::Status(503));
    let outcome = provider.revoke(&token, now()).await;
    assert!(matches!(outcome, Err(OidcError::Unavailable(_))), "{outcome:?}");
}
