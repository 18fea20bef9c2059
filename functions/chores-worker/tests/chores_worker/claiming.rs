//! Messages that were kept aside go into the inbound queue again, and none is lost on the way.

use std::collections::BTreeSet;

use app_connectors::whatsapp::{Update, Webhook, code_hash, sha256_hex};
use app_domain::{
    BusinessUserId, Chat, Chore, LinkCode, Origin, OwnNumber, PendingPhone, PhoneNumber, Recipient, Sender,
    Timestamp, UnclaimedMessage,
};
use app_store::WhatsappNumbers;
use app_testing::{table, vault};
use secrecy::SecretString;
use serde_json::json;

use crate::stage::{Stage, at, hasty};

const PHONE: &str = "4915550002222";
const USER_ID: &str = "DE.48151623421108";
const SHARED: &str = "700800900100200";
const OWN: &str = "700800900100300";

fn phone() -> PhoneNumber {
    PhoneNumber::from_digits(PHONE).unwrap()
}

/// The update that the webhook makes of a text, as the queue has it.
fn body(n: usize) -> String {
    let message = json!({"from": PHONE, "id": format!("wamid.{n}"), "timestamp": "1795000000", "type": "text",
        "text": {"body": format!("note {n}")}});
    let value = json!({"metadata": {"phone_number_id": SHARED}, "messages": [message]});
    let call = json!({"entry": [{"id": "900", "changes": [{"field": "messages", "value": value}]}]});
    Webhook::read(call.to_string().as_bytes(), at(0)).unwrap().updates[0].to_body().unwrap()
}

impl Stage {
    async fn link(&self) {
        let sender = Sender { phone: Some(phone()), user_id: BusinessUserId::parse(USER_ID) };
        let chat = Chat { phone_number_id: SHARED.to_owned(), with: Recipient::Phone(phone()) };
        let code = code_hash(&LinkCode::from_random([7; 5]));
        let pending = PendingPhone { phone: phone(), expires_at: at(900) };
        self.links.offer(self.owner, &pending, &code).await.unwrap();
        let linked = self.links.confirm(&sender, &chat, &code, "wamid.code", at(1)).await.unwrap();
        assert_eq!(linked, Some(self.owner));
    }

    async fn keep(&self, n: usize) {
        let received_at = at(i64::try_from(1000 - n).unwrap());
        let message =
            UnclaimedMessage { wamid: format!("wamid.{n}"), phone: phone(), received_at, payload: body(n) };
        assert!(self.inbox.keep(&message).await.unwrap());
    }

    async fn kept(&self) -> BTreeSet<String> {
        let kept = self.inbox.page(&phone(), 100).await.unwrap();
        kept.into_iter().map(|message| message.payload).collect()
    }

    fn claimed(&self) -> BTreeSet<String> {
        self.inbound.messages().into_iter().map(|message| message.body).collect()
    }

    fn claim(&self) -> Chore {
        Chore::ClaimInbox { owner: self.owner }
    }
}

fn bodies(count: usize) -> BTreeSet<String> {
    (0..count).map(body).collect()
}

#[tokio::test]
async fn what_was_kept_aside_goes_into_the_queue_as_it_came() {
    let stage = Stage::at(&table().await, hasty);
    for n in 0..60 {
        stage.keep(n).await;
    }
    stage.link().await;
    assert_eq!(stage.finish(&stage.claim()).await, 4, "25 in each portion");
    assert_eq!((stage.claimed(), stage.kept().await.len()), (bodies(60), 0));
    for message in stage.inbound.messages() {
        let update = Update::from_body(&message.body).unwrap();
        assert_eq!(message.group, update.group());
        // The queue may know the first delivery still.
        assert_ne!(message.deduplication, update.deduplication());
    }
    // Delivered again there is nothing to do.
    assert_eq!(stage.finish(&stage.claim()).await, 1);
    assert_eq!(stage.inbound.messages().len(), 60);
}

#[tokio::test]
async fn what_nobody_wants_any_more_goes_up_to_the_moment_it_was_said() {
    let stage = Stage::at(&table().await, hasty);
    for n in 0..60 {
        stage.keep(n).await;
    }
    stage.inbox.keep_hidden(&sha256_hex(OWN.as_bytes()), "wamid.own", at(5), "{}").await.unwrap();
    // The ten that came last are 0 to 9: somebody else may have the phone by then.
    let (phone, hidden) = (Some(phone()), vec![sha256_hex(OWN.as_bytes())]);
    let chore = Chore::EmptyInbox { owner: stage.owner, until: at(990), phone, hidden };
    stage.finish(&chore).await;
    assert_eq!(stage.kept().await, bodies(10));
    assert!(stage.inbox.page_hidden(&sha256_hex(OWN.as_bytes()), 10).await.unwrap().is_empty());
    stage.finish(&chore).await;
    assert_eq!(stage.kept().await, bodies(10));
    assert!(stage.inbound.messages().is_empty());
    assert!(stage.handle_event(app_testing::event("chores-worker/empty-inbox.json")).await.is_empty());
}

#[tokio::test]
async fn a_portion_is_in_the_order_of_its_arrival() {
    let stage = Stage::new().await;
    for n in [3, 1, 2] {
        stage.keep(n).await;
    }
    stage.link().await;
    stage.finish(&stage.claim()).await;
    let order: Vec<_> = stage.inbound.messages().into_iter().map(|message| message.body).collect();
    assert_eq!(order, [body(3), body(2), body(1)]);
}

#[tokio::test]
async fn messages_without_a_phone_and_those_to_a_number_of_ones_own_are_claimed_too() {
    let table = table().await;
    let stage = Stage::at(&table, || at(0));
    stage.link().await;
    let own = OwnNumber {
        phone_number_id: OWN.to_owned(),
        business_account_id: "900100200300500".to_owned(),
        display_phone_number: "+49 1555 0004444".to_owned(),
        since: at(0),
        token_expires_at: None,
        last_inbound_at: None,
    };
    let numbers = WhatsappNumbers::new(table.clone(), vault(&table));
    let token = SecretString::from("EAAG-own-token");
    numbers.connect(stage.owner, &own, &token, &Origin::default(), at(0)).await.unwrap();
    for (n, hash) in [(1, USER_ID), (2, OWN), (3, "DE.somebodyelse")] {
        let hash = sha256_hex(hash.as_bytes());
        assert!(stage.inbox.keep_hidden(&hash, &format!("wamid.{n}"), at(0), &body(n)).await.unwrap());
    }
    stage.finish(&stage.claim()).await;
    assert_eq!(stage.claimed(), BTreeSet::from([body(1), body(2)]));
    let left = stage.inbox.page_hidden(&sha256_hex(b"DE.somebodyelse"), 10).await.unwrap();
    assert_eq!(left.len(), 1);
}

#[tokio::test]
async fn who_has_paused_or_linked_nothing_claims_nothing() {
    let stage = Stage::new().await;
    stage.keep(1).await;
    stage.finish(&stage.claim()).await;
    stage.link().await;
    stage.links.set_paused(stage.owner, Some(at(2))).await.unwrap();
    stage.finish(&stage.claim()).await;
    assert_eq!((stage.claimed(), stage.kept().await), (bodies(0), BTreeSet::from([body(1)])));
    stage.links.set_paused(stage.owner, None).await.unwrap();
    stage.finish(&stage.claim()).await;
    assert_eq!(stage.claimed(), BTreeSet::from([body(1)]));
}

#[tokio::test]
async fn what_the_queue_does_not_take_stays() {
    let stage = Stage::new().await;
    for n in 0..60 {
        stage.keep(n).await;
    }
    stage.link().await;
    // Three calls are the first portion: the second breaks in the middle.
    stage.inbound.take_calls(Some(4));
    assert_eq!(stage.handle(&[json!(stage.claim())]).await, ["m0"]);
    let (claimed, kept) = (stage.claimed(), stage.kept().await);
    assert_eq!((claimed.len(), kept.len()), (35, 35));
    assert_eq!(&claimed | &kept, bodies(60));
    stage.inbound.take_calls(None);
    stage.finish(&stage.claim()).await;
    assert_eq!((stage.claimed(), stage.kept().await.len()), (bodies(60), 0));
}

#[tokio::test]
async fn two_at_once_lose_nothing() {
    let stage = Stage::new().await;
    for n in 0..40 {
        stage.keep(n).await;
    }
    stage.link().await;
    let chore = [json!(stage.claim())];
    let (one, two) = tokio::join!(stage.handle(&chore), stage.handle(&chore));
    assert!(one.is_empty() && two.is_empty(), "{one:?} {two:?}");
    assert_eq!((stage.claimed(), stage.kept().await.len()), (bodies(40), 0));
}

/// The worker of the queue finds saving paused and keeps the message aside, where it still is; then it must not be removed there. Going on is
/// no reason to.
#[tokio::test]
async fn paused_in_the_midst_of_it_nothing_is_lost() {
    let stage = Stage::new().await;
    for n in 0..10 {
        stage.keep(n).await;
    }
    stage.link().await;
    let pause = async {
        while stage.inbound.messages().is_empty() {
            tokio::task::yield_now().await;
        }
        stage
            .links
            .set_paused(stage.owner, Some(Timestamp::from_millis(1_795_000_001_000).unwrap()))
            .await
            .unwrap();
        for n in 0..10 {
            let (wamid, received_at) = (format!("wamid.{n}"), at(0));
            let message = UnclaimedMessage { wamid, phone: phone(), received_at, payload: body(n) };
            stage.inbox.keep(&message).await.unwrap();
        }
    };
    let chore = [json!(stage.claim())];
    let (failed, ()) = tokio::join!(stage.handle(&chore), pause);
    assert!(failed.is_empty());
    assert_eq!(stage.kept().await, bodies(10));
    stage.links.set_paused(stage.owner, None).await.unwrap();
    stage.finish(&stage.claim()).await;
    assert_eq!((stage.claimed(), stage.kept().await.len()), (bodies(10), 0));
}

#[tokio::test]
async fn what_cannot_be_read_goes_to_the_dead_letters_and_holds_nothing_up() {
    let stage = Stage::new().await;
    let payload = json!({"no": "update"}).to_string();
    let odd = UnclaimedMessage { wamid: "wamid.0".to_owned(), phone: phone(), received_at: at(0), payload };
    stage.inbox.keep(&odd).await.unwrap();
    stage.keep(1).await;
    stage.link().await;
    stage.finish(&stage.claim()).await;
    let messages = stage.inbound.messages();
    assert_eq!(stage.claimed(), BTreeSet::from([odd.payload, body(1)]));
    assert_ne!(messages[0].group, messages[1].group);
    assert!(stage.kept().await.is_empty());
}
