//! Calls of models, and what people may have of them in a day. What a call may cost is reserved before it is made, so that many calls at
//! once exceed no budget together; what it did cost takes the reservation's place when it ends. A reservation whose call never ends,
//! because the function that made it died, counts until its day is over.

use app_domain::{
    Budget, Day, DayUsage, Days, Interaction, InteractionId, InteractionStatus, Spent, StoreError, Timestamp,
    UsageTotal, UserId,
};
use aws_sdk_dynamodb::types::TransactWriteItem;
use futures_util::{StreamExt, TryStreamExt, stream};

use crate::interaction_item::{Added, COST, CountersItem, InteractionItem, TOKENS};
use crate::keys;
use crate::table::{self, Item, Table, from_item, if_absent, number, text};

/// The calls of models in the table. Cloning shares the client.
#[derive(Clone)]
pub struct Interactions(Table);

/// Why nothing was reserved.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The budget of the day does not hold as much any more.
    #[error("the budget of the day is used up")]
    Exceeded {
        /// When there is a new one.
        resets_at: Timestamp,
        /// What has been used of it or is reserved.
        used: Spent,
        /// The budget.
        limit: Budget,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The place of the write whose condition is the budget, in the transaction that reserves.
const BUDGET: usize = 0;
/// How many days of everybody are read at once.
const DAYS_AT_ONCE: usize = 8;

impl Interactions {
    /// The calls of models in `table`.
    pub fn new(table: Table) -> Self {
        Self(table)
    }

    /// Notes a call that is about to be made, and reserves what it may use of its day's budget, in one transaction.
    ///
    /// # Errors
    /// If the budget does not hold as much, or the store fails: with `Conflict` if the call is noted already.
    pub async fn reserve(&self, call: &Interaction, reserved: Spent, budget: &Budget) -> Result<(), Refusal> {
        let day = call.day();
        let counters = keys::model_usage_of_day(call.owner, day);
        let mut update = Added::begun(call.task, reserved).to(&self.0, counters, day.ends_at());
        let cost_limit = budget.cost_per_day.map(|cost| cost.micro_dollars());
        let mut conditions = Vec::new();
        for (name, limit, reserved) in [
            (TOKENS, budget.tokens_per_day, reserved.tokens),
            (COST, cost_limit, reserved.cost.micro_dollars()),
        ] {
            let Some(limit) = limit else { continue };
            let Some(room) = limit.checked_sub(reserved) else {
                return Err(self.exceeded(call.owner, day, budget).await);
            };
            conditions.push(format!("(attribute_not_exists(#{name}) OR #{name} <= :{name}Room)"));
            update = update
                .expression_attribute_names(format!("#{name}"), name)
                .expression_attribute_values(format!(":{name}Room"), number(room));
        }
        if !conditions.is_empty() {
            update = update.condition_expression(conditions.join(" AND "));
        }
        let item =
            self.0.put(keys::interaction(call.owner, call.id), &InteractionItem::new(call, reserved))?;
        let writes = vec![table::update(update)?, table::put(if_absent(item))];
        match self.0.transact(writes).await? {
            Ok(()) => Ok(()),
            Err(refused) if refused.includes(BUDGET) => Err(self.exceeded(call.owner, day, budget).await),
            Err(_) => Err(StoreError::Conflict.into()),
        }
    }

    /// Notes how a call ended, and counts what it used in place of what was reserved for it, in one transaction. It counts to the day of
    /// the reservation. `Ok(false)` if it has ended already, was never noted or is forgotten: then nothing changes.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn settle(&self, call: &Interaction) -> Result<bool, StoreError> {
        let key = || keys::interaction(call.owner, call.id);
        let Some(noted) = self.0.get::<InteractionItem>(key()).await? else { return Ok(false) };
        let reserved = noted.reserved();
        let noted = noted.into_interaction();
        if call.status == InteractionStatus::Running || noted.status != InteractionStatus::Running {
            return Ok(false);
        }
        // What it was begun as decides where it counts, whatever the caller remembers.
        let Interaction { task, conversation, created_at, .. } = noted;
        let call = Interaction { task, conversation, created_at, ..call.clone() };
        let mut item = self.0.put(key(), &InteractionItem::new(&call, reserved))?;
        item.condition_expression = Some("#status = :running".to_owned());
        item.expression_attribute_names = Some([("#status".to_owned(), "status".to_owned())].into());
        item.expression_attribute_values = Some([(":running".to_owned(), text("running"))].into());
        let writes =
            self.counted(&call, table::put(item), &Added::ended(&call, reserved), &Added::whole(&call))?;
        let noted = self.0.transact(writes).await?.is_ok();
        if noted {
            say(&call);
        }
        Ok(noted)
    }

    /// Notes a call that nothing was reserved for, as it ended: one of the built-in model, or one that was not made. It takes nothing from the
    /// budget. `Ok(false)` if it is noted already.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn log(&self, call: &Interaction) -> Result<bool, StoreError> {
        let item = InteractionItem::new(call, Spent::default());
        let item = if_absent(self.0.put(keys::interaction(call.owner, call.id), &item)?);
        let counted = Added::without_budget(call);
        let writes = self.counted(call, table::put(item), &counted, &counted)?;
        let noted = self.0.transact(writes).await?.is_ok();
        if noted {
            say(call);
        }
        Ok(noted)
    }

    /// A person's calls, the newest first: those before `after`, at most `limit`. With whether more follow.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn list(
        &self,
        owner: UserId,
        after: Option<InteractionId>,
        limit: u32,
    ) -> Result<(Vec<Interaction>, bool), StoreError> {
        let after = after.map(|id| keys::interaction(owner, id));
        let partition = keys::interactions(owner);
        let one_more = Some(limit.saturating_add(1));
        let (mut items, _) = self.0.query::<InteractionItem>(partition, "", after, one_more).await?;
        let more = items.len() > limit as usize;
        items.truncate(limit as usize);
        Ok((items.into_iter().map(InteractionItem::into_interaction).collect(), more))
    }

    /// What a person's calls of each day came to, in order; days without any are left out.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn days(&self, owner: UserId, days: Days) -> Result<Vec<DayUsage>, StoreError> {
        let request = self.0.client().query().table_name(self.0.name()).consistent_read(true);
        // So few that one answer holds them.
        let answer = request
            .key_condition_expression("pk = :owner AND sk BETWEEN :first AND :last")
            .expression_attribute_values(":owner", text(keys::owner(owner)))
            .expression_attribute_values(":first", text(keys::model_usage_of_day(owner, days.first()).sk))
            .expression_attribute_values(":last", text(keys::model_usage_of_day(owner, days.last()).sk))
            .send()
            .await
            .map_err(table::failed)?;
        answer.items.unwrap_or_default().into_iter().map(of_day).collect()
    }

    /// What a person's calls of one day came to so far.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn today(&self, owner: UserId, day: Day) -> Result<UsageTotal, StoreError> {
        let item: Option<CountersItem> = self.0.get(keys::model_usage_of_day(owner, day)).await?;
        item.unwrap_or_default().total()
    }

    /// What a person's calls of a month such as `2026-11` came to: those that have ended.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn month(&self, owner: UserId, month: &str) -> Result<UsageTotal, StoreError> {
        let item: Option<CountersItem> = self.0.get(keys::model_usage_of_month(owner, month)).await?;
        item.unwrap_or_default().total()
    }

    /// What everybody's calls of each day came to, in order: those that have ended.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn everybody(&self, days: Days) -> Result<Vec<DayUsage>, StoreError> {
        let of_day = |day: Day| async move {
            let partition = keys::model_usage_of_all(day);
            let (shards, _) = self.0.query::<CountersItem>(partition, "", None, None).await?;
            let mut total = UsageTotal::default();
            for shard in shards {
                total += shard.total()?;
            }
            Ok(DayUsage { day, total })
        };
        stream::iter(days.each()).map(of_day).buffered(DAYS_AT_ONCE).try_collect().await
    }

    /// The writes that note how a call ended: in the log, the counters of its day, its month, and those of everybody. Only in those of
    /// its day may a part of the whole be counted already.
    fn counted(
        &self,
        call: &Interaction,
        item: TransactWriteItem,
        of_day: &Added,
        whole: &Added,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let (day, owner) = (call.day(), call.owner);
        let month = keys::model_usage_of_month(owner, &day.month());
        let counters = keys::model_usage_of_day(owner, day);
        Ok(vec![
            item,
            table::update(of_day.to(&self.0, counters, day.ends_at()))?,
            table::update(whole.to(&self.0, month, day.ends_at()))?,
            table::update(whole.to(&self.0, keys::model_usage_shard(owner, day), day.ends_at()))?,
        ])
    }

    async fn exceeded(&self, owner: UserId, day: Day, budget: &Budget) -> Refusal {
        match self.today(owner, day).await {
            Ok(UsageTotal { spent: used, .. }) => {
                Refusal::Exceeded { resets_at: day.ends_at(), used, limit: *budget }
            }
            Err(error) => error.into(),
        }
    }
}

/// Says to the log what became of a call that was noted: once for each. The metrics of models are among its fields.
fn say(call: &Interaction) {
    let is_refused = call.status == InteractionStatus::Refused;
    tracing::info!(
        userId = call.owner.hashed(),
        task = call.task.as_str(),
        model = call.model,
        status = call.status.as_str(),
        ai_requests_total = 1,
        ai_request_duration_seconds = (!is_refused).then_some(call.milliseconds as f64 / 1e3),
        ai_budget_refusals_total = is_refused.then_some(1),
        "call of a model"
    );
}

fn of_day(item: Item) -> Result<DayUsage, StoreError> {
    let counters: CountersItem = from_item(item)?;
    let day = counters.sk.rsplit('#').next().unwrap_or_default().parse().map_err(table::corrupt)?;
    Ok(DayUsage { day, total: counters.total()? })
}
