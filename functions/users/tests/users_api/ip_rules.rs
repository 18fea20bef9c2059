//! The rules of addresses.

use app_domain::{AuditEvent, Role};
use app_testing::Call;
use http::Method;
use serde_json::{Value, json};

use crate::stage::{ADDRESS, Stage, refusal, refused};

fn rules(allow: &[&str], deny: &[&str]) -> Value {
    json!({"allow": allow, "deny": deny})
}

#[tokio::test]
async fn rules_are_set_read_enforced_and_cleared() {
    let stage = Stage::new().await;
    let admin = stage.person(Role::Admin).await;
    assert_eq!(stage.get(&admin, "/admin/ip-rules").await.json(), rules(&[], &[]));
    let set = stage.put_rules(&admin, &rules(&["198.51.100.7/16", "2001:db8::1"], &["203.0.113.9"])).await;
    let kept = rules(&["198.51.0.0/16", "2001:db8::1/128"], &["203.0.113.9/32"]);
    assert_eq!((set.status.as_u16(), set.json()), (200, kept.clone()));
    assert_eq!(stage.get(&admin, "/admin/ip-rules").await.json(), kept);

    for (address, status) in [(ADDRESS, 200), ("2001:db8::1", 200), ("203.0.113.9", 403), ("192.0.2.1", 403)]
    {
        let call = Call::get("/admin/ip-rules").as_caller(&admin.token).from_address(address);
        assert_eq!(call.send(&stage.app).await.status, status, "{address}");
    }
    assert_eq!(stage.put_rules(&admin, &rules(&[], &[])).await.status, 200);
    let anywhere = Call::get("/admin/ip-rules").as_caller(&admin.token).from_address("192.0.2.1");
    assert_eq!(anywhere.send(&stage.app).await.json(), rules(&[], &[]));

    let log = stage.log(&admin).await;
    let told: Vec<_> = log.iter().map(|entry| (entry.event, entry.detail.as_deref())).collect();
    assert_eq!(told[0], (AuditEvent::IpRulesChanged, Some("0 allowed, 0 denied")));
    assert_eq!(told[1], (AuditEvent::IpRulesChanged, Some("2 allowed, 1 denied")));
    assert_eq!((log[0].actor, log[0].session_id), (None, Some(admin.session.id)));
}

#[tokio::test]
async fn administrators_cannot_shut_themselves_out() {
    let stage = Stage::new().await;
    let admin = stage.person(Role::Admin).await;
    for rules in [
        rules(&[], &["198.51.100.0/24"]),
        rules(&["203.0.113.0/24"], &[]),
        rules(&["198.51.100.0/24"], &["198.51.100.7"]),
    ] {
        assert_eq!(
            refusal(&stage.put_rules(&admin, &rules).await),
            refused(409, "WouldLockYouOut"),
            "{rules}"
        );
    }
    let call = Call::new(Method::PUT, "/admin/ip-rules").json(&rules(&["198.51.100.0/24"], &[]));
    let from_nowhere = call.as_caller(&admin.token).header("x-forwarded-for", ADDRESS).send(&stage.app).await;
    assert_eq!(refusal(&from_nowhere), refused(409, "WouldLockYouOut"), "a header is not believed");
    assert_eq!(stage.get(&admin, "/admin/ip-rules").await.json(), rules(&[], &[]));
    assert_eq!(stage.log(&admin).await.len(), 2);
}

#[tokio::test]
async fn every_wrong_network_is_named() {
    let stage = Stage::new().await;
    let admin = stage.person(Role::Admin).await;
    let wrong = rules(&["198.51.100.0/24", "example.com"], &["", "10.0.0.0/8", "10.0.0.0/33"]);
    let reply = stage.put_rules(&admin, &wrong).await;
    assert_eq!(
        (reply.status.as_u16(), reply.wrong_fields()),
        (422, vec!["allow[1]".into(), "deny[0]".into(), "deny[2]".into()])
    );
    for (rules, field) in [
        (json!({"allow": []}), "deny"),
        (json!({"deny": []}), "allow"),
        (json!({"allow": [7], "deny": []}), "allow[0]"),
        (json!({"allow": null, "deny": []}), "allow"),
        (json!({"allow": [], "deny": vec!["192.0.2.1"; 101]}), "deny"),
    ] {
        let reply = stage.put_rules(&admin, &rules).await;
        assert_eq!((reply.status.as_u16(), reply.wrong_fields()), (422, vec![field.to_owned()]), "{rules}");
    }
    let most = json!({"allow": [], "deny": vec!["192.0.2.1"; 100]});
    assert_eq!(stage.put_rules(&admin, &most).await.status, 200);
}
