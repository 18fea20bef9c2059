//! The fake refuses what Microsoft refuses, so that a client which passes here passes there.

use app_connectors::drives::{Bearer, When};
use app_testing::drives::{FakeOneDrive, PlayedDrive};
use reqwest::{Client, Method, RequestBuilder, redirect};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::{stage, tokens};
use crate::suite::put;

const APP: &str = "/me/drive/special/approot";

/// Somebody who calls without any of our code.
struct Raw {
    origin: String,
    token: String,
}

impl Raw {
    async fn new(played: &FakeOneDrive) -> Self {
        let token = tokens(played).await.token(None).await.unwrap().expose_secret().to_owned();
        Self { origin: played.origin(), token }
    }

    fn at(&self, method: Method, url: &str) -> RequestBuilder {
        let client = Client::builder().redirect(redirect::Policy::none()).build().unwrap();
        let url = if url.starts_with("http") { url.to_owned() } else { format!("{}/v1.0{url}", self.origin) };
        client.request(method, url)
    }

    fn authorized(&self, method: &str, path: &str) -> RequestBuilder {
        self.at(method.parse().unwrap(), path).bearer_auth(&self.token)
    }

    async fn session(&self, name: &str, item: Value) -> String {
        let path = format!("{APP}:/{name}:/createUploadSession");
        let answer = told(self.authorized("POST", &path).json(&json!({ "item": item }))).await;
        answer.1["uploadUrl"].as_str().unwrap().to_owned()
    }

    fn fragment(&self, session: &str, range: &str, size: usize) -> RequestBuilder {
        self.at(Method::PUT, session).header("content-range", format!("bytes {range}")).body(vec![7; size])
    }
}

/// Status and body of an answer.
async fn told(request: RequestBuilder) -> (u16, Value) {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    (status, serde_json::from_slice(&response.bytes().await.unwrap()).unwrap_or_default())
}

/// Status, code and inner code of an answer.
async fn refused(request: RequestBuilder) -> (u16, String, String) {
    let (status, body) = told(request).await;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (status, text(&body["error"]["code"]), text(&body["error"]["innerError"]["code"]))
}

fn error(status: u16, code: &str, inner: &str) -> (u16, String, String) {
    (status, code.to_owned(), inner.to_owned())
}

#[tokio::test]
async fn only_a_token_that_lives_and_allows_it_is_taken() {
    let played = FakeOneDrive::start();
    let raw = Raw::new(&played).await;
    let bad = error(401, "InvalidAuthenticationToken", "");
    assert_eq!(refused(raw.at(Method::GET, APP)).await, bad);
    assert_eq!(refused(raw.at(Method::GET, APP).bearer_auth("Ew")).await, bad);
    assert_eq!(
        refused(raw.authorized("GET", "/me/drive/root:/Documents:/children")).await.0,
        403,
        "only our folder"
    );
    assert_eq!(refused(raw.authorized("GET", "/me/drive/items/9F2C8D11A70B3E54!102")).await.0, 403);
    assert_eq!(told(raw.authorized("GET", APP)).await.0, 200);
    played.expire_tokens();
    assert_eq!(refused(raw.authorized("GET", APP)).await, bad);
}

#[tokio::test]
async fn our_folder_is_not_made_by_who_writes() {
    let played = FakeOneDrive::start();
    let raw = Raw::new(&played).await;
    let put = || raw.authorized("PUT", &format!("{APP}:/a:/content")).body("x");
    assert_eq!(refused(put()).await, error(403, "accessDenied", ""));
    assert_eq!(told(raw.authorized("GET", APP)).await.1["specialFolder"]["name"], "approot");
    assert_eq!(told(put()).await.0, 201);
    assert_eq!(told(put()).await.0, 200);
}

#[tokio::test]
async fn names_that_there_cannot_be_are_refused() {
    let (drive, played) = stage().await;
    put(&drive, "a", b"x", When::Any).await;
    let raw = Raw::new(&played).await;
    let long = "x".repeat(401);
    for name in
        ["a%3Fb", "a%2Fb", "%7E$a", "a%20", "a.", "CON", "lpt1.txt", "desktop.ini", "x_vti_x", "%FF", &long]
    {
        let put = raw.authorized("PUT", &format!("{APP}:/{name}:/content")).body("x");
        assert_eq!(refused(put).await, error(400, "invalidRequest", "invalidResourceName"), "{name}");
    }
    let put = raw.authorized("PUT", &format!("{APP}:/a/b:/content")).body("x");
    assert_eq!(refused(put).await, error(409, "nameAlreadyExists", ""), "a file is in the way");
}

#[tokio::test]
async fn only_what_is_expected_is_replaced() {
    let (drive, played) = stage().await;
    put(&drive, "a", b"x", When::Any).await;
    let raw = Raw::new(&played).await;
    let (_, item) = told(raw.authorized("GET", &format!("{APP}:/a"))).await;
    let put = |query: &str| raw.authorized("PUT", &format!("{APP}:/a:/content{query}")).body("y");
    let changed = error(412, "resourceModified", "");
    assert_eq!(refused(put("").header("if-match", "\"x\"")).await, changed);
    assert_eq!(refused(put("").header("if-none-match", "*")).await, changed);
    let fail = put("?@microsoft.graph.conflictBehavior=fail");
    assert_eq!(refused(fail).await, error(409, "nameAlreadyExists", ""));
    assert_eq!(refused(put("?@microsoft.graph.conflictBehavior=no")).await.0, 400);
    assert_eq!(told(put("").header("if-match", item["eTag"].as_str().unwrap())).await.0, 200);
    let (status, renamed) = told(put("?@microsoft.graph.conflictBehavior=rename")).await;
    assert_eq!((status, &renamed["name"]), (201, &json!("a 1")));
}

#[tokio::test]
async fn a_session_wants_a_body_that_it_knows() {
    let (drive, played) = stage().await;
    put(&drive, "a", b"x", When::Any).await;
    let raw = Raw::new(&played).await;
    let post = || raw.authorized("POST", &format!("{APP}:/b:/createUploadSession"));
    for wrong in [
        json!({ "name": "b" }),
        json!({ "item": { "name": "c" } }),
        json!({ "item": { "fileSize": "3" } }),
        json!({ "item": { "fileSize": 0 } }),
        json!({ "item": { "@microsoft.graph.conflictBehavior": "keep" } }),
        json!({ "item": { "surprise": 1 } }),
    ] {
        assert_eq!(refused(post().json(&wrong)).await.0, 400, "{wrong}");
    }
    assert_eq!(refused(post().body("{}")).await.0, 400, "not declared as JSON");
    played.set_room(Some(100));
    let large = json!({ "item": { "fileSize": 1000 } });
    assert_eq!(refused(post().json(&large)).await, error(507, "quotaLimitReached", ""));
    assert_eq!(told(post().json(&json!({}))).await.1["nextExpectedRanges"], json!(["0-"]));
}

#[tokio::test]
async fn fragments_come_in_order_by_units_and_without_a_token() {
    let (drive, played) = stage().await;
    put(&drive, "a", b"x", When::Any).await;
    let raw = Raw::new(&played).await;
    let (unit, total) = (327_680, 700_000);
    let session = raw.session("b", json!({ "fileSize": total })).await;
    let first = || raw.fragment(&session, "0-327679/700000", unit);
    assert_eq!(refused(first().bearer_auth(&raw.token)).await, error(401, "unauthenticated", ""));
    for (range, size) in [("0-327679/700001", unit), ("0-327678/700000", unit), ("0-9/5", 10), ("x", 3)] {
        assert_eq!(refused(raw.fragment(&session, range, size)).await.0, 400, "{range}");
    }
    let ahead = raw.fragment(&session, "327680-655359/700000", unit);
    assert_eq!(refused(ahead).await, error(416, "invalidRange", "fragmentOutOfOrder"));
    assert_eq!(told(first()).await.1["nextExpectedRanges"], json!(["327680-"]));
    assert_eq!(refused(first()).await, error(416, "invalidRange", "fragmentOverlap"));
    assert_eq!(told(raw.at(Method::GET, &session)).await.1["nextExpectedRanges"], json!(["327680-"]));
    let last = || raw.fragment(&session, "327680-699999/700000", total - unit);
    assert_eq!(told(last()).await.0, 201);
    assert_eq!(refused(last()).await.0, 404, "a session ends with its file");

    let uneven = raw.session("c", json!({})).await;
    assert_eq!(refused(raw.fragment(&uneven, "500-599/600", 100)).await.0, 416, "and its size is not kept");
    assert_eq!(told(raw.fragment(&uneven, "0-99/200", 100)).await.0, 202);
    assert_eq!(refused(raw.fragment(&uneven, "100-199/200", 100)).await.0, 400, "told at the end");
    assert_eq!(told(raw.at(Method::DELETE, &uneven)).await.0, 204);
    assert_eq!(refused(raw.at(Method::GET, &uneven)).await.0, 404);
    assert!(!played.files().contains_key("c"));
}

#[tokio::test]
async fn a_name_that_is_taken_is_told_at_the_end_of_a_session() {
    let (drive, played) = stage().await;
    put(&drive, "a", b"x", When::Any).await;
    let raw = Raw::new(&played).await;
    let session = raw.session("a", json!({ "@microsoft.graph.conflictBehavior": "fail" })).await;
    let end = raw.fragment(&session, "0-9/10", 10);
    assert_eq!(refused(end).await, error(409, "nameAlreadyExists", ""));
    let (status, left) = told(raw.at(Method::GET, &session)).await;
    assert_eq!((status, &left["nextExpectedRanges"]), (200, &json!([])), "the bytes are kept");
}

#[tokio::test]
async fn a_deferred_session_ends_when_it_is_told_to() {
    let (drive, played) = stage().await;
    put(&drive, "a", b"x", When::Any).await;
    let raw = Raw::new(&played).await;
    let path = format!("{APP}:/b:/createUploadSession");
    let (_, begun) = told(raw.authorized("POST", &path).json(&json!({ "deferCommit": true }))).await;
    let session = begun["uploadUrl"].as_str().unwrap();
    assert_eq!(refused(raw.at(Method::POST, session)).await.0, 400);
    assert_eq!(told(raw.fragment(session, "0-9/10", 10)).await.0, 202);
    assert!(!played.files().contains_key("b"));
    assert_eq!(told(raw.at(Method::POST, session)).await.0, 201);
    assert_eq!(played.files()["b"], [7; 10]);
}

#[tokio::test]
async fn bytes_come_from_another_host_that_wants_no_token() {
    let (drive, played) = stage().await;
    put(&drive, "a", b"0123456789", When::Any).await;
    let raw = Raw::new(&played).await;
    let response = raw.authorized("GET", &format!("{APP}:/a:/content")).send().await.unwrap();
    let to = response.headers()["location"].to_str().unwrap().to_owned();
    assert_eq!(response.status(), 302);
    assert!(!to.starts_with(&played.origin()));
    assert_eq!(refused(raw.at(Method::GET, &to).bearer_auth(&raw.token)).await.0, 401);
    let range = |range: &str| raw.at(Method::GET, &to).header("range", range);
    let part = range("bytes=8-20").send().await.unwrap();
    assert_eq!(part.headers()["content-range"], "bytes 8-9/10");
    assert_eq!((part.status().as_u16(), part.text().await.unwrap()), (206, "89".to_owned()));
    assert_eq!(refused(range("bytes=10-")).await.0, 416);
    played.pass(std::time::Duration::from_secs(3601));
    assert_eq!(refused(range("bytes=0-")).await.0, 404);
}

#[tokio::test]
async fn changes_repeat_items_and_tell_nothing_of_those_that_are_gone() {
    let (drive, played) = stage().await;
    let file = put(&drive, "x/a", b"x", When::Any).await;
    let raw = Raw::new(&played).await;
    let (_, latest) = told(raw.authorized("GET", &format!("{APP}/delta?token=latest"))).await;
    assert_eq!(latest["value"], json!([]));
    let link = latest["@odata.deltaLink"].as_str().unwrap();
    played.put_by_hand("x/a", b"y");
    played.put_by_hand("x/a", b"z");
    let (_, changed) = told(raw.authorized("GET", link)).await;
    let names: Vec<&str> =
        changed["value"].as_array().unwrap().iter().map(|i| i["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Memory App", "x", "a", "Memory App", "x", "a"]);
    assert!(changed["value"][1]["parentReference"].get("path").is_none());
    played.remove_by_hand("x/a");
    let (_, gone) = told(raw.authorized("GET", changed["@odata.deltaLink"].as_str().unwrap())).await;
    assert_eq!(gone["value"][2], json!({ "id": file.id, "deleted": { "state": "deleted" } }));
    let old = raw.authorized("GET", &format!("{APP}/delta?token=Mzt999999")).send().await.unwrap();
    assert_eq!(old.status(), 410);
    assert!(old.headers()["location"].to_str().unwrap().ends_with("/delta?"));
    assert_eq!(refused(raw.authorized("GET", &format!("{APP}/children?$top=0"))).await.0, 400);
    assert_eq!(refused(raw.authorized("GET", &format!("{APP}/children?$count=true"))).await.0, 400);
}

#[tokio::test]
async fn what_there_is_not_is_refused() {
    let (drive, played) = stage().await;
    put(&drive, "a", b"x", When::Any).await;
    let raw = Raw::new(&played).await;
    for (method, path, status) in [
        ("GET", "/me/drive/special/photos", 400),
        ("GET", "/me/drive/items/9F2C8D11A70B3E54!999", 404),
        ("GET", "/drives/other/items/1", 404),
        ("GET", "/me/drive/special/approot:/b", 404),
        ("GET", "/me/drive/special/approot/versions", 400),
        ("POST", "/me/drive/special/approot/delta", 405),
        ("DELETE", APP, 403),
        ("DELETE", "/me/drive/special/approot:/b", 404),
        ("PATCH", "/me", 405),
    ] {
        assert_eq!(refused(raw.authorized(method, path)).await.0, status, "{method} {path}");
    }
    assert_eq!(played.files().len(), 1);
}
