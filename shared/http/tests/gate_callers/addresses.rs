//! Which addresses get through.

use app_domain::{IpRules, Role};
use app_testing::Call;
use serde_json::json;

use crate::{outcome, played};

#[tokio::test]
async fn addresses_that_are_denied_get_no_further() {
    let (gate, authenticator, router) = played();
    let (_, token) = gate.signed_in(Role::User);
    let network = |text: &str| IpRules::parse_network(text).unwrap();
    gate.state().rules =
        IpRules { allow: vec![], deny: vec![network("203.0.113.0/24"), network("2001:db8::/32")] };
    for ip in ["203.0.113.7", "::ffff:203.0.113.7", "2001:db8::7"] {
        for call in [
            Call::get("/visit"),
            Call::get("/known").as_caller(&token),
            Call::get("/known"),
            Call::get("/person"),
        ] {
            let reply = call.from_address(ip).send(&router).await;
            assert_eq!(outcome(&reply), (403, json!("AddressDenied")), "{ip}");
        }
    }
    assert_eq!((gate.calls("session"), gate.calls("count"), gate.calls("ip_rules")), (0, 0, 1));
    assert_eq!(Call::get("/visit").from_address("198.51.100.1").send(&router).await.text, "\"198.51.100.1\"");

    gate.state().rules = IpRules { allow: vec![network("198.51.100.1")], deny: vec![] };
    assert_eq!(Call::get("/visit").from_address("198.51.100.2").send(&router).await.status, 200, "believed");
    authenticator.forget();
    assert_eq!(Call::get("/visit").from_address("198.51.100.1").send(&router).await.status, 200);
    for call in [
        Call::get("/visit"),
        Call::get("/visit").from_address("198.51.100.2"),
        Call::get("/visit").from_address("?"),
    ] {
        assert_eq!(outcome(&call.send(&router).await), (403, json!("AddressDenied")));
    }
}

#[tokio::test]
async fn a_header_does_not_say_where_a_request_comes_from() {
    let (gate, _, router) = played();
    gate.state().rules.deny = vec![IpRules::parse_network("203.0.113.7").unwrap()];
    let names = [
        "x-forwarded-for",
        "forwarded",
        "x-real-ip",
        "true-client-ip",
        "cf-connecting-ip",
        "x-client-ip",
        "client-ip",
    ];
    for name in names {
        let visit = |from: &str, says: &str| Call::get("/visit").from_address(from).header(name, says);
        let denied = visit("203.0.113.7", "198.51.100.1").send(&router).await;
        assert_eq!(outcome(&denied), (403, json!("AddressDenied")), "{name}");
        let passed = visit("198.51.100.1", "203.0.113.7").send(&router).await;
        assert_eq!(passed.text, "\"198.51.100.1\"", "{name}");
        assert_eq!(Call::get("/visit").header(name, "198.51.100.1").send(&router).await.text, "null");
    }
}
