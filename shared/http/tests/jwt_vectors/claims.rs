//! What a token must say, each thing once, in its type and in time.

use serde_json::{Value, json};

use crate::forge::{
    ACCEPTED, all_invalid, base64url, claims, good, header, signed, signed_parts, verdict, with,
};

fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

fn saying(name: &str, value: impl Into<Value>) -> String {
    signed(header(), with(claims(), name, value.into()))
}

async fn refused(name: &str, values: impl IntoIterator<Item = Value>) {
    let tokens = values.into_iter().map(|value| (format!("{name}: {value}"), saying(name, value)));
    all_invalid(tokens).await;
}

fn names() -> Vec<String> {
    claims().as_object().unwrap().keys().cloned().collect()
}

#[tokio::test]
async fn every_claim_must_be_there() {
    assert_eq!(names().len(), 12);
    for name in names() {
        refused(&name, [Value::Null]).await;
    }
    all_invalid([("none at all", signed(header(), json!({})))]).await;
}

#[tokio::test]
async fn no_claim_may_come_twice() {
    let (good, other) = (claims(), claims());
    for name in names() {
        let (once, again) = (good.to_string(), format!("\"{name}\":{}", other[&name]));
        let (first, last) =
            (once.replacen('{', &format!("{{{again},"), 1), format!("{},{again}}}", &once[..once.len() - 1]));
        all_invalid([first, last].map(|payload| (&name, signed(header(), payload)))).await;
    }
    let escaped = claims().to_string().replacen('{', r#"{"r\u006fle":"user","#, 1);
    all_invalid([("the same name, escaped", signed(header(), escaped))]).await;
}

#[tokio::test]
async fn claims_of_a_wrong_type_are_refused() {
    for name in names() {
        let claims = claims();
        let original = claims[&name].clone();
        let other = if original.is_number() { json!(original.to_string()) } else { json!(7) };
        let null = claims.to_string().replace(&format!("\"{name}\":{original}"), &format!("\"{name}\":null"));
        refused(
            &name,
            [json!(true), json!(1.5), json!({}), json!({"value": original}), json!([[original]]), other],
        )
        .await;
        assert!(null.contains(&format!("\"{name}\":null")));
        all_invalid([(format!("{name}: null"), signed(header(), null))]).await;
    }
    for name in ["sub", "userId", "jti", "sid"] {
        refused(name, ["", "ada", "00000000-0000-0000-0000-00000000000", "' OR 1=1 --"].map(Value::from))
            .await;
    }
    refused("role", ["", "Admin", "root", "admin "].map(Value::from)).await;
    refused("permissions", [json!(["everything"]), json!([1])]).await;
    refused("sub", [claims()["jti"].clone()]).await;
}

#[tokio::test]
async fn a_token_is_from_us_and_for_us() {
    let wrong = |right: &str| {
        let near = [
            format!("{right} "),
            format!(" {right}"),
            right.to_uppercase(),
            format!("{right}\u{0}"),
            format!("https://{right}"),
        ];
        let lists =
            [json!([]), json!([right]), json!(["other"]), json!([right, "other"]), json!({right: right})];
        let plain = ["", "*", &right[..right.len() - 1], "other"].map(Value::from);
        near.map(Value::from).into_iter().chain(lists).chain(plain).collect::<Vec<_>>()
    };
    refused("iss", wrong(app_http::ISSUER)).await;
    refused("aud", wrong(app_http::AUDIENCE)).await;
}

#[tokio::test]
async fn an_end_is_a_number_of_seconds_not_far_away() {
    let end = now() + 900;
    refused(
        "exp",
        [json!(end.to_string()), json!(end as f64), json!(end as f64 + 0.5), json!("never"), json!([end])],
    )
    .await;
    refused(
        "exp",
        [json!(-1), json!(i64::MIN), json!(i64::MAX), json!(u64::MAX), json!(1e30), json!(end * 1000)],
    )
    .await;
    for number in ["1e400", "99999999999999999999999999", "0x7fffffff", "NaN", "+1", "01"] {
        let payload = with(claims(), "exp", json!("END")).to_string().replace("\"END\"", number);
        all_invalid([(number, signed(header(), payload))]).await;
    }
}

#[tokio::test]
async fn only_a_token_that_is_good_otherwise_has_expired() {
    for end in [now(), now() - 1, now() - 86_000, 1, 0] {
        let payload = with(with(claims(), "exp", end.into()), "iat", (end - 900).into());
        assert_eq!(verdict(&signed(header(), payload)).await, "TokenExpired", "{end}");
    }
    let expired = with(with(claims(), "exp", (now() - 1).into()), "iat", (now() - 901).into());
    let also = [
        ("iss", json!("other")),
        ("aud", json!("other")),
        ("role", json!("root")),
        ("nbf", json!(now() + 60)),
    ];
    all_invalid(also.map(|(name, value)| (name, signed(header(), with(expired.clone(), name, value))))).await;
    let mut parts: Vec<String> = signed(header(), &expired).split('.').map(str::to_owned).collect();
    parts[2] = good().split('.').nth(2).unwrap().to_owned();
    all_invalid([("the signature of another", parts.join("."))]).await;
}

#[tokio::test]
async fn a_token_is_not_used_before_its_time() {
    refused("nbf", [json!(now() + 5), json!(now() + 3600), json!("now"), json!(-1), json!([]), json!(true)])
        .await;
    assert_eq!(verdict(&saying("nbf", now() - 1)).await, ACCEPTED);
    let issued = |at: i64| signed(header(), with(with(claims(), "iat", at.into()), "exp", (at + 900).into()));
    assert_eq!(verdict(&issued(now() + 30)).await, ACCEPTED, "clocks differ a little");
    all_invalid([90, 3600, 1 << 40].map(|ahead| (ahead, issued(now() + ahead)))).await;
    refused("iat", [json!(-1), json!(0), json!(now() as f64), json!(now().to_string()), json!(i64::MIN)])
        .await;
}

#[tokio::test]
async fn a_payload_is_an_object_in_utf_8() {
    let deep = format!("{}{}", "[".repeat(400), "]".repeat(400));
    let nested = claims().to_string().replacen('{', &format!("{{\"x\":{deep},"), 1);
    for payload in ["", "null", "[]", "1", "\"text\"", "{}", "{", "{}{}", &deep] {
        all_invalid([(payload, signed(header(), payload))]).await;
    }
    // Serde passes over what it does not know without recursion.
    assert_eq!(verdict(&signed(header(), nested)).await, ACCEPTED);
    let in_order =
        ["sub", "userId", "email", "role", "permissions", "tier", "jti", "sid", "iss", "aud", "iat", "exp"];
    let values = in_order.map(|name| claims()[name].clone());
    all_invalid([("values without names", signed(header(), Value::from(values.to_vec())))]).await;
    let mut latin = claims().to_string().into_bytes();
    let at = latin.windows(3).position(|bytes| bytes == b"ada").unwrap();
    latin[at] = 0xe4;
    all_invalid([("Latin-1", signed_parts(&base64url(header().to_string()), &base64url(latin)))]).await;
    let surrogate = claims().to_string().replace("ada@", r"\ud800@");
    all_invalid([("half a surrogate pair", signed(header(), surrogate))]).await;
}
