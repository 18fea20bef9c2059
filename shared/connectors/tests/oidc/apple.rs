//! Signing in with Apple: the form, the client secret, and what is told the first time only.

use app_connectors::oidc::{AppleUser, CodeExchange, OidcError, ProviderName, Refusal};
use app_domain::TokenHash;
use app_testing::oidc::{Endpoint, Fault, Person};
use serde_json::json;

use crate::support::{CALLBACK, PAGE, apple, begin, come_back, now, provider};

fn ida() -> Person {
    Person::apple("000123.4a5b6c.0001", "ida@example.com")
}

#[tokio::test]
async fn the_name_and_the_address_come_the_first_time_only() {
    let (fake, provider) = apple();
    let (url, end) = begin(&provider, now()).await;
    let callback = fake.visit(&url, &ida()).unwrap();
    let user = AppleUser::parse(&callback.user.unwrap()).unwrap();
    assert_eq!((user.first_name.as_str(), user.last_name.as_str()), ("Ida", "Blum"));
    let first = provider.sign_in(&CodeExchange { code: callback.code, ..end }, now()).await.unwrap();
    assert_eq!((first.email.as_deref(), first.email_verified), (Some("ida@example.com"), true));
    assert_eq!((first.email_authoritative, first.is_private_relay), (true, false));

    let (url, end) = begin(&provider, now()).await;
    let callback = fake.visit(&url, &ida()).unwrap();
    assert_eq!(callback.user, None);
    let second = provider.sign_in(&CodeExchange { code: callback.code, ..end }, now()).await.unwrap();
    assert_eq!((second.issuer, second.subject), (first.issuer, first.subject));
    assert_eq!((second.email, second.email_verified, second.email_authoritative), (None, false, false));
}

#[tokio::test]
async fn apple_is_asked_for_a_form_to_our_own_address() {
    let (fake, provider) = apple();
    let (url, _) = begin(&provider, now()).await;
    let value = |wanted: &str| {
        url.query_pairs().find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned())
    };
    assert_eq!(value("response_mode").as_deref(), Some("form_post"));
    assert_eq!(value("scope").as_deref(), Some("openid name email"));
    assert_eq!(value("redirect_uri").as_deref(), Some(CALLBACK));
    assert_eq!(fake.visit(&url, &ida()).unwrap().redirect_uri, CALLBACK);
    assert_eq!((provider.redirect_for(PAGE), provider.redirect_for(CALLBACK)), (CALLBACK, CALLBACK));
    assert!(provider.accepts_redirect(PAGE) && !provider.accepts_redirect(CALLBACK));
}

#[tokio::test]
async fn a_sign_in_may_end_with_either_of_its_addresses_and_no_other() {
    let (fake, provider) = apple();
    for redirect_uri in [PAGE, CALLBACK] {
        let end = come_back(&provider, now(), |url| fake.visit(url, &ida())).await;
        let end = CodeExchange { redirect_uri: redirect_uri.to_owned(), ..end };
        assert!(provider.sign_in(&end, now()).await.is_ok(), "{redirect_uri}");
    }
    let end = come_back(&provider, now(), |url| fake.visit(url, &ida())).await;
    let elsewhere = CodeExchange { redirect_uri: "https://attacker.example.com/".to_owned(), ..end };
    let outcome = provider.sign_in(&elsewhere, now()).await;
    assert!(matches!(outcome, Err(OidcError::Refused(Refusal::Redirect))), "{outcome:?}");
}

#[tokio::test]
async fn an_address_that_is_forwarded_is_recognised() {
    let (fake, provider) = apple();
    let person = Person::apple("000123.4a5b6c.0002", "x7k2@privaterelay.appleid.com");
    let end = come_back(&provider, now(), |url| fake.visit(url, &person)).await;
    assert!(provider.sign_in(&end, now()).await.unwrap().is_private_relay);
}

#[tokio::test]
async fn truth_may_be_a_boolean_or_a_word() {
    for (written, verified) in
        [(json!(true), true), (json!("true"), true), (json!(false), false), (json!("false"), false)]
    {
        let (fake, provider) = apple();
        let person = ida().with(json!({"email_verified": written}));
        let end = come_back(&provider, now(), |url| fake.visit(url, &person)).await;
        assert_eq!(provider.sign_in(&end, now()).await.unwrap().email_verified, verified, "{written}");
    }
}

#[tokio::test]
async fn apps_send_the_hash_of_their_nonce() {
    let (fake, provider) = apple();
    fake.forge_next(|mut claims, keys| {
        claims["nonce"] = json!(TokenHash::of("nonce-of-this-sign-in").as_str());
        keys.sign(&claims)
    });
    let end = come_back(&provider, now(), |url| fake.visit(url, &ida())).await;
    assert!(provider.sign_in(&end, now()).await.is_ok());
}

#[tokio::test]
async fn an_issuer_without_its_scheme_is_another() {
    let (fake, provider) = apple();
    let without_scheme = fake.issuer().trim_start_matches("http://").to_owned();
    fake.forge_next(move |mut claims, keys| {
        claims["iss"] = json!(without_scheme);
        keys.sign(&claims)
    });
    let end = come_back(&provider, now(), |url| fake.visit(url, &ida())).await;
    let outcome = provider.sign_in(&end, now()).await;
    assert!(matches!(outcome, Err(OidcError::BadToken("its issuer is another"))), "{outcome:?}");
}

#[tokio::test]
async fn a_code_works_once() {
    let (fake, provider) = apple();
    let end = come_back(&provider, now(), |url| fake.visit(url, &ida())).await;
    assert!(provider.sign_in(&end, now()).await.is_ok());
    let again = provider.sign_in(&end, now()).await;
    assert!(matches!(again, Err(OidcError::Refused(Refusal::Code))), "{again:?}");
}

#[tokio::test]
async fn a_client_secret_of_another_client_team_or_key_is_the_deployers_fault() {
    let (fake, ours) = apple();
    for (setting, value) in [("clientId", "another"), ("teamId", "TEAM000000"), ("keyId", "KEY0000000")] {
        let mut settings = fake.settings(&[PAGE]);
        settings[setting] = json!(value);
        let stranger = provider(ProviderName::Apple, &settings);
        let end = come_back(&ours, now(), |url| fake.visit(url, &ida())).await;
        let outcome = stranger.sign_in(&end, now()).await;
        assert!(matches!(outcome, Err(OidcError::Misconfigured("invalid_client"))), "{setting}: {outcome:?}");
    }
}

#[tokio::test]
async fn a_person_who_leaves_is_told_about() {
    let (fake, provider) = apple();
    let end = come_back(&provider, now(), |url| fake.visit(url, &ida())).await;
    let token = provider.sign_in(&end, now()).await.unwrap().refresh_token.unwrap();
    assert!(!fake.has_revoked(&token));
    provider.revoke(&token, now()).await.unwrap();
    assert!(fake.has_revoked(&token));
    provider.revoke(&token, now()).await.unwrap();
    fake.fail(Endpoint::Revocation, Fault::Status(500));
    let outcome = provider.revoke(&token, now()).await;
    assert!(matches!(outcome, Err(OidcError::Unavailable(_))), "{outcome:?}");
}
