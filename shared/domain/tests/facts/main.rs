//! What becomes of facts that are found, beside those that are there.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

mod decisions;
mod ledger;
mod undoing;

use app_domain::{
    Certainty, ConversationId, Fact, FactSource, FactStatement, FactStatus, FactTerm, NewFact, Timestamp,
    TurnId, UserId,
};
use uuid::Uuid;

pub(crate) fn owner() -> UserId {
    Uuid::nil().into()
}

pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000 + seconds * 1000).unwrap()
}

/// `attribute` of the person is `value`, said in a turn at so many seconds.
pub(crate) fn found(attribute: &str, value: &str, certainty: f32, turn: u8) -> NewFact {
    let source = FactSource {
        conversation: ConversationId::from(Uuid::from_u128(1)),
        turn: TurnId::from(Uuid::from_u128(turn.into())),
        said_at: at(turn.into()),
    };
    NewFact {
        statement: FactStatement::parse(&format!("Their {attribute} is {value}.")).unwrap(),
        subject: FactTerm::parse("Ada").unwrap(),
        attribute: FactTerm::parse(attribute).unwrap(),
        value: FactTerm::parse(value).unwrap(),
        certainty: Certainty::parse(certainty).unwrap(),
        source,
        valid_from: None,
    }
}

/// A fact that was found before.
pub(crate) fn fact(status: FactStatus, found: NewFact) -> Fact {
    Fact::new(owner(), found, status, at(0))
}
