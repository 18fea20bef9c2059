//! The webhooks that the fake makes of what it has accepted.

use app_testing::graph::{FakeGraph, Fault, GraphCall};

use crate::support::{USER, say, start, text, token, user};

#[tokio::test]
async fn statuses_tell_what_became_of_a_message() {
    let (fake, graph) = start();
    let wamid = say(&graph, "Hello").await.unwrap();
    let webhook = fake.status(&wamid, "delivered").unwrap();
    assert_eq!(webhook["entry"][0]["id"], FakeGraph::ACCOUNT);
    let value = &webhook["entry"][0]["changes"][0]["value"];
    assert_eq!(value["metadata"]["phone_number_id"], FakeGraph::NUMBER);
    assert_eq!(value["metadata"]["display_phone_number"], "4915550001111");
    assert_eq!(value["contacts"][0]["wa_id"], "4915550002222");
    let status = &value["statuses"][0];
    assert_eq!((&status["id"], &status["status"]), (&wamid.clone().into(), &"delivered".into()));
    assert_eq!(status["recipient_id"], "4915550002222");
    assert_eq!(status["biz_opaque_callback_data"], "a.1");
    assert!(status["timestamp"].is_string());

    let failed = fake.failure(&wamid, 131_049).unwrap();
    let value = &failed["entry"][0]["changes"][0]["value"];
    assert_eq!(value["statuses"][0]["errors"][0]["code"], 131_049);
    assert_eq!(value.get("contacts"), None);
    assert_eq!(fake.status("wamid.unknown", "sent"), None);
}

#[tokio::test]
async fn statuses_tell_by_key_what_nobody_got_an_answer_for() {
    let (fake, graph) = start();
    fake.inbound(FakeGraph::NUMBER, USER);
    fake.fail(GraphCall::Send, Fault::CutAfter);
    let sent = graph.send(&token(), FakeGraph::NUMBER, &user(), &text("Hello"), "a.9", None).await;
    assert!(sent.is_err());
    let webhook = fake.status("a.9", "sent").unwrap();
    let status = &webhook["entry"][0]["changes"][0]["value"]["statuses"][0];
    assert_eq!((status.get("recipient_id"), status["recipient_user_id"].as_str()), (None, Some(USER)));
    assert_eq!(status["id"], fake.outbox()[0].wamid.as_str());
}
