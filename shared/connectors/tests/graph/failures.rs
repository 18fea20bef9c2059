//! What fails, and whether it may have happened.

use std::net::TcpListener;

use app_connectors::graph::ErrorClass;
use app_testing::graph::{FakeGraph, Fault, GraphCall, Token};

use crate::support::{client, failed, ms, phone, say, secret, start, template, text, token};

#[tokio::test]
async fn every_error_says_what_is_to_be_done() {
    use ErrorClass as Class;
    let (fake, graph) = start();
    for (code, class) in [
        (190, Class::Token),
        (0, Class::Token),
        (10, Class::Permission),
        (200, Class::Permission),
        (4, Class::Throttled),
        (80_007, Class::Throttled),
        (130_429, Class::Throttled),
        (131_048, Class::Throttled),
        (131_056, Class::PairRate),
        (368, Class::Account),
        (131_031, Class::Account),
        (131_042, Class::Account),
        (131_000, Class::Transient),
        (2, Class::Transient),
        (131_047, Class::WindowClosed),
        (131_026, Class::Undeliverable),
        (131_009, Class::Request),
        (131_052, Class::TooLarge),
        (987_654, Class::Request),
    ] {
        fake.fail(GraphCall::Send, Fault::Code(code));
        let error = say(&graph, "Hello").await.unwrap_err();
        assert_eq!((error.class, error.code), (class, Some(code)));
        assert_eq!(error.to_string(), format!("Graph refused ({code})"));
    }
    assert!(fake.outbox().is_empty());
    say(&graph, "Hello").await.unwrap();
}

#[tokio::test]
async fn what_may_have_happened_is_told_from_what_has_not() {
    let (fake, graph) = start();
    // The fault, and how many messages were accepted in spite of it.
    for (fault, accepted) in [
        (Fault::CutBefore, 0),
        (Fault::CutAfter, 1),
        (Fault::Truncated, 1),
        (Fault::Late(ms(900)), 1),
        (Fault::Silence, 0),
        (Fault::Page(500), 0),
        (Fault::Page(503), 0),
        (Fault::Page(200), 0),
    ] {
        let before = fake.outbox().len();
        fake.fail(GraphCall::Send, fault.clone());
        let error = say(&graph, "Hello").await.unwrap_err();
        assert_eq!(error.class, ErrorClass::Uncertain, "{fault:?}");
        assert_eq!(error.to_string(), "Graph did not answer");
        assert_eq!(fake.outbox().len() - before, accepted, "{fault:?}");
    }
    assert_eq!(fake.calls(GraphCall::Send), 8, "nothing is sent twice");
    fake.fail(GraphCall::Send, Fault::Late(ms(50)));
    say(&graph, "Hello").await.unwrap();
}

#[tokio::test]
async fn nobody_at_the_address_means_that_nothing_was_sent() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for graph in [client(&format!("http://{free}")), client("https://graph.invalid")] {
        let error = say(&graph, "Hello").await.unwrap_err();
        assert_eq!(error.class, ErrorClass::Unreachable);
        assert_eq!(error.to_string(), "Graph could not be reached");
    }
}

#[tokio::test]
async fn redirects_of_the_api_are_not_followed() {
    let ((fake, graph), (other, _)) = (start(), start());
    fake.fail(
        GraphCall::Send,
        Fault::Redirect(format!("{}/v26.0/{}/messages", other.base_url(), FakeGraph::NUMBER)),
    );
    assert_eq!(failed(say(&graph, "Hello").await), (ErrorClass::Request, None));
    assert_eq!(other.calls(GraphCall::Send) + other.calls(GraphCall::Number), 0);
}

#[tokio::test]
async fn a_token_is_good_until_it_is_not() {
    let (fake, graph) = start();
    let send = async |token: &str| {
        graph.send(&secret(token), FakeGraph::NUMBER, &phone(), &text("Hello"), "a.1", None).await
    };
    for bad in ["", "EAAG-unknown", "two\nlines"] {
        assert_eq!(failed(send(bad).await).0, ErrorClass::Token, "{bad}");
    }
    assert_eq!(failed(send(FakeGraph::OWN_TOKEN).await), (ErrorClass::NotFound, Some(100)));

    let end = fake.now().plus(ms(60_000));
    fake.change(|rules| rules.token(FakeGraph::TOKEN).unwrap().expires_at = Some(end));
    send(FakeGraph::TOKEN).await.unwrap();
    fake.pass(ms(60_000));
    assert_eq!(failed(send(FakeGraph::TOKEN).await), (ErrorClass::Token, Some(190)));
    fake.change(|rules| {
        rules.tokens.push(Token { scopes: vec![], ..Token::new("EAAG-new", FakeGraph::ACCOUNT) });
    });
    assert_eq!(failed(send("EAAG-new").await), (ErrorClass::Permission, Some(10)));
    fake.change(|rules| rules.token("EAAG-new").unwrap().scopes.push(Token::MESSAGING.to_owned()));
    send("EAAG-new").await.unwrap();
}

#[tokio::test]
async fn neither_tokens_nor_words_are_shown() {
    let (fake, graph) = start();
    let unknown = secret("EAAG-secret");
    let what = text("my secret");
    let refused = graph.send(&unknown, FakeGraph::NUMBER, &phone(), &what, "a.1", None).await.unwrap_err();
    let wrong = graph.media(&unknown, "123", None).await.unwrap_err();
    let inspected = graph.inspect("1", &secret("app-secret"), &unknown).await.unwrap_err();
    for error in [refused, wrong, inspected] {
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("secret") && !shown.contains("EAAG"), "{shown}");
    }
    let id = fake.keep_media("image/png", b"bytes".to_vec());
    let info = graph.media(&token(), &id, None).await.unwrap();
    let download = graph.download(&token(), &info.url).await.unwrap();
    let shown = format!("{graph:?} {what:?} {:?} {info:?} {download:?}", template("t", &["secret"]));
    assert!(!shown.contains("secret") && !shown.contains("hash="), "{shown}");
}
