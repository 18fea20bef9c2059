//! Phones, ids and accounts.

use app_domain::{
    AuditEvent, ConnectionFault, ConversationId, PhoneNumber, Recipient, Sender, UserId, WhatsappLink,
};
use app_store::{Arrival, Heard};

use crate::{ADA, Stage, at, chat, memory, origin, phone, sender};

#[tokio::test]
async fn of_two_phones_confirmed_at_once_one_is_left_and_the_other_is_free() {
    let stage = Stage::new().await;
    let (ada, eve) = (UserId::new(at(0)), UserId::new(at(0)));
    let phones = ["4915550100001", "4915550100002"];
    let [first, second] = phones.map(|digits| sender(digits, ""));
    let one = stage.offered(ada, phones[0], "one").await;
    let two = stage.offered(ada, phones[1], "two").await;
    let (to_first, to_second) = (chat(&first), chat(&second));
    let confirmed = tokio::join!(
        stage.links.confirm(&first, &to_first, &one, "wamid.1", at(0)),
        stage.links.confirm(&second, &to_second, &two, "wamid.2", at(0)),
    );
    assert_eq!((confirmed.0.unwrap(), confirmed.1.unwrap()), (Some(ada), Some(ada)));
    let linked = stage.links.of(ada).await.unwrap().connected.unwrap().phone;
    for digits in phones {
        let who = sender(digits, "");
        assert_eq!(stage.owner(&who).await.is_some(), phone(digits) == linked);
        stage.linked(eve, &who).await;
    }
    assert_eq!(stage.links.of(ada).await.unwrap().connected, None);
}

#[tokio::test]
async fn a_person_is_known_by_the_phone_in_each_of_its_writings_and_by_the_id() {
    for (typed, delivered) in [("+55 11 98765-4321", "551187654321"), ("+52 33 1234 5678", "5213312345678")] {
        let stage = Stage::new().await;
        let ada = UserId::new(at(0));
        let typed = PhoneNumber::parse(typed).unwrap();
        let code = stage.offered(ada, typed.digits(), "code").await;
        let who = sender(delivered, "BR.481");
        let confirmed = stage.links.confirm(&who, &chat(&who), &code, "wamid.1", at(0)).await.unwrap();
        assert_eq!(confirmed, Some(ada));
        for known in [sender(typed.digits(), ""), sender(delivered, ""), sender("", "BR.481")] {
            assert_eq!(stage.owner(&known).await, Some(ada));
        }
        assert_eq!(stage.owner(&sender("551187654329", "BR.482")).await, None);
        // What is sent goes to the phone as it was delivered.
        let connected = stage.links.of(ada).await.unwrap().connected.unwrap();
        assert_eq!(connected.recipient(), Recipient::Phone(phone(delivered)));
    }
}

#[tokio::test]
async fn an_id_is_learnt_from_a_message_and_found_when_the_phone_is_hidden() {
    let stage = Stage::new().await;
    let ada = UserId::new(at(0));
    let person = stage.linked(ada, &sender(ADA, "")).await;
    let both = sender(ADA, "DE.1");
    let heard = async |who: &Sender, wamid: &str| {
        stage.links.heard(&person, who, &chat(who), wamid, at(5)).await.unwrap()
    };
    assert_eq!(heard(&both, "wamid.1").await, Heard::First);
    assert_eq!(heard(&both, "wamid.1").await, Heard::Duplicate);
    let hidden = sender("", "DE.1");
    assert_eq!(stage.links.person(&hidden).await.unwrap(), stage.links.person(&both).await.unwrap());
    assert_eq!(heard(&hidden, "wamid.2").await, Heard::First);
    // From now on answers go to the id; a phone that comes again wins.
    let connected = stage.links.of(ada).await.unwrap().connected.unwrap();
    assert_eq!((connected.recipient(), connected.last_sync_at), (chat(&hidden).with, Some(at(5))));
    assert_eq!(stage.links.disconnect(ada, &origin(), at(9)).await.unwrap().unwrap().user_id, both.user_id);
    assert_eq!((stage.owner(&hidden).await, stage.owner(&both).await), (None, None));
    assert_eq!(heard(&both, "wamid.3").await, Heard::NotLinked);
}

#[tokio::test]
async fn an_id_that_is_somebody_elses_takes_nothing_from_them() {
    let stage = Stage::new().await;
    let (ada, eve) = (UserId::new(at(0)), UserId::new(at(0)));
    let person = stage.linked(ada, &sender(ADA, "")).await;
    stage.linked(eve, &sender("4915550100002", "DE.2")).await;
    let odd = sender(ADA, "DE.2");
    let heard = stage.links.heard(&person, &odd, &chat(&odd), "wamid.1", at(5)).await.unwrap();
    assert_eq!(heard, Heard::First);
    let saved = stage.received(&memory(ada, "words", 1), "wamid.2", &person, &odd).await;
    assert_eq!(saved, Arrival::Saved);
    assert_eq!(stage.owner(&sender("", "DE.2")).await, Some(eve));
}

#[tokio::test]
async fn a_phone_that_is_proved_is_taken_with_everything_that_was_known_of_it() {
    let stage = Stage::new().await;
    let (ada, eve) = (UserId::new(at(0)), UserId::new(at(0)));
    let person = stage.linked(ada, &sender(ADA, "DE.1")).await;
    stage.received(&memory(ada, "words", 1), "wamid.1", &person, &sender(ADA, "DE.1")).await;
    stage.linked(eve, &sender(ADA, "DE.9")).await;
    assert_eq!(
        (stage.owner(&sender(ADA, "")).await, stage.owner(&sender("", "DE.9")).await),
        (Some(eve), Some(eve))
    );
    assert_eq!(stage.owner(&sender("", "DE.1")).await, None);
    assert_eq!(stage.links.of(ada).await.unwrap().connected, None);
    assert_eq!(stage.links.last_saved(ada).await.unwrap(), None);
    // Hers again, by her old id too.
    stage.linked(ada, &sender(ADA, "DE.1")).await;
    assert_eq!(
        (stage.owner(&sender("", "DE.1")).await, stage.owner(&sender("", "DE.9")).await),
        (Some(ada), None)
    );
}

#[tokio::test]
async fn a_code_is_good_once_in_time_and_from_its_own_phone() {
    let stage = Stage::new().await;
    let ada = UserId::new(at(0));
    let code = stage.offered(ada, ADA, "code").await;
    for (who, now) in [(sender("4915550100002", ""), 0), (sender("", "DE.1"), 0), (sender(ADA, ""), 16 * 60)]
    {
        let confirmed = stage.links.confirm(&who, &chat(&who), &code, "wamid.1", at(now)).await.unwrap();
        assert_eq!(confirmed, None);
    }
    let who = sender(ADA, "");
    for user in [Some(ada), None] {
        assert_eq!(stage.links.confirm(&who, &chat(&who), &code, "wamid.2", at(1)).await.unwrap(), user);
    }
    let seen = stage.memories.of_message("wamid.2").await.unwrap().unwrap();
    assert_eq!((seen.owner, seen.memory), (ada, None));
}

#[tokio::test]
async fn a_person_is_followed_to_another_number_and_another_id_once() {
    let stage = Stage::new().await;
    let (ada, eve) = (UserId::new(at(0)), UserId::new(at(0)));
    let person = stage.linked(ada, &sender(ADA, "DE.1")).await;
    let new = sender("4915550109999", "");
    assert!(stage.links.moved(&person, &new, "wamid.1", at(5)).await.unwrap());
    assert!(!stage.links.moved(&person, &new, "wamid.1", at(6)).await.unwrap());
    assert_eq!((stage.owner(&new).await, stage.owner(&sender(ADA, "")).await), (Some(ada), None));
    // The id still finds the person, and what it finds can be saved.
    let hidden = sender("", "DE.1");
    let person = stage.links.person(&hidden).await.unwrap().unwrap();
    assert_eq!(stage.links.of(ada).await.unwrap().connected.unwrap().recipient(), chat(&new).with);
    let saved = stage.received(&memory(ada, "words", 1), "wamid.2", &person, &hidden).await;
    assert_eq!(saved, Arrival::Saved);

    let other = sender("", "DE.2");
    assert!(stage.links.moved(&person, &other, "wamid.3", at(7)).await.unwrap());
    assert_eq!((stage.owner(&other).await, stage.owner(&hidden).await), (Some(ada), None));
    assert_eq!(stage.links.of(ada).await.unwrap().connected.unwrap().recipient(), chat(&other).with);

    // A number that somebody else has proved stays theirs.
    stage.linked(eve, &sender(ADA, "")).await;
    let person = stage.links.person(&other).await.unwrap().unwrap();
    assert!(!stage.links.moved(&person, &sender(ADA, ""), "wamid.4", at(8)).await.unwrap());
    assert_eq!(stage.owner(&sender(ADA, "")).await, Some(eve));
}

#[tokio::test]
async fn old_items_under_digits_as_they_were_written_still_count() {
    let stage = Stage::new().await;
    let ada = UserId::new(at(0));
    let who = sender("5213312345678", "");
    let person = stage.linked(ada, &who).await;
    stage.meter.move_item("PHONE#523312345678", "OWNER", "PHONE#5213312345678").await;
    let found = stage.links.person(&who).await.unwrap().unwrap();
    assert_eq!((found.user, &found.phone), (ada, &person.phone));
    let known = sender("5213312345678", "MX.1");
    assert_eq!(
        stage.links.heard(&found, &known, &chat(&known), "wamid.1", at(1)).await.unwrap(),
        Heard::First
    );
    assert_eq!(stage.owner(&sender("", "MX.1")).await, Some(ada));
    // The next proof gives it its one form.
    stage.linked(ada, &who).await;
    let keys = stage.meter.keys().await;
    assert!(keys.contains(&"PHONE#523312345678 OWNER".to_owned()), "{keys:?}");
    assert!(!keys.contains(&"PHONE#5213312345678 OWNER".to_owned()), "{keys:?}");
}

#[tokio::test]
async fn what_is_known_of_a_chat_goes_with_the_phone() {
    let stage = Stage::new().await;
    let ada = UserId::new(at(0));
    assert!(!stage.links.set_paused(ada, Some(at(1))).await.unwrap());
    stage.links.set_muted(ada, true).await.unwrap();
    assert_eq!(stage.links.of(ada).await.unwrap(), WhatsappLink::default());

    stage.linked(ada, &sender(ADA, "")).await;
    let talk = ConversationId::new(at(2));
    let fault = ConnectionFault { code: 190, message: "The token has expired.".to_owned(), at: at(2) };
    assert!(stage.links.set_paused(ada, Some(at(1))).await.unwrap());
    assert!(stage.links.set_paused(ada, Some(at(9))).await.unwrap());
    stage.links.set_muted(ada, true).await.unwrap();
    stage.links.set_fault(ada, Some(&fault)).await.unwrap();
    stage.links.set_shared_fault(ada, Some(&fault)).await.unwrap();
    stage.links.set_conversation(ada, talk, at(2)).await.unwrap();
    let link = stage.links.of(ada).await.unwrap();
    assert_eq!((link.paused_at, link.is_muted, link.fault), (Some(at(1)), true, Some(fault.clone())));
    assert_eq!(link.shared_fault, Some(fault));
    assert_eq!(stage.links.conversation(ada).await.unwrap(), Some((talk, at(2))));

    stage.links.set_fault(ada, None).await.unwrap();
    stage.offered(ada, "4915550100002", "another").await;
    assert_eq!(stage.links.disconnect(ada, &origin(), at(9)).await.unwrap().unwrap().phone, phone(ADA));
    assert_eq!(stage.links.of(ada).await.unwrap(), WhatsappLink::default());
    assert_eq!(stage.links.conversation(ada).await.unwrap(), None);
    assert_eq!(stage.links.disconnect(ada, &origin(), at(9)).await.unwrap(), None);
}

#[tokio::test]
async fn what_is_wrong_with_a_number_is_said_of_that_number_alone() {
    let stage = Stage::new().await;
    let ada = UserId::new(at(0));
    let fault = |code| ConnectionFault { code, message: "Wrong.".to_owned(), at: at(1) };
    stage.links.set_shared_fault(ada, Some(&fault(190))).await.unwrap();
    assert_eq!(stage.links.of(ada).await.unwrap(), WhatsappLink::default(), "nobody's phone is spoken to");
    stage.with_number(ada, "1", "A").await;
    stage.linked(ada, &sender(ADA, "")).await;
    stage.links.set_fault(ada, Some(&fault(10))).await.unwrap();
    stage.links.set_shared_fault(ada, Some(&fault(190))).await.unwrap();
    stage.links.set_shared_fault(ada, None).await.unwrap();
    assert_eq!(stage.links.of(ada).await.unwrap().fault, Some(fault(10)));
    stage.links.set_shared_fault(ada, Some(&fault(190))).await.unwrap();
    stage.links.set_fault(ada, None).await.unwrap();
    stage.with_number(ada, "2", "A").await;
    stage.numbers.disconnect(ada, &origin(), at(2)).await.unwrap();
    assert_eq!(stage.links.of(ada).await.unwrap().shared_fault, Some(fault(190)));
    stage.links.disconnect(ada, &origin(), at(3)).await.unwrap();
    assert_eq!(stage.links.of(ada).await.unwrap(), WhatsappLink::default());
}

#[tokio::test]
async fn what_is_linked_and_let_go_is_audited() {
    let stage = Stage::new().await;
    let (ada, eve) = (UserId::new(at(0)), UserId::new(at(0)));
    let person = stage.linked(ada, &sender(ADA, "DE.1")).await;
    let new = sender("4915550109999", "DE.1");
    assert!(stage.links.moved(&person, &new, "wamid.1", at(5)).await.unwrap());
    stage.linked(eve, &sender("4915550109999", "DE.9")).await;
    stage.linked(ada, &sender(ADA, "DE.1")).await;
    stage.with_number(ada, "1", "A").await;
    stage.numbers.disconnect(ada, &origin(), at(6)).await.unwrap();
    for _ in 0..2 {
        stage.links.disconnect(ada, &origin(), at(7)).await.unwrap();
        stage.numbers.disconnect(ada, &origin(), at(8)).await.unwrap();
    }
    let of = async |user| {
        let (entries, _) = stage.audit.page(user, None, 20).await.unwrap();
        let mut told: Vec<_> =
            entries.iter().map(|entry| (entry.event, entry.origin.user_agent.is_some())).collect();
        told.sort_by_key(|told| format!("{told:?}"));
        told
    };
    use AuditEvent::{WhatsappLinked, WhatsappNumberConnected, WhatsappNumberDisconnected, WhatsappUnlinked};
    let linked = [(WhatsappLinked, false); 3];
    let rest = [(WhatsappNumberConnected, true), (WhatsappNumberDisconnected, true)];
    let unlinked = [(WhatsappUnlinked, false), (WhatsappUnlinked, true)];
    assert_eq!(of(ada).await, [&linked[..], &rest, &unlinked].concat());
    assert_eq!(of(eve).await, [(WhatsappLinked, false)]);
}

#[tokio::test]
async fn a_landline_never_has_the_link_of_the_mobile_phone_that_is_written_like_it() {
    let stage = Stage::new().await;
    let (ada, eve) = (UserId::new(at(0)), UserId::new(at(0)));
    // The code was given out for the number as people write it at home.
    let code = stage.offered(ada, "541123456789", "code").await;
    let mobile = sender("5491123456789", "");
    let confirmed = stage.links.confirm(&mobile, &chat(&mobile), &code, "wamid.1", at(0)).await.unwrap();
    assert_eq!(confirmed, Some(ada));
    let landline = sender("541123456789", "");
    assert_eq!((stage.owner(&mobile).await, stage.owner(&landline).await), (Some(ada), None));
    stage.linked(eve, &landline).await;
    assert_eq!((stage.owner(&mobile).await, stage.owner(&landline).await), (Some(ada), Some(eve)));
}
