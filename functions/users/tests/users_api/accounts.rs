//! Finding accounts.

use app_domain::{Role, UserId};
use app_testing::Reply;
use serde_json::{Value, json};

use crate::stage::{Stage, now, refusal, refused};

fn ids(page: &Reply) -> Vec<Value> {
    page.json()["users"].as_array().unwrap().iter().map(|user| user["id"].clone()).collect()
}

#[tokio::test]
async fn accounts_are_listed_newest_first_and_read_on_by_cursor() {
    let stage = Stage::new().await;
    let admin = stage.person(Role::Admin).await;
    let mut expected = vec![json!(admin.id)];
    for _ in 0..4 {
        expected.insert(0, json!(stage.person(Role::User).await.id));
    }
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = stage.get(&admin, &format!("/admin/users?limit=2{cursor}")).await;
        assert_eq!(
            (page.status.as_u16(), &page.json()["pagination"]["limit"]),
            (200, &json!(2)),
            "{}",
            page.text
        );
        seen.extend(ids(&page));
        match page.json()["pagination"]["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen, expected);
    let whole = stage.get(&admin, "/admin/users?limit=5").await;
    assert_eq!(whole.json()["pagination"], json!({"limit": 5}), "a full page may be the last");
}

#[tokio::test]
async fn an_account_shows_no_more_than_administrators_need() {
    let stage = Stage::new().await;
    let (ada, admin) = (stage.person(Role::User).await, stage.person(Role::Admin).await);
    let read = stage.get(&admin, &format!("/admin/users/{}", ada.id)).await;
    let account = read.json()["user"].clone();
    insta::assert_json_snapshot!(account, {
        ".id" => "[id]", ".email" => "[email]", ".createdAt" => "[time]", ".updatedAt" => "[time]",
    });
    let found = stage.get(&admin, &format!("/admin/users?email={}", ada.email.to_uppercase())).await;
    assert_eq!(found.json(), json!({"users": [account], "pagination": {"limit": 20}}));
    let listed = stage.get(&admin, "/admin/users").await;
    assert_eq!(listed.json()["users"][1], account, "the index has all that is shown");
    for reply in [read, found, listed] {
        assert!(!reply.text.contains("argon2"), "{}", reply.text);
    }
}

#[tokio::test]
async fn an_address_that_is_nobodys_finds_nobody() {
    let stage = Stage::new().await;
    let admin = stage.person(Role::Admin).await;
    let found = stage.get(&admin, "/admin/users?email=nobody@example.com").await;
    assert_eq!((found.status.as_u16(), &found.json()["users"]), (200, &json!([])));
}

#[tokio::test]
async fn wrong_parameters_are_refused_by_name() {
    let stage = Stage::new().await;
    let admin = stage.person(Role::Admin).await;
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=many", "limit"),
        ("cursor=%00", "cursor"),
        ("cursor=bm8gaWQ", "cursor"),
        ("email=nobody", "email"),
    ] {
        let reply = stage.get(&admin, &format!("/admin/users?{query}")).await;
        assert_eq!((reply.status.as_u16(), reply.wrong_fields()), (422, vec![field.to_owned()]), "{query}");
    }
}

#[tokio::test]
async fn an_account_that_is_not_there_is_not_found() {
    let stage = Stage::new().await;
    let admin = stage.person(Role::Admin).await;
    let nobody = UserId::new(now());
    for path in
        [format!("/admin/users/{nobody}"), format!("/admin/users/{nobody}/audit"), "/admin/users/me".into()]
    {
        assert_eq!(refusal(&stage.get(&admin, &path).await), refused(404, "NotFound"), "{path}");
    }
    let change = stage.patch(&admin, nobody, &json!({"isActive": false})).await;
    assert_eq!(refusal(&change), refused(404, "NotFound"));
}
