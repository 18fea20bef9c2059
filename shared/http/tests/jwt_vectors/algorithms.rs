//! One algorithm, whatever the token says.

use app_testing::TestKeys;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::{Value, json};

use crate::forge::{
    ACCEPTED, all_invalid, base64url, claims, good, header, signature, signed, verdict, with,
};

fn unsigned(alg: &Value) -> String {
    format!(
        "{}.{}",
        base64url(with(header(), "alg", alg.clone()).to_string()),
        base64url(claims().to_string())
    )
}

#[tokio::test]
async fn the_forge_makes_good_tokens() {
    assert_eq!(verdict(&good()).await, ACCEPTED);
    assert_eq!(verdict(&signed(with(header(), "typ", Value::Null), claims())).await, ACCEPTED);
    assert_eq!(verdict(&signed(with(header(), "typ", json!("jwt")), claims())).await, ACCEPTED);
}

#[tokio::test]
async fn no_signature_is_no_signature_however_it_is_called() {
    let names = [
        "none",
        "None",
        "NONE",
        "nOnE",
        "",
        " ",
        "null",
        "RS256 ",
        "rs256",
        "RS-256",
        "RS256\u{0}",
        "RSA1_5",
        "dir",
    ];
    let values = [json!(0), json!(true), json!([]), json!(["RS256"]), json!({"name": "RS256"}), Value::Null];
    for alg in names.map(Value::from).into_iter().chain(values) {
        let message = unsigned(&alg);
        let real = signature(&message, Algorithm::RS256);
        let tokens = ["", "AA", real.as_str()].map(|signature| (&alg, format!("{message}.{signature}")));
        all_invalid(tokens).await;
        all_invalid([(&alg, message)]).await;
    }
}

/// The public key in every form in which a library might hand it to HMAC.
fn public_keys() -> Vec<Vec<u8>> {
    let keys = TestKeys::shared();
    let modulus = URL_SAFE_NO_PAD.decode(keys.modulus()).unwrap();
    // DER by hand: SEQUENCE { INTEGER modulus, INTEGER 65537 }, then the same inside a SubjectPublicKeyInfo.
    let mut pkcs1 = vec![0x30, 0x82, 0x01, 0x0a, 0x02, 0x82, 0x01, 0x01, 0x00];
    pkcs1.extend(&modulus);
    pkcs1.extend([0x02, 0x03, 0x01, 0x00, 0x01]);
    let mut spki = vec![
        0x30, 0x82, 0x01, 0x22, 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01,
        0x05, 0x00,
    ];
    spki.extend([0x03, 0x82, 0x01, 0x0f, 0x00]);
    spki.extend(&pkcs1);
    let pem = |label: &str, der: &[u8], end: &str| {
        let text = STANDARD.encode(der);
        let lines: Vec<&str> = text.as_bytes().chunks(64).map(|line| str::from_utf8(line).unwrap()).collect();
        format!("-----BEGIN {label}-----\n{}\n-----END {label}-----{end}", lines.join("\n")).into_bytes()
    };
    let jwk = serde_json::from_str::<Value>(&keys.jwks()).unwrap()["keys"][0].to_string();
    vec![
        pem("PUBLIC KEY", &spki, "\n"),
        pem("PUBLIC KEY", &spki, ""),
        pem("RSA PUBLIC KEY", &pkcs1, "\n"),
        pem("RSA PUBLIC KEY", &pkcs1, ""),
        keys.jwks().into_bytes(),
        jwk.into_bytes(),
        keys.modulus().into_bytes(),
        keys.kid().as_bytes().to_vec(),
        spki,
        pkcs1,
        modulus,
        Vec::new(),
    ]
}

#[tokio::test]
async fn the_public_key_is_no_secret() {
    let hmacs = [("HS256", Algorithm::HS256), ("HS384", Algorithm::HS384), ("HS512", Algorithm::HS512)];
    for public in public_keys() {
        for (name, algorithm) in hmacs {
            let key = EncodingKey::from_secret(&public);
            // Both what such a token says of itself, and what the verifier would like to hear.
            let forged = [name, "RS256"].map(|says| {
                let message = unsigned(&json!(says));
                let signature = crypto::sign(message.as_bytes(), &key, algorithm).unwrap();
                (format!("{name} as {says}, key of {} bytes", public.len()), format!("{message}.{signature}"))
            });
            all_invalid(forged).await;
        }
    }
}

#[tokio::test]
async fn another_algorithm_of_the_same_key_is_refused() {
    let others = [
        ("RS384", Algorithm::RS384),
        ("RS512", Algorithm::RS512),
        ("PS256", Algorithm::PS256),
        ("PS384", Algorithm::PS384),
        ("PS512", Algorithm::PS512),
    ];
    for (name, algorithm) in others {
        for says in [name, "RS256"] {
            let message = unsigned(&json!(says));
            all_invalid([(name, format!("{message}.{}", signature(&message, algorithm)))]).await;
        }
        let message = unsigned(&json!(name));
        all_invalid([(name, format!("{message}.{}", signature(&message, Algorithm::RS256)))]).await;
    }
}

#[tokio::test]
async fn elliptic_curves_are_refused() {
    // Zeros once passed for a signature of everything (CVE-2022-21449).
    let signatures =
        [vec![0; 64], vec![0; 96], [vec![1], vec![0; 63]].concat(), vec![0xff; 64]].map(base64url);
    for says in ["ES256", "ES384", "ES512", "ES256K", "EdDSA", "Ed25519"] {
        let message = unsigned(&json!(says));
        let real = signature(&message, Algorithm::RS256);
        let tokens =
            signatures.iter().chain([&real]).map(|signature| (says, format!("{message}.{signature}")));
        all_invalid(tokens).await;
    }
}
