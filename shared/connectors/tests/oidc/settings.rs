//! The deployer's settings: what is accepted, what is refused, and what is never shown.

use app_connectors::oidc::{ConfigError, ProviderName, Providers};
use app_testing::oidc::FakeApple;
use serde_json::{Value, json};

use crate::support::{CALLBACK, PAGE};

fn both() -> Value {
    let google = json!({
        "clientId": "web.apps.googleusercontent.com", "clientSecret": "GOCSPX-very-secret",
        "redirectUris": ["https://app.example.com/callback", "http://localhost:3000/callback"],
    });
    let mut apple = FakeApple::start(CALLBACK).settings(&[PAGE]);
    apple.as_object_mut().unwrap().remove("issuer");
    json!({"google": google, "apple": apple})
}

fn refusal(name: &str, setting: &str, value: Value) -> ConfigError {
    let mut settings = both();
    settings[name][setting] = value;
    Providers::parse(&settings.to_string()).unwrap_err()
}

#[test]
fn either_provider_may_be_missing() {
    let settings = both();
    let set_up = |settings: &Value| {
        let providers = Providers::parse(&settings.to_string()).unwrap();
        [ProviderName::Google, ProviderName::Apple]
            .map(|name| providers.get(name).is_some_and(|p| p.name() == name))
    };
    assert_eq!(set_up(&settings), [true, true]);
    assert_eq!(set_up(&json!({"google": settings["google"]})), [true, false]);
    assert_eq!(set_up(&json!({"google": null, "apple": settings["apple"]})), [false, true]);
    assert_eq!(set_up(&json!({})), [false, false]);
    assert!(Providers::none().get(ProviderName::Google).is_none());
}

#[test]
fn redirect_addresses_are_compared_letter_by_letter() {
    let google = Providers::parse(&both().to_string()).unwrap().get(ProviderName::Google).unwrap();
    for (uri, listed) in [
        ("https://app.example.com/callback", true),
        ("http://localhost:3000/callback", true),
        ("https://app.example.com/callback/", false),
        ("https://app.example.com/callback?x=1", false),
        ("https://APP.example.com/callback", false),
        ("https://app.example.com/", false),
        ("", false),
    ] {
        assert_eq!(google.accepts_redirect(uri), listed, "{uri}");
    }
}

#[test]
fn addresses_are_https_or_on_this_machine() {
    for (name, setting, bad) in [
        ("google", "issuer", json!("http://accounts.google.com")),
        ("google", "issuer", json!("https://accounts.google.com?a=b")),
        (
            "google",
            "redirectUris",
            json!(["https://app.example.com/callback", "http://app.example.com/callback"]),
        ),
        ("google", "redirectUris", json!(["app://callback"])),
        ("apple", "issuer", json!("appleid.apple.com")),
        ("apple", "callbackUrl", json!("http://api.example.com/api/auth/apple/callback")),
        ("apple", "redirectUris", json!(["https://app.example.com/#callback"])),
    ] {
        let error = refusal(name, setting, bad.clone());
        assert!(
            matches!(error, ConfigError::Address { setting: named, .. } if named == setting),
            "{bad}: {error}"
        );
    }
}

#[test]
fn settings_that_are_empty_missing_or_misspelt_are_refused() {
    for (name, setting) in
        [("google", "clientId"), ("google", "clientSecret"), ("apple", "teamId"), ("apple", "keyId")]
    {
        let error = refusal(name, setting, json!(" "));
        assert!(matches!(error, ConfigError::Empty { setting: named, .. } if named == setting), "{error}");
        let error = refusal(name, setting, Value::Null);
        assert!(matches!(error, ConfigError::Unreadable { .. }), "{error}");
    }
    assert!(matches!(refusal("google", "audience", json!(["a"])), ConfigError::Unreadable { .. }));
    for text in ["", "null", "[]", "{\"google\":{}}", "{\"facebook\":{}}"] {
        assert!(Providers::parse(text).is_err(), "{text}");
    }
}

#[test]
fn apples_key_has_to_sign() {
    for key in ["-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "", "secret"] {
        assert_eq!(refusal("apple", "privateKey", json!(key)), ConfigError::PrivateKey);
    }
    let rsa: Value = serde_json::from_str(&app_testing::TestKeys::shared().secret()).unwrap();
    let rsa = rsa["keys"][0]["privateKeyPem"].clone();
    assert_eq!(refusal("apple", "privateKey", rsa), ConfigError::PrivateKey);
}

#[test]
fn no_secret_is_shown() {
    let settings = both();
    let shown = format!("{:?}", Providers::parse(&settings.to_string()).unwrap());
    let broken = refusal("google", "clientSecret", json!({"GOCSPX-very-secret": 1}));
    let wrong_type = settings.to_string().replace("[\"https", "\"GOCSPX-very-secret\", [\"https");
    let unreadable = Providers::parse(&wrong_type).unwrap_err();
    for text in [shown, format!("{broken:?} {broken}"), format!("{unreadable:?} {unreadable}")] {
        assert!(!text.contains("GOCSPX") && !text.contains("PRIVATE"), "{text}");
    }
}
