//! Resumable uploads, as strict as Google's.

use app_testing::drives::{DriveFault, FakeGoogleDrive, PlayedDrive};
use reqwest::header::{AUTHORIZATION, CONTENT_RANGE, HeaderMap};
use serde_json::{Value, json};

const UNIT: usize = 256 << 10;

struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Value,
}

impl Answer {
    fn reason(&self) -> &str {
        self.body["error"]["errors"][0]["reason"].as_str().unwrap_or_default()
    }

    fn range(&self) -> Option<&str> {
        self.headers.get("range").map(|range| range.to_str().unwrap())
    }
}

async fn sent(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let body = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap_or_default();
    Answer { status, headers, body }
}

fn client() -> reqwest::Client {
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

/// Begins an upload of so many bytes.
async fn begin(played: &FakeGoogleDrive, size: usize) -> Answer {
    let address = format!("{}/upload/drive/v3/files?uploadType=resumable&fields=id,size", played.origin());
    let request = client().post(address).header(AUTHORIZATION, format!("Bearer {}", played.grant().0));
    sent(request.header("x-upload-content-length", size).json(&json!({ "name": "file" }))).await
}

async fn session(played: &FakeGoogleDrive, size: usize) -> String {
    begin(played, size).await.headers["location"].to_str().unwrap().to_owned()
}

async fn put(session: &str, range: &str, size: usize) -> Answer {
    sent(client().put(session).header(CONTENT_RANGE, range).body(vec![7; size])).await
}

#[tokio::test]
async fn chunks_follow_each_other_and_the_last_makes_the_file() {
    let played = FakeGoogleDrive::start();
    let session = session(&played, UNIT * 2 + 1).await;
    let nothing = put(&session, "bytes */524289", 0).await;
    assert_eq!((nothing.status, nothing.range()), (308, None));
    let first = put(&session, "bytes 0-262143/524289", UNIT).await;
    assert_eq!((first.status, first.range()), (308, Some("bytes=0-262143")));
    let second = put(&session, "bytes 262144-524287/*", UNIT).await;
    assert_eq!((second.status, second.range()), (308, Some("bytes=0-524287")));
    let last = put(&session, "bytes 524288-524288/524289", 1).await;
    assert_eq!((last.status, &last.body["size"]), (200, &json!("524289")));
    let asked = put(&session, "bytes */*", 0).await;
    assert_eq!((asked.status, &asked.body), (200, &last.body), "it tells again what it has made");
}

#[tokio::test]
async fn all_bytes_at_once_and_none_at_all_are_files() {
    let played = FakeGoogleDrive::start();
    let whole = session(&played, 10).await;
    assert_eq!(sent(client().put(whole).body(vec![7; 10])).await.body["size"], "10");
    let empty = session(&played, 0).await;
    assert_eq!(put(&empty, "bytes */0", 0).await.body["size"], "0");
}

#[tokio::test]
async fn chunks_that_do_not_fit_are_refused_and_do_no_harm() {
    let played = FakeGoogleDrive::start();
    let session = session(&played, UNIT * 2).await;
    assert_eq!(put(&session, "bytes 0-262143/524288", UNIT).await.status, 308);
    for (range, size, why) in [
        ("bytes 262144-362143/524288", 100_000, "no multiple of 256 KiB"),
        ("bytes 0-262143/524288", UNIT, "what is there already"),
        ("bytes 300000-524287/524288", 224_288, "a gap"),
        ("bytes 262144-524287/524288", UNIT - 1, "fewer bytes than are said"),
        ("bytes 262144-524287/524289", UNIT, "another size than at first"),
        ("bytes 262144-524288/524288", UNIT + 1, "more than there is"),
        ("262144-524287/524288", UNIT, "no unit"),
        ("bytes */524288", 5, "bytes with a question"),
    ] {
        let refused = put(&session, range, size).await;
        assert_eq!((refused.status, refused.reason()), (400, "badRequest"), "{why}");
    }
    assert_eq!(put(&session, "bytes */524288", 0).await.range(), Some("bytes=0-262143"));
    assert_eq!(put(&session, "bytes 262144-524287/524288", UNIT).await.status, 200);
}

#[tokio::test]
async fn less_can_be_kept_than_was_sent() {
    let played = FakeGoogleDrive::start();
    let session = session(&played, UNIT * 4).await;
    played.fail(DriveFault::TakenInPart, 2);
    let part = put(&session, "bytes 0-786431/1048576", UNIT * 3).await;
    assert_eq!((part.status, part.range()), (308, Some("bytes=0-262143")));
    let none = put(&session, "bytes 262144-524287/1048576", UNIT).await;
    assert_eq!((none.status, none.range()), (308, Some("bytes=0-262143")));
}

#[tokio::test]
async fn what_cannot_be_is_refused_before_any_bytes() {
    let played = FakeGoogleDrive::start();
    played.set_room(Some(100));
    let full = begin(&played, 101).await;
    assert_eq!((full.status, full.reason()), (403, "storageQuotaExceeded"));
    assert_eq!(begin(&played, 100).await.status, 200);
    let address = format!("{}/upload/drive/v3/files", played.origin());
    let bearer = format!("Bearer {}", played.grant().0);
    let post = |query: &str| client().post(format!("{address}?{query}")).header(AUTHORIZATION, &bearer);
    for (request, status, reason) in [
        (post("uploadType=resumable").json(&json!({ "parents": ["1none"] })), 404, "notFound"),
        (post("uploadType=resumable").json(&json!({ "id": "made up" })), 400, "invalid"),
        (post("uploadType=resumable").body("{}"), 400, "badContent"),
        (post("uploadType=resumable").json(&json!({ "size": "7" })), 403, "fieldNotWritable"),
        (post("uploadType=other").json(&json!({})), 400, "invalid"),
        (post("uploadType=multipart").json(&json!({})), 400, "badContent"),
        (post("").json(&json!({})), 400, "required"),
        (client().post(format!("{address}?uploadType=resumable")).json(&json!({})), 401, "required"),
    ] {
        let refused = sent(request).await;
        assert_eq!((refused.status, refused.reason()), (status, reason), "{}", refused.body);
    }
}

#[tokio::test]
async fn a_session_needs_no_token_but_a_good_one_if_any() {
    let played = FakeGoogleDrive::start();
    let session = session(&played, 10).await;
    let asked = || client().put(&session).header(CONTENT_RANGE, "bytes */10");
    assert_eq!(sent(asked().header(AUTHORIZATION, "Bearer other")).await.status, 401);
    assert_eq!(sent(asked()).await.status, 308);
    played.withdraw();
    assert_eq!(sent(asked()).await.status, 401);
    let stranger = put(&format!("{}1", session), "bytes */10", 0).await;
    assert_eq!(stranger.status, 401);
    played.grant();
    assert_eq!(put(&format!("{}1", session), "bytes */10", 0).await.status, 404);
}
