//! Tests of reading webhook calls.

use app_domain::{Chat, DeliveryState, Recipient};
use serde_json::{Value, json};

use super::*;

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

fn deliveries(webhook: &Webhook) -> Vec<&Delivery> {
    let messages = webhook.updates.iter().filter_map(|update| match update {
        Update::Message(delivery) => Some(delivery),
        _ => None,
    });
    messages.collect()
}

fn ids(webhook: &Webhook) -> Vec<&str> {
    deliveries(webhook).into_iter().map(|delivery| delivery.wamid.as_str()).collect()
}

#[test]
fn a_message_comes_with_what_is_said_around_it() {
    let webhook = read(&call(change(json!({
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "4915550001111", "phone_number_id": "700800900100200"},
        "contacts": [{"profile": {"name": "Mara", "username": "mara.k"}, "wa_id": "4915550002222", "user_id": "DE.481"}],
        "messages": [message("wamid.1", "4915550002222")],
    }))));
    let [delivery] = deliveries(&webhook)[..] else { panic!("one message") };
    assert_eq!(delivery.wamid, "wamid.1");
    assert_eq!(delivery.phone().unwrap().digits(), "4915550002222");
    assert_eq!(delivery.sender.user_id.as_ref().unwrap().as_str(), "DE.481");
    assert_eq!(delivery.contact_name.as_deref(), Some("Mara"));
    assert_eq!(delivery.username.as_deref(), Some("mara.k"));
    assert_eq!(delivery.phone_number_id.as_deref(), Some("700800900100200"));
    assert_eq!(delivery.business_phone.as_deref(), Some("4915550001111"));
    assert_eq!(delivery.business_account_id.as_deref(), Some("9"));
    let chat = Chat {
        phone_number_id: "700800900100200".to_owned(),
        with: Recipient::Phone(delivery.phone().unwrap()),
    };
    assert_eq!((delivery.chat(), delivery.is_outgoing()), (Some(chat), false));
    assert_eq!(delivery.timestamp.as_deref(), Some("1795000000"));
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
    let names: Vec<_> =
        deliveries(&webhook).into_iter().map(|delivery| delivery.contact_name.as_deref()).collect();
    assert_eq!(names, [Some("Bo"), Some("Ada"), None]);
}

#[test]
fn a_contact_tells_who_somebody_is_only_if_it_is_surely_theirs() {
    let webhook = read(&call(json!([
        {"field": "messages", "value": {
            "contacts": [{"profile": {"name": "Rui"}, "wa_id": "5511987654321", "user_id": "BR.1"}],
            "messages": [message("same", "551187654321"), {"id": "other", "from_user_id": "DE.2"}, {"id": "nameless"}],
        }},
    ])));
    let senders: Vec<_> = deliveries(&webhook)
        .into_iter()
        .map(|d| {
            (
                d.phone().map(|phone| phone.digits().to_owned()),
                d.sender.user_id.as_ref().map(|id| id.as_str()),
            )
        })
        .collect();
    let phone = |digits: &str| Some(digits.to_owned());
    assert_eq!(
        senders,
        [(phone("551187654321"), Some("BR.1")), (None, Some("DE.2")), (phone("5511987654321"), Some("BR.1")),]
    );
}

#[test]
fn what_is_not_a_message_is_told_apart() {
    let webhook = read(&call(json!([
        {"field": "messages", "value": {"statuses": [{"id": "x", "status": "read"}, {}, 5, {"id": "y", "status": "new", "errors": 5}], "errors": [{"code": 1}, null]}},
        {"field": "history", "value": {"history": [{"errors": [{"code": 2_593_109, "title": "off"}]}]}},
        {"field": "account_update", "value": {"event": "PARTNER_REMOVED", "messages": "not what they are elsewhere"}},
        {"field": "calls", "value": {"messages": "nor here"}},
        {"value": {}},
    ])));
    let [Update::Status(read), Update::Status(other), Update::Account(account)] = &webhook.updates[..] else {
        panic!("{:?}", webhook.updates)
    };
    assert_eq!((read.state, read.status.as_str()), (Some(DeliveryState::Read), "read"));
    assert_eq!((other.state, other.status.as_str()), (None, "new"));
    assert_eq!(account.event.as_deref(), Some("PARTNER_REMOVED"));
    assert_eq!(webhook.errors, [1, 0, 2_593_109]);
    assert_eq!(webhook.other_fields, ["calls", "none"]);
}

#[test]
fn in_a_history_and_in_echoes_both_sides_are_told_apart() {
    let us = "4915550001111";
    let metadata = json!({"display_phone_number": us, "phone_number_id": "7"});
    let thread = json!({"id": "4915550002222", "user_id": "DE.481", "messages": [
        {"id": "sent", "from": us, "to": "4915550002222"},
        {"id": "sent-too", "from": us},
        {"id": "received", "from": "4915550002222"},
        {"id": "nameless"},
    ]});
    let webhook = read(&call(json!([
        {"field": "history", "value": {"metadata": metadata, "history": [{"threads": [thread]}]}},
        {"field": "history", "value": {"metadata": metadata, "messages": [message("media", "4915550002222")]}},
        {"field": "smb_message_echoes", "value": {"metadata": metadata, "message_echoes": [
            {"id": "echo", "from": us, "to": "4915550002222"}, {"id": "to-hidden", "from": us, "to_user_id": "DE.481"}]}},
    ])));
    let told: Vec<_> = deliveries(&webhook)
        .into_iter()
        .map(|d| (d.wamid.as_str(), d.origin, d.is_outgoing(), d.contact().phone.is_some()))
        .collect();
    assert_eq!(
        told,
        [
            ("sent", DeliveryOrigin::History, true, true),
            ("sent-too", DeliveryOrigin::History, true, true),
            ("received", DeliveryOrigin::History, false, true),
            ("nameless", DeliveryOrigin::History, false, true),
            ("media", DeliveryOrigin::History, false, true),
            ("echo", DeliveryOrigin::Echo, true, true),
            ("to-hidden", DeliveryOrigin::Echo, true, false),
        ]
    );
    let hidden = deliveries(&webhook)[6];
    assert_eq!(hidden.contact().user_id.unwrap().as_str(), "DE.481");
    assert_eq!(hidden.phone().unwrap().digits(), us);
}

#[test]
fn unknown_members_and_types_pass() {
    let webhook = read(&call(change(json!({
        "novelty": [1, 2],
        "messages": [{"id": "n", "type": "hologram", "from": "4915550002222", "hologram": {}, "timestamp": 1_795_000_000}],
    }))));
    assert_eq!(deliveries(&webhook)[0].kind, "hologram");
    assert_eq!(deliveries(&webhook)[0].sent_at().as_millis(), 1_795_000_000_000);
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
        deliveries(&webhook).iter().all(|delivery| delivery.kind == "unknown" && delivery.phone().is_none())
    );
}

#[test]
fn a_name_cut_within_an_emoji_harms_nobody() {
    let body = call(change(json!({
        "contacts": [{"profile": {"name": "CUT"}, "wa_id": "4915550002222"}],
        "messages": [message("a", "4915550002222")],
    })));
    let webhook = read(&body.replace("CUT", "Mara \\ud83d"));
    assert_eq!(deliveries(&webhook)[0].contact_name.as_deref(), Some("Mara \u{fffd}"));
}

#[test]
fn nothing_in_it_is_nothing_and_no_json_is_an_error() {
    for body in ["{}", r#"{"entry":null}"#, r#"{"entry":[{"changes":[{"field":"messages","value":null}]}]}"#]
    {
        assert!(read(body).updates.is_empty(), "{body}");
    }
    for body in [
        "",
        r#"{"entry":[null]}"#,
        "{",
        "nonsense",
        r#"{"entry":5}"#,
        r#"{"entry":[{"changes":[{"field":"messages","value":{"messages":{}}}]}]}"#,
    ] {
        assert!(try_read(body).is_err(), "{body}");
    }
    assert!(Webhook::read(b"{\"entry\":\"\xff\"}", Timestamp::from_millis(0).unwrap()).is_err());
}
