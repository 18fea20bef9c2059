//! What calls of models cost: reserved before, settled after, so that nobody gets more than their budget, and nothing is paid twice.

use std::time::Instant;

use app_domain::{
    Budgets, ConversationId, Interaction, InteractionFailure, InteractionStatus, PriceTable, Spent, Task,
    Timestamp, TokenUsage,
};
use app_store::{Interactions, Refusal};

use crate::Asker;
use crate::stop::Stop;

/// Where calls are noted.
#[derive(Clone)]
pub struct Accounts {
    interactions: Interactions,
    prices: PriceTable,
    budgets: Budgets,
}

/// A call that is under way.
pub(crate) struct Open {
    interaction: Interaction,
    began: Instant,
}

impl Accounts {
    /// Notes calls in `interactions`, at these prices, within these budgets.
    pub fn new(interactions: Interactions, prices: PriceTable, budgets: Budgets) -> Self {
        Self { interactions, prices, budgets }
    }

    /// Begins a call that may use so many tokens.
    pub(crate) async fn begin(
        &self,
        asker: &Asker,
        call: (Task, &str, Option<ConversationId>),
        most: TokenUsage,
        now: Timestamp,
    ) -> Result<Open, Stop> {
        let (task, model, conversation) = call;
        let interaction = Interaction::begin(asker.user, task, model, conversation, now);
        let reserved = Spent { tokens: most.total(), cost: self.prices.cost(model, most) };
        let budget = self.budgets.of(asker.tier);
        match self.interactions.reserve(&interaction, reserved, &budget).await {
            Ok(()) => Ok(Open { interaction, began: Instant::now() }),
            Err(Refusal::Store(error)) => Err(error.into()),
            Err(Refusal::Exceeded { resets_at, .. }) => {
                let refused = Interaction { status: InteractionStatus::Refused, ..interaction };
                self.interactions.log(&refused).await?;
                Err(Stop::Budget { resets_at })
            }
        }
    }

    /// Ends a call. If that cannot be noted, what was reserved stays counted for its day, which is never too little.
    pub(crate) async fn end(
        &self,
        open: Open,
        usage: TokenUsage,
        (status, failure): (InteractionStatus, Option<InteractionFailure>),
    ) {
        let Open { interaction, began } = open;
        let cost = self.prices.cost(&interaction.model, usage);
        let milliseconds = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let ended = Interaction { status, failure, usage, cost, milliseconds, ..interaction };
        if let Err(error) = self.interactions.settle(&ended).await {
            tracing::error!(%error, "a call of a model was not settled");
        }
    }

    /// Notes a call of the built-in model, which costs nothing.
    pub(crate) async fn log(
        &self,
        asker: &Asker,
        (task, model, conversation): (Task, &str, Option<ConversationId>),
        usage: TokenUsage,
        began: Instant,
        now: Timestamp,
    ) {
        let interaction = Interaction {
            status: InteractionStatus::Done,
            usage,
            milliseconds: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
            ..Interaction::begin(asker.user, task, model, conversation, now)
        };
        if let Err(error) = self.interactions.log(&interaction).await {
            tracing::error!(%error, "a call of the built-in model was not noted");
        }
    }
}
