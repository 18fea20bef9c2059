//! Who writes to a number of one's own, and what becomes of it.

use app_domain::{Category, CategoryDraft, CategoryId, CategoryName};
use serde_json::{Value, json};

use crate::stage::{Person, Stage, now, person, refusal, refused};

const CONTACTS: &str = "/sync/whatsapp/contacts";

async fn category(stage: &Stage, person: &Person) -> CategoryId {
    let name = CategoryName::parse("Customers").unwrap();
    let draft = CategoryDraft { name, description: None, icon: None, color: None, sort_order: None };
    let category = Category::new(person.id, draft, &[], now());
    stage.categories.create(&category).await.unwrap();
    category.id
}

#[tokio::test]
async fn contacts_are_listed_page_by_page() {
    let (stage, person) = (Stage::new().await, person());
    stage.give_number(&person).await;
    assert_eq!(stage.get(&person, CONTACTS).await.json()["contacts"], json!([]));
    for n in 0..5 {
        stage.contact(&person, &format!("491555000333{n}"), &format!("Person {n}")).await;
    }
    let (mut names, mut cursor) = (Vec::new(), String::new());
    for _ in 0..3 {
        let page = stage.get(&person, &format!("{CONTACTS}?limit=2{cursor}")).await.json();
        let contacts = page["contacts"].as_array().unwrap().clone();
        names.extend(contacts.iter().map(|contact| contact["name"].as_str().unwrap().to_owned()));
        let next = page["pagination"]["nextCursor"].as_str();
        cursor = next.map(|next| format!("&cursor={next}")).unwrap_or_default();
    }
    names.sort();
    assert_eq!(names, ["Person 0", "Person 1", "Person 2", "Person 3", "Person 4"]);
    assert!(cursor.is_empty());
}

#[tokio::test]
async fn a_contact_gets_a_rule_and_a_category() {
    let (stage, person) = (Stage::new().await, person());
    stage.give_number(&person).await;
    let id = stage.contact(&person, "4915550003333", "Jörg 🚀").await;
    let category = category(&stage, &person).await;
    let path = format!("{CONTACTS}/{id}");
    let reply = stage.patch(&person, &path, &json!({"rule": "ignore", "categoryId": category})).await;
    insta::assert_json_snapshot!(reply.json(), {
        ".contact.id" => "[id]", ".contact.categoryId" => "[id]",
        ".contact.firstAt" => "[time]", ".contact.lastAt" => "[time]",
    }, @r#"
    {
      "contact": {
        "categoryId": "[id]",
        "firstAt": "[time]",
        "id": "[id]",
        "lastAt": "[time]",
        "name": "Jörg 🚀",
        "phoneNumber": "+4915550003333",
        "rule": "ignore",
        "savedCount": 0
      }
    }
    "#);
    // What is not named stays.
    let kept = stage.patch(&person, &path, &json!({})).await.json()["contact"].clone();
    assert_eq!((&kept["rule"], &kept["categoryId"]), (&json!("ignore"), &json!(category)));
    let cleared = stage.patch(&person, &path, &json!({"rule": "save", "categoryId": null})).await.json();
    assert_eq!(cleared["contact"]["rule"], "save");
    assert!(cleared["contact"]["categoryId"].is_null());
}

#[tokio::test]
async fn somebody_elses_contacts_and_categories_do_not_exist() {
    let (stage, ada, eve) = (Stage::new().await, person(), person());
    stage.give_number(&ada).await;
    let id = stage.contact(&ada, "4915550003333", "Jörg").await;
    let category = category(&stage, &eve).await;
    assert_eq!(stage.get(&eve, CONTACTS).await.json()["contacts"], json!([]));
    let path = format!("{CONTACTS}/{id}");
    assert_eq!(
        refusal(&stage.patch(&eve, &path, &json!({"rule": "ignore"})).await),
        refused(404, "NotFound")
    );
    let reply = stage.patch(&ada, &path, &json!({"categoryId": category})).await;
    assert_eq!((reply.status.as_u16(), reply.wrong_fields()), (422, vec!["categoryId".to_owned()]));
    let contact = stage.get(&ada, CONTACTS).await.json()["contacts"][0].clone();
    assert_eq!((&contact["rule"], &contact["categoryId"]), (&json!("save"), &Value::Null));
}

#[tokio::test]
async fn what_breaks_a_rule_is_named() {
    let (stage, person) = (Stage::new().await, person());
    let id = stage.contact(&person, "4915550003333", "Jörg").await;
    for (body, field) in [
        (json!({"rule": "delete"}), "rule"),
        (json!({"rule": 1}), "rule"),
        (json!({"categoryId": "none"}), "categoryId"),
    ] {
        let reply = stage.patch(&person, &format!("{CONTACTS}/{id}"), &body).await;
        assert_eq!((reply.status.as_u16(), reply.wrong_fields()), (422, vec![field.to_owned()]), "{body}");
    }
    for hostile in ["..%2f..%2fPROFILE", "PROFILE", "%00", &"f".repeat(31), &"F".repeat(32)] {
        let reply = stage.patch(&person, &format!("{CONTACTS}/{hostile}"), &json!({"rule": "save"})).await;
        assert_eq!(reply.status, 404, "{hostile}");
    }
    for query in ["limit=0", "limit=101", "cursor=!", "cursor=UFJPRklMRQ"] {
        assert_eq!(stage.get(&person, &format!("{CONTACTS}?{query}")).await.status, 422, "{query}");
    }
}
