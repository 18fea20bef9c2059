//! Numbers of people's own, and who writes to them.

use app_domain::{CategoryId, ContactId, ContactRule, OwnNumber, Patch, TokenHash, UserId};
use app_store::{Arrival, Connected, ContactSeen, Heard, OwnNumberOwner, Received, ReceivedFrom};
use secrecy::{ExposeSecret, SecretString};

use crate::{Stage, at, memory, origin, sender};

fn number(id: &str, account: &str) -> OwnNumber {
    OwnNumber {
        phone_number_id: id.to_owned(),
        business_account_id: account.to_owned(),
        display_phone_number: "4915550004444".to_owned(),
        since: at(0),
        token_expires_at: None,
        last_inbound_at: None,
    }
}

pub(crate) fn contact(who: &str) -> ContactId {
    ContactId::of_hash(TokenHash::of(who).as_str()).unwrap()
}

impl Stage {
    pub(crate) async fn with_number(&self, user: UserId, id: &str, account: &str) -> OwnNumberOwner {
        let token = SecretString::from(format!("token of {id}"));
        let connected =
            self.numbers.connect(user, &number(id, account), &token, &origin(), at(0)).await.unwrap();
        assert_eq!(connected, Connected::Done);
        self.numbers.owner(id).await.unwrap().unwrap()
    }

    /// Saves a message of a contact that was sent at a time.
    pub(crate) async fn written(
        &self,
        number: &OwnNumberOwner,
        contact: &ContactSeen<'_>,
        seconds: i64,
    ) -> Arrival {
        let wamid = format!("wamid.{seconds}");
        let from = ReceivedFrom::Contact { number, contact };
        let received = Received { wamid: &wamid, from, now: at(seconds + 1) };
        self.memories.receive(&memory(number.user, "words", seconds), &received).await.unwrap()
    }
}

#[tokio::test]
async fn a_number_is_one_persons_with_its_token_until_it_is_let_go() {
    let stage = Stage::new().await;
    let (ada, eve) = (UserId::new(at(0)), UserId::new(at(0)));
    let owner = stage.with_number(ada, "1", "A").await;
    assert_eq!((owner.user, owner.number.as_str(), owner.category.is_some()), (ada, "1", true));
    let token = SecretString::from("another");
    let taken = stage.numbers.connect(eve, &number("1", "A"), &token, &origin(), at(1)).await.unwrap();
    assert_eq!(taken, Connected::TakenByOther);
    assert!(stage.numbers.token(eve).await.unwrap().is_none());
    assert_eq!(stage.numbers.token(ada).await.unwrap().unwrap().expose_secret(), "token of 1");
    assert_eq!(stage.numbers.accounts_of("A").await.unwrap(), [ada]);

    stage.numbers.set_token_expiry(ada, Some(at(9))).await.unwrap();
    let own = stage.links.of(ada).await.unwrap().own.unwrap();
    assert_eq!(own, OwnNumber { token_expires_at: Some(at(9)), ..number("1", "A") });

    // Another number in its place frees it.
    stage.with_number(ada, "2", "B").await;
    assert_eq!(stage.numbers.owner("1").await.unwrap(), None);
    assert!(stage.numbers.accounts_of("A").await.unwrap().is_empty());
    stage.with_number(eve, "1", "A").await;
    assert_eq!(stage.numbers.disconnect(ada, &origin(), at(4)).await.unwrap(), Some(number("2", "B")));
    assert_eq!(stage.numbers.disconnect(ada, &origin(), at(5)).await.unwrap(), None);
    assert!(stage.numbers.token(ada).await.unwrap().is_none());
    assert_eq!(stage.links.of(ada).await.unwrap().own, None);
    assert_eq!(stage.numbers.owner("1").await.unwrap().unwrap().user, eve);
}

#[tokio::test]
async fn what_a_contact_writes_is_counted_at_the_contact() {
    let stage = Stage::new().await;
    let ada = UserId::new(at(0));
    let number = stage.with_number(ada, "1", "A").await;
    let (mara, hidden) = (sender("4915550002222", "DE.1"), sender("", "DE.1"));
    let id = contact("mara");
    let seen = |sender, name| ContactSeen { id: &id, sender, name };
    assert_eq!(stage.written(&number, &seen(&mara, Some("Mara")), 1).await, Arrival::Saved);
    assert_eq!(stage.written(&number, &seen(&mara, Some("Mara")), 1).await, Arrival::Duplicate);
    assert_eq!(stage.written(&number, &seen(&hidden, None), 2).await, Arrival::Saved);
    let met = stage.contacts.get(ada, &id).await.unwrap().unwrap();
    assert_eq!((&met.sender, met.name.as_deref(), met.rule), (&mara, Some("Mara"), ContactRule::Save));
    assert_eq!((met.saved_count, met.first_at, met.last_at), (2, at(1), at(2)));
    assert_eq!(stage.links.of(ada).await.unwrap().own.unwrap().last_inbound_at, Some(at(3)));

    // The owner's own name for them goes first, for as long as it is in the address book.
    for (name, shown) in [(Some("Dr. Mara"), "Dr. Mara"), (None, "Mara")] {
        stage.contacts.named(ada, &id, &mara, name, at(5)).await.unwrap();
        let named = stage.contacts.get(ada, &id).await.unwrap().unwrap();
        assert_eq!((named.name.as_deref(), named.last_at), (Some(shown), at(2)));
    }
    let unknown = contact("unknown");
    stage.contacts.named(ada, &unknown, &mara, None, at(5)).await.unwrap();
    assert_eq!(stage.contacts.get(ada, &unknown).await.unwrap(), None);
}

#[tokio::test]
async fn nothing_is_saved_for_a_number_that_is_gone_or_while_saving_is_paused() {
    let stage = Stage::new().await;
    let ada = UserId::new(at(0));
    let number = stage.with_number(ada, "1", "A").await;
    let (mara, id) = (sender("4915550002222", ""), contact("mara"));
    let seen = ContactSeen { id: &id, sender: &mara, name: Some("Mara") };
    stage.links.set_paused(ada, Some(at(1))).await.unwrap();
    assert_eq!(stage.written(&number, &seen, 1).await, Arrival::Paused);
    stage.links.set_paused(ada, None).await.unwrap();
    stage.with_number(ada, "2", "A").await;
    assert_eq!(stage.written(&number, &seen, 1).await, Arrival::NotLinked);
    assert_eq!(stage.contacts.get(ada, &id).await.unwrap(), None);
    assert_eq!(stage.numbers.accounts_of("A").await.unwrap(), [ada]);
}

#[tokio::test]
async fn rules_of_a_contact_stay_whatever_the_contact_writes() {
    let stage = Stage::new().await;
    let (ada, eve) = (UserId::new(at(0)), UserId::new(at(0)));
    let number = stage.with_number(ada, "1", "A").await;
    let (mara, id) = (sender("4915550002222", ""), contact("mara"));
    let category = CategoryId::new(at(0));
    let none = stage.contacts.set(ada, &id, Some(ContactRule::Ignore), Patch::Keep).await.unwrap();
    assert_eq!(none, None);
    assert_eq!(stage.contacts.ignored(ada, &id, "wamid.0", at(1)).await.unwrap(), Heard::NotLinked);

    let seen = ContactSeen { id: &id, sender: &mara, name: None };
    stage.written(&number, &seen, 1).await;
    let rule = Some(ContactRule::Ignore);
    let set = stage.contacts.set(ada, &id, rule, Patch::Set(category)).await.unwrap().unwrap();
    assert_eq!((set.rule, set.category, set.name), (ContactRule::Ignore, Some(category), None));
    // A message that was under way all the same.
    stage.written(&number, &seen, 2).await;
    let set = stage.contacts.set(ada, &id, None, Patch::Keep).await.unwrap().unwrap();
    assert_eq!((set.rule, set.category, set.saved_count), (ContactRule::Ignore, Some(category), 2));
    for heard in [Heard::First, Heard::Duplicate] {
        assert_eq!(stage.contacts.ignored(ada, &id, "wamid.3", at(3)).await.unwrap(), heard);
    }
    let set = stage.contacts.set(ada, &id, Some(ContactRule::Save), Patch::Clear).await.unwrap().unwrap();
    assert_eq!((set.rule, set.category, set.last_at), (ContactRule::Save, None, at(3)));
    assert_eq!(stage.contacts.get(eve, &id).await.unwrap(), None);
}

#[tokio::test]
async fn contacts_are_listed_page_by_page() {
    let stage = Stage::new().await;
    let ada = UserId::new(at(0));
    let number = stage.with_number(ada, "1", "A").await;
    for n in 0..7 {
        let who = sender(&format!("491555000200{n}"), "");
        let id = contact(&n.to_string());
        let seen = ContactSeen { id: &id, sender: &who, name: None };
        assert_eq!(stage.written(&number, &seen, n).await, Arrival::Saved);
    }
    let (mut met, mut after) = (Vec::new(), None);
    loop {
        let page = stage.contacts.page(ada, after.as_ref(), 3).await.unwrap();
        after = page.last().map(|contact| contact.id.clone());
        if after.is_none() {
            break;
        }
        met.extend(page.into_iter().map(|contact| contact.sender.phone.unwrap().digits().to_owned()));
    }
    met.sort();
    assert_eq!(met, [0, 1, 2, 3, 4, 5, 6].map(|n| format!("491555000200{n}")));
}
