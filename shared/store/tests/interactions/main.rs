//! Calls of models in a real table: their log, their budgets and their counters.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

mod budgets;
mod cost;
mod counters;
mod log;

use app_domain::{
    Budget, ConversationId, Cost, Day, Days, Interaction, InteractionStatus, Spent, Task, Timestamp,
    TokenUsage, UserId,
};
use app_store::{Interactions, Refusal, Table};

/// No limit at all.
const OPEN: Budget = Budget { tokens_per_day: None, cost_per_day: None };

/// Seconds after the midnight with which 21 November begins.
fn at(seconds: i64) -> Timestamp {
    let midnight: Timestamp = "2026-11-21T00:00:00Z".parse().unwrap();
    Timestamp::from_millis(midnight.as_millis() + seconds * 1000).unwrap()
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn days(from: &str, to: &str) -> Days {
    Days::parse(day(from), day(to), Days::MAX_OF_PERSON).unwrap()
}

fn spent(tokens: u64, micro_dollars: u64) -> Spent {
    Spent { tokens, cost: Cost::from_micro_dollars(micro_dollars) }
}

/// A call that begins so many seconds after midnight.
fn call(owner: UserId, task: Task, seconds: i64) -> Interaction {
    Interaction::begin(owner, task, "gpt-x", Some(ConversationId::new(at(seconds))), at(seconds))
}

/// The same, as it ended.
fn ended(call: &Interaction, prompt: u32, completion: u32, micro_dollars: u64) -> Interaction {
    Interaction {
        status: InteractionStatus::Done,
        usage: TokenUsage { prompt, completion },
        cost: Cost::from_micro_dollars(micro_dollars),
        milliseconds: 1_200,
        ..call.clone()
    }
}

struct Stage {
    interactions: Interactions,
    owner: UserId,
}

impl Stage {
    fn on(table: Table) -> Self {
        Self { interactions: Interactions::new(table), owner: UserId::new(at(0)) }
    }

    async fn new() -> Self {
        Self::on(app_testing::table().await)
    }

    async fn reserve(&self, call: &Interaction, reserved: Spent, budget: Budget) -> Result<(), Refusal> {
        self.interactions.reserve(call, reserved, &budget).await
    }

    /// A call that runs, with so much reserved for it.
    async fn running(&self, task: Task, seconds: i64, reserved: Spent) -> Interaction {
        let call = call(self.owner, task, seconds);
        self.reserve(&call, reserved, OPEN).await.unwrap();
        call
    }

    /// What counts against the budget of 21 November.
    async fn spent(&self) -> Spent {
        self.interactions.today(self.owner, day("2026-11-21")).await.unwrap().spent
    }
}
