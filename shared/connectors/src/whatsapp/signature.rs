//! The signature of a webhook call.

use aws_lc_rs::hmac::{self, HMAC_SHA256, Key};
use data_encoding::HEXLOWER;

/// The signature of a body: HMAC-SHA256 under the app secret, over the bytes as they came. Parsing the body and writing it
/// anew gives other bytes, because Meta escapes more than JSON asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature([u8; 32]);

impl Signature {
    /// The header that carries it.
    pub const HEADER: &str = "x-hub-signature-256";

    /// Reads `sha256=` and 64 lower-case hexadecimal digits.
    pub fn parse(header: &str) -> Option<Self> {
        let bytes = HEXLOWER.decode(header.strip_prefix("sha256=")?.as_bytes()).ok()?;
        bytes.try_into().ok().map(Self)
    }

    /// Whether this is the body's signature. Takes the same time whatever differs.
    pub fn is_of(&self, body: &[u8], app_secret: &[u8]) -> bool {
        hmac::verify(&Key::new(HMAC_SHA256, app_secret), body, &self.0).is_ok()
    }

    /// Whether this is the body's signature under one of `secrets`, one per line: while a secret is changed, two are good.
    /// Takes the same time whichever it is. Blank lines are no secrets.
    pub fn is_of_any(&self, body: &[u8], secrets: &str) -> bool {
        let secrets = secrets.lines().map(str::trim).filter(|secret| !secret.is_empty());
        secrets.fold(false, |is_good, secret| self.is_of(body, secret.as_bytes()) | is_good)
    }
}

/// Signs a body as Meta does: the value of the header, for tests and demonstrations.
pub fn sign(app_secret: &[u8], body: &[u8]) -> String {
    let signature = hmac::sign(&Key::new(HMAC_SHA256, app_secret), body);
    format!("sha256={}", HEXLOWER.encode(signature.as_ref()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"app-secret-for-tests-01";
    const HEADER: &str = "sha256=9708a1cce0d675766c228c748f7c0000677b3b05edc90dcca424dbb9181be277";
    const BODY: &str = r#"{"object":"whatsapp_business_account","entry":[{"id":"900100200300400","changes":[{"value":{"messaging_product":"whatsapp","metadata":{"display_phone_number":"4915550001111","phone_number_id":"700800900100200"},"contacts":[{"profile":{"name":"J\u00f6rg \ud83d\ude80"},"wa_id":"4915550002222"}],"messages":[{"from":"4915550002222","id":"wamid.TEST0001","timestamp":"1795000000","text":{"body":"\u00dcber https:\/\/a.example\/x"},"type":"text"}]},"field":"messages"}]}]}"#;

    fn accepts(body: &str, secret: &[u8]) -> bool {
        Signature::parse(HEADER).unwrap().is_of(body.as_bytes(), secret)
    }

    #[test]
    fn the_worked_example_verifies() {
        assert_eq!(BODY.len(), 468);
        assert!(accepts(BODY, SECRET));
        assert_eq!(sign(SECRET, BODY.as_bytes()), HEADER);
    }

    #[test]
    fn a_body_written_anew_does_not() {
        let unescaped = BODY.replace("\\/", "/");
        let decoded =
            unescaped.replace("\\u00f6", "ö").replace("\\ud83d\\ude80", "🚀").replace("\\u00dc", "Ü");
        let cases = [(unescaped, 465, "sha256=81b3bad5", "a4f3"), (decoded, 449, "sha256=ffa88d7b", "bf98")];
        for (body, bytes, start, end) in cases {
            assert_eq!(body.len(), bytes);
            assert!(!accepts(&body, SECRET), "{bytes}");
            let other = sign(SECRET, body.as_bytes());
            assert!(other.starts_with(start) && other.ends_with(end), "{other}");
        }
    }

    #[test]
    fn another_secret_or_one_changed_byte_does_not() {
        assert!(!accepts(BODY, b"app-secret-for-tests-02"));
        assert!(!accepts(BODY, b""));
        assert!(!accepts(&BODY.replace("TEST0001", "TEST0002"), SECRET));
        assert!(!accepts(&format!("{BODY}\n"), SECRET));
    }

    #[test]
    fn while_a_secret_is_changed_both_are_good() {
        let signature = Signature::parse(HEADER).unwrap();
        let accepts = |secrets: &str| signature.is_of_any(BODY.as_bytes(), secrets);
        for good in [
            "app-secret-for-tests-01",
            "app-secret-for-tests-01\nthe-next",
            "the-former\r\n\n app-secret-for-tests-01\n",
        ] {
            assert!(accepts(good), "{good}");
        }
        for bad in ["", "\n", "the-next", "the-former\nthe-next"] {
            assert!(!accepts(bad), "{bad}");
        }
        let unsigned = Signature::parse(&sign(b"", BODY.as_bytes())).unwrap();
        assert!(!unsigned.is_of_any(BODY.as_bytes(), "\n"));
    }

    #[test]
    fn other_headers_are_no_signature() {
        let digits = HEADER.strip_prefix("sha256=").unwrap();
        let upper = format!("sha256={}", digits.to_uppercase());
        let (sha1, short, long) = (format!("sha1={digits}"), &HEADER[..70], format!("{HEADER}00"));
        for header in ["", "sha256=", digits, &sha1, short, &long, &upper, "sha256=\u{fc}"] {
            assert_eq!(Signature::parse(header), None, "{header}");
        }
    }
}
