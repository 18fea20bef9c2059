//! The categories that people are given: when they register, and when they link a phone.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

use app_domain::{
    AuditEntry, AuditEvent, Category, CategoryDraft, CategoryId, CategoryName, Chat, Email, LinkCode, Origin,
    PendingPhone, PersonName, PhoneNumber, Recipient, Role, Sender, Timestamp, TokenHash, User, UserId,
};
use app_store::{Categories, CategoryCreation, Registration, Table, Users, WhatsappLinks};
use app_testing::{table, vault};

fn now() -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000).unwrap()
}

fn phone(digits: &str) -> PhoneNumber {
    PhoneNumber::from_digits(digits).unwrap()
}

/// Registers somebody.
async fn registered(table: &Table, email: &str) -> (Registration, UserId) {
    let user = User {
        id: UserId::new(now()),
        email: Email::parse(email).unwrap(),
        username: None,
        first_name: PersonName::unknown(),
        last_name: PersonName::unknown(),
        role: Role::User,
        tier: Role::User.tier(),
        is_verified: false,
        is_active: true,
        has_password: true,
        sessions_from: None,
        kept_session: None,
        created_at: now(),
        updated_at: now(),
    };
    let audit = AuditEntry::new(user.id, AuditEvent::Registered, Origin::default(), now());
    (Users::new(table.clone()).register(&user, "a hash", &audit).await.unwrap(), user.id)
}

/// Links a phone; what its messages are filed in.
async fn linked(table: &Table, user: UserId, digits: &str) -> Option<CategoryId> {
    let links = WhatsappLinks::new(table.clone());
    let code = TokenHash::from_hex(format!("code of {digits}"));
    let pending = PendingPhone { phone: phone(digits), expires_at: now().plus(LinkCode::LIFETIME) };
    links.offer(user, &pending, &code).await.unwrap();
    let wamid = format!("wamid.{digits}");
    let sender = Sender { phone: Some(phone(digits)), user_id: None };
    let chat = Chat { phone_number_id: "700800900100200".to_owned(), with: Recipient::Phone(phone(digits)) };
    assert_eq!(links.confirm(&sender, &chat, &code, &wamid, now()).await.unwrap(), Some(user));
    let person = links.person(&sender).await.unwrap().unwrap();
    assert_eq!(person.user, user);
    person.category
}

async fn made(categories: &Categories, owner: UserId, name: &str) -> CategoryId {
    let name = CategoryName::parse(name).unwrap();
    let draft = CategoryDraft { name, description: None, icon: None, color: None, sort_order: None };
    let category = Category::new(owner, draft, &[], now());
    assert_eq!(categories.create(&category).await.unwrap(), CategoryCreation::Done);
    category.id
}

#[tokio::test]
async fn nobody_is_without_categories() {
    let table = table().await;
    let categories = Categories::new(table.clone(), vault(&table));
    let (registration, ada) = registered(&table, "ada@example.com").await;
    assert_eq!(registration, Registration::Done);
    let given = categories.all(ada).await.unwrap();
    let names: Vec<&str> = given.iter().map(|category| category.name.as_str()).collect();
    assert_eq!(names, ["Work", "Personal", "Family", "Learning", "Travel", "Health", "Finance", "Creative"]);
    // They count among the hundred, and can be deleted.
    categories.delete(ada, given[0].id, None, now()).await.unwrap();
    for n in 0..93 {
        made(&categories, ada, &n.to_string()).await;
    }
    assert_eq!(categories.all(ada).await.unwrap().len(), Category::MAX_PER_PERSON);

    let (registration, eve) = registered(&table, "ada@example.com").await;
    assert_eq!(registration, Registration::EmailTaken);
    assert!(categories.all(eve).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_linked_phone_brings_one_category_however_often_it_is_linked() {
    let table = table().await;
    let categories = Categories::new(table.clone(), vault(&table));
    let (_, ada) = registered(&table, "ada@example.com").await;
    let first = linked(&table, ada, "4915550100001").await.unwrap();
    assert_eq!(linked(&table, ada, "4915550100002").await, Some(first));
    let all = categories.all(ada).await.unwrap();
    assert_eq!((all.len(), all[8].id, all[8].is_default), (9, first, true));
    // Deleted, it comes back with the next phone, and is another one.
    categories.delete(ada, first, None, now()).await.unwrap();
    assert_ne!(linked(&table, ada, "4915550100003").await, Some(first));
    assert_eq!(categories.all(ada).await.unwrap().len(), 9);
}

#[tokio::test]
async fn a_category_of_ones_own_serves_as_well() {
    let table = table().await;
    let categories = Categories::new(table.clone(), vault(&table));
    let ada = UserId::new(now());
    let own = made(&categories, ada, "WHATSAPP").await;
    assert_eq!(linked(&table, ada, "4915550100001").await, Some(own));
    assert_eq!(categories.all(ada).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_phone_is_linked_even_if_there_is_no_room_for_a_category() {
    let table = table().await;
    let categories = Categories::new(table.clone(), vault(&table));
    let ada = UserId::new(now());
    for n in 0..Category::MAX_PER_PERSON {
        made(&categories, ada, &n.to_string()).await;
    }
    assert_eq!(linked(&table, ada, "4915550100001").await, None);
}
