//! Tests of reading webhook calls.

use serde_json::{Value, json};

use super::*;
use crate::whatsapp::Reading;

fn read(body: &str) -> Webhook {
    try_read(body).unwrap()
}

fn try_read(body: &str) -> Result<Webhook, serde_json::Error> {
    Webhook::read(body.as_bytes(), Timestamp::from_millis(1_795_000_100_000).unwrap())
}

fn call(changes: Value) -> String {
    json!({"object": "whatsapp_business_account", "entry": [{"id": "9", "changes": changes}]}).to_string()
}

fn change(value: Value) -> Value {
    json!([{"field": "messages", "value": value}])
}

fn message(id: &str, from: &str) -> Value {
    json!({"from": from, "id": id, "timestamp": "1795000000", "type": "text", "text": {"body": id}})
}

fn ids(webhook: &Webhook) -> Vec<&str> {
    webhook.deliveries.iter().map(|delivery| delivery.wamid.as_str()).collect()
}

#[test]
fn a_message_comes_with_what_is_said_around_it() {
    let webhook = read(&call(change(json!({
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "4915550001111", "phone_number_id": "700800900100200"},
        "contacts": [{"profile": {"name": "Mara", "username": "mara.k"}, "wa_id": "4915550002222", "user_id": "DE.481"}],
        "messages": [message("wamid.1", "4915550002222")],
    }))));
    let [delivery] = webhook.deliveries.as_slice() else { panic!("one message") };
    assert_eq!(delivery.wamid, "wamid.1");
    assert_eq!(delivery.phone().unwrap().digits(), "4915550002222");
    assert_eq!(delivery.user_id.as_deref(), Some("DE.481"));
    assert_eq!(delivery.contact_name.as_deref(), Some("Mara"));
    assert_eq!(delivery.phone_number_id.as_deref(), Some("700800900100200"));
    assert_eq!(delivery.timestamp.as_deref(), Some("1795000000"));
    assert_eq!(delivery.reading(), Reading::Words("wamid.1".to_owned()));
}

#[test]
fn messages_of_all_entries_and_changes_are_found_in_order() {
    let value = |ids: [&str; 2]| json!({"messages": ids.map(|id| message(id, "4915550002222"))});
    let body = json!({"entry": [
        {"changes": [{"field": "messages", "value": value(["a", "b"])}, {"field": "messages", "value": value(["c", "d"])}]},
        {"changes": []},
        {"changes": [{"field": "messages", "value": value(["e", "f"])}]},
    ]});
    assert_eq!(ids(&read(&body.to_string())), ["a", "b", "c", "d", "e", "f"]);
}

#[test]
fn each_sender_gets_the_name_of_their_own_contact() {
    let webhook = read(&call(change(json!({
        "contacts": [{"profile": {"name": "Ada"}, "wa_id": "4915550000001"}, {"profile": {"name": "Bo"}, "user_id": "DE.2"}],
        "messages": [
            {"from_user_id": "DE.2", "id": "b", "type": "text"},
            message("a", "4915550000001"),
            message("c", "4915550000003"),
        ],
    }))));
    let names: Vec<_> = webhook.deliveries.iter().map(|delivery| delivery.contact_name.as_deref()).collect();
    assert_eq!(names, [Some("Bo"), Some("Ada"), None]);
}

#[test]
fn what_is_not_a_message_is_counted() {
    let webhook = read(&call(json!([
        {"field": "messages", "value": {"statuses": [{"id": "x", "status": "read"}, {}], "errors": [{"code": 1}]}},
        {"field": "account_update", "value": {"messages": "not what they are elsewhere"}},
        {"value": {}},
    ])));
    assert_eq!((webhook.deliveries.len(), webhook.statuses, webhook.errors), (0, 2, 1));
    assert_eq!(webhook.other_fields, ["account_update", "none"]);
}

#[test]
fn unknown_members_and_types_pass() {
    let webhook = read(&call(change(json!({
        "novelty": [1, 2],
        "messages": [{"id": "n", "type": "hologram", "from": "4915550002222", "hologram": {}, "timestamp": 1_795_000_000}],
    }))));
    assert_eq!(webhook.deliveries[0].kind, "hologram");
    assert_eq!(webhook.deliveries[0].sent_at().as_millis(), 1_795_000_000_000);
}

#[test]
fn odd_messages_are_kept_under_their_hash() {
    let huge = "x".repeat(600);
    let odd = json!([null, 5, {}, {"id": 7.5, "type": []}, {"id": huge}]);
    let webhook = read(&call(change(json!({"metadata": 1, "contacts": [null], "messages": odd}))));
    let ids = ids(&webhook);
    assert_eq!(ids.len(), 5);
    assert!(ids.iter().enumerate().all(|(n, id)| n == 3 || id.starts_with("sha256:")), "{ids:?}");
    assert!(
        webhook.deliveries.iter().all(|delivery| delivery.kind == "unknown" && delivery.phone().is_none())
    );
    assert!(webhook.deliveries.iter().all(|delivery| delivery.to_body().is_ok()));
}

#[test]
fn a_name_cut_within_an_emoji_harms_nobody() {
    let body = call(change(json!({
        "contacts": [{"profile": {"name": "CUT"}, "wa_id": "4915550002222"}],
        "messages": [message("a", "4915550002222")],
    })));
    let webhook = read(&body.replace("CUT", "Mara \\ud83d"));
    assert_eq!(webhook.deliveries[0].contact_name.as_deref(), Some("Mara \u{fffd}"));
}

#[test]
fn nothing_in_it_is_nothing_and_no_json_is_an_error() {
    for body in ["{}", r#"{"entry":null}"#, r#"{"entry":[{"changes":[{"field":"messages","value":null}]}]}"#]
    {
        assert!(read(body).deliveries.is_empty(), "{body}");
    }
    for body in [
        "",
        "{",
        "nonsense",
        r#"{"entry":5}"#,
        r#"{"entry":[{"changes":[{"field":"messages","value":{"messages":{}}}]}]}"#,
    ] {
        assert!(try_read(body).is_err(), "{body}");
    }
    assert!(Webhook::read(b"{\"entry\":\"\xff\"}", Timestamp::from_millis(0).unwrap()).is_err());
}
