//! How strict the Dropbox that is played is with files that come in many calls.

use std::time::Duration;

use app_testing::drives::{DriveFault, PlayedDrive};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{Raw, summary};

const START: &str = "files/upload_session/start";
const APPEND: &str = "files/upload_session/append_v2";
const FINISH: &str = "files/upload_session/finish";
const PIECE: u64 = 4 << 20;

impl Raw {
    async fn start(&self, arg: &Value) -> String {
        let (status, told) = self.upload(START, &arg.to_string(), b"").await;
        assert_eq!(status, StatusCode::OK, "{told}");
        told["session_id"].as_str().unwrap().to_owned()
    }

    async fn append(&self, id: &str, offset: u64, close: bool, bytes: &[u8]) -> (StatusCode, Value) {
        let arg = json!({ "cursor": { "session_id": id, "offset": offset }, "close": close });
        self.upload(APPEND, &arg.to_string(), bytes).await
    }

    async fn finish(&self, id: &str, offset: u64, bytes: &[u8]) -> (StatusCode, Value) {
        let arg = json!({ "cursor": { "session_id": id, "offset": offset }, "commit": { "path": "/a" } });
        self.upload(FINISH, &arg.to_string(), bytes).await
    }
}

fn refused((status, told): (StatusCode, Value)) -> String {
    assert_eq!(status, StatusCode::CONFLICT, "{told}");
    summary(&told).to_owned()
}

#[tokio::test]
async fn bytes_come_in_order_and_whoever_is_wrong_is_told_the_offset() {
    let raw = Raw::new();
    let id = raw.start(&json!({})).await;
    assert_eq!(raw.append(&id, 0, false, b"0123").await, (StatusCode::OK, Value::Null));
    let (status, told) = raw.append(&id, 0, false, b"0123").await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert_eq!(told["error"], json!({ ".tag": "incorrect_offset", "correct_offset": 4 }));
    let (_, told) = raw.finish(&id, 5, b"x").await;
    let lookup = json!({ ".tag": "incorrect_offset", "correct_offset": 4 });
    assert_eq!(told["error"], json!({ ".tag": "lookup_failed", "lookup_failed": lookup }));
    assert!(raw.played.files().is_empty());
    let (status, file) = raw.finish(&id, 4, b"45").await;
    assert_eq!((status, &file["size"]), (StatusCode::OK, &json!(6)));
    assert_eq!(raw.played.files()["a"], b"012345");
    assert_eq!(refused(raw.append(&id, 6, false, b"").await), "closed/..");
    assert_eq!(refused(raw.finish(&id, 6, b"").await), "lookup_failed/not_found/..");
}

#[tokio::test]
async fn sessions_that_are_unknown_closed_or_old_take_nothing() {
    let raw = Raw::new();
    assert_eq!(refused(raw.append("none", 0, false, b"x").await), "not_found/..");
    assert_eq!(refused(raw.finish("none", 0, b"x").await), "lookup_failed/not_found/..");
    let id = raw.start(&json!({ "close": true })).await;
    assert_eq!(refused(raw.append(&id, 0, false, b"x").await), "closed/..");
    assert_eq!(refused(raw.finish(&id, 0, b"x").await), "lookup_failed/closed/..");
    assert_eq!(raw.finish(&id, 0, b"").await.0, StatusCode::OK);
    let id = raw.start(&json!({})).await;
    raw.played.pass(Duration::from_secs(7 * 24 * 60 * 60));
    let raw = Raw { token: raw.played.grant("files.content.write").0, ..raw };
    assert_eq!(refused(raw.append(&id, 0, false, b"x").await), "not_found/..");
}

#[tokio::test]
async fn what_is_refused_in_its_place_can_be_put_elsewhere() {
    let raw = Raw::new();
    raw.played.put_by_hand("a", b"in the way");
    let id = raw.start(&json!({})).await;
    assert_eq!(refused(raw.finish(&id, 0, b"text").await), "path/conflict/file/..");
    raw.played.remove_by_hand("a");
    assert_eq!(refused(raw.finish(&id, 0, b"text").await), "lookup_failed/incorrect_offset/..");
    assert_eq!(raw.finish(&id, 4, b"").await.0, StatusCode::OK);
    raw.played.fail(DriveFault::Full, 1);
    let (status, told) = raw.upload("files/upload", r#"{"path":"/b"}"#, b"other").await;
    assert_eq!((status, summary(&told)), (StatusCode::CONFLICT, "path/insufficient_space/.."));
    let id = told["error"]["upload_session_id"].as_str().unwrap();
    raw.played.remove_by_hand("a");
    assert_eq!(raw.finish(id, 5, b"").await.0, StatusCode::OK);
    assert_eq!(raw.played.files()["a"], b"other");
}

#[tokio::test]
async fn pieces_of_concurrent_sessions_have_their_sizes() {
    let raw = Raw::new();
    let concurrent = json!({ "session_type": "concurrent" });
    assert_eq!(
        refused(raw.upload(START, &concurrent.to_string(), b"x").await),
        "concurrent_session_data_not_allowed/.."
    );
    let closed = json!({ "session_type": { ".tag": "concurrent" }, "close": true });
    assert_eq!(
        refused(raw.upload(START, &closed.to_string(), b"").await),
        "concurrent_session_close_not_allowed/.."
    );
    let id = raw.start(&concurrent).await;
    let piece = vec![7; PIECE as usize];
    let short = &piece[1..];
    assert_eq!(refused(raw.append(&id, 0, false, short).await), "concurrent_session_invalid_data_size/..");
    assert_eq!(refused(raw.append(&id, 1, false, &piece).await), "concurrent_session_invalid_offset/..");
    assert_eq!(refused(raw.finish(&id, PIECE, b"").await), "concurrent_session_not_closed/..");
    assert_eq!(raw.append(&id, PIECE, true, b"end").await.0, StatusCode::OK);
    assert_eq!(refused(raw.finish(&id, PIECE + 3, b"").await), "concurrent_session_missing_data/..");
    assert_eq!(refused(raw.append(&id, 0, false, &piece).await), "closed/..");
    let id = raw.start(&concurrent).await;
    assert_eq!(raw.append(&id, 0, false, &piece).await.0, StatusCode::OK);
    assert_eq!(raw.append(&id, PIECE, true, b"end").await.0, StatusCode::OK);
    assert_eq!(refused(raw.finish(&id, PIECE + 3, b"x").await), "concurrent_session_data_not_allowed/..");
    assert_eq!(raw.finish(&id, PIECE + 3, b"").await.0, StatusCode::OK);
    assert_eq!(raw.played.files()["a"].len() as u64, PIECE + 3);
}
