//! Files that are sent in parts.

use serde_json::{Value, json};

use crate::s3::sha256_base64;
use crate::{Stage, failed, failure, path};

const MIB: usize = 1 << 20;

/// Text of which no two parts are alike: three parts of 8, 8 and 1 MiB and a bit.
fn text() -> Vec<u8> {
    (0..17 * MIB + 5).map(|place| b'a' + ((place / 7 + place / MIB) % 26) as u8).collect()
}

async fn links(stage: &Stage, file: &Value, bytes: &[u8], numbers: &[usize]) -> Vec<Value> {
    let parts: Vec<Value> = numbers
        .iter()
        .map(|number| json!({"number": number, "sha256": sha256_base64(part(bytes, *number))}))
        .collect();
    let reply = stage.post(&format!("{}/parts", path(file)), &json!({"parts": parts})).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.json()["parts"].as_array().unwrap().clone()
}

fn part(bytes: &[u8], number: usize) -> &[u8] {
    bytes.chunks(8 * MIB).nth(number - 1).unwrap()
}

async fn send(stage: &Stage, file: &Value, bytes: &[u8], numbers: &[usize]) {
    for link in links(stage, file, bytes, numbers).await {
        let number = link["number"].as_u64().unwrap() as usize;
        assert_eq!(stage.put(&link, part(bytes, number)).await.status(), 200);
    }
}

async fn complete(stage: &Stage, file: &Value) -> app_testing::Reply {
    stage.post(&format!("{}/complete", path(file)), &json!({})).await
}

#[tokio::test]
async fn an_interrupted_upload_goes_on_where_it_ended() {
    let (stage, bytes) = (Stage::new().await, text());
    let begun = stage.begun("log.txt", "text/plain", &bytes).await;
    assert_eq!(begun["upload"], json!({"kind": "multipart", "partSizeBytes": 8 * MIB, "partCount": 3}));
    let file = &begun["file"];
    send(&stage, file, &bytes, &[3, 1]).await;

    let reply = complete(&stage, file).await;
    assert_eq!(failure(&reply), failed(409, "UploadIncomplete"));
    assert_eq!(reply.json()["error"]["message"], "1 of 3 parts have not arrived: 2.");
    let arrived = stage.get(&format!("{}/parts", path(file))).await.json();
    assert_eq!(
        arrived,
        json!({"partSizeBytes": 8 * MIB, "partCount": 3, "parts": [
            {"number": 1, "sizeBytes": 8 * MIB}, {"number": 3, "sizeBytes": MIB + 5},
        ]})
    );
    send(&stage, file, &bytes, &[2, 1]).await;
    stage.s3.calls();
    let reply = complete(&stage, file).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_eq!(
        stage.s3.calls(),
        ["ListParts", "CompleteMultipartUpload", "HeadObject", "GetObject", "DeleteObjectTagging"]
    );
    let ready = reply.json()["file"].clone();
    assert_eq!((&ready["status"], &ready["checksum"]["parts"]), (&json!("ready"), &json!(3)));
    assert!(ready["checksum"]["value"].as_str().unwrap().ends_with("=-3"), "{ready}");
    assert!(stage.s3.object(&stage.object_key(file)).unwrap().bytes == bytes);
    assert_eq!(complete(&stage, file).await.json()["file"], ready);
}

#[tokio::test]
async fn a_link_is_for_one_part_of_one_size_and_content() {
    let (stage, bytes) = (Stage::new().await, text());
    let begun = stage.begun("log.txt", "text/plain", &bytes).await;
    let link = links(&stage, &begun["file"], &bytes, &[3]).await.remove(0);
    let names: Vec<&String> = link["headers"].as_object().unwrap().keys().collect();
    assert_eq!(names, ["content-length", "x-amz-checksum-sha256"]);
    let (last, shorter) = (part(&bytes, 3), &part(&bytes, 3)[1..]);
    let mut other = last.to_vec();
    other[0] ^= 1;
    assert_eq!(stage.put(&link, &other).await.status(), 400);
    for (header, value, sent) in [
        ("content-length", shorter.len().to_string(), shorter),
        ("x-amz-checksum-sha256", sha256_base64(&other), &other),
    ] {
        let mut changed = link.clone();
        changed["headers"][header] = json!(value);
        assert_eq!(stage.put(&changed, sent).await.status(), 403, "{header}");
    }
    let mut moved = link.clone();
    moved["url"] = json!(link["url"].as_str().unwrap().replace("partNumber=3", "partNumber=1"));
    assert_eq!(stage.put(&moved, last).await.status(), 403);
    assert_eq!(stage.put(&link, last).await.status(), 200);
}

#[tokio::test]
async fn wrong_parts_are_refused_by_name() {
    let (stage, bytes) = (Stage::new().await, text());
    let file = stage.begun("log.txt", "text/plain", &bytes).await["file"].clone();
    let good = "0".repeat(64);
    let many: Vec<Value> = (1..=101).map(|number| json!({"number": number, "sha256": good})).collect();
    for (parts, field) in [
        (json!([]), "parts"),
        (json!(many), "parts"),
        (json!([{"number": 1, "sha256": good}, {"number": 1, "sha256": good}]), "parts[1].number"),
        (json!([{"number": 1, "sha256": "x"}]), "parts[0].sha256"),
        (json!([{"number": 0, "sha256": good}]), "parts[0].number"),
        (json!([{"number": 4, "sha256": good}]), "parts[0].number"),
        (json!([{"number": 1}]), "parts[0].sha256"),
    ] {
        let reply = stage.post(&format!("{}/parts", path(&file)), &json!({"parts": parts})).await;
        assert_eq!((reply.status.as_u16(), reply.wrong_fields()), (422, vec![field.to_owned()]), "{field}");
    }
    let whole = stage.ready("a.png").await;
    let asked = json!({"parts": [{"number": 1, "sha256": good}]});
    let reply = stage.post(&format!("{}/parts", path(&whole)), &asked).await;
    assert_eq!(failure(&reply), failed(409, "NotUploading"));
    let begun = stage.begun("a.png", "image/png", crate::PNG).await["file"].clone();
    assert_eq!(failure(&stage.get(&format!("{}/parts", path(&begun))).await), failed(409, "NotMultipart"));
}

#[tokio::test]
async fn a_completion_that_the_table_never_heard_of_is_repeated() {
    let (stage, bytes) = (Stage::new().await, text());
    let file = stage.begun("log.txt", "text/plain", &bytes).await["file"].clone();
    send(&stage, &file, &bytes, &[1, 2, 3]).await;
    stage.s3.break_at(&["HeadObject"]);
    assert_eq!(complete(&stage, &file).await.status, 503);
    stage.s3.break_at(&[]);
    let arrived = stage.get(&format!("{}/parts", path(&file))).await.json();
    assert_eq!(arrived["parts"].as_array().unwrap().len(), 3);
    let reply = complete(&stage, &file).await;
    assert_eq!((reply.status.as_u16(), &reply.json()["file"]["status"]), (200, &json!("ready")));
}

#[tokio::test]
async fn completions_at_once_are_as_good_as_one() {
    let (stage, bytes) = (Stage::new().await, text());
    let file = stage.begun("log.txt", "text/plain", &bytes).await["file"].clone();
    send(&stage, &file, &bytes, &[1, 2, 3]).await;
    let replies = futures_util::future::join_all((0..8).map(|_| complete(&stage, &file))).await;
    for reply in &replies {
        assert_eq!((reply.status.as_u16(), reply.json()), (200, replies[0].json()));
    }
}

#[tokio::test]
async fn an_upload_that_s3_gave_up_is_to_be_begun_anew() {
    let (stage, bytes) = (Stage::new().await, text());
    let file = stage.begun("log.txt", "text/plain", &bytes).await["file"].clone();
    stage.s3.forget_uploads();
    assert_eq!(failure(&complete(&stage, &file).await), failed(409, "UploadGone"));
    assert_eq!(failure(&stage.get(&format!("{}/parts", path(&file))).await), failed(409, "UploadGone"));
    assert_eq!(stage.delete(&path(&file)).await.status, 204);
    assert_eq!((stage.usage().await, stage.left_in_table().await.len()), ((0, 0), 0));
}

#[tokio::test]
async fn a_large_file_that_is_not_what_it_was_said_to_be_is_rejected_and_removed() {
    let (stage, bytes) = (Stage::new().await, text());
    let file = stage.begun("clip.pdf", "application/pdf", &bytes).await["file"].clone();
    send(&stage, &file, &bytes, &[1, 2, 3]).await;
    assert_eq!(failure(&complete(&stage, &file).await), failed(422, "FileRejected"));
    assert!(stage.s3.is_empty());
    assert_eq!(stage.usage().await, (0, 0));
}
