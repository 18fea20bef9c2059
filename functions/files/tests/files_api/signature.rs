//! Signed links, checked as S3 checks them: AWS Signature Version 4 with the signature in the query, over the headers that it names.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use data_encoding::HEXLOWER;
use http::request::Parts;

/// The secret of whoever signs.
pub(crate) const SECRET: &str = "secret";

/// A query, as it was sent: neither its names nor its values are decoded.
pub(crate) fn raw_pairs(parts: &Parts) -> Vec<(&str, &str)> {
    let pairs = parts.uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
    pairs.map(|pair| pair.split_once('=').unwrap_or((pair, ""))).collect()
}

fn value<'a>(pairs: &[(&str, &'a str)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(found, _)| *found == name).map(|(_, value)| *value)
}

/// Whether the request is what its link was signed for. `None` if there is no signature in the query.
pub(crate) fn is_as_signed(parts: &Parts) -> Option<bool> {
    let pairs = raw_pairs(parts);
    let signature = value(&pairs, "X-Amz-Signature")?;
    let (date, signed) =
        (value(&pairs, "X-Amz-Date")?, value(&pairs, "X-Amz-SignedHeaders")?.replace("%3B", ";"));
    let credential = value(&pairs, "X-Amz-Credential")?.replace("%2F", "/");
    let (_, scope) = credential.split_once('/')?;

    let mut query: Vec<_> = pairs.iter().filter(|(name, _)| *name != "X-Amz-Signature").collect();
    query.sort_unstable();
    let query: Vec<String> = query.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let mut headers = String::new();
    for name in signed.split(';') {
        // A header that was signed and is not sent is as good as another value.
        let sent = parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("(not sent)");
        headers.push_str(&format!("{name}:{}\n", sent.trim()));
    }
    let request =
        [parts.method.as_str(), parts.uri.path(), &query.join("&"), &headers, &signed, "UNSIGNED-PAYLOAD"]
            .join("\n");
    let request = HEXLOWER.encode(digest(&SHA256, request.as_bytes()).as_ref());
    let text = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{request}");

    let mac = |key: &[u8], text: &str| sign(&Key::new(HMAC_SHA256, key), text.as_bytes()).as_ref().to_vec();
    let key = scope.split('/').fold(format!("AWS4{SECRET}").into_bytes(), |key, part| mac(&key, part));
    Some(HEXLOWER.encode(&mac(&key, &text)) == signature)
}
