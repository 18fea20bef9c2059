//! What other processes do and see at `/_fake/…`.

use std::time::Duration;

use app_connectors::drives::{Drive, DriveErrorClass, When};
use app_testing::drives::PlayedDrive;
use bytes::Bytes;
use reqwest::{Client, Method};
use serde_json::{Value, json};

use super::put;

pub(crate) async fn other_processes_see_and_change_it(drive: &dyn Drive, played: &dyn PlayedDrive) {
    put(drive, "ours", &[0xff], When::Absent).await;
    let before = played.traffic();
    let call = async |method: Method, path: &str, body: Value| -> (u16, Value) {
        let request = Client::new().request(method, format!("{}/_fake/{path}", played.origin()));
        let response = request.json(&body).send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap_or_default())
    };
    let by_hand = json!({ "path": "a/b", "text": "by hand" });
    assert_eq!(call(Method::POST, "files", by_hand).await.0, 204);
    assert_eq!(call(Method::POST, "files", json!({ "path": "a/c" })).await.0, 422);
    let shown = json!([
        { "path": "a/b", "sizeBytes": 7, "text": "by hand" }, { "path": "ours", "sizeBytes": 1, "text": null },
    ]);
    assert_eq!(call(Method::GET, "files", Value::Null).await, (200, json!({ "items": shown })));
    assert_eq!(call(Method::DELETE, "files?path=a/b", Value::Null).await.0, 204);
    assert_eq!(call(Method::DELETE, "files?path=a/b", Value::Null).await.0, 404);
    played.put_by_hand("a/b/c", b"deeper");
    assert_eq!(call(Method::DELETE, "files?path=a", Value::Null).await.0, 204);
    assert_eq!(call(Method::DELETE, "files", Value::Null).await.0, 422);
    assert!(played.files().into_keys().eq(["ours".to_owned()]));

    let fault = json!({ "fault": "throttled", "seconds": 3_600, "times": 2 });
    assert_eq!(call(Method::POST, "fault", fault).await.0, 204);
    assert_eq!(call(Method::POST, "fault", json!({ "fault": "other" })).await.0, 422);
    let (status, told) = call(Method::GET, "traffic", Value::Null).await;
    let counts = json!({ "calls": before.calls, "bytesIn": before.bytes_in, "bytesOut": before.bytes_out });
    assert_eq!((status, told), (200, counts), "what tests do is no traffic");
    for _ in 0..2 {
        let told = drive.put("b", Bytes::from_static(b"b"), When::Absent).await.unwrap_err();
        assert_eq!(
            (told.class, told.retry_after),
            (DriveErrorClass::Throttled, Some(Duration::from_secs(3_600)))
        );
    }
    put(drive, "b", b"b", When::Absent).await;
}
