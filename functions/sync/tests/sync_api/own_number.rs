//! Connecting a business number of one's own, and looking whether it works.

use std::time::Duration;

use app_domain::ConnectionFault;
use app_testing::graph::{FakeGraph, Fault, GraphCall, Number, Token};
use app_testing::{Call, event};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::stage::{OWN_PHONE, Person, Stage, now, person, refusal, refused};

const VERIFY: &str = "/sync/whatsapp/verify";

/// Whose the number is by now.
async fn is_owned(stage: &Stage) -> bool {
    stage.numbers.owner(FakeGraph::OWN_NUMBER).await.unwrap().is_some()
}

async fn verify(stage: &Stage, person: &Person) -> Value {
    let reply = stage.post(person, VERIFY, &json!({})).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.json()
}

fn change_token(stage: &Stage, change: impl FnOnce(&mut Token)) {
    stage.graph.change(|rules| change(rules.token(FakeGraph::OWN_TOKEN).unwrap()));
}

#[tokio::test]
async fn a_number_is_connected_at_once() {
    let (stage, person) = (Stage::new().await, person());
    let mut event = event("sync/connect-own-number.json");
    event["headers"]["Authorization"] = json!(format!("Bearer {}", person.token));
    let reply = Call::of_event(&event).send(&stage.router).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    insta::assert_json_snapshot!(reply.json(), {".connectedAt" => "[time]"}, @r#"
    {
      "connectedAt": "[time]",
      "instructions": "What people write to +49 1555 0004444 becomes a memory.",
      "phoneNumber": "+49 1555 0004444",
      "status": "connected",
      "webhookUrl": "https://abcde12345.execute-api.us-east-1.amazonaws.com/whatsapp/webhook"
    }
    "#);
    assert!(stage.graph.is_subscribed(FakeGraph::OWN_ACCOUNT));
    assert_eq!(
        stage.chores.take(),
        [json!({"kind": "claimInbox", "owner": person.id})],
        "what waited for it"
    );
    let owner = stage.numbers.owner(FakeGraph::OWN_NUMBER).await.unwrap().unwrap();
    assert_eq!(owner.user, person.id);
    let token = stage.numbers.token(person.id).await.unwrap().unwrap();
    assert_eq!(token.expose_secret(), FakeGraph::OWN_TOKEN);

    let status = stage.get(&person, "/sync/whatsapp").await;
    assert!(!status.text.contains(FakeGraph::OWN_TOKEN) && !reply.text.contains(FakeGraph::OWN_TOKEN));
    insta::assert_json_snapshot!(status.json(), {
        ".connectedAt" => "[time]", ".ownNumber.connectedAt" => "[time]",
    }, @r#"
    {
      "connectedAt": "[time]",
      "muted": false,
      "ownNumber": {
        "businessAccountId": "900100200300500",
        "connectedAt": "[time]",
        "phoneNumber": "+49 1555 0004444",
        "phoneNumberId": "700800900100300"
      },
      "paused": false,
      "status": "connected"
    }
    "#);
}

#[tokio::test]
async fn a_token_that_is_not_good_for_it_connects_nothing() {
    let (stage, person) = (Stage::new().await, person());
    let over = stage.graph.now();
    let changes: [fn(&mut Token); 3] = [
        |token| token.is_valid = false,
        |token| token.scopes = vec![Token::MESSAGING.to_owned()],
        |token| token.scopes = vec![Token::MANAGEMENT.to_owned()],
    ];
    for change in changes {
        stage
            .graph
            .change(|rules| rules.tokens[1] = Token::new(FakeGraph::OWN_TOKEN, FakeGraph::OWN_ACCOUNT));
        change_token(&stage, change);
        let reply = stage.connect_own(&person, &json!({})).await;
        assert_eq!(refusal(&reply), refused(422, "InvalidAccessToken"));
    }
    stage.graph.change(|rules| rules.tokens[1] = Token::new(FakeGraph::OWN_TOKEN, FakeGraph::OWN_ACCOUNT));
    change_token(&stage, |token| token.expires_at = Some(over));
    let reply = stage.connect_own(&person, &json!({})).await;
    assert_eq!(refusal(&reply), refused(422, "InvalidAccessToken"));
    let reply = stage.connect_own(&person, &json!({"accessToken": "EAAG-unknown"})).await;
    assert_eq!(refusal(&reply), refused(422, "InvalidAccessToken"));
    assert!(!is_owned(&stage).await && !stage.graph.is_subscribed(FakeGraph::OWN_ACCOUNT));
}

#[tokio::test]
async fn the_number_must_belong_to_the_account_that_the_token_opens() {
    let (stage, person) = (Stage::new().await, person());
    for changes in [
        json!({"phoneNumber": "+49 1555 0009999"}),
        json!({"phoneNumberId": FakeGraph::NUMBER}),
        json!({"phoneNumberId": "1", "phoneNumber": OWN_PHONE}),
    ] {
        let reply = stage.connect_own(&person, &changes).await;
        assert_eq!((reply.status.as_u16(), reply.wrong_fields()), (422, vec!["phoneNumber".to_owned()]));
    }
    for account in ["900100200300400", "1"] {
        let reply = stage.connect_own(&person, &json!({"businessAccountId": account})).await;
        assert_eq!(refusal(&reply), refused(422, "UnknownBusinessAccount"));
    }
    assert!(!is_owned(&stage).await && !stage.graph.is_subscribed(FakeGraph::OWN_ACCOUNT));
}

#[tokio::test]
async fn somebody_elses_number_stays_theirs_and_the_shared_one_everybodys() {
    let (stage, ada, eve) = (Stage::new().await, person(), person());
    assert_eq!(stage.connect_own(&ada, &json!({})).await.status, 200);
    assert_eq!(refusal(&stage.connect_own(&eve, &json!({})).await), refused(409, "NumberTaken"));
    assert_eq!(stage.numbers.owner(FakeGraph::OWN_NUMBER).await.unwrap().unwrap().user, ada.id);
    assert!(stage.numbers.token(eve.id).await.unwrap().is_none());
    let shared = json!({"phoneNumber": "+49 1555 0001111", "businessAccountId": FakeGraph::ACCOUNT,
        "accessToken": FakeGraph::TOKEN});
    assert_eq!(refusal(&stage.connect_own(&eve, &shared).await), refused(409, "NumberTaken"));
}

#[tokio::test]
async fn a_number_among_many_is_found() {
    let (stage, person) = (Stage::new().await, person());
    stage.graph.change(|rules| {
        rules.page_size = 2;
        let more = (0..5).map(|n| Number::new(&format!("80{n}"), FakeGraph::OWN_ACCOUNT, "+49 1555 0009990"));
        rules.numbers = more.chain(rules.numbers.drain(..)).collect();
    });
    assert_eq!(stage.connect_own(&person, &json!({})).await.status, 200);
}

#[tokio::test]
async fn connected_again_it_goes_on_with_a_new_token() {
    let (stage, person) = (Stage::new().await, person());
    let first = stage.connect_own(&person, &json!({})).await.json();
    let fault = ConnectionFault { code: 190, message: "The token has ended.".to_owned(), at: now() };
    stage.links.set_fault(person.id, Some(&fault)).await.unwrap();
    stage.graph.change(|rules| rules.tokens.push(Token::new("EAAG-newer", FakeGraph::OWN_ACCOUNT)));
    let second = stage.connect_own(&person, &json!({"accessToken": "EAAG-newer"})).await.json();
    assert_eq!(second["connectedAt"], first["connectedAt"]);
    assert_eq!(stage.whatsapp(&person).await["status"], "connected");
    assert_eq!(stage.numbers.token(person.id).await.unwrap().unwrap().expose_secret(), "EAAG-newer");
}

#[tokio::test]
async fn another_number_takes_the_place_of_the_one_before() {
    let (stage, person) = (Stage::new().await, person());
    stage.connect_own(&person, &json!({})).await;
    stage.graph.change(|rules| {
        rules.numbers.push(Number::new("811", "911", "+49 1555 0005555"));
        rules.tokens.push(Token::new("EAAG-other", "911"));
    });
    let other =
        json!({"phoneNumber": "+49 1555 0005555", "businessAccountId": "911", "accessToken": "EAAG-other"});
    assert_eq!(stage.connect_own(&person, &other).await.status, 200);
    assert!(!is_owned(&stage).await);
    assert!(stage.graph.is_subscribed("911") && !stage.graph.is_subscribed(FakeGraph::OWN_ACCOUNT));
    assert_eq!(stage.whatsapp(&person).await["ownNumber"]["phoneNumberId"], "811");
}

#[tokio::test]
async fn while_meta_is_away_nothing_is_connected_and_later_all_is() {
    let (stage, person) = (Stage::new().await, person());
    for (call, fault) in [
        (GraphCall::Inspect, Fault::CutBefore),
        (GraphCall::Numbers, Fault::Page(503)),
        (GraphCall::Numbers, Fault::Code(80_007)),
        (GraphCall::Subscription, Fault::Code(2)),
        (GraphCall::Subscription, Fault::CutAfter),
    ] {
        stage.graph.fail(call, fault);
        assert_eq!(refusal(&stage.connect_own(&person, &json!({})).await), refused(503, "Unavailable"));
        assert!(!is_owned(&stage).await);
    }
    assert_eq!(stage.connect_own(&person, &json!({})).await.status, 200);
}

#[tokio::test]
async fn what_breaks_a_rule_is_named_and_meta_is_not_asked() {
    let (stage, person) = (Stage::new().await, person());
    let long = "1".repeat(33);
    for id in ["", "900/../me", "900?fields=x", "9 1", "٣", &long] {
        let reply = stage.connect_own(&person, &json!({"businessAccountId": id, "phoneNumberId": id})).await;
        assert_eq!(reply.wrong_fields(), ["businessAccountId", "phoneNumberId"], "{id}");
    }
    let huge = "E".repeat(2049);
    for token in ["", " ", "two words", "a\r\nHost: x", "é", &huge] {
        let reply = stage.connect_own(&person, &json!({"accessToken": token})).await;
        assert_eq!((reply.status.as_u16(), reply.wrong_fields()), (422, vec!["accessToken".to_owned()]));
        assert!(token.trim().is_empty() || !reply.text.contains(token), "{token}");
    }
    let reply = stage.connect_own(&person, &json!({"accessToken": null, "phoneNumber": "1"})).await;
    assert_eq!(reply.wrong_fields(), ["phoneNumber", "accessToken"]);
    let reply = stage.connect_own(&person, &json!({"businessAccountId": null})).await;
    assert_eq!(reply.wrong_fields(), ["businessAccountId"]);
    assert_eq!(stage.graph.calls(GraphCall::Inspect) + stage.graph.calls(GraphCall::Numbers), 0);
}

#[tokio::test]
async fn looking_again_notes_what_is_wrong_and_that_it_is_right_again() {
    let (stage, person) = (Stage::new().await, person());
    stage.connect_own(&person, &json!({})).await;
    assert_eq!(verify(&stage, &person).await["status"], "connected");

    change_token(&stage, |token| token.is_valid = false);
    let wrong = verify(&stage, &person).await;
    assert_eq!((&wrong["status"], &wrong["lastError"]["code"]), (&json!("error"), &json!(190)));
    // It has been so since the first time.
    assert_eq!(verify(&stage, &person).await["lastError"]["at"], wrong["lastError"]["at"]);
    let provider = stage.provider(&person).await;
    assert_eq!(
        (&provider["status"], &provider["errorMessage"]),
        (&json!("error"), &wrong["lastError"]["message"])
    );

    let end = stage.graph.now().plus(Duration::from_secs(3600));
    change_token(&stage, |token| {
        token.is_valid = true;
        token.expires_at = Some(end);
    });
    let right = verify(&stage, &person).await;
    assert_eq!(
        (&right["status"], &right["tokenExpiresAt"]),
        (&json!("connected"), &json!(end.to_string()[..19].to_owned() + ".000Z"))
    );
    assert!(right["lastError"].is_null());
}

#[tokio::test]
async fn looking_again_finds_a_number_that_has_gone() {
    let (stage, person) = (Stage::new().await, person());
    stage.connect_own(&person, &json!({})).await;
    stage.graph.change(|rules| rules.numbers.retain(|number| number.id != FakeGraph::OWN_NUMBER));
    assert_eq!(verify(&stage, &person).await["status"], "error");
}

#[tokio::test]
async fn while_meta_is_away_looking_again_changes_nothing() {
    let (stage, person) = (Stage::new().await, person());
    stage.connect_own(&person, &json!({})).await;
    for call in [GraphCall::Inspect, GraphCall::Subscription, GraphCall::Number] {
        stage.graph.fail(call, Fault::CutBefore);
        let reply = stage.post(&person, VERIFY, &json!({})).await;
        assert_eq!(refusal(&reply), refused(503, "Unavailable"));
    }
    assert_eq!(stage.whatsapp(&person).await["status"], "connected");
}
