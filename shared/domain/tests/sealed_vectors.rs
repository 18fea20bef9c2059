//! The test vectors of sealed memories open as their description says, and are accepted. They were made with Python's jwcrypto.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

use std::num::NonZeroU32;

use app_domain::{Content, SealedContent};
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::key_wrap::{AES_256, AesKek, KeyWrap};
use aws_lc_rs::pbkdf2::{PBKDF2_HMAC_SHA512, derive};
use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};

const VECTORS: &str = include_str!("../../../docs/sealed-memories/vectors.json");

fn bytes(text: &str) -> Vec<u8> {
    BASE64URL_NOPAD.decode(text.as_bytes()).unwrap()
}

/// The key of the content: the client has it, or unwraps it with one that it derives from a password (RFC 7518, section 4.8).
fn content_key(vector: &Value, header: &Value, wrapped: &[u8]) -> Vec<u8> {
    let Some(password) = vector["password"].as_str() else { return bytes(vector["key"].as_str().unwrap()) };
    let mut salt = b"PBES2-HS512+A256KW\0".to_vec();
    salt.extend(bytes(header["p2s"].as_str().unwrap()));
    let rounds = NonZeroU32::new(header["p2c"].as_u64().unwrap().try_into().unwrap()).unwrap();
    let mut derived = [0; 32];
    derive(PBKDF2_HMAC_SHA512, rounds, &salt, password.as_bytes(), &mut derived);
    let mut key = [0; 40];
    AesKek::new(&AES_256, &derived).unwrap().unwrap(wrapped, &mut key).unwrap().to_vec()
}

#[test]
fn every_vector_is_accepted_and_opens() {
    let vectors: Value = serde_json::from_str(VECTORS).unwrap();
    for vector in vectors["vectors"].as_array().unwrap() {
        let jwe = vector["jwe"].as_str().unwrap();
        assert!(SealedContent::check(&Content::parse(json!({"jwe": jwe})).unwrap()).is_ok(), "{jwe}");
        let parts: Vec<&str> = jwe.split('.').collect();
        let header: Value = serde_json::from_slice(&bytes(parts[0])).unwrap();
        assert_eq!(header["alg"], vector["alg"]);
        let key = content_key(vector, &header, &bytes(parts[1]));
        let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &key).unwrap());
        let mut text = bytes(parts[3]);
        text.extend(bytes(parts[4]));
        let nonce = Nonce::try_assume_unique_for_key(&bytes(parts[2])).unwrap();
        // The header is the associated data, as it is written.
        let plain = key.open_in_place(nonce, Aad::from(parts[0].as_bytes()), &mut text).unwrap();
        assert_eq!(std::str::from_utf8(plain).unwrap(), vector["plaintext"].as_str().unwrap());
    }
}
