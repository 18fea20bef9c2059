//! Requests that nobody sends by accident.

use app_domain::Role;
use app_http::{Caller, InPerson, Known};
use app_testing::Call;
use axum::extract::FromRequestParts;
use http::{HeaderValue, Request};
use serde_json::json;

use crate::{outcome, played};

#[tokio::test]
async fn headers_of_any_size_and_number_do_no_harm() {
    let (gate, _, router) = played();
    let (_, token) = gate.signed_in(Role::User);
    let many =
        (0..1_000).fold(Call::get("/known").as_caller(&token), |call, n| call.header(&format!("x-{n}"), "v"));
    assert_eq!(many.send(&router).await.status, 200);
    let again = (0..1_000).fold(Call::get("/known"), |call, _| call.as_caller(&token));
    assert_eq!(outcome(&again.send(&router).await), (400, json!("TwoCredentials")));
    let long = "a".repeat(64 * 1024);
    let agent = Call::get("/known").as_caller(&token).header("user-agent", &long).send(&router).await.json();
    assert_eq!(agent["userAgent"].as_str().unwrap().len(), 200);
    for token in
        [long.clone(), "a".repeat(100_000), format!("{token}{}", "a".repeat(100_000)), ".".repeat(100_000)]
    {
        let reply = Call::get("/known").as_caller(&token).send(&router).await;
        assert_eq!(outcome(&reply), (401, json!("InvalidToken")));
        assert!(reply.text.len() < 500, "what was sent is not sent back");
    }
    let scheme = Call::get("/known").header("authorization", &long).send(&router).await;
    assert_eq!(outcome(&scheme), (401, json!("Unauthenticated")));
}

#[tokio::test]
async fn an_authorization_is_a_scheme_and_a_token() {
    let (gate, _, router) = played();
    let (_, token) = gate.signed_in(Role::User);
    for scheme in ["Bearer", "bearer", "BEARER", "Bearer  "] {
        let reply =
            Call::get("/known").header("authorization", &format!("{scheme} {token}")).send(&router).await;
        assert_eq!(reply.status, 200, "{scheme}");
    }
    for text in [
        "",
        "Bearer",
        &token,
        &format!("Basic {token}"),
        &format!("Bearer{token}"),
        &format!("Bearer\t{token}"),
    ] {
        let reply = Call::get("/known").header("authorization", text).send(&router).await;
        assert_eq!(outcome(&reply), (401, json!("Unauthenticated")), "{}", text.len());
    }
    for text in ["Bearer ", "Bearer x", &format!("Bearer {token} {token}"), &format!("Bearer \"{token}\"")] {
        let reply = Call::get("/known").header("authorization", text).send(&router).await;
        assert_eq!(outcome(&reply), (401, json!("InvalidToken")), "{}", text.len());
    }
    let in_query = Call::get(&format!("/known?access_token={token}")).send(&router).await;
    assert_eq!(outcome(&in_query), (401, json!("Unauthenticated")), "a URL is no place for a token");
}

#[tokio::test]
async fn headers_that_are_no_text_are_refused() {
    let (_, authenticator, _) = played();
    let bytes = |bytes: &[u8]| HeaderValue::from_bytes(bytes).unwrap();
    let refused = [
        ("authorization", bytes(b"Bearer \xff\xfe"), "Unauthenticated"),
        ("authorization", bytes("Bearer tökén".as_bytes()), "Unauthenticated"),
        ("x-api-key", bytes(b"\xff\xfe"), "InvalidApiKey"),
        ("x-api-key", bytes(&[0xff; 47]), "InvalidApiKey"),
        ("user-agent", bytes(b"\xff\xfe\x80"), "Unauthenticated"),
    ];
    for (name, value, expected) in refused {
        let (mut parts, ()) = Request::builder().header(name, value).body(()).unwrap().into_parts();
        let caller = Caller::<Known>::from_request_parts(&mut parts, &authenticator).await;
        assert_eq!(caller.unwrap_err().kind(), expected, "{name}");
        let person = InPerson::from_request_parts(&mut parts, &authenticator).await;
        assert_eq!(person.unwrap_err().kind(), expected, "{name}");
    }
}

#[tokio::test]
async fn json_of_any_depth_does_no_harm() {
    let (gate, _, router) = played();
    let (_, token) = gate.signed_in(Role::User);
    let (open, close) = ("[".repeat(100_000), "]".repeat(100_000));
    let objects = "{\"a\":".repeat(40_000);
    let bodies = [
        (open.clone(), 422),
        (format!("{{\"text\":\"t\",\"more\":{open}"), 400),
        (format!("{{\"text\":\"t\",\"more\":{open}{close}}}"), 400),
        (format!("{{\"text\":\"t\",\"more\":{objects}"), 400),
        (format!("{{\"text\":{open}{close}}}"), 422),
        (format!("{{\"text\":\"t\",\"unknown\":{open}{close}}}"), 200),
        (format!("{{\"text\":\"t\",\"unknown\":{open}}}"), 400),
        ("\u{feff}{\"text\":\"t\"}".to_owned(), 400),
        ("{\"text\":\"\\ud800\"}".to_owned(), 400),
        ("{\"text\":\"t\",\"text\":\"u\"}".to_owned(), 422),
    ];
    for (body, status) in bodies {
        let start: String = body.chars().take(30).collect();
        let call = Call::new(http::Method::POST, "/note").as_caller(&token).body(body);
        let reply = call.header("content-type", "application/json").send(&router).await;
        assert_eq!(reply.status, status, "{start} {}", reply.text);
    }
}
