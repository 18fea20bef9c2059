//! How much people may have models of others do for them in a day, by tier, and how much they did.

use std::collections::BTreeMap;
use std::str::FromStr;

use serde::{Deserialize, Deserializer};
use serde_json::Number;

use crate::{Cost, Day, Invalid, Task, Tier};

/// What one person may use in a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// The most tokens, read and written; `None` if there is no limit.
    pub tokens_per_day: Option<u64>,
    /// The most money; `None` if there is no limit.
    pub cost_per_day: Option<Cost>,
}

/// What the people of every tier may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budgets {
    free: Budget,
    premium: Budget,
}

impl Budgets {
    /// What a person of a tier may use.
    pub const fn of(&self, tier: Tier) -> Budget {
        match tier {
            Tier::Free => self.free,
            Tier::Premium => self.premium,
        }
    }
}

/// Such as `{"free": {"tokensPerDay": 50000, "costPerDay": 0.25}, "premium": {"tokensPerDay": null, "costPerDay": 5}}`, money in
/// dollars. None may be missing: who means that there is no limit says `null`.
impl FromStr for Budgets {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let wrong = |reason: String| Invalid::new(format!("are no budgets: {reason}"));
        let written: Written = serde_json::from_str(text).map_err(|error| wrong(error.to_string()))?;
        let budget = |tier: Tier, limits: Limits| {
            let cost = limits.cost_per_day.as_ref().map(Cost::of_dollars).transpose();
            let cost_per_day = cost.map_err(|error| wrong(format!("{}: {error}", tier.as_str())))?;
            Ok::<_, Invalid>(Budget { tokens_per_day: limits.tokens_per_day, cost_per_day })
        };
        Ok(Self { free: budget(Tier::Free, written.free)?, premium: budget(Tier::Premium, written.premium)? })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    free: Limits,
    premium: Limits,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Limits {
    #[serde(deserialize_with = "said")]
    tokens_per_day: Option<u64>,
    #[serde(deserialize_with = "said")]
    cost_per_day: Option<Number>,
}

/// A value or `null`. Unlike any other option, it cannot be left out.
fn said<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    Option::deserialize(deserializer)
}

/// What has been used of a [`Budget`], or is reserved.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spent {
    /// Tokens, read and written.
    pub tokens: u64,
    /// Money.
    pub cost: Cost,
}

/// What calls of models came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UsageTotal {
    /// How many there were, those that did not succeed too.
    pub calls: u64,
    /// How many of them failed.
    pub failed: u64,
    /// How many of them were not made, because there was no budget left.
    pub refused: u64,
    /// The tokens that were read.
    pub prompt_tokens: u64,
    /// The tokens that were written.
    pub completion_tokens: u64,
    /// What counts against the budget: the tokens and the cost of calls that needed one, and what is reserved for those that have not ended.
    pub spent: Spent,
    /// The same for each task for which there were calls.
    pub by_task: BTreeMap<Task, TaskTotal>,
}

/// What the calls for one task came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TaskTotal {
    /// How many there were.
    pub calls: u64,
    /// What counts against the budget.
    pub spent: Spent,
}

/// What the calls of one day came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayUsage {
    /// The day.
    pub day: Day,
    /// What they came to.
    pub total: UsageTotal,
}

impl std::ops::AddAssign for Spent {
    fn add_assign(&mut self, other: Self) {
        self.tokens = self.tokens.saturating_add(other.tokens);
        let cost = self.cost.micro_dollars().saturating_add(other.cost.micro_dollars());
        self.cost = Cost::from_micro_dollars(cost);
    }
}

impl std::ops::AddAssign for UsageTotal {
    fn add_assign(&mut self, other: Self) {
        for (sum, more) in [
            (&mut self.calls, other.calls),
            (&mut self.failed, other.failed),
            (&mut self.refused, other.refused),
            (&mut self.prompt_tokens, other.prompt_tokens),
            (&mut self.completion_tokens, other.completion_tokens),
        ] {
            *sum = sum.saturating_add(more);
        }
        self.spent += other.spent;
        for (task, more) in other.by_task {
            let sum = self.by_task.entry(task).or_default();
            sum.calls = sum.calls.saturating_add(more.calls);
            sum.spent += more.spent;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: &str = r#"{"free": {"tokensPerDay": 50000, "costPerDay": 0.25},
                          "premium": {"tokensPerDay": null, "costPerDay": 5}}"#;

    #[test]
    fn every_tier_has_its_budget_and_no_limit_is_said() {
        let budgets: Budgets = ALL.parse().unwrap();
        let cost = |micro_dollars| Some(Cost::from_micro_dollars(micro_dollars));
        let free = Budget { tokens_per_day: Some(50_000), cost_per_day: cost(250_000) };
        assert_eq!(budgets.of(Tier::Free), free);
        assert_eq!(budgets.of(Tier::Premium), Budget { tokens_per_day: None, cost_per_day: cost(5_000_000) });
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let why = |text: &str| text.parse::<Budgets>().unwrap_err().message().to_owned();
        for (from, to, named) in [
            (r#""tokensPerDay": 50000, "#, "", "tokensPerDay"),
            (r#""tokensPerDay": null, "#, "", "tokensPerDay"),
            (r#", "costPerDay": 5"#, "", "costPerDay"),
            ("50000", "-1", "-1"),
            ("50000", "0.5", "0.5"),
            ("0.25", "-0.25", "free: -0.25 is no amount"),
            ("costPerDay\": 5", "costPerDay\": 0.00000001", "premium: 1e-8 is no amount"),
            ("costPerDay", "costPerMonth", "costPerMonth"),
            ("premium", "gold", "gold"),
            ("premium", "free", "duplicate field `free`"),
        ] {
            let bad = ALL.replacen(from, to, 1);
            assert_ne!(bad, ALL);
            assert!(why(&bad).contains(named), "{bad}: {}", why(&bad));
        }
        assert!(why("").contains("EOF") && why("{}").contains("free"));
        assert!(why(r#"{"free": {"tokensPerDay": 1, "costPerDay": 1}}"#).contains("premium"));
    }

    #[test]
    fn totals_add_up_by_task() {
        let one = |task, calls, tokens| {
            let spent = Spent { tokens, cost: Cost::from_micro_dollars(tokens * 2) };
            let by_task = BTreeMap::from([(task, TaskTotal { calls, spent })]);
            UsageTotal { calls, spent, by_task, ..UsageTotal::default() }
        };
        let mut sum = one(Task::Chat, 1, 10);
        sum += one(Task::Chat, 2, 20);
        sum += one(Task::Facts, 1, 5);
        assert_eq!((sum.calls, sum.spent.tokens, sum.spent.cost.micro_dollars()), (4, 35, 70));
        assert_eq!(sum.by_task[&Task::Chat].calls, 3);
        assert_eq!(sum.by_task[&Task::Facts].spent.tokens, 5);
    }
}
