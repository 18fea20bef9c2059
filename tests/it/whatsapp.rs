//! WhatsApp: the handshake, signed messages, memories.

use std::collections::HashMap;
use std::sync::Arc;

use app_connectors::whatsapp::Webhook;
use aws_sdk_dynamodb::types::AttributeValue;
use e2e::meta::{Meta, message, now, phone, text_message, wamid};
use e2e::{Person, Stack, eventually};
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use uuid::Uuid;

crate::trials!(
    the_handshake_wants_the_verify_token,
    an_unsigned_or_wrongly_signed_payload_is_refused,
    what_is_signed_and_no_json_is_kept_and_not_sent_again,
    a_message_becomes_a_memory_of_its_sender,
    a_flood_in_random_order_gives_each_message_once_in_the_senders_order,
    a_kind_that_is_not_understood_is_kept_and_marked,
    a_message_from_an_unknown_phone_is_kept_aside,
    a_wrong_code_links_nothing,
);

async fn the_handshake_wants_the_verify_token(stack: Arc<Stack>) {
    let (meta, anyone) = (Meta::of(&stack).await, Person::stranger(&stack));
    let path = |token: &str| {
        let token: String = form_urlencoded::byte_serialize(token.as_bytes()).collect();
        format!("/whatsapp/webhook?hub.mode=subscribe&hub.challenge=7340021956&hub.verify_token={token}")
    };
    let good = anyone.get(&path(&meta.verify_token)).await;
    assert_eq!((good.status.as_u16(), &good.body), (200, &json!(7_340_021_956_u64)));
    assert_eq!(anyone.get(&path("wrong")).await.status, 403);
}

async fn an_unsigned_or_wrongly_signed_payload_is_refused(stack: Arc<Stack>) {
    let meta = Meta::of(&stack).await;
    let body = text_message(&phone(), &wamid(), now(), "hello").to_string().into_bytes();
    let other = app_connectors::whatsapp::sign(b"another secret", &body);
    for signature in ["", "sha256=", "sha256=00", &other, &other.replace("sha256", "sha1")] {
        let reply = meta.deliver_signed(body.clone(), signature).await;
        assert_eq!(reply.status, 401, "{}", reply.body);
    }
    let unsigned = Person::stranger(&stack).post("/whatsapp/webhook", &json!({"object": "x"})).await;
    assert_eq!((unsigned.status.as_u16(), unsigned.error_type()), (401, &json!("InvalidSignature")));
}

async fn what_is_signed_and_no_json_is_kept_and_not_sent_again(stack: Arc<Stack>) {
    let meta = Meta::of(&stack).await;
    let body = format!("{{\"object\": {}", Uuid::new_v4());
    assert_eq!(meta.deliver_bytes(body.clone().into_bytes()).await.status, 200);
    let config = aws_sdk_s3::config::Builder::from(&stack.aws()).force_path_style(true).build();
    let bucket = aws_sdk_s3::Client::from_conf(config);
    let listed = bucket.list_objects_v2().bucket(stack.output("InboundBucketName")).prefix("unread/");
    let kept = listed.send().await.unwrap();
    let hash = app_connectors::whatsapp::sha256_hex(body.as_bytes());
    assert!(kept.contents().iter().any(|object| object.key().unwrap().ends_with(&hash)), "{kept:?}");
}

async fn a_message_becomes_a_memory_of_its_sender(stack: Arc<Stack>) {
    let (meta, ada, phone) = (Meta::of(&stack).await, Person::registered(&stack).await, phone());
    meta.link(&ada, &phone).await;
    let payload = text_message(&phone, &wamid(), now(), "Grüße aus Köln 🚀 \u{2028} <b>");
    for _ in 0..3 {
        assert_eq!(meta.deliver(&payload).await.status, 200);
    }
    let memory = eventually("the message", || async { ada.memories().await.into_iter().next() }).await;
    assert_eq!(memory["content"]["text"], "Grüße aus Köln 🚀 \u{2028} <b>");
    assert_eq!(
        (&memory["source"], &memory["title"]),
        (&json!("whatsapp"), &json!("WhatsApp message from Mara"))
    );
    // Days later the queue remembers nothing; the worker must.
    let late = Webhook::read(payload.to_string().as_bytes(), jiff::Timestamp::now().into()).unwrap();
    let queue = aws_sdk_sqs::Client::new(&stack.aws());
    let again = queue.send_message().queue_url(stack.output("InboundQueueUrl"));
    let again = again.message_body(late.updates[0].to_body().unwrap()).message_deduplication_id(wamid());
    again.message_group_id(late.updates[0].group()).send().await.unwrap();
    // A marker behind the duplicates in the same group: when it is there, they have been handled.
    meta.deliver(&text_message(&phone, &wamid(), now(), "last")).await;
    eventually("the marker", || async { (ada.memories().await.len() >= 2).then_some(()) }).await;
    assert_eq!(ada.memories().await.len(), 2);
    assert_eq!(ada.get("/memories").await.body["pagination"]["total"], 2);
}

async fn a_flood_in_random_order_gives_each_message_once_in_the_senders_order(stack: Arc<Stack>) {
    const SENDERS: usize = 4;
    const MESSAGES: i64 = 50;
    let meta = Meta::of(&stack).await;
    let mut people = Vec::new();
    for _ in 0..SENDERS {
        let (person, phone) = (Person::registered(&stack).await, phone());
        meta.link(&person, &phone).await;
        people.push((person, phone));
    }
    let mut deliveries = Vec::new();
    for (_, phone) in &people {
        for n in 0..MESSAGES {
            let payload = text_message(phone, &wamid(), now() - 1000 + n, &n.to_string());
            deliveries.extend((0..3).map(|_| (Uuid::new_v4(), payload.clone())));
        }
    }
    deliveries.sort_by_key(|(random, _)| *random);
    let answers = stream::iter(deliveries).map(|(_, payload)| {
        let meta = meta.clone();
        async move { meta.deliver_until_taken(&payload).await }
    });
    let deliveries = answers.buffer_unordered(200).count().await;
    assert_eq!(deliveries, SENDERS * MESSAGES as usize * 3);

    for (person, phone) in &people {
        meta.deliver(&text_message(phone, &wamid(), now(), "last")).await;
        let newest_first = eventually("every message", || async {
            let memories = person.memories().await;
            (memories.len() as i64 > MESSAGES).then_some(memories)
        })
        .await;
        let texts: Vec<&str> =
            newest_first.iter().rev().map(|memory| memory["content"]["text"].as_str().unwrap()).collect();
        let expected: Vec<String> = (0..MESSAGES).map(|n| n.to_string()).chain(["last".to_owned()]).collect();
        assert_eq!(texts, expected);
        assert_eq!(person.get("/memories").await.body["pagination"]["total"], MESSAGES + 1);
    }
}

async fn a_kind_that_is_not_understood_is_kept_and_marked(stack: Arc<Stack>) {
    let (meta, ada, phone) = (Meta::of(&stack).await, Person::registered(&stack).await, phone());
    meta.link(&ada, &phone).await;
    let poll = json!({
        "from": phone, "id": wamid(), "timestamp": now().to_string(), "type": "unsupported",
        "errors": [{"code": 131_051, "title": "Message type unknown"}], "unsupported": {"type": "poll_creation"},
    });
    assert_eq!(meta.deliver(&message(&phone, &poll)).await.status, 200);
    let memory = eventually("the message", || async { ada.memories().await.into_iter().next() }).await;
    assert_eq!(memory["content"]["unsupported"], true, "{memory}");
    assert_eq!(memory["content"]["type"], "unsupported");
}

async fn a_message_from_an_unknown_phone_is_kept_aside(stack: Arc<Stack>) {
    let (meta, phone) = (Meta::of(&stack).await, phone());
    assert_eq!(meta.deliver(&text_message(&phone, &wamid(), now(), "who am I?")).await.status, 200);
    let kept = kept_aside(&stack, &phone).await;
    let payload: Value = serde_json::from_str(kept["payload"].as_s().unwrap()).unwrap();
    assert!(payload.to_string().contains("who am I?"));
    assert!(kept["ttl"].as_n().unwrap().parse::<i64>().unwrap() > now());
}

async fn a_wrong_code_links_nothing(stack: Arc<Stack>) {
    let (meta, ada, phone) = (Meta::of(&stack).await, Person::registered(&stack).await, phone());
    ada.post("/sync/whatsapp/connect", &json!({"phoneNumber": format!("+{phone}")})).await;
    meta.deliver(&text_message(&phone, &wamid(), now(), "MEMO-00000000")).await;
    kept_aside(&stack, &phone).await;
    assert_eq!(ada.get("/sync/status").await.body["providers"][0]["status"], "pending");
}

/// The first message that is kept for a phone nobody has linked.
async fn kept_aside(stack: &Stack, phone: &str) -> HashMap<String, AttributeValue> {
    let table = aws_sdk_dynamodb::Client::new(&stack.aws());
    eventually("the message to be kept", || async {
        let query = table.query().table_name(stack.output("TableName"));
        let query = query.key_condition_expression("pk = :phone AND begins_with(sk, :inbox)");
        let query = query.expression_attribute_values(":phone", AttributeValue::S(format!("PHONE#{phone}")));
        let query = query.expression_attribute_values(":inbox", AttributeValue::S("INBOX#".to_owned()));
        query.send().await.unwrap().items().first().cloned()
    })
    .await
}
