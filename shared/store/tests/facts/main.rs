//! Facts in a real table: taken in once, judged together, taken back.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

mod cost;
mod crowds;
mod one;

use app_domain::{
    Certainty, ConversationId, Fact, FactSource, FactStatement, FactStatus, FactTerm, MergeReport, NewFact,
    Timestamp, TurnId, UserId,
};
use app_store::{Facts, Table};
use app_testing::vault;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000 + seconds * 1000).unwrap()
}

fn term(text: &str) -> FactTerm {
    FactTerm::parse(text).unwrap()
}

/// Where something was said at so many seconds, in a turn of its own.
fn said(seconds: i64) -> FactSource {
    FactSource {
        conversation: ConversationId::new(at(0)),
        turn: TurnId::new(at(seconds)),
        said_at: at(seconds),
    }
}

/// `attribute` of the person is `value`.
fn found(attribute: &str, value: &str, certainty: f32, source: FactSource) -> NewFact {
    NewFact {
        statement: FactStatement::parse(&format!("Their {attribute} is {value}.")).unwrap(),
        subject: term("Ada"),
        attribute: term(attribute),
        value: term(value),
        certainty: Certainty::parse(certainty).unwrap(),
        source,
        valid_from: None,
    }
}

struct Stage {
    facts: Facts,
    owner: UserId,
}

impl Stage {
    fn on(table: Table) -> Self {
        let vault = vault(&table);
        Self { facts: Facts::new(table, vault), owner: UserId::new(at(0)) }
    }

    async fn new() -> Self {
        Self::on(app_testing::table().await)
    }

    /// Takes in one fact, said at so many seconds in a turn of its own.
    async fn take_in(&self, attribute: &str, value: &str, certainty: f32, seconds: i64) -> MergeReport {
        let found = [found(attribute, value, certainty, said(seconds))];
        self.facts.merge(self.owner, &found, at(seconds)).await.unwrap()
    }

    /// The values of facts with what counts of them, the newest first.
    async fn values(&self) -> Vec<(String, FactStatus)> {
        let (facts, more) = self.facts.list(self.owner, |_| true, None, 1_000).await.unwrap();
        assert!(!more);
        facts.into_iter().map(|fact| (fact.value.as_str().to_owned(), fact.status)).collect()
    }

    async fn all(&self) -> Vec<Fact> {
        self.facts.list(self.owner, |_| true, None, 1_000).await.unwrap().0
    }
}
