//! The fake refuses what Google refuses, so that a client which passes here passes there.

use app_testing::drives::{FakeGoogleDrive, PlayedDrive};
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, RANGE};
use serde_json::{Value, json};

struct Stranger {
    played: FakeGoogleDrive,
    bearer: String,
}

impl Stranger {
    fn new() -> Self {
        let played = FakeGoogleDrive::start();
        let bearer = format!("Bearer {}", played.grant().0);
        Self { played, bearer }
    }

    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let address = format!("{}{path}", self.played.origin());
        reqwest::Client::new().request(method, address).header(AUTHORIZATION, &self.bearer)
    }

    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
        let mut request = self.request(method, path);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        (status, serde_json::from_slice(&response.bytes().await.unwrap()).unwrap_or_default())
    }

    /// Status and reason.
    async fn refused(&self, method: Method, path: &str, body: Option<Value>) -> (u16, String) {
        let (status, body) = self.call(method, path, body).await;
        (status, body["error"]["errors"][0]["reason"].as_str().unwrap_or_default().to_owned())
    }

    async fn make(&self, body: Value) -> String {
        let (status, body) = self.call(Method::POST, "/drive/v3/files", Some(body)).await;
        assert_eq!(status, 200, "{body}");
        body["id"].as_str().unwrap().to_owned()
    }

    async fn new_id(&self) -> String {
        let (_, body) = self.call(Method::GET, "/drive/v3/files/generateIds?count=1", None).await;
        body["ids"][0].as_str().unwrap().to_owned()
    }
}

/// In an address.
fn search(query: &str) -> String {
    let pairs = url::form_urlencoded::Serializer::new(String::new()).append_pair("q", query).finish();
    format!("/drive/v3/files?{pairs}")
}

#[tokio::test]
async fn only_good_tokens_are_taken() {
    let stranger = Stranger::new();
    for (token, reason) in [
        (None, "required"),
        (Some("Bearer x"), "authError"),
        (Some("Basic x"), "authError"),
        (Some("x"), "authError"),
    ] {
        let mut request = reqwest::Client::new().get(format!("{}/drive/v3/files", stranger.played.origin()));
        if let Some(token) = token {
            request = request.header(AUTHORIZATION, token);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 401);
        assert!(response.headers().contains_key("www-authenticate"));
        let body: Value = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
        assert_eq!(body["error"]["errors"][0]["reason"], reason, "{token:?}");
    }
    stranger.played.expire_tokens();
    assert_eq!(stranger.refused(Method::GET, "/drive/v3/files", None).await, (401, "authError".to_owned()));
}

#[tokio::test]
async fn only_parameters_that_there_are_are_taken() {
    let stranger = Stranger::new();
    let file = stranger.make(json!({ "name": "a" })).await;
    for (path, status, reason) in [
        ("/drive/v3/files?pagesize=5", 400, "invalidParameter"),
        ("/drive/v3/files?pageSize=0", 400, "invalidParameter"),
        ("/drive/v3/files?pageSize=1001", 400, "invalidParameter"),
        ("/drive/v3/files?pageSize=many", 400, "invalid"),
        ("/drive/v3/files?pageSize=5&pageSize=6", 400, "invalidParameter"),
        ("/drive/v3/files?pageToken=other", 400, "invalid"),
        ("/drive/v3/files?spaces=appDataFolder", 403, "insufficientScopes"),
        ("/drive/v3/files?spaces=moon", 400, "invalid"),
        ("/drive/v3/files?orderBy=luck", 400, "invalid"),
        ("/drive/v3/files?fields=id", 400, "invalidParameter"),
        ("/drive/v3/files?fields=files(id", 400, "invalidParameter"),
        ("/drive/v3/files?fields=files(ids)", 400, "invalidParameter"),
        ("/drive/v3/files/generateIds?count=1001", 400, "invalidParameter"),
        ("/drive/v3/changes", 400, "required"),
        ("/drive/v3/changes?pageToken=x", 400, "invalid"),
        ("/drive/v3/changes?pageToken=99999999", 400, "invalid"),
        ("/drive/v3/about", 400, "required"),
        ("/drive/v3/about?fields=quota", 400, "invalidParameter"),
        ("/drive/v3/files/1none", 404, "notFound"),
        ("/drive/v2/files", 404, "notFound"),
        ("/drive/v3/nothing", 404, "notFound"),
    ] {
        let refused = stranger.refused(Method::GET, path, None).await;
        assert_eq!(refused, (status, reason.to_owned()), "{path}");
    }
    let wrong = format!("/drive/v3/files/{file}?fields=bytes");
    assert_eq!(stranger.refused(Method::GET, &wrong, None).await.0, 400);
    let wrong = format!("/drive/v3/files/{file}?alt=xml");
    assert_eq!(stranger.refused(Method::GET, &wrong, None).await.0, 400);
}

#[tokio::test]
async fn searches_find_what_they_say_or_are_refused() {
    let stranger = Stranger::new();
    let folder = json!({
        "name": "it's", "mimeType": "application/vnd.google-apps.folder", "appProperties": { "a": "b" },
    });
    let folder = stranger.make(folder).await;
    stranger.make(json!({ "name": r"back\slash", "parents": [folder] })).await;
    stranger.make(json!({ "name": "other" })).await;
    for (query, count) in [
        (r"name = 'it\'s'".to_owned(), 1),
        (r"name = 'back\\slash' and trashed = false".to_owned(), 1),
        (format!("'{folder}' in parents"), 1),
        ("'root' in parents".to_owned(), 2),
        ("appProperties has { key='a' and value='b' }".to_owned(), 1),
        ("mimeType = 'application/vnd.google-apps.folder' or name = 'other'".to_owned(), 2),
        ("not (name = 'other' or name contains 'it')".to_owned(), 1),
        ("name != 'other' and trashed = true".to_owned(), 0),
    ] {
        let (status, body) = stranger.call(Method::GET, &search(&query), None).await;
        assert_eq!(status, 200, "{query}");
        assert_eq!(body["files"].as_array().unwrap().len(), count, "{query}");
    }
    for query in [
        "name = 'it's'",
        r"name = 'a\b'",
        "name",
        "name is 'a'",
        "trashed = 'false'",
        "trashed = maybe",
        "size > 5",
        "(name = 'a'",
        "name = 'a' name = 'b'",
        "appProperties has { key='a' }",
        "",
    ] {
        let refused = stranger.refused(Method::GET, &search(query), None).await;
        assert_eq!(refused, (400, "invalid".to_owned()), "{query}");
    }
    let gone = stranger.refused(Method::GET, &search("'1none' in parents"), None).await;
    assert_eq!(gone, (404, "notFound".to_owned()));
}

#[tokio::test]
async fn files_are_made_of_what_can_be_said_of_them() {
    let stranger = Stranger::new();
    let file = stranger.make(json!({ "name": "a", "id": stranger.new_id().await })).await;
    let unused = stranger.new_id().await;
    for (body, status, reason) in [
        (json!({ "id": file }), 409, "fileIdInUse"),
        (json!({ "id": "made-up" }), 400, "invalid"),
        (json!({ "id": unused, "parents": ["1none"] }), 404, "notFound"),
        (json!({ "parents": [file] }), 403, "parentNotAFolder"),
        (json!({ "parents": ["root", "root"] }), 400, "invalid"),
        (json!({ "parents": "root" }), 400, "invalid"),
        (json!({ "name": 7 }), 400, "invalid"),
        (json!({ "sha256Checksum": "00" }), 403, "fieldNotWritable"),
        (json!({ "title": "a" }), 400, "badRequest"),
        (json!({ "appProperties": { "key": "x".repeat(122) } }), 400, "invalid"),
        (json!([]), 400, "parseError"),
    ] {
        let refused = stranger.refused(Method::POST, "/drive/v3/files", Some(body.clone())).await;
        assert_eq!(refused, (status, reason.to_owned()), "{body}");
    }
    let text =
        stranger.request(Method::POST, "/drive/v3/files").header(CONTENT_TYPE, "text/plain").body("{}");
    assert_eq!(text.send().await.unwrap().status(), 400);
    stranger.make(json!({ "name": "a" })).await;
    let (_, body) = stranger.call(Method::GET, &search("name = 'a'"), None).await;
    assert_eq!(body["files"].as_array().unwrap().len(), 2, "names are not unique");
    let path = format!("/drive/v3/files/{file}");
    stranger.call(Method::DELETE, &path, None).await;
    let again = stranger.refused(Method::POST, "/drive/v3/files", Some(json!({ "id": file }))).await;
    assert_eq!(again.0, 409, "ids are used once");
}

#[tokio::test]
async fn files_are_moved_by_parameters() {
    let stranger = Stranger::new();
    let folder = json!({ "name": "f", "mimeType": "application/vnd.google-apps.folder" });
    let (one, other) = (stranger.make(folder.clone()).await, stranger.make(folder).await);
    let file = stranger.make(json!({ "name": "a", "parents": [one] })).await;
    let path = format!("/drive/v3/files/{file}");
    for (query, body, status, reason) in [
        (String::new(), json!({ "parents": [other] }), 403, "fieldNotWritable"),
        (format!("?addParents={other}"), json!({}), 403, "cannotAddParent"),
        (format!("?addParents={one}&removeParents={other}"), json!({}), 400, "invalid"),
        (format!("?addParents=1none&removeParents={one}"), json!({}), 404, "notFound"),
    ] {
        let refused = stranger.refused(Method::PATCH, &format!("{path}{query}"), Some(body)).await;
        assert_eq!(refused, (status, reason.to_owned()), "{query}");
    }
    let moved = format!("{path}?addParents={other}&removeParents={one}&fields=parents");
    let (status, body) = stranger.call(Method::PATCH, &moved, Some(json!({}))).await;
    assert_eq!((status, &body), (200, &json!({ "parents": [other] })));
    let (_, body) = stranger.call(Method::PATCH, &path, Some(json!({ "trashed": true }))).await;
    assert_eq!(body["id"], file);
    let (_, body) = stranger.call(Method::GET, &search("trashed = true"), None).await;
    assert_eq!(body["files"][0]["id"], file);
    let circle = format!("/drive/v3/files/{one}?addParents={one}&removeParents=root");
    assert_eq!(stranger.refused(Method::PATCH, &circle, Some(json!({}))).await.0, 400);
}

#[tokio::test]
async fn answers_say_no_more_than_is_asked_for() {
    let stranger = Stranger::new();
    let file = stranger.make(json!({ "name": "a", "appProperties": { "k": "v" } })).await;
    let path = format!("/drive/v3/files/{file}");
    let (_, plain) = stranger.call(Method::GET, &path, None).await;
    let kind = "application/octet-stream";
    assert_eq!(plain, json!({ "kind": "drive#file", "id": file, "name": "a", "mimeType": kind }));
    let some = format!("{path}?fields=size,version,appProperties/k,md5Checksum");
    let (_, some) = stranger.call(Method::GET, &some, None).await;
    assert_eq!(some, json!({ "size": "0", "version": "2", "appProperties": { "k": "v" } }));
}

#[tokio::test]
async fn bytes_are_read_by_ranges() {
    let stranger = Stranger::new();
    let post = stranger.request(Method::POST, "/upload/drive/v3/files?uploadType=media").body("0123456789");
    let body: Value = serde_json::from_slice(&post.send().await.unwrap().bytes().await.unwrap()).unwrap();
    let path = format!("/drive/v3/files/{}?alt=media", body["id"].as_str().unwrap());
    for (range, status, text) in [
        ("bytes=0-3", 206, "0123"),
        ("bytes=8-99", 206, "89"),
        ("bytes=7-", 206, "789"),
        ("bytes=-2", 206, "89"),
        ("bytes=3-1", 200, "0123456789"),
        ("lines=1-2", 200, "0123456789"),
    ] {
        let response = stranger.request(Method::GET, &path).header(RANGE, range).send().await.unwrap();
        assert_eq!(response.status(), status, "{range}");
        assert_eq!(response.text().await.unwrap(), text, "{range}");
    }
    let beyond = stranger.request(Method::GET, &path).header(RANGE, "bytes=10-11").send().await.unwrap();
    assert_eq!(beyond.status(), 416);
    assert_eq!(beyond.headers()["content-range"], "bytes */10");
}

#[tokio::test]
async fn what_the_person_does_is_not_for_the_app() {
    let stranger = Stranger::new();
    let before = stranger.call(Method::GET, "/drive/v3/changes/startPageToken", None).await.1;
    stranger.played.put_by_hand("theirs", b"theirs");
    let (_, list) = stranger.call(Method::GET, "/drive/v3/files", None).await;
    assert_eq!(list["files"], json!([]));
    let path = format!("/drive/v3/changes?pageToken={}", before["startPageToken"].as_str().unwrap());
    let (_, changes) = stranger.call(Method::GET, &path, None).await;
    assert_eq!(changes["changes"], json!([]));
    assert_eq!(changes["newStartPageToken"], before["startPageToken"]);
}
