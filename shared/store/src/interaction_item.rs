//! Calls of models as they are stored, and the counters that they are counted in.

use std::collections::BTreeMap;
use std::time::Duration;

use app_domain::{
    ConversationId, Cost, Interaction, InteractionFailure, InteractionId, InteractionStatus, Spent,
    StoreError, Task, TaskTotal, Timestamp, TokenUsage, UsageTotal, UserId,
};
use aws_sdk_dynamodb::types::Update;
use aws_sdk_dynamodb::types::builders::UpdateBuilder;
use serde::{Deserialize, Serialize};

use crate::keys::Key;
use crate::table::{TTL, Table, number, ttl};

/// A call, with what was reserved for it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct InteractionItem {
    id: InteractionId,
    owner: UserId,
    task: Task,
    model: String,
    status: InteractionStatus,
    usage: TokenUsage,
    cost: Cost,
    milliseconds: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failure: Option<InteractionFailure>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    conversation: Option<ConversationId>,
    created_at: Timestamp,
    reserved_tokens: u64,
    reserved_cost: Cost,
    ttl: i64,
}

impl InteractionItem {
    pub(crate) fn new(call: &Interaction, reserved: Spent) -> Self {
        Self {
            id: call.id,
            owner: call.owner,
            task: call.task,
            model: call.model.clone(),
            status: call.status,
            usage: call.usage,
            cost: call.cost,
            milliseconds: call.milliseconds,
            failure: call.failure,
            conversation: call.conversation,
            created_at: call.created_at,
            reserved_tokens: reserved.tokens,
            reserved_cost: reserved.cost,
            ttl: call.created_at.plus(Interaction::KEPT_FOR).as_seconds(),
        }
    }

    pub(crate) fn reserved(&self) -> Spent {
        Spent { tokens: self.reserved_tokens, cost: self.reserved_cost }
    }

    pub(crate) fn into_interaction(self) -> Interaction {
        Interaction {
            id: self.id,
            owner: self.owner,
            task: self.task,
            model: self.model,
            status: self.status,
            usage: self.usage,
            cost: self.cost,
            milliseconds: self.milliseconds,
            failure: self.failure,
            conversation: self.conversation,
            created_at: self.created_at,
        }
    }
}

/// The attributes in which the tokens and the money of a day are counted: a reservation is made on the condition of these.
pub(crate) const TOKENS: &str = "tokens";
pub(crate) const COST: &str = "cost";
/// Counters are kept a good year after what they count.
const COUNTERS_KEPT_FOR: Duration = Duration::from_secs(400 * 24 * 60 * 60);

/// What is added to counters. Less than nothing, where more was reserved than used.
#[derive(Debug, Clone, Default)]
pub(crate) struct Added(BTreeMap<String, i128>);

impl Added {
    /// What a call counts while it runs: itself, and what is reserved for it.
    pub(crate) fn begun(task: Task, reserved: Spent) -> Self {
        let mut added = Self::default();
        added.count("calls", 1);
        added.count(&of_task(task, CALLS), 1);
        added.spent(task, reserved, Spent::default());
        added
    }

    /// What a call counts when it ends besides what it counted while it ran.
    pub(crate) fn ended(call: &Interaction, reserved: Spent) -> Self {
        let mut added = Self::outcome(call);
        added.spent(call.task, Spent { tokens: call.usage.total(), cost: call.cost }, reserved);
        added
    }

    /// What a call counts from beginning to end.
    pub(crate) fn whole(call: &Interaction) -> Self {
        let mut added = Self::begun(call.task, Spent::default());
        added.0.extend(Self::ended(call, Spent::default()).0);
        added
    }

    /// The same of a call that needed no budget: its tokens are known, and take nothing from what there is for models of others.
    pub(crate) fn without_budget(call: &Interaction) -> Self {
        let mut added = Self::begun(call.task, Spent::default());
        added.0.extend(Self::outcome(call).0);
        added
    }

    fn outcome(call: &Interaction) -> Self {
        let mut added = Self::default();
        added.count("failed", i128::from(call.status == InteractionStatus::Failed));
        added.count("refused", i128::from(call.status == InteractionStatus::Refused));
        added.count("promptTokens", call.usage.prompt.into());
        added.count("completionTokens", call.usage.completion.into());
        added
    }

    fn spent(&mut self, task: Task, more: Spent, less: Spent) {
        let tokens = i128::from(more.tokens) - i128::from(less.tokens);
        let cost = i128::from(more.cost.micro_dollars()) - i128::from(less.cost.micro_dollars());
        for (name, by) in [(TOKENS, tokens), (COST, cost)] {
            self.count(name, by);
            self.count(&of_task(task, name), by);
        }
    }

    fn count(&mut self, name: &str, by: i128) {
        if by != 0 {
            self.0.insert(name.to_owned(), by);
        }
    }

    /// The write that counts it, in counters of a time that is over at `until`.
    pub(crate) fn to(&self, table: &Table, key: Key, until: Timestamp) -> UpdateBuilder {
        let mut update = Update::builder()
            .table_name(table.name())
            .set_key(Some(key.attributes()))
            .expression_attribute_names("#ttl", TTL)
            .expression_attribute_values(":ttl", ttl(until.plus(COUNTERS_KEPT_FOR)));
        let mut adds = Vec::new();
        for (name, by) in &self.0 {
            update = update
                .expression_attribute_names(format!("#{name}"), name)
                .expression_attribute_values(format!(":{name}"), number(by));
            adds.push(format!("#{name} :{name}"));
        }
        let add = if adds.is_empty() { String::new() } else { format!(" ADD {}", adds.join(", ")) };
        update.update_expression(format!("SET #ttl = :ttl{add}"))
    }
}

const CALLS: &str = "calls";

/// The attribute in which the same is counted for one task.
fn of_task(task: Task, counter: &str) -> String {
    format!("{}_{counter}", task.as_str())
}

/// Counters as they are read: whatever has never been counted is missing.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct CountersItem {
    pub(crate) sk: String,
    calls: u64,
    failed: u64,
    refused: u64,
    prompt_tokens: u64,
    completion_tokens: u64,
    tokens: u64,
    cost: Cost,
    #[serde(flatten)]
    others: BTreeMap<String, serde_json::Value>,
}

impl CountersItem {
    pub(crate) fn spent(&self) -> Spent {
        Spent { tokens: self.tokens, cost: self.cost }
    }

    pub(crate) fn total(&self) -> Result<UsageTotal, StoreError> {
        let counter = |task, counter| match self.others.get(&of_task(task, counter)) {
            None => Ok(0),
            Some(value) => {
                value.as_u64().ok_or_else(|| StoreError::Corrupt("a counter holds no number".into()))
            }
        };
        let mut by_task = BTreeMap::new();
        for task in Task::ALL {
            let calls = counter(task, CALLS)?;
            let cost = Cost::from_micro_dollars(counter(task, COST)?);
            let spent = Spent { tokens: counter(task, TOKENS)?, cost };
            if calls > 0 {
                by_task.insert(task, TaskTotal { calls, spent });
            }
        }
        Ok(UsageTotal {
            calls: self.calls,
            failed: self.failed,
            refused: self.refused,
            prompt_tokens: self.prompt_tokens,
            completion_tokens: self.completion_tokens,
            spent: self.spent(),
            by_task,
        })
    }
}
