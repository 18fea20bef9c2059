//! A business number of somebody's own: what its contacts write, and what becomes of it.

use std::sync::Arc;

use e2e::meta::{Meta, change_of, now, phone, wamid};
use e2e::{Person, Stack, eventually};
use serde_json::{Value, json};

crate::trials!(contacts_of_an_own_number_are_saved_by_their_rules_and_never_answered);

/// What the fake Graph API has besides the shared number.
const ACCOUNT: &str = "900100200300500";
const NUMBER: &str = "700800900100300";
const TOKEN: &str = "EAAG-own-token";

fn payload(contact: &str, id: &str, text: &str) -> Value {
    let message = json!({"from": contact, "id": id, "timestamp": now().to_string(), "type": "text", "text": {"body": text}});
    let contacts = json!([{"profile": {"name": "Ben"}, "wa_id": contact}]);
    change_of(NUMBER, ACCOUNT, &json!({"contacts": contacts, "messages": [message]}))
}

async fn contacts_of_an_own_number_are_saved_by_their_rules_and_never_answered(stack: Arc<Stack>) {
    let (meta, ada) = (Meta::of(&stack).await, Person::registered(&stack).await);
    let connect = |token: &str| json!({"phoneNumber": "+4915550004444", "businessAccountId": ACCOUNT, "phoneNumberId": NUMBER, "accessToken": token});
    let refused = ada.post("/sync/whatsapp/connect", &connect("EAAG-wrong")).await;
    assert_eq!(refused.status, 422, "{}", refused.body);
    let connected = ada.post("/sync/whatsapp/connect", &connect(TOKEN)).await;
    assert_eq!(
        (connected.status.as_u16(), &connected.body["status"]),
        (200, &json!("connected")),
        "{}",
        connected.body
    );

    let (ben, cleo) = (phone(), phone());
    for (contact, text) in [(&ben, "? what do you know of Ada"), (&cleo, "An offer you cannot refuse")] {
        assert_eq!(meta.deliver(&payload(contact, &wamid(), text)).await.status, 200);
    }
    let memories = eventually("both to be saved", || async {
        let memories = ada.memories().await;
        (memories.len() == 2).then_some(memories)
    })
    .await;
    assert!(memories.iter().all(|memory| memory["metadata"]["contact"] == "Ben"));

    let contacts = ada.get("/sync/whatsapp/contacts").await;
    assert_eq!(contacts.status, 200, "{}", contacts.body);
    let contacts = contacts.body["contacts"].as_array().unwrap().clone();
    assert_eq!(contacts.len(), 2);
    let of_cleo = contacts.iter().find(|contact| contact["phoneNumber"] == format!("+{cleo}")).unwrap();
    let rule = format!("/sync/whatsapp/contacts/{}", of_cleo["id"].as_str().unwrap());
    assert_eq!(ada.patch(&rule, &json!({"rule": "ignore"})).await.status, 200);
    meta.deliver(&payload(&cleo, &wamid(), "Another offer")).await;
    meta.deliver(&payload(&ben, &wamid(), "See you tomorrow")).await;
    let memories = eventually("the other to be saved", || async {
        let memories = ada.memories().await;
        (memories.len() == 3).then_some(memories)
    })
    .await;
    assert!(!json!(memories).to_string().contains("Another offer"));

    let graph = stack.graph().unwrap();
    assert!(graph.outbox().iter().all(|sent| !sent.to.ends_with(&ben) && !sent.to.ends_with(&cleo)));
    let ended = ada.delete("/sync/whatsapp?memories=delete").await;
    assert_eq!(ended.status, 200, "{}", ended.body);
    eventually("the memories to be in the trash", || async { ada.memories().await.is_empty().then_some(()) })
        .await;
    assert_eq!(ada.get("/sync/whatsapp").await.body["status"], "disconnected");
}
