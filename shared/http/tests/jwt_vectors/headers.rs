//! Headers that would have a token read in another way, or by another key.

use app_testing::TestKeys;
use jsonwebtoken::{Algorithm, crypto};
use serde_json::{Value, json};

use crate::forge::{ACCEPTED, all_invalid, base64url, claims, header, signed, signing_key, verdict, with};

#[tokio::test]
async fn a_key_id_is_a_name_and_nothing_else() {
    let kid = TestKeys::shared().kid().to_owned();
    let texts = [
        "../../../../../../../dev/null",
        "/dev/null",
        "..\\..\\windows\\win.ini",
        "file:///proc/sys/kernel/randomize_va_space",
        "' OR '1'='1",
        "x' UNION SELECT 'attacker-key' --",
        "http://169.254.169.254/latest/meta-data/",
        "https://attacker.example/jwks.json",
        "$(id)",
        "| id",
        "\u{0}",
        "",
        "*",
    ];
    let near = [
        format!("{kid}\u{0}"),
        format!("{kid} "),
        format!(" {kid}"),
        format!("{kid}/../{kid}"),
        kid.to_uppercase() + "x",
        kid.replace('-', ""),
        "k".repeat(10_000),
    ];
    let values = [json!(0), json!(true), json!([kid]), json!({"kid": kid}), Value::Null];
    let named = texts.map(Value::from).into_iter().chain(near.map(Value::from)).chain(values);
    all_invalid(named.map(|kid| (kid.clone(), signed(with(header(), "kid", kid), claims())))).await;
    all_invalid([("null", signed(header().to_string().replace(&format!("\"{kid}\""), "null"), claims()))])
        .await;
}

#[tokio::test]
async fn a_key_that_a_token_brings_along_is_not_used() {
    let attacker = TestKeys::generate();
    let jwk = serde_json::from_str::<Value>(&attacker.jwks()).unwrap()["keys"][0].clone();
    let brought = [
        json!({"jwk": jwk}),
        json!({"jwk": with(jwk.clone(), "kid", json!(TestKeys::shared().kid()))}),
        json!({"jku": "https://attacker.example/jwks.json"}),
        json!({"x5u": "https://attacker.example/chain.pem"}),
        json!({"x5c": ["MIIBszCCARwCAQA="]}),
        json!({"x5t": "5cB4Tzo0yLJBvdDcUSDkrmVzEEA"}),
        json!({"x5t#S256": "E9zVwLbmmRkQZ1kbVuwJ0EkYkM9qZJYhJHb6y9Rb8mM"}),
        json!({"jwk": jwk, "jku": "https://attacker.example/jwks.json", "x5c": []}),
    ];
    for extra in brought {
        let mut with_key = header();
        with_key.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        let message = format!("{}.{}", base64url(with_key.to_string()), base64url(claims().to_string()));
        let own = crypto::sign(message.as_bytes(), &signing_key(&attacker), Algorithm::RS256).unwrap();
        all_invalid([(&extra, format!("{message}.{own}"))]).await;
        all_invalid([(&extra, signed(&with_key, claims()))]).await;
        let unnamed = with(with_key, "kid", Value::Null);
        all_invalid([(&extra, signed(unnamed, claims()))]).await;
    }
}

#[tokio::test]
async fn what_must_be_understood_is_refused_and_so_is_what_changes_the_reading() {
    let extensions = [
        ("crit", json!(["exp"])),
        ("crit", json!(["http://example.com/unknown"])),
        ("crit", json!([])),
        ("crit", json!("exp")),
        ("crit", json!(true)),
        ("b64", json!(false)),
        ("b64", json!(true)),
        ("zip", json!("DEF")),
        ("enc", json!("A256GCM")),
        ("cty", json!("JWT")),
        ("typ", json!("JWE")),
        ("typ", json!("dpop+jwt")),
        ("typ", json!(1)),
        ("url", json!("https://api.example.com")),
        ("nonce", json!("n")),
        ("exp", json!(0)),
        ("anything", json!({"nested": [1, 2, 3]})),
    ];
    let tokens = extensions
        .map(|(name, value)| (format!("{name}: {value}"), signed(with(header(), name, value), claims())));
    all_invalid(tokens).await;
    let critical = with(with(header(), "b64", json!(false)), "crit", json!(["b64"]));
    // RFC 7797: the payload is signed and sent as it is.
    let raw =
        crate::forge::signed_parts(&base64url(critical.to_string()), &claims().to_string().replace('.', ""));
    all_invalid([("unencoded", raw), ("encoded", signed(&critical, claims()))]).await;
}

#[tokio::test]
async fn a_header_says_each_thing_once() {
    let kid = TestKeys::shared().kid().to_owned();
    let headers = [
        format!(r#"{{"alg":"none","alg":"RS256","kid":"{kid}"}}"#),
        format!(r#"{{"alg":"RS256","alg":"none","kid":"{kid}"}}"#),
        format!(r#"{{"alg":"RS256","kid":"other","kid":"{kid}"}}"#),
        format!(r#"{{"alg":"RS256","kid":"{kid}","kid":"other"}}"#),
        format!(r#"{{"alg":"RS256","alg":"RS256","kid":"{kid}"}}"#),
    ];
    all_invalid(headers.map(|header| (header.clone(), signed(header, claims())))).await;
}

#[tokio::test]
async fn a_header_is_an_object() {
    let deep = format!("{}{}", "[".repeat(1_000), "]".repeat(1_000));
    let nested = header().to_string().replace("\"typ\"", &format!("\"x\":{deep},\"typ\""));
    for header in ["", "null", "[]", "\"RS256\"", "1", "{}", "{", "{}{}", "\u{feff}{}", &deep, &nested] {
        all_invalid([(header, signed(header, claims()))]).await;
    }
    let spaced = header().to_string().replace(',', " ,\n\t");
    assert_eq!(verdict(&signed(spaced, claims())).await, ACCEPTED, "space between is no harm: it is signed");
}
