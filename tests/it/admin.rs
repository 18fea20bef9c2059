//! Administration on the deployed stack.

use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use e2e::{Person, Reply, Stack, eventually, repository};
use reqwest::Method;
use serde_json::{Value, json};

crate::trials!(
    the_deployer_makes_the_first_administrator,
    a_changed_role_counts_for_tokens_that_are_in_use,
    a_deactivated_persons_token_stops_working,
    accounts_are_listed_newest_first,
    rules_of_addresses_are_set_and_cleared,
);

/// Longer than any function believes what it read of a caller.
const SOON: Duration = Duration::from_secs(20);

/// What should come true within [`SOON`].
async fn soon<F: Future<Output = bool>>(what: &str, ask: impl Fn() -> F) {
    let asked = eventually(what, || async { ask().await.then_some(()) });
    let come_true = tokio::time::timeout(SOON, asked).await;
    assert!(come_true.is_ok(), "waited {} seconds for {what}", SOON.as_secs());
}

/// The events of a page of an audit log, newest first.
fn events(log: &Reply) -> Vec<&str> {
    let entries = log.body["entries"].as_array().unwrap();
    entries.iter().map(|entry| entry["event"].as_str().unwrap()).collect()
}

fn promote(stack: &Stack, email: &str) -> (bool, String) {
    let tool = Command::new(repository().join(".local/venv/bin/python"))
        .arg(repository().join("infra/accounts.py"))
        .args(["promote", "--email", email])
        .envs(stack.environment())
        .output()
        .unwrap();
    let said = [tool.stdout, tool.stderr].concat();
    (tool.status.success(), String::from_utf8_lossy(&said).into_owned())
}

async fn the_deployer_makes_the_first_administrator(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    assert_eq!(ada.get("/admin/users").await.error_type(), "PermissionDenied");
    let (done, said) = promote(&stack, &ada.email.to_uppercase());
    assert!(done && said.contains(ada.id()) && !said.to_lowercase().contains(&ada.email), "{said}");
    soon("an administrator's rights", || async { ada.get("/admin/users").await.status == 200 }).await;
    let log = ada.get("/users/me/audit").await;
    assert_eq!(log.body["entries"][0]["detail"], "premium → admin, by the deployer");
    assert_eq!(events(&log), ["roleChanged", "signedIn", "registered"]);

    let (again, said) = promote(&stack, &ada.email);
    assert!(again && said.contains("already"), "{said}");
    let stranger = Person::stranger(&stack);
    let (nobody, said) = promote(&stack, &stranger.email);
    assert!(!nobody && !said.contains(&stranger.email), "{said}");
}

async fn a_changed_role_counts_for_tokens_that_are_in_use(stack: Arc<Stack>) {
    let (admin, ada) = (Person::administrator(&stack).await, Person::registered(&stack).await);
    let path = format!("/admin/users/{}", ada.id());
    let memory = ada.save(&json!({"title": "Stays"})).await;
    let memory = format!("/memories/{}", memory["id"].as_str().unwrap());
    let changed = admin.patch(&path, &json!({"role": "user"})).await;
    assert_eq!(
        (changed.status.as_u16(), &changed.body["user"]["role"]),
        (200, &json!("user")),
        "{}",
        changed.body
    );
    // The memory must not be deleted while the function still believes the role before: it is asked about one that is not there.
    let nothing = "/memories/01900000-0000-7000-8000-000000000000";
    soon("the role to count", || async { ada.delete(nothing).await.error_type() == "PermissionDenied" })
        .await;
    assert_eq!(ada.get("/auth/me").await.body["user"]["role"], "user");

    let restored = admin.patch(&path, &json!({"role": "premium"})).await;
    assert_eq!(restored.status, 200, "{}", restored.body);
    soon("the role to count", || async { ada.delete(&memory).await.status == 204 }).await;
    let own = ada.get("/users/me/audit").await;
    let newest = &own.body["entries"][0];
    assert_eq!((&newest["detail"], &newest["byAdministrator"]), (&json!("user → premium"), &json!(true)));
    assert_eq!((newest.get("actor"), newest.get("ipPrefix")), (None, None));
    let shown = admin.get(&format!("{path}/audit")).await;
    assert_eq!(shown.body["entries"][0]["actor"], admin.id());
    assert_eq!(events(&shown), events(&own));
}

async fn a_deactivated_persons_token_stops_working(stack: Arc<Stack>) {
    let (admin, ada) = (Person::administrator(&stack).await, Person::registered(&stack).await);
    let key = ada.new_api_key(&["read:memories"]).await;
    let program = ada.with_api_key(key["key"].as_str().unwrap());
    for caller in [&ada, &program] {
        assert_eq!(caller.get("/memories").await.status, 200);
    }
    let path = format!("/admin/users/{}", ada.id());
    let off = admin.patch(&path, &json!({"isActive": false})).await;
    assert_eq!((off.status.as_u16(), &off.body["user"]["isActive"]), (200, &json!(false)), "{}", off.body);
    for function in ["/memories", "/auth/me", "/users/me/audit", "/sync/status"] {
        soon("the token to stop working", || async {
            ada.get(function).await.error_type() == "SessionEnded"
        })
        .await;
    }
    soon("the API key to stop working", || async { program.get("/memories").await.status == 401 }).await;
    let refresh = json!({"refreshToken": ada.account["refreshToken"]});
    assert_eq!(ada.post("/auth/refresh", &refresh).await.status, 401);
    let credentials = json!({"email": ada.email, "password": ada.password});
    assert!(ada.post("/auth/login", &credentials).await.status.is_client_error());

    let on = admin.patch(&path, &json!({"isActive": true})).await;
    assert_eq!(on.body["user"]["isActive"], true, "{}", on.body);
    soon("the session before to stay over", || async {
        ada.get("/auth/me").await.error_type() == "SessionEnded"
    })
    .await;
    let again = ada.post("/auth/login", &credentials).await;
    assert_eq!(again.status, 200, "{}", again.body);
    let again = ada.with_token(again.body["accessToken"].as_str().unwrap());
    let log = events(&again.get("/users/me/audit").await).join(" ");
    assert!(log.starts_with("signedIn reactivated"), "{log}");
    assert!(log.ends_with("deactivated apiKeyCreated signedIn registered"), "{log}");
    let own = admin.patch(&format!("/admin/users/{}", admin.id()), &json!({"isActive": false})).await;
    assert_eq!(own.error_type(), "OwnAccount");
}

async fn accounts_are_listed_newest_first(stack: Arc<Stack>) {
    let (admin, ada) = (Person::administrator(&stack).await, Person::registered(&stack).await);
    let id = json!(ada.id());
    let is_ada = |user: &Value| user["id"] == id;
    // The index follows the table, and other tests register people at the same time.
    soon("the list to show the account", || async {
        let page = admin.get("/admin/users?limit=100").await;
        assert_eq!(page.status, 200, "{}", page.body);
        let users = page.body["users"].as_array().unwrap();
        let made: Vec<&str> = users.iter().map(|user| user["createdAt"].as_str().unwrap()).collect();
        assert!(made.is_sorted_by(|newer, older| newer >= older), "{made:?}");
        users.iter().any(is_ada)
    })
    .await;
    let first = admin.get("/admin/users?limit=1").await;
    let next = first.body["pagination"]["nextCursor"].as_str().unwrap();
    let second = admin.get(&format!("/admin/users?limit=1&cursor={next}")).await;
    assert!(
        first.body["users"][0]["id"].as_str() > second.body["users"][0]["id"].as_str(),
        "{}",
        second.body
    );

    let found = admin.get(&format!("/admin/users?email={}", ada.email)).await;
    assert!(found.body["users"].as_array().unwrap().iter().all(is_ada), "{}", found.body);
    let read = admin.get(&format!("/admin/users/{}", ada.id())).await;
    assert_eq!([&read.body["user"]], [&found.body["users"][0]]);
    assert!(!read.body.to_string().contains("argon2"));
}

async fn rules_of_addresses_are_set_and_cleared(stack: Arc<Stack>) {
    let admin = Person::administrator(&stack).await;
    let set = async |rules: Value| {
        let headers = [("content-type", "application/json")];
        admin.send(Method::PUT, "/admin/ip-rules", &headers, Some(rules.to_string().into_bytes())).await
    };
    // Networks for documentation alone: every other test calls this stack at the same time.
    let rules = json!({"allow": [], "deny": ["203.0.113.0/24", "2001:db8::/32"]});
    let kept = set(rules.clone()).await;
    assert_eq!((kept.status.as_u16(), &kept.body), (200, &rules));
    assert_eq!(admin.get("/admin/ip-rules").await.body, rules);
    let shut_out = set(json!({"allow": ["203.0.113.0/24"], "deny": []})).await;
    assert_eq!((shut_out.status.as_u16(), shut_out.error_type()), (409, &json!("WouldLockYouOut")));
    assert_eq!(Person::registered(&stack).await.get("/memories").await.status, 200);

    let nobody = json!({"allow": [], "deny": []});
    assert_eq!(set(nobody.clone()).await.body, nobody);
    assert_eq!(admin.get("/admin/ip-rules").await.body, nobody);
    let log = admin.get("/users/me/audit").await;
    let told: Vec<&Value> =
        log.body["entries"].as_array().unwrap()[..2].iter().map(|entry| &entry["detail"]).collect();
    assert_eq!(told, ["0 allowed, 0 denied", "0 allowed, 2 denied"]);
}
