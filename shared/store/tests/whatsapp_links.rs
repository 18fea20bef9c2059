//! Phones and accounts in a real table.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up should stop right there")]

use app_domain::{LinkCode, PendingPhone, PhoneNumber, Timestamp, TokenHash, UserId};
use app_store::WhatsappLinks;
use app_testing::table;

fn now() -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000).unwrap()
}

async fn offered(links: &WhatsappLinks, user: UserId, phone: &PhoneNumber, code: &str) -> TokenHash {
    let code = TokenHash::from_hex(code.to_owned());
    let pending = PendingPhone { phone: phone.clone(), expires_at: now().plus(LinkCode::LIFETIME) };
    links.offer(user, &pending, &code).await.unwrap();
    code
}

#[tokio::test]
async fn of_two_phones_confirmed_at_once_one_is_left_and_the_other_is_free() {
    let links = WhatsappLinks::new(table().await);
    let (ada, eve) = (UserId::new(now()), UserId::new(now()));
    let phones = ["4915550100001", "4915550100002"].map(|digits| PhoneNumber::from_digits(digits).unwrap());
    let one = offered(&links, ada, &phones[0], "one").await;
    let two = offered(&links, ada, &phones[1], "two").await;
    let confirmed = tokio::join!(
        links.confirm(&phones[0], &one, "wamid.1", now()),
        links.confirm(&phones[1], &two, "wamid.2", now()),
    );
    assert_eq!((confirmed.0.unwrap(), confirmed.1.unwrap()), (Some(ada), Some(ada)));
    let linked = links.of(ada).await.unwrap().connected.unwrap().phone;
    for phone in &phones {
        assert_eq!(links.owner(phone).await.unwrap().is_some(), *phone == linked);
        let code = offered(&links, eve, phone, "eve").await;
        let wamid = format!("wamid.eve.{}", phone.digits());
        assert_eq!(links.confirm(phone, &code, &wamid, now()).await.unwrap(), Some(eve));
    }
    assert_eq!(links.of(ada).await.unwrap().connected, None);
}
