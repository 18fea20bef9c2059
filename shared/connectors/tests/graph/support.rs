//! A client, and whom it writes to.

use std::time::Duration;

use app_connectors::graph::{ErrorClass, Graph, GraphConfig, GraphError, Sending};
use app_domain::{BusinessUserId, PhoneNumber, Recipient};
use app_testing::graph::FakeGraph;
use secrecy::SecretString;

pub(crate) const PHONE: &str = "4915550002222";
pub(crate) const USER: &str = "DE.48151623421108";

/// A fake to which the person of [`PHONE`] has just written, and a client that waits as long as a test can.
pub(crate) fn start() -> (FakeGraph, Graph) {
    let fake = FakeGraph::start();
    fake.inbound(FakeGraph::NUMBER, PHONE);
    let graph = client(&fake.base_url());
    (fake, graph)
}

pub(crate) fn client(base_url: &str) -> Graph {
    let config = GraphConfig { base_url: base_url.to_owned(), version: FakeGraph::VERSION.to_owned() };
    Graph::new(config).unwrap().patience(ms(500), ms(500))
}

pub(crate) fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

pub(crate) fn secret(text: &str) -> SecretString {
    SecretString::from(text.to_owned())
}

pub(crate) fn token() -> SecretString {
    secret(FakeGraph::TOKEN)
}

pub(crate) fn phone() -> Recipient {
    Recipient::Phone(PhoneNumber::from_digits(PHONE).unwrap())
}

pub(crate) fn user() -> Recipient {
    Recipient::User(BusinessUserId::parse(USER).unwrap())
}

pub(crate) fn text(body: &str) -> Sending {
    Sending::Text { body: body.to_owned() }
}

pub(crate) fn template(name: &str, parameters: &[&str]) -> Sending {
    let parameters = parameters.iter().map(|&text| text.to_owned()).collect();
    Sending::Template { name: name.to_owned(), language: "en".to_owned(), parameters }
}

/// Says something to the person of [`PHONE`].
pub(crate) async fn say(graph: &Graph, body: &str) -> Result<String, GraphError> {
    graph.send(&token(), FakeGraph::NUMBER, &phone(), &text(body), "a.1", None).await
}

/// Class and code of what failed.
pub(crate) fn failed<T>(result: Result<T, GraphError>) -> (ErrorClass, Option<i64>) {
    let error = result.err().unwrap();
    (error.class, error.code)
}
