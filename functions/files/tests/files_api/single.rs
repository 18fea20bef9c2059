//! Files that are sent as a whole.

use serde_json::json;

use crate::s3::sha256_base64;
use crate::{PNG, Stage, failed, failure, path};

#[tokio::test]
async fn a_small_file_is_sent_completed_and_known_by_its_content() {
    let stage = Stage::new().await;
    let begun = stage.begun("Lisbon.png", "application/octet-stream", PNG).await;
    assert_eq!((&begun["upload"]["kind"], &begun["file"]["status"]), (&json!("single"), &json!("uploading")));
    assert_eq!(stage.put(&begun["upload"], PNG).await.status(), 200);
    let object = stage.s3.object(&stage.object_key(&begun["file"])).unwrap();
    assert_eq!((object.bytes.as_ref(), object.tags.as_deref()), (PNG, Some("state=uploading")));
    assert_eq!(stage.s3.calls(), ["PutObject"]);

    let path = path(&begun["file"]);
    let reply = stage.post(&format!("{path}/complete"), &json!({})).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_eq!(stage.s3.calls(), ["HeadObject", "GetObject", "DeleteObjectTagging"]);
    assert_eq!(stage.s3.object(&stage.object_key(&begun["file"])).unwrap().tags, None);
    let body = reply.json();
    insta::assert_json_snapshot!(body, {
        ".file.id" => "[id]", ".file.createdAt" => "[time]", ".file.updatedAt" => "[time]",
    }, @r#"
    {
      "file": {
        "checksum": {
          "algorithm": "SHA-256",
          "value": "9Cs4gzs0IhKQrPvboiUg1CPm6GUkw2MfzKTyaWxbIq8="
        },
        "contentType": "image/png",
        "createdAt": "[time]",
        "filename": "Lisbon.png",
        "id": "[id]",
        "memoryId": null,
        "messageId": null,
        "sizeBytes": 26,
        "status": "ready",
        "updatedAt": "[time]",
        "version": 2
      }
    }
    "#);
    assert_eq!(reply.headers["etag"], "\"2\"");
    assert_eq!(stage.get(&path).await.json(), body);

    let again = stage.post(&format!("{path}/complete"), &json!({})).await;
    assert_eq!((again.status.as_u16(), again.json()), (200, body));
    assert_eq!(stage.s3.calls(), [] as [&str; 0]);
    assert_eq!(stage.left_in_table().await.len(), 1, "nothing is due");
}

#[tokio::test]
async fn a_link_is_for_one_length_one_type_and_one_content() {
    let stage = Stage::new().await;
    let begun = stage.begun("a.png", "image/png", PNG).await;
    let headers = begun["upload"]["headers"].as_object().unwrap().clone();
    let names: Vec<&str> = headers.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        ["content-length", "content-type", "if-none-match", "x-amz-checksum-sha256", "x-amz-tagging"]
    );
    let longer = [PNG, b"!"].concat();
    let other = vec![b'x'; PNG.len()];
    for (change, bytes, status) in [
        (json!({"content-length": longer.len().to_string()}), longer.as_slice(), 403),
        (json!({"content-type": "text/html"}), PNG, 403),
        (json!({"x-amz-checksum-sha256": sha256_base64(&other)}), &other, 403),
        (json!({"x-amz-tagging": "state=ready"}), PNG, 403),
        (json!({"if-none-match": "\"x\""}), PNG, 403),
        (json!({}), &other, 400),
    ] {
        let mut link = begun["upload"].clone();
        link["headers"].as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        assert_eq!(stage.put(&link, bytes).await.status(), status, "{change}");
    }
    assert!(stage.s3.is_empty());
    assert_eq!(stage.put(&begun["upload"], PNG).await.status(), 200);
    assert_eq!(stage.put(&begun["upload"], PNG).await.status(), 412, "once only");
}

#[tokio::test]
async fn what_has_not_come_is_not_complete() {
    let stage = Stage::new().await;
    let begun = stage.begun("a.png", "image/png", PNG).await;
    let reply = stage.post(&format!("{}/complete", path(&begun["file"])), &json!({})).await;
    assert_eq!(failure(&reply), failed(409, "UploadIncomplete"));
    assert_eq!(stage.usage().await, (PNG.len() as u64, 1), "it may still come");
}

#[tokio::test]
async fn a_file_that_is_not_what_it_was_said_to_be_is_rejected_and_removed() {
    let stage = Stage::new().await;
    let memory = stage.memory().await;
    let begun = stage.begun("a.pdf", "application/pdf", PNG).await;
    let path = path(&begun["file"]);
    assert_eq!(stage.patch(&path, &json!({"memoryId": memory})).await.status, 200);
    assert_eq!(stage.put(&begun["upload"], PNG).await.status(), 200);
    for _ in 0..2 {
        let reply = stage.post(&format!("{path}/complete"), &json!({})).await;
        assert_eq!(failure(&reply), failed(422, "FileRejected"));
        let message = reply.json()["error"]["message"].as_str().unwrap().to_owned();
        assert!(
            message.contains("application/pdf") && message.contains("its content is image/png"),
            "{message}"
        );
    }
    let file = stage.get(&path).await.json()["file"].clone();
    assert_eq!((&file["status"], &file["memoryId"]), (&json!("rejected"), &json!(null)));
    assert!(file["rejection"].as_str().unwrap().contains("image/png"));
    assert_eq!(stage.usage().await, (0, 0));
    assert!(stage.s3.is_empty());
    let left = stage.left_in_table().await;
    assert!(left.len() == 1 && left[0].contains(" F#"), "only the reason is kept, for a day: {left:?}");

    assert_eq!(failure(&stage.patch(&path, &json!({"filename": "b"})).await), failed(409, "FileRejected"));
    assert_eq!(failure(&stage.get(&format!("{path}/download")).await), failed(409, "FileNotReady"));
    assert_eq!(stage.delete(&path).await.status, 204);
    assert_eq!((stage.usage().await, stage.left_in_table().await.len()), ((0, 0), 0));
}

#[tokio::test]
async fn two_completions_at_once_are_as_good_as_one() {
    let stage = Stage::new().await;
    let begun = stage.begun("a.png", "image/png", PNG).await;
    stage.put(&begun["upload"], PNG).await;
    let path = format!("{}/complete", path(&begun["file"]));
    let body = json!({});
    let replies = futures_util::future::join_all((0..8).map(|_| stage.post(&path, &body))).await;
    for reply in &replies {
        assert_eq!((reply.status.as_u16(), reply.json()), (200, replies[0].json()));
    }
    assert_eq!(stage.usage().await, (PNG.len() as u64, 1));
}

#[tokio::test]
async fn a_rename_while_it_is_completed_is_kept() {
    let stage = Stage::new().await;
    let begun = stage.begun("a.png", "image/png", PNG).await;
    stage.put(&begun["upload"], PNG).await;
    let path = path(&begun["file"]);
    let (complete, empty, name) = (format!("{path}/complete"), json!({}), json!({"filename": "b.png"}));
    let (one, two) = tokio::join!(stage.post(&complete, &empty), stage.patch(&path, &name));
    assert_eq!((one.status.as_u16(), two.status.as_u16()), (200, 200), "{} {}", one.text, two.text);
    let file = stage.get(&path).await.json()["file"].clone();
    assert_eq!(
        (&file["filename"], &file["status"], &file["version"]),
        (&json!("b.png"), &json!("ready"), &json!(3))
    );
}

#[tokio::test]
async fn while_s3_fails_nothing_is_ready_and_afterwards_it_is() {
    let stage = Stage::new().await;
    let begun = stage.begun("a.png", "image/png", PNG).await;
    stage.put(&begun["upload"], PNG).await;
    let path = path(&begun["file"]);
    for call in ["HeadObject", "GetObject", "DeleteObjectTagging"] {
        stage.s3.break_at(&[call]);
        let reply = stage.post(&format!("{path}/complete"), &json!({})).await;
        assert_eq!(failure(&reply), failed(503, "Unavailable"), "{call}");
        assert_eq!(stage.get(&path).await.json()["file"]["status"], "uploading");
    }
    stage.s3.break_at(&[]);
    assert_eq!(stage.post(&format!("{path}/complete"), &json!({})).await.status, 200);
}

#[tokio::test]
async fn every_broken_rule_is_named_at_once() {
    let stage = Stage::new().await;
    let bad = json!({"filename": "a\0b", "contentType": "image/*", "sizeBytes": 0, "sha256": "x"});
    let reply = stage.post("/files", &bad).await;
    let fields = ["filename", "contentType", "sizeBytes", "sha256"].map(str::to_owned);
    assert_eq!((reply.status.as_u16(), reply.wrong_fields()), (422, fields.to_vec()));
    let good = json!({"filename": "a", "contentType": "image/png", "sizeBytes": 1, "sha256": "0".repeat(64)});
    for (field, value) in [
        ("sha256", json!(null)),
        ("sizeBytes", json!(-1)),
        ("sizeBytes", json!(1.5)),
        ("sizeBytes", json!(5_368_709_121_u64)),
        ("memoryId", json!("x")),
        ("memoryId", json!("01900000-0000-7000-8000-000000000000")),
        ("filename", json!(null)),
        ("filename", json!("photo\u{202e}gnp.exe")),
    ] {
        let mut request = good.clone();
        request[field] = value.clone();
        let reply = stage.post("/files", &request).await;
        assert_eq!((reply.status.as_u16(), reply.wrong_fields()), (422, vec![field.to_owned()]), "{value}");
    }
    assert_eq!((stage.usage().await, stage.left_in_table().await.len()), ((0, 0), 0));
    assert!(stage.s3.is_empty());
}
