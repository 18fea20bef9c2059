use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use app_connectors::whatsapp::{sha256_hex, sign};
use app_testing::{Call, Reply, event};
use serde_json::{Value, json};

use super::*;
use crate::testing::{APP_SECRET, Cloud, OLD_APP_SECRET, Sqs};
use crate::{Secret, router};

async fn post(cloud: &Cloud, body: &str, signature: Option<&str>) -> Reply {
    let call = Call::new(axum::http::Method::POST, "/whatsapp/webhook").body(body.to_owned());
    let call = match signature {
        Some(signature) => call.header(Signature::HEADER, signature),
        None => call,
    };
    call.send(&cloud.service()).await
}

async fn deliver(cloud: &Cloud, body: &str) -> Reply {
    post(cloud, body, Some(&sign(APP_SECRET.as_bytes(), body.as_bytes()))).await
}

/// Messages of this many senders in turn.
fn messages_of(senders: usize, ids: impl Iterator<Item = usize>) -> String {
    let message = |n| {
        let from = format!("49155500{:05}", n % senders);
        json!({"id": format!("wamid.{n}"), "from": from, "timestamp": "1795000000", "type": "text", "text": {"body": "x"}})
    };
    let value = json!({"messages": ids.map(message).collect::<Vec<Value>>()});
    json!({"entry": [{"changes": [{"field": "messages", "value": value}]}]}).to_string()
}

fn messages(ids: impl Iterator<Item = usize>) -> String {
    messages_of(1, ids)
}

#[tokio::test]
async fn a_signed_message_goes_to_the_bucket_and_to_the_queue() {
    let cloud = Cloud::default();
    let event = event("whatsapp/text.json");
    let reply = Call::of_event(&event).send(&cloud.service()).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
    let [sent] = &cloud.sqs.sent()[..] else { panic!("one message") };
    let body: Value = serde_json::from_str(sent.body()).unwrap();
    assert_eq!(body["update"], "message");
    assert_eq!(body["wamid"], "wamid.TEST0001");
    assert_eq!(body["from"], "4915550002222");
    assert_eq!(body["contactName"], "Jörg 🚀");
    assert_eq!(body["phoneNumberId"], "700800900100200");
    assert_eq!(body["message"]["text"]["body"], "Über https://a.example/x");
    assert!(!format!("{} {}", sent.group(), sent.deduplication()).contains("4915550002222"));
    let [key] = &cloud.bucket.keys()[..] else { panic!("one object") };
    let raw = event["body"].as_str().unwrap().as_bytes();
    assert_eq!(cloud.bucket.get(key).unwrap(), raw, "byte for byte");
    assert!(key.starts_with("raw/20") && key.ends_with(&format!("/{}", sha256_hex(raw))), "{key}");
}

#[tokio::test]
async fn every_message_of_several_entries_goes_to_the_queue() {
    let cloud = Cloud::default();
    let reply = Call::of_event(&event("whatsapp/several.json")).send(&cloud.service()).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
    assert_eq!(cloud.sqs.wamids(), ["wamid.S1", "wamid.S2", "wamid.S3"]);
}

#[tokio::test]
async fn statuses_go_to_the_queue_and_what_nobody_knows_to_the_bucket_alone() {
    let cloud = Cloud::default();
    let reply = Call::of_event(&event("whatsapp/status.json")).send(&cloud.service()).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
    let sent = cloud.sqs.sent();
    assert!(!sent.is_empty() && sent.iter().all(|sent| sent.body().contains(r#""update":"status""#)));

    let cloud = Cloud::default();
    let unknown = r#"{"entry":[{"changes":[{"field":"tea_leaves","value":{"read":"yes"}}]}]}"#;
    assert_eq!(deliver(&cloud, unknown).await.status, StatusCode::OK);
    assert_eq!((cloud.sqs.sent().len(), cloud.bucket.keys().len()), (0, 1));
}

#[tokio::test]
async fn nothing_unsigned_is_read_or_kept() {
    let cloud = Cloud::default();
    let body = messages(0..1);
    let good = sign(APP_SECRET.as_bytes(), body.as_bytes());
    let wrong = sign(b"another secret", body.as_bytes());
    let empty = sign(b"", body.as_bytes());
    let malformed = good.replace("sha256=", "");
    for signature in [None, Some(""), Some(&*malformed), Some(&*wrong), Some(&*empty)] {
        let reply = post(&cloud, &body, signature).await;
        assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "{signature:?}");
        assert_eq!(reply.error_type(), "InvalidSignature");
    }
    assert_eq!(post(&cloud, &format!("{body} "), Some(&good)).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(post(&cloud, "not JSON", None).await.status, StatusCode::UNAUTHORIZED);
    assert!(cloud.sqs.sent().is_empty() && cloud.bucket.keys().is_empty());
}

#[tokio::test]
async fn while_the_app_secret_changes_both_are_good() {
    let cloud = Cloud::default();
    let body = messages(0..1);
    for secret in [APP_SECRET, OLD_APP_SECRET] {
        let signature = sign(secret.as_bytes(), body.as_bytes());
        assert_eq!(post(&cloud, &body, Some(&signature)).await.status, StatusCode::OK, "{secret}");
    }
}

#[tokio::test]
async fn a_secret_that_is_known_is_read_beside_the_work_and_before_it_only_if_it_does_not_fit() {
    let now = Arc::new(Mutex::new(OLD_APP_SECRET));
    let stored = Arc::clone(&now);
    let app_secret = Secret::new(move || std::future::ready(Ok(SecretString::from(*stored.lock().unwrap()))));
    let service = router(App { app_secret, ..Cloud::default().app() }, "*");
    let signed = async |secret: &str| {
        let body = messages(0..1);
        let signature = sign(secret.as_bytes(), body.as_bytes());
        let call = Call::new(axum::http::Method::POST, "/whatsapp/webhook").body(body);
        call.header(Signature::HEADER, &signature).send(&service).await.status
    };
    assert_eq!(signed(OLD_APP_SECRET).await, StatusCode::OK);
    *now.lock().unwrap() = APP_SECRET;
    assert_eq!(signed(APP_SECRET).await, StatusCode::OK);
    assert_eq!(signed(OLD_APP_SECRET).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn signed_nonsense_is_kept_and_acknowledged() {
    for nonsense in ["not JSON", "", r#"{"entry":"+4915550002222"}"#] {
        let cloud = Cloud::default();
        assert_eq!(deliver(&cloud, nonsense).await.status, StatusCode::OK, "{nonsense}");
        let [key] = &cloud.bucket.keys()[..] else { panic!("one object") };
        assert!(key.starts_with("unread/20"), "{key}");
        assert_eq!(cloud.bucket.get(key).unwrap(), nonsense.as_bytes());
        assert!(cloud.sqs.sent().is_empty());
        cloud.bucket.set_down(true);
        assert_eq!(deliver(&cloud, nonsense).await.status, StatusCode::SERVICE_UNAVAILABLE, "{nonsense}");
    }
}

#[tokio::test]
async fn a_body_may_have_three_megabytes_and_no_more() {
    let padded = |bytes: usize| {
        let body = messages(0..1);
        let padding = " ".repeat(bytes - body.len());
        body + &padding
    };
    assert_eq!(deliver(&Cloud::default(), &padded(MAX_BODY_BYTES)).await.status, StatusCode::OK);
    let reply = deliver(&Cloud::default(), &padded(MAX_BODY_BYTES + 1)).await;
    assert_eq!((reply.status, reply.error_type()), (StatusCode::PAYLOAD_TOO_LARGE, json!("PayloadTooLarge")));
}

#[tokio::test]
async fn thousands_of_messages_arrive_in_the_order_of_each_sender() {
    let cloud = Cloud::default();
    assert_eq!(deliver(&cloud, &messages_of(200, 0..5000)).await.status, StatusCode::OK);
    let numbers: Vec<usize> =
        cloud.sqs.wamids().iter().map(|wamid| wamid.trim_start_matches("wamid.").parse().unwrap()).collect();
    assert_eq!(numbers.len(), 5000);
    for sender in 0..200 {
        let of_sender: Vec<_> = numbers.iter().filter(|number| *number % 200 == sender).collect();
        assert!(of_sender.len() == 25 && of_sender.is_sorted(), "{of_sender:?}");
    }
}

#[tokio::test]
async fn a_message_the_queue_refuses_once_is_offered_again() {
    let cloud = Cloud::with(Sqs::refusing("wamid.3", 1));
    assert_eq!(deliver(&cloud, &messages(0..25)).await.status, StatusCode::OK);
    assert_eq!(cloud.sqs.sent().len(), 25);
}

#[tokio::test]
async fn a_message_the_queue_keeps_refusing_is_not_acknowledged() {
    let cloud = Cloud::with(Sqs::refusing("wamid.3", usize::MAX));
    let reply = deliver(&cloud, &messages(0..25)).await;
    assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE);
    // The others are safe meanwhile; when Meta delivers again, the queue knows them.
    assert_eq!(cloud.sqs.sent().len(), 24);
}

#[tokio::test]
async fn nothing_is_acknowledged_while_the_queue_or_the_bucket_is_down() {
    let cloud = Cloud::with(Sqs::down());
    assert_eq!(deliver(&cloud, &messages(0..1)).await.status, StatusCode::SERVICE_UNAVAILABLE);
    let cloud = Cloud::default();
    cloud.bucket.set_down(true);
    assert_eq!(deliver(&cloud, &messages(0..1)).await.status, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn warming_up_sends_nothing_and_survives_everything_being_down() {
    let cloud = Cloud::default();
    cloud.app().warm().await;
    assert!(cloud.sqs.sent().is_empty() && cloud.bucket.keys() == ["raw/warm"]);
    let cloud = Cloud::with(Sqs::down());
    cloud.bucket.set_down(true);
    cloud.app().warm().await;
}

/// Not a test of anything: prints what the function itself takes, without the time that AWS takes to answer.
#[tokio::test]
async fn times() {
    for (messages, rounds) in [(1, 200), (1000, 10)] {
        let (cloud, body) = (Cloud::default(), messages_of(200, 0..messages));
        let mut times: Vec<Duration> = Vec::new();
        for _ in 0..rounds {
            let started = Instant::now();
            assert_eq!(deliver(&cloud, &body).await.status, StatusCode::OK);
            times.push(started.elapsed());
        }
        times.sort_unstable();
        let (median, worst) = (times[times.len() / 2], times[times.len() - 1]);
        #[expect(clippy::print_stdout, reason = "the point of it: cargo test -- times --nocapture")]
        {
            println!("{messages} messages, {} bytes: median {median:?}, worst {worst:?}", body.len());
        }
    }
}
