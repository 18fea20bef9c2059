//! Whose numbers and tokens are.

use app_connectors::graph::ErrorClass;
use app_testing::graph::{FakeGraph, GraphCall, Number, Token};

use crate::support::{failed, ms, secret, start, token};

#[tokio::test]
async fn a_number_is_known_to_its_own_token() {
    let (_fake, graph) = start();
    let own = secret(FakeGraph::OWN_TOKEN);
    let number = graph.number(&own, FakeGraph::OWN_NUMBER).await.unwrap();
    assert_eq!(number.display_phone_number, "+49 1555 0004444");
    assert_eq!(
        (number.verified_name.as_deref(), number.quality_rating.as_deref()),
        (Some("Memory"), Some("GREEN"))
    );
    assert_eq!(failed(graph.number(&own, FakeGraph::NUMBER).await), (ErrorClass::NotFound, Some(100)));
    assert_eq!(graph.numbers(&own, FakeGraph::OWN_ACCOUNT).await.unwrap(), [number]);
    assert_eq!(failed(graph.numbers(&own, FakeGraph::ACCOUNT).await), (ErrorClass::NotFound, Some(100)));
}

#[tokio::test]
async fn all_pages_of_numbers_are_read() {
    let (fake, graph) = start();
    fake.change(|rules| {
        rules.page_size = 10;
        let more = (0..34).map(|n| Number::new(&format!("{}", 9000 + n), FakeGraph::ACCOUNT, "+1 555 0100"));
        rules.numbers.extend(more);
    });
    let numbers = graph.numbers(&token(), FakeGraph::ACCOUNT).await.unwrap();
    assert_eq!(numbers.len(), 35);
    assert_eq!(numbers.last().unwrap().id, "9033");
    assert_eq!(fake.calls(GraphCall::Numbers), 4);
}

#[tokio::test]
async fn an_app_hears_of_an_account_as_long_as_it_wants() {
    let (fake, graph) = start();
    for _ in 0..2 {
        graph.subscribe(&token(), FakeGraph::ACCOUNT).await.unwrap();
        assert!(fake.is_subscribed(FakeGraph::ACCOUNT));
    }
    graph.unsubscribe(&token(), FakeGraph::ACCOUNT).await.unwrap();
    assert!(!fake.is_subscribed(FakeGraph::ACCOUNT));
    let refused = graph.subscribe(&secret(FakeGraph::OWN_TOKEN), FakeGraph::ACCOUNT).await;
    assert_eq!(failed(refused).0, ErrorClass::NotFound);
    fake.change(|rules| {
        rules.token(FakeGraph::TOKEN).unwrap().scopes.retain(|scope| scope == Token::MESSAGING)
    });
    assert_eq!(
        failed(graph.subscribe(&token(), FakeGraph::ACCOUNT).await),
        (ErrorClass::Permission, Some(200))
    );
}

#[tokio::test]
async fn a_token_is_inspected_by_its_app() {
    let (fake, graph) = start();
    let app_secret = secret("app-secret");
    let inspect = async |token: &str| graph.inspect(FakeGraph::APP_ID, &app_secret, &secret(token)).await;
    let info = inspect(FakeGraph::OWN_TOKEN).await.unwrap();
    assert_eq!((info.app_id.as_str(), info.is_valid, info.expires_at), (FakeGraph::APP_ID, true, None));
    assert_eq!(info.scopes, [Token::MESSAGING, Token::MANAGEMENT]);
    let unknown = inspect("EAAG & more").await.unwrap();
    assert_eq!((unknown.app_id.as_str(), unknown.is_valid), ("", false));

    let end = fake.now().plus(ms(60_000));
    fake.change(|rules| rules.token(FakeGraph::TOKEN).unwrap().expires_at = Some(end));
    let info = inspect(FakeGraph::TOKEN).await.unwrap();
    assert_eq!((info.is_valid, info.expires_at.map(|at| at.as_seconds())), (true, Some(end.as_seconds())));
    fake.pass(ms(61_000));
    assert!(!inspect(FakeGraph::TOKEN).await.unwrap().is_valid);

    fake.change(|rules| rules.app_secret = Some("another".to_owned()));
    assert_eq!(failed(inspect(FakeGraph::TOKEN).await), (ErrorClass::Token, Some(190)));
}
