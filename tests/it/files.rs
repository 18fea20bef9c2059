//! Files: uploaded and downloaded by plain HTTP through signed links, as browsers do it.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_lc_rs::digest::{Context, SHA256, digest};
use aws_sdk_dynamodb::types::AttributeValue;
use data_encoding::{BASE64, HEXLOWER};
use e2e::{Person, Reply, Stack, eventually};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

crate::trials!(
    a_small_file_goes_up_and_comes_down,
    a_link_serves_for_nothing_but_its_file,
    an_interrupted_upload_goes_on_where_it_ended,
    two_hundred_megabytes_come_back_as_they_went,
    a_file_that_is_not_what_it_was_said_to_be_is_rejected,
    hostile_names_are_kept_and_harmless,
    quotas_hold,
    somebody_elses_file_does_not_exist,
    a_deleted_file_leaves_nothing,
    the_bucket_is_closed,
    browsers_may_use_the_links,
);

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR and so on";
const MIB: usize = 1 << 20;

fn sha256(bytes: &[u8]) -> String {
    BASE64.encode(digest(&SHA256, bytes).as_ref())
}

fn path(file: &Value) -> String {
    format!("/files/{}", file["id"].as_str().unwrap())
}

/// Sends bytes where a link leads, with its headers and perhaps others instead.
async fn put(link: &Value, bytes: Vec<u8>, instead: &[(&str, &str)]) -> StatusCode {
    let mut headers: BTreeMap<String, String> = serde_json::from_value(link["headers"].clone()).unwrap();
    headers.extend(instead.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let mut request = reqwest::Client::new().put(link["url"].as_str().unwrap());
    for (name, value) in &headers {
        request = request.header(name, value);
    }
    request.body(bytes).send().await.unwrap().status()
}

async fn begun(person: &Person, name: &str, content_type: &str, bytes: &[u8]) -> Value {
    let request = json!({
        "filename": name, "contentType": content_type, "sizeBytes": bytes.len(), "sha256": sha256(bytes),
    });
    let reply = person.post("/files", &request).await;
    assert_eq!(reply.status, 201, "{}", reply.body);
    reply.body
}

async fn completed(person: &Person, file: &Value) -> Reply {
    person.post(&format!("{}/complete", path(file)), &json!({})).await
}

pub(crate) async fn ready(person: &Person, name: &str, content_type: &str, bytes: &[u8]) -> Value {
    let begun = begun(person, name, content_type, bytes).await;
    assert_eq!(put(&begun["upload"], bytes.to_vec(), &[]).await, 200);
    let reply = completed(person, &begun["file"]).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.body["file"].clone()
}

/// Sends parts of a file; `part` gives the bytes of each.
async fn send_parts(person: &Person, file: &Value, numbers: &[usize], part: impl Fn(usize) -> Vec<u8>) {
    for number in numbers {
        let bytes = part(*number);
        let asked = json!({"parts": [{"number": number, "sha256": sha256(&bytes)}]});
        let links = person.post(&format!("{}/parts", path(file)), &asked).await;
        assert_eq!(links.status, 200, "{}", links.body);
        assert_eq!(put(&links.body["parts"][0], bytes, &[]).await, 200);
    }
}

async fn download(person: &Person, file: &Value, query: &str) -> reqwest::Response {
    let link = person.get(&format!("{}/download{query}", path(file))).await;
    assert_eq!(link.status, 200, "{}", link.body);
    let response = reqwest::get(link.body["url"].as_str().unwrap()).await.unwrap();
    assert_eq!(response.status(), 200);
    response
}

fn s3(stack: &Stack) -> aws_sdk_s3::Client {
    let config = aws_sdk_s3::config::Builder::from(&stack.aws()).force_path_style(true);
    aws_sdk_s3::Client::from_conf(config.build())
}

async fn a_small_file_goes_up_and_comes_down(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    let memory = ada.save(&json!({"title": "Lisbon"})).await;
    let file = ready(&ada, "Été.png", "application/octet-stream", PNG).await;
    assert_eq!(
        (&file["contentType"], &file["checksum"]["value"]),
        (&json!("image/png"), &json!(sha256(PNG)))
    );
    assert_eq!(completed(&ada, &file).await.body["file"], file);

    let moved = ada.patch(&path(&file), &json!({"memoryId": memory["id"]})).await;
    assert_eq!(moved.body["file"]["memoryId"], memory["id"], "{}", moved.body);
    let list = ada.get(&format!("/files?memoryId={}", memory["id"].as_str().unwrap())).await.body;
    assert_eq!(list["files"], json!([moved.body["file"]]));
    assert_eq!((&list["usage"]["bytes"], &list["usage"]["count"]), (&json!(PNG.len()), &json!(1)));

    let download = download(&ada, &file, "?disposition=inline").await;
    assert_eq!(download.headers()["content-type"], "image/png");
    let disposition = download.headers()["content-disposition"].to_str().unwrap();
    assert_eq!(disposition, "inline; filename=\"_t_.png\"; filename*=UTF-8''%C3%89t%C3%A9.png");
    assert_eq!(download.bytes().await.unwrap(), PNG);
}

async fn a_link_serves_for_nothing_but_its_file(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    let link = begun(&ada, "a.png", "image/png", PNG).await["upload"].clone();
    let names: Vec<&String> = link["headers"].as_object().unwrap().keys().collect();
    assert_eq!(
        names,
        ["content-length", "content-type", "if-none-match", "x-amz-checksum-sha256", "x-amz-tagging"]
    );
    let (longer, other) = ([PNG, b"!"].concat(), vec![b'x'; PNG.len()]);
    let (length, checksum) = (longer.len().to_string(), sha256(&other));
    for (bytes, instead, status) in [
        (longer.clone(), vec![("content-length", length.as_str())], 403),
        (PNG.to_vec(), vec![("content-type", "text/html")], 403),
        (other.clone(), vec![("x-amz-checksum-sha256", checksum.as_str())], 403),
        (PNG.to_vec(), vec![("x-amz-tagging", "state=kept")], 403),
        (other, vec![], 400),
    ] {
        assert_eq!(put(&link, bytes, &instead).await, status, "{instead:?}");
    }
    assert_eq!(put(&link, PNG.to_vec(), &[]).await, 200);
    assert_eq!(put(&link, PNG.to_vec(), &[]).await, 412, "once only");
}

async fn an_interrupted_upload_goes_on_where_it_ended(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    let bytes: Vec<u8> = (0..20 * MIB).map(|place| b'a' + ((place / 7 + place / MIB) % 26) as u8).collect();
    let begun = begun(&ada, "log.txt", "text/plain", &bytes).await;
    assert_eq!(begun["upload"], json!({"kind": "multipart", "partSizeBytes": 8 * MIB, "partCount": 3}));
    let file = &begun["file"];
    let part = |number: usize| bytes.chunks(8 * MIB).nth(number - 1).unwrap().to_vec();
    send_parts(&ada, file, &[3, 1], part).await;
    let early = completed(&ada, file).await;
    assert_eq!((early.status.as_u16(), early.error_type()), (409, &json!("UploadIncomplete")));
    let arrived = ada.get(&format!("{}/parts", path(file))).await.body;
    let parts = json!([{"number": 1, "sizeBytes": 8 * MIB}, {"number": 3, "sizeBytes": 4 * MIB}]);
    assert_eq!(arrived["parts"], parts);
    send_parts(&ada, file, &[2], part).await;
    let (one, two) = tokio::join!(completed(&ada, file), completed(&ada, file));
    assert_eq!((one.status.as_u16(), two.status.as_u16()), (200, 200), "{} {}", one.body, two.body);
    assert_eq!(one.body, two.body);
    assert!(download(&ada, file, "").await.bytes().await.unwrap() == bytes, "the bytes differ");
}

/// A part of a file of which no two parts are alike, made when it is needed.
fn made(number: usize, size: usize) -> Vec<u8> {
    let mut state = number as u64;
    let mut bytes = Vec::with_capacity(size + 8);
    while bytes.len() < size {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        bytes.extend(state.to_be_bytes());
    }
    bytes.truncate(size);
    bytes
}

async fn two_hundred_megabytes_come_back_as_they_went(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    let size = 200_000_000;
    let request =
        json!({"filename": "film.bin", "contentType": "application/octet-stream", "sizeBytes": size});
    let begun = ada.post("/files", &request).await.body;
    let part_size = begun["upload"]["partSizeBytes"].as_u64().unwrap() as usize;
    let count = begun["upload"]["partCount"].as_u64().unwrap() as usize;
    let part = |number: usize| made(number, part_size.min(size - (number - 1) * part_size));
    let mut sent = Context::new(&SHA256);
    for number in 1..=count {
        sent.update(&part(number));
        send_parts(&ada, &begun["file"], &[number], part).await;
    }
    let reply = completed(&ada, &begun["file"]).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert_eq!(reply.body["file"]["checksum"]["parts"], json!(count));

    let (mut received, mut received_bytes) = (Context::new(&SHA256), 0);
    let mut download = download(&ada, &begun["file"], "").await;
    while let Some(chunk) = download.chunk().await.unwrap() {
        received.update(&chunk);
        received_bytes += chunk.len();
    }
    assert_eq!(received_bytes, size);
    let hex = |context: Context| HEXLOWER.encode(context.finish().as_ref());
    assert_eq!(hex(received), hex(sent));
    assert_eq!(ada.delete(&path(&begun["file"])).await.status, 204);
}

async fn a_file_that_is_not_what_it_was_said_to_be_is_rejected(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    let page = b"<!DOCTYPE html><script>alert(1)</script>";
    let begun = begun(&ada, "a.png", "image/png", page).await;
    assert_eq!(put(&begun["upload"], page.to_vec(), &[]).await, 200);
    let reply = completed(&ada, &begun["file"]).await;
    assert_eq!((reply.status.as_u16(), reply.error_type()), (422, &json!("FileRejected")));
    assert!(reply.body["error"]["message"].as_str().unwrap().contains("text/html"), "{}", reply.body);
    let list = ada.get("/files").await.body;
    assert_eq!((&list["files"][0]["status"], &list["usage"]["bytes"]), (&json!("rejected"), &json!(0)));
    assert_eq!(objects(&stack, &ada).await, [] as [&str; 0]);
}

async fn hostile_names_are_kept_and_harmless(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    let file = ready(&ada, "a.html", "text/html", b"<script>alert(1)</script>").await;
    for name in
        ["../../etc/passwd", "\"; filename=\"evil.exe", "..\\con.txt", "%0d%0aSet-Cookie: a=b", "😀.png"]
    {
        let renamed = ada.patch(&path(&file), &json!({"filename": name})).await;
        assert_eq!(renamed.body["file"]["filename"], name);
        let download = download(&ada, &file, "?disposition=inline").await;
        assert_eq!(download.headers()["content-type"], "application/octet-stream");
        assert!(!download.headers().contains_key("set-cookie"));
        let disposition = download.headers()["content-disposition"].to_str().unwrap();
        let (_, saved) = disposition.split_once("filename*=UTF-8''").unwrap();
        assert!(disposition.starts_with("attachment; "), "{disposition}");
        assert!(!saved.contains(['/', '\\', '"', ';', ' ']) && !saved.starts_with('.'), "{disposition}");
    }
    for name in ["a\r\nSet-Cookie: a=b", "a\u{0}", "cod\u{202e}gnp.exe"] {
        let reply = ada.patch(&path(&file), &json!({"filename": name})).await;
        assert_eq!(reply.status, 422, "{name:?}");
    }
}

async fn quotas_hold(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    let request = |bytes: u64| json!({"filename": "a", "contentType": "video/mp4", "sizeBytes": bytes});
    let reply = ada.post("/files", &request(5_000_000_001)).await;
    assert_eq!((reply.status.as_u16(), reply.error_type()), (413, &json!("FileTooLarge")));
    let five_gigabytes = request(5_000_000_000);
    let replies = futures_util::future::join_all((0..12).map(|_| ada.post("/files", &five_gigabytes))).await;
    let statuses: Vec<u16> = replies.iter().map(|reply| reply.status.as_u16()).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 10, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 409).count(), 2, "{statuses:?}");
    let list = ada.get("/files").await.body;
    assert_eq!(
        list["usage"],
        json!({"bytes": 50_000_000_000_u64, "count": 10, "quotaBytes": 50_000_000_000_u64})
    );
    for file in list["files"].as_array().unwrap() {
        assert_eq!(ada.delete(&path(file)).await.status, 204);
    }
    assert_eq!(ada.get("/files").await.body["usage"]["bytes"], 0);
}

async fn somebody_elses_file_does_not_exist(stack: Arc<Stack>) {
    let (ada, eve) = (Person::registered(&stack).await, Person::registered(&stack).await);
    let file = ready(&ada, "a.png", "image/png", PNG).await;
    for operation in ["", "/download", "/parts"] {
        let reply = eve.get(&format!("{}{operation}", path(&file))).await;
        assert_eq!((reply.status.as_u16(), reply.error_type()), (404, &json!("NotFound")));
    }
    assert_eq!(eve.delete(&path(&file)).await.status, 404);
    assert_eq!(ada.get(&path(&file)).await.body["file"], file);
}

/// What the bucket has of a person: objects, and uploads that are not completed.
pub(crate) async fn objects(stack: &Stack, person: &Person) -> Vec<String> {
    let (s3, bucket, prefix) = (s3(stack), stack.output("FilesBucketName"), format!("{}/", person.id()));
    let objects = s3.list_objects_v2().bucket(bucket).prefix(&prefix).send().await.unwrap();
    let uploads = s3.list_multipart_uploads().bucket(bucket).prefix(&prefix).send().await.unwrap();
    let objects = objects.contents().iter().filter_map(|object| object.key.clone());
    objects.chain(uploads.uploads().iter().filter_map(|upload| upload.key.clone())).collect()
}

/// What the table has of files of a person, but for what the indexer adds and takes away in its own time.
async fn items(stack: &Stack, person: &Person) -> Vec<String> {
    let mut items = items_and_vectors(stack, person).await;
    items.retain(|key| !key.contains("#VECTORS "));
    items
}

async fn items_and_vectors(stack: &Stack, person: &Person) -> Vec<String> {
    let table = aws_sdk_dynamodb::Client::new(&stack.aws());
    let scan = table.scan().table_name(stack.output("TableName")).projection_expression("pk, sk");
    let scan = scan
        .filter_expression("contains(pk, :person) OR contains(sk, :person)")
        .expression_attribute_values(":person", AttributeValue::S(person.id().to_owned()));
    let found = scan.into_paginator().items().send().try_collect().await.unwrap();
    let text = |value: &AttributeValue| value.as_s().unwrap().clone();
    let keys = found.iter().map(|item| format!("{} {}", text(&item["pk"]), text(&item["sk"])));
    let about_files =
        |key: &String| [" F#", " FILE#", " FGONE#", " UPLOAD#"].iter().any(|part| key.contains(part));
    keys.filter(about_files).collect()
}

async fn a_deleted_file_leaves_nothing(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    let memory = ada.save(&json!({"title": "Lisbon"})).await;
    let small = ready(&ada, "a.png", "image/png", PNG).await;
    ada.patch(&path(&small), &json!({"memoryId": memory["id"]})).await;
    let bytes = vec![b'x'; 20 * MIB];
    let large = begun(&ada, "b.txt", "text/plain", &bytes).await["file"].clone();
    let part = |number: usize| bytes.chunks(8 * MIB).nth(number - 1).unwrap().to_vec();
    send_parts(&ada, &large, &[1], part).await;
    assert_eq!(objects(&stack, &ada).await.len(), 2);
    assert_eq!(items(&stack, &ada).await.len(), 4, "two files, one with a memory, one due");
    for file in [&small, &large] {
        assert_eq!(ada.delete(&path(file)).await.status, 204);
        assert_eq!(ada.get(&path(file)).await.status, 404);
    }
    assert_eq!(objects(&stack, &ada).await, [] as [&str; 0]);
    assert_eq!(items(&stack, &ada).await, [] as [&str; 0]);
    eventually("the vectors of their names to go", || async {
        items_and_vectors(&stack, &ada).await.is_empty().then_some(())
    })
    .await;
    let usage = ada.get("/files").await.body["usage"].clone();
    assert_eq!((&usage["bytes"], &usage["count"]), (&json!(0), &json!(0)));
}

/// Its encryption and its lifecycle are not here: the local cloud drops both. A test of the function looks for them in the template.
async fn the_bucket_is_closed(stack: Arc<Stack>) {
    let (s3, bucket) = (s3(&stack), stack.output("FilesBucketName"));
    let closed = s3.get_public_access_block().bucket(bucket).send().await.unwrap();
    let closed = closed.public_access_block_configuration.unwrap();
    assert!(closed.block_public_acls.unwrap() && closed.block_public_policy.unwrap());
    assert!(closed.ignore_public_acls.unwrap() && closed.restrict_public_buckets.unwrap());
    let policy = s3.get_bucket_policy().bucket(bucket).send().await.unwrap().policy.unwrap();
    assert!(policy.contains("aws:SecureTransport"), "{policy}");
    let ada = Person::registered(&stack).await;
    let file = ready(&ada, "a.png", "image/png", PNG).await;
    let link = ada.get(&format!("{}/download", path(&file))).await.body["url"].clone();
    let unsigned = link.as_str().unwrap().split('?').next().unwrap().to_owned();
    assert_eq!(reqwest::get(unsigned).await.unwrap().status(), 403);
}

async fn browsers_may_use_the_links(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    let link = begun(&ada, "a.png", "image/png", PNG).await["upload"].clone();
    let asked = reqwest::Client::new()
        .request(Method::OPTIONS, link["url"].as_str().unwrap())
        .header("origin", "https://app.example.com")
        .header("access-control-request-method", "PUT")
        .header(
            "access-control-request-headers",
            "content-type,if-none-match,x-amz-checksum-sha256,x-amz-tagging",
        )
        .send()
        .await
        .unwrap();
    assert_eq!(asked.status(), 200);
    assert_eq!(asked.headers()["access-control-allow-origin"], "*");
    let exposed = asked.headers()["access-control-expose-headers"].to_str().unwrap().to_lowercase();
    assert!(exposed.contains("etag") && exposed.contains("x-amz-checksum-sha256"), "{exposed}");
}
