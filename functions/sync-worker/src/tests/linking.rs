//! Phones and whose they are.

use super::*;

#[tokio::test]
async fn a_code_links_the_phone_and_is_no_memory_however_often_it_comes() {
    let fixture = Fixture::new().await;
    let user = UserId::new(at(0));
    let code = fixture.offer(user, PHONE, 1000).await;
    let message = [text("wamid.code", PHONE, 0, &format!("Hi! {}", code.to_lowercase()))];
    tokio::join!(fixture.deliver(&message), fixture.deliver(&message));
    fixture.deliver(&message).await;
    assert_eq!(fixture.said(), [OutgoingTask::Say { phrase: Phrase::Linked }]);
    let claim = json!({"kind": "claimInbox", "owner": user});
    assert!(fixture.chores.take().iter().all(|chore| *chore == claim));
    let link = fixture.links.of(user).await.unwrap();
    assert_eq!((link.connected.unwrap().phone, link.pending), (phone(PHONE), None));
    assert!(fixture.memories_of(user).await.is_empty());
    fixture.deliver(&[text("wamid.1", PHONE, 1, "now it counts")]).await;
    assert_eq!(fixture.words_of(user).await, ["now it counts"]);
}

#[tokio::test]
async fn a_wrong_or_late_code_links_nothing() {
    let fixture = Fixture::new().await;
    let user = UserId::new(at(0));
    let late = fixture.offer(user, PHONE, 61).await;
    let of_another_phone = fixture.offer(UserId::new(at(0)), OTHER_PHONE, 1000).await;
    fixture.deliver(&[text("wamid.1", PHONE, 1, &late), text("wamid.2", PHONE, 2, &of_another_phone)]).await;
    assert!(fixture.handle(event("sync-worker/code.json")).await.is_empty());
    assert_eq!(fixture.owner(PHONE).await, None);
    assert_eq!(fixture.links.of(user).await.unwrap().connected, None);
    for wamid in ["wamid.1", "wamid.2", "wamid.W2"] {
        assert!(fixture.is_kept(PHONE, wamid).await, "{wamid}");
    }
    assert_eq!(fixture.said(), [OutgoingTask::Say { phrase: Phrase::WrongCode }], "once in a minute");
    let again = queued(&[text("wamid.3", PHONE, 3, &late)]);
    assert!(fixture.handle_at(again, at(122)).await.is_empty());
    assert_eq!(fixture.said(), [OutgoingTask::Say { phrase: Phrase::WrongCode }]);
}

#[tokio::test]
async fn linking_takes_the_phone_from_its_former_owner() {
    let fixture = Fixture::new().await;
    let former = fixture.linked(PHONE).await;
    fixture.deliver(&[text("wamid.1", PHONE, 1, "before")]).await;
    let owner = fixture.linked(PHONE).await;
    fixture.deliver(&[text("wamid.2", PHONE, 2, "after"), text("wamid.1", PHONE, 1, "before")]).await;
    assert_eq!(fixture.words_of(former).await, ["before"]);
    assert_eq!(fixture.words_of(owner).await, ["after"]);
    assert_eq!(fixture.links.of(former).await.unwrap().connected, None);
}

#[tokio::test]
async fn a_person_who_links_another_phone_leaves_the_old_one() {
    let fixture = Fixture::new().await;
    let user = fixture.linked(PHONE).await;
    let code = fixture.offer(user, OTHER_PHONE, 1000).await;
    fixture.deliver(&[text("wamid.code", OTHER_PHONE, 1, &code)]).await;
    fixture
        .deliver(&[text("wamid.1", PHONE, 2, "old phone"), text("wamid.2", OTHER_PHONE, 3, "new phone")])
        .await;
    assert_eq!(fixture.words_of(user).await, ["new phone"]);
    assert!(fixture.is_kept(PHONE, "wamid.1").await);
}

#[tokio::test]
async fn what_looks_like_a_code_and_comes_from_a_linked_phone_is_a_memory() {
    let fixture = Fixture::new().await;
    let user = fixture.linked(PHONE).await;
    fixture.deliver(&[text("wamid.1", PHONE, 1, "order MEMO-DEADBEEF")]).await;
    assert_eq!(fixture.words_of(user).await, ["order MEMO-DEADBEEF"]);
    assert_eq!(fixture.said(), [OutgoingTask::Seen]);
}
