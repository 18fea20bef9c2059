//! One way to write a token: base64url without padding, in three parts.

use app_testing::TestKeys;
use serde_json::{Value, json};

use crate::forge::{
    ACCEPTED, all_invalid, base64url, claims, good, header, signature, signed, signed_parts, verdict, with,
};

const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The same bytes in base64url whose last character has bits set that are dropped. Nothing if there are none to set.
fn noncanonical(text: &str) -> Option<String> {
    let unused = [0, 0, 4, 2][text.len() % 4];
    let (last, start) = text.as_bytes().split_last()?;
    let value = ALPHABET.iter().position(|letter| letter == last)?;
    (unused > 0).then(|| format!("{}{}", str::from_utf8(start).unwrap(), ALPHABET[value | 1] as char))
}

/// JSON that ends in as many spaces as it takes for its base64url to end in unused bits.
fn uneven(object: &Value) -> String {
    let text = object.to_string();
    if text.len().is_multiple_of(3) { text + " " } else { text }
}

#[tokio::test]
async fn bits_that_are_dropped_are_zero() {
    let (head, payload) = (base64url(uneven(&header())), base64url(uneven(&claims())));
    let token = signed_parts(&head, &payload);
    assert_eq!(verdict(&token).await, ACCEPTED);
    let (message, signature) = token.rsplit_once('.').unwrap();
    let (bent_head, bent_payload) = (noncanonical(&head).unwrap(), noncanonical(&payload).unwrap());
    all_invalid([
        ("signature", format!("{message}.{}", noncanonical(signature).unwrap())),
        ("payload, signed so", signed_parts(&head, &bent_payload)),
        ("header, signed so", signed_parts(&bent_head, &payload)),
        ("payload", format!("{head}.{bent_payload}.{signature}")),
        ("header", format!("{bent_head}.{payload}.{signature}")),
    ])
    .await;
}

#[tokio::test]
async fn nothing_but_the_alphabet_is_read() {
    let bad = ["=", "==", " ", "\n", "\r\n", "\t", "+", "/", "%3D", "\u{0}", "\u{a0}", "ü", ",", "A"];
    let token = good();
    let parts: Vec<&str> = token.split('.').collect();
    for text in bad {
        for place in 0..3 {
            for at in [0, parts[place].len() / 2, parts[place].len()] {
                let mut changed: Vec<String> = parts.iter().map(|part| (*part).to_owned()).collect();
                changed[place].insert_str(at, text);
                let name = format!("{text:?} in part {place} at {at}");
                let resigned = signed_parts(&changed[0], &changed[1]);
                all_invalid([(&name, changed.join("."))]).await;
                if place < 2 {
                    all_invalid([(&name, resigned)]).await;
                }
            }
        }
    }
}

#[tokio::test]
async fn the_other_alphabet_of_base64_is_refused() {
    let unsafe_text = with(claims(), "email", json!("~~~???>>>@example.com"));
    let (head, payload) = (base64url(header().to_string()), base64url(unsafe_text.to_string()));
    let standard = payload.replace('-', "+").replace('_', "/");
    assert_ne!(payload, standard);
    assert_eq!(verdict(&signed_parts(&head, &payload)).await, ACCEPTED);
    all_invalid([("payload", signed_parts(&head, &standard))]).await;
    // A signature has 342 characters: one without either of the two is rare, so some are tried.
    let tokens = (0..20)
        .map(|_| good())
        .map(|token| token.rsplit_once('.').map(|(m, s)| (m.to_owned(), s.to_owned())).unwrap());
    let (message, signature) =
        tokens.into_iter().find(|(_, signature)| signature.contains(['-', '_'])).unwrap();
    let standard = signature.replace('-', "+").replace('_', "/");
    all_invalid([("signature", format!("{message}.{standard}"))]).await;
}

#[tokio::test]
async fn a_token_has_three_parts() {
    let token = good();
    let [head, payload, signature] = token.split('.').collect::<Vec<_>>()[..] else { panic!("three parts") };
    let whole = json!({"payload": payload, "protected": head, "signature": signature});
    let tokens = [
        ("no dots", token.replace('.', "")),
        ("a dot before", format!(".{token}")),
        ("a dot behind", format!("{token}.")),
        ("two dots", token.replacen('.', "..", 1)),
        ("no header", format!(".{payload}.{signature}")),
        ("no payload", format!("{head}..{signature}")),
        ("no signature", format!("{head}.{payload}.")),
        ("two parts", format!("{head}.{payload}")),
        ("only a header", head.to_owned()),
        ("only dots", "..".to_owned()),
        ("only the signature", format!("..{signature}")),
        ("five parts, like a JWE", format!("{head}.{payload}.{payload}.{payload}.{signature}")),
        ("five parts, almost empty", format!("{head}....{signature}")),
        ("four parts", format!("{token}.{signature}")),
        ("twice", format!("{token}.{token}")),
        ("another order", format!("{payload}.{head}.{signature}")),
        ("JSON serialization", whole.to_string()),
        ("JSON serialization, encoded", base64url(whole.to_string())),
        ("a scheme before", format!("Bearer {token}")),
        ("text behind", format!("{token}x")),
        ("more text behind", format!("{token}AAAA")),
        ("a fragment behind", format!("{token}#admin")),
        ("a second token behind", format!("{token},{token}")),
        ("quotes around", format!("\"{token}\"")),
        ("zero behind", format!("{token}\u{0}")),
        ("space around", format!(" {token} ")),
        ("other letters", token.to_uppercase()),
        ("nothing", String::new()),
    ];
    all_invalid(tokens).await;
}

#[tokio::test]
async fn a_signature_is_of_this_message_alone() {
    let (one, two) = (good(), good());
    let (message, of_one) = one.rsplit_once('.').unwrap();
    let (_, of_two) = two.rsplit_once('.').unwrap();
    all_invalid([
        ("of another token", format!("{message}.{of_two}")),
        ("cut", format!("{message}.{}", &of_one[..of_one.len() - 4])),
        ("longer", format!("{message}.{of_one}AAAA")),
        ("zero", format!("{message}.{}", base64url([0; 256]))),
        ("one", format!("{message}.{}", base64url([&[0; 255][..], &[1]].concat()))),
        ("all bits", format!("{message}.{}", base64url([0xff; 256]))),
        (
            "of the payload alone",
            format!(
                "{message}.{}",
                signature(message.split('.').nth(1).unwrap(), jsonwebtoken::Algorithm::RS256)
            ),
        ),
        (
            "of the message with a dot",
            format!("{message}.{}", signature(&format!("{message}."), jsonwebtoken::Algorithm::RS256)),
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_token_in_a_token_is_refused() {
    let nested = with(header(), "cty", json!("JWT"));
    all_invalid([
        ("as the payload", signed_parts(&base64url(header().to_string()), &base64url(good()))),
        (
            "as it is",
            format!(
                "{}.{}.{}",
                base64url(header().to_string()),
                good(),
                signature("x", jsonwebtoken::Algorithm::RS256)
            ),
        ),
        ("declared", signed(nested, format!("\"{}\"", good()))),
    ])
    .await;
}

#[tokio::test]
async fn a_token_longer_than_any_of_ours_is_not_read() {
    let padded = |bytes: usize| signed(header(), with(claims(), "padding", json!("p".repeat(bytes))));
    assert_eq!(verdict(&padded(1_000)).await, ACCEPTED);
    all_invalid([3_000, 100_000, 1_000_000].map(|bytes| (bytes, padded(bytes)))).await;
    all_invalid([("dots", ".".repeat(1_000_000)), ("letters", "A".repeat(1_000_000))]).await;
    let text = TestKeys::shared().kid().repeat(1_000);
    all_invalid([("key id", signed(with(header(), "kid", json!(text)), claims()))]).await;
}
