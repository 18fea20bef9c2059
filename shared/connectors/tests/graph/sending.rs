//! What is accepted, and as what.

use app_connectors::graph::ErrorClass;
use app_testing::graph::{FakeGraph, Template};

use crate::support::{PHONE, USER, failed, phone, say, start, template, text, token, user};

#[tokio::test]
async fn a_text_arrives_with_what_it_answers_and_its_key() {
    let (fake, graph) = start();
    let quoting = Some("wamid.C1");
    let wamid = graph.send(&token(), FakeGraph::NUMBER, &phone(), &text("Grüße 🚀"), "a.77", quoting).await;
    let sent = fake.outbox().pop().unwrap();
    assert_eq!(wamid.unwrap(), sent.wamid);
    assert_eq!((sent.from.as_str(), sent.to.as_str()), (FakeGraph::NUMBER, "+4915550002222"));
    assert_eq!((sent.kind.as_str(), sent.text.as_str()), ("text", "Grüße 🚀"));
    assert_eq!((sent.context.as_deref(), sent.key.as_deref()), (quoting, Some("a.77")));
    assert_eq!(sent.body["text"]["preview_url"], false);
    assert_eq!(sent.body["recipient_type"], "individual");
}

#[tokio::test]
async fn who_hides_the_phone_is_written_to_by_id() {
    let (fake, graph) = start();
    fake.inbound(FakeGraph::NUMBER, USER);
    graph.send(&token(), FakeGraph::NUMBER, &user(), &text("Hello"), "a.1", None).await.unwrap();
    let sent = fake.outbox().pop().unwrap();
    assert_eq!(sent.to, USER);
    assert_eq!((sent.body.get("to"), sent.body["recipient"].as_str()), (None, Some(USER)));
}

#[tokio::test]
async fn a_template_opens_no_window_and_needs_none() {
    let (fake, graph) = start();
    fake.close_window(FakeGraph::NUMBER, PHONE);
    let note = template("memory_message", &["one\ntwo   three\t"]);
    graph.send(&token(), FakeGraph::NUMBER, &phone(), &note, "a.1", None).await.unwrap();
    assert_eq!(fake.outbox()[0].text, "one two three");
    assert_eq!(failed(say(&graph, "now?").await), (ErrorClass::WindowClosed, Some(131_047)));

    let plain = template("plain", &[]);
    let send = async |what| graph.send(&token(), FakeGraph::NUMBER, &phone(), what, "a.1", None).await;
    assert_eq!(failed(send(&plain).await), (ErrorClass::Request, Some(132_001)));
    fake.change(|rules| rules.templates.push(Template::new("plain", "en", 0)));
    send(&plain).await.unwrap();
    assert_eq!(fake.outbox()[1].body["template"].get("components"), None);
    let few = template("memory_message", &[]);
    assert_eq!(failed(send(&few).await), (ErrorClass::Request, Some(132_000)));
    let long = template("memory_message", &["x".repeat(1025).as_str()]);
    assert_eq!(failed(send(&long).await), (ErrorClass::Request, Some(132_005)));
}

#[tokio::test]
async fn what_would_be_refused_is_not_sent() {
    let (fake, graph) = start();
    say(&graph, &"ü".repeat(4096)).await.unwrap();
    for bad in [String::new(), "ü".repeat(4097)] {
        assert_eq!(failed(say(&graph, &bad).await), (ErrorClass::Request, None));
    }
    let (long, good) = ("k".repeat(513), text("Hello"));
    let send = async |from: &str, key: &str| graph.send(&token(), from, &phone(), &good, key, None).await;
    assert_eq!(failed(send(FakeGraph::NUMBER, &long).await), (ErrorClass::Request, None));
    for from in ["", "..", "1/2", "1?x", "49 1"] {
        assert_eq!(failed(send(from, "a.1").await), (ErrorClass::Request, None), "{from}");
    }
    assert_eq!(fake.outbox().len(), 1);
}

#[tokio::test]
async fn a_window_is_open_for_a_day() {
    let (fake, graph) = start();
    fake.pass(std::time::Duration::from_secs(24 * 60 * 60 - 30));
    say(&graph, "still open").await.unwrap();
    fake.pass(std::time::Duration::from_secs(60));
    assert_eq!(failed(say(&graph, "closed").await), (ErrorClass::WindowClosed, Some(131_047)));
    fake.inbound(FakeGraph::NUMBER, PHONE);
    say(&graph, "open again").await.unwrap();
}

#[tokio::test]
async fn one_person_is_not_flooded() {
    let (fake, graph) = start();
    for _ in 0..45 {
        say(&graph, "again").await.unwrap();
    }
    assert_eq!(failed(say(&graph, "too much").await), (ErrorClass::PairRate, Some(131_056)));
    fake.pass(std::time::Duration::from_secs(6));
    say(&graph, "after a pause").await.unwrap();
    assert_eq!(failed(say(&graph, "too soon").await), (ErrorClass::PairRate, Some(131_056)));

    let (fake, graph) = start();
    fake.change(|rules| rules.pair_burst = 1);
    say(&graph, "one").await.unwrap();
    assert_eq!(failed(say(&graph, "too soon").await), (ErrorClass::PairRate, Some(131_056)));
}

#[tokio::test]
async fn messages_are_marked_as_read() {
    let (fake, graph) = start();
    for is_typing in [false, true] {
        graph.mark_read(&token(), FakeGraph::NUMBER, "wamid.C1", is_typing).await.unwrap();
    }
    let reads = fake.reads();
    assert_eq!(reads.iter().map(|read| read.is_typing).collect::<Vec<_>>(), [false, true]);
    assert!(reads.iter().all(|read| read.wamid == "wamid.C1" && read.from == FakeGraph::NUMBER));
    let wrong = graph.mark_read(&token(), FakeGraph::NUMBER, "C1", false).await;
    assert_eq!(failed(wrong), (ErrorClass::Request, Some(131_009)));
}
