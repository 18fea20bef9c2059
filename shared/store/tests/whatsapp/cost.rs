//! What calls cost: so many, and so many units.

use app_domain::{Contact, ContactRule, DeliveryState, OutgoingKey, OutgoingTask, Patch, UserId};
use app_store::{Arrival, ContactSeen, PendingChange};
use app_testing::Cost;
use serde_json::json;

use crate::contacts::contact;
use crate::sent::{news, outgoing};
use crate::{ADA, Stage, at, chat, memory, origin, sender};

fn cost(calls: &[&str], reads: f64, writes: f64) -> Cost {
    Cost { calls: calls.iter().map(|call| (*call).to_owned()).collect(), reads, writes }
}

const GET: &str = "GetItem";
const PUT: &str = "PutItem";
const UPDATE: &str = "UpdateItem";
const TRANSACT: &str = "TransactWriteItems";

#[tokio::test]
async fn a_person_is_found_by_one_read() {
    let stage = Stage::new().await;
    stage.linked(UserId::new(at(0)), &sender(ADA, "DE.1")).await;
    stage.meter.take();
    for who in [sender(ADA, ""), sender(ADA, "DE.2"), sender("", "DE.1")] {
        assert!(stage.owner(&who).await.is_some());
        assert_eq!(stage.meter.take(), cost(&[GET], 1.0, 0.0));
    }
}

#[tokio::test]
async fn a_message_is_received_in_one_transaction() {
    let stage = Stage::new().await;
    let ada = UserId::new(at(0));
    let who = sender(ADA, "DE.1");
    let person = stage.linked(ada, &who).await;
    stage.received(&memory(ada, "the first words of all", 0), "wamid.0", &person, &who).await;
    stage.meter.take();
    let filed = app_domain::Memory { category: person.category, ..memory(ada, "some more words", 1) };
    assert_eq!(stage.received(&filed, "wamid.1", &person, &who).await, Arrival::Saved);
    // Mark, connection, memory, its fingerprint, its change, counters of person and category: 2 each; three entries: 4 each.
    assert_eq!(stage.meter.take(), cost(&[TRANSACT], 0.0, 7.0 * 2.0 + 3.0 * 4.0));
    // An id that is new to us: the id's item and the phone's; the old id's goes.
    let renamed = sender(ADA, "DE.2");
    assert_eq!(
        stage.received(&memory(ada, "and more", 2), "wamid.2", &person, &renamed).await,
        Arrival::Saved
    );
    assert_eq!(stage.meter.take().calls, [TRANSACT]);

    let hidden = sender("", "DE.2");
    let person = stage.links.person(&hidden).await.unwrap().unwrap();
    stage.meter.take();
    stage.links.heard(&person, &hidden, &chat(&hidden), "wamid.3", at(3)).await.unwrap();
    assert_eq!(stage.meter.take(), cost(&[TRANSACT], 0.0, 4.0));
    stage.memories.of_message("wamid.1").await.unwrap();
    assert_eq!(stage.meter.take(), cost(&[GET], 1.0, 0.0));
}

#[tokio::test]
async fn a_contacts_message_costs_one_item_more() {
    let stage = Stage::new().await;
    let number = stage.with_number(UserId::new(at(0)), "1", "A").await;
    let (mara, id) = (sender("4915550002222", "DE.1"), contact("mara"));
    let seen = ContactSeen { id: &id, sender: &mara, name: Some("Mara") };
    stage.written(&number, &seen, 1).await;
    stage.meter.take();
    assert!(stage.numbers.owner("1").await.unwrap().is_some());
    assert_eq!(stage.meter.take(), cost(&[GET], 1.0, 0.0));
    assert_eq!(stage.written(&number, &seen, 2).await, Arrival::Saved);
    let saved = stage.meter.take();
    assert_eq!((saved.calls, saved.reads), (vec![TRANSACT.to_owned()], 0.0));
    assert!(saved.writes <= 28.0, "{}", saved.writes);
    let rule = Some(ContactRule::Ignore);
    stage.contacts.set(number.user, &id, rule, Patch::Keep).await.unwrap();
    assert_eq!(stage.meter.take(), cost(&[UPDATE], 0.0, 1.0));
    stage.contacts.ignored(number.user, &id, "wamid.3", at(3)).await.unwrap();
    assert_eq!(stage.meter.take(), cost(&[TRANSACT], 0.0, 4.0));
    let page: Vec<Contact> = stage.contacts.page(number.user, None, 20).await.unwrap();
    assert_eq!((page.len(), stage.meter.take()), (1, cost(&["Query"], 1.0, 0.0)));
}

#[tokio::test]
async fn linking_following_and_letting_go_are_a_transaction_each() {
    let stage = Stage::new().await;
    let (ada, who) = (UserId::new(at(0)), sender(ADA, "DE.1"));
    let code = stage.offered(ada, ADA, "code").await;
    assert_eq!(stage.meter.take(), cost(&[TRANSACT], 0.0, 4.0));
    stage.links.confirm(&who, &chat(&who), &code, "wamid.1", at(0)).await.unwrap();
    let first = stage.meter.take();
    // Code, connection, whose phone and id are, name and number of categories; mark, code, phone, id, connection, category, name, number, audit.
    assert_eq!((first.of(GET), first.of(TRANSACT), first.reads, first.writes), (6, 1, 6.0, 18.0));
    let person = stage.links.person(&who).await.unwrap().unwrap();
    stage.meter.take();
    stage.links.moved(&person, &sender("4915550109999", ""), "wamid.2", at(1)).await.unwrap();
    assert_eq!(stage.meter.take(), cost(&[GET, TRANSACT], 1.0, 12.0));
    stage.links.disconnect(ada, &origin(), at(2)).await.unwrap();
    assert_eq!(stage.meter.take(), cost(&[GET, TRANSACT], 1.0, 8.0));
    // The first seals under keys that are made then.
    stage.with_number(ada, "1", "A").await;
    stage.meter.take();
    stage.with_number(ada, "1", "A").await;
    // Connection and category; number, connection, token, account, audit.
    let connected = stage.meter.take();
    assert_eq!((connected.of(TRANSACT), connected.reads, connected.writes), (1, 4.0, 10.0), "{connected:?}");
    stage.numbers.disconnect(ada, &origin(), at(3)).await.unwrap();
    assert_eq!(stage.meter.take(), cost(&[GET, TRANSACT], 1.0, 10.0));
}

#[tokio::test]
async fn saying_something_costs_a_few_small_writes() {
    let stage = Stage::new().await;
    let ada = UserId::new(at(0));
    let task = OutgoingTask::Ask { question: "where?".to_owned() };
    let what = outgoing(OutgoingKey::answer("abc"), Some(ada), task);
    let (key, sent) = (&what.key, &stage.sent);
    sent.compose(&OutgoingKey::answer("warm"), Some(ada), &[], at(0)).await.unwrap();
    stage.meter.take();
    sent.begin(&what, at(0)).await.unwrap();
    assert_eq!(stage.meter.take(), cost(&[PUT], 0.0, 1.0));
    sent.compose(key, what.owner, &["In the shed.".to_owned()], at(1)).await.unwrap();
    assert_eq!(stage.meter.take(), cost(&[UPDATE], 0.0, 1.0));
    sent.sending(key, 0, at(2)).await.unwrap();
    assert_eq!(stage.meter.take(), cost(&[UPDATE], 0.0, 1.0));
    sent.sent(key, 0, "wamid.out", at(3)).await.unwrap();
    assert_eq!(stage.meter.take(), cost(&[GET, TRANSACT], 1.0, 4.0));
    sent.status(&news("wamid.out", Some(key), DeliveryState::Read)).await.unwrap();
    assert_eq!(stage.meter.take(), cost(&[GET, UPDATE], 1.0, 1.0));
    // Old news are read and not written.
    sent.status(&news("wamid.out", Some(key), DeliveryState::Sent)).await.unwrap();
    assert_eq!(stage.meter.take(), cost(&[GET], 1.0, 0.0));
    sent.begin(&what, at(4)).await.unwrap();
    assert_eq!(stage.meter.take().calls, [PUT, GET]);
}

#[tokio::test]
async fn what_comes_early_is_kept_by_one_write() {
    let stage = Stage::new().await;
    let ada = UserId::new(at(0));
    let change = PendingChange { wamid: "wamid.2".to_owned(), change: json!({"emoji": "x"}), at: at(0) };
    stage.changes.keep(ada, "wamid.0", "hash", &change).await.unwrap();
    stage.meter.take();
    stage.changes.keep(ada, "wamid.1", "hash", &change).await.unwrap();
    assert_eq!(stage.meter.take(), cost(&[PUT], 0.0, 1.0));
    stage.changes.of(ada, "wamid.1", "hash").await.unwrap();
    assert_eq!(stage.meter.take(), cost(&["Query"], 1.0, 0.0));
    stage.changes.of(ada, "wamid.3", "hash").await.unwrap();
    assert_eq!(stage.meter.take().of("Query"), 1);
}
