//! Synchronising: what is done one after the other, in each direction. What is done is noted, so that whoever goes on does not do it again.

use app_domain::Direction;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::failure::Failure;
use crate::kept::work_key;
use crate::run::Run;
use crate::{notes, push};

/// What came of a job, or of a step of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Outcome {
    /// The job's result: what depends on the work.
    pub(crate) result: Map<String, Value>,
    /// What could not be done, in words for the owner. The rest is.
    pub(crate) missing: Option<String>,
}

impl Outcome {
    /// Of a result alone. What is no object has no members.
    pub(crate) fn of(result: Value) -> Self {
        let result = match result {
            Value::Object(result) => result,
            _ => Map::new(),
        };
        Self { result, missing: None }
    }

    /// The same, with the words for what is missing.
    pub(crate) fn but(mut self, missing: impl Into<String>) -> Self {
        self.missing = Some(missing.into());
        self
    }
}

/// A step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Step {
    /// Notes from the drive.
    Pull,
    /// The backup.
    Backup,
    /// Notes to the drive.
    Notes,
}

/// The steps that are done, in their order.
type Done = Vec<(Step, Outcome)>;

/// Synchronises in a direction.
pub(crate) async fn run(run: &Run<'_>, direction: Direction) -> Result<Outcome, Failure> {
    let steps: &[Step] = match direction {
        Direction::Pull => &[Step::Pull],
        Direction::Push => &[Step::Backup, Step::Notes],
        Direction::Both => &[Step::Pull, Step::Backup, Step::Notes],
    };
    let key = work_key(run.job, "steps");
    let mut done: Done = run.kept.get_json(&key).await?.unwrap_or_default();
    for step in steps {
        if done.iter().any(|(there, _)| there == step) {
            continue;
        }
        run.goes_on().await?;
        let outcome = match step {
            Step::Pull => Box::pin(notes::pull(run)).await?,
            Step::Backup => Box::pin(push::run(run)).await?,
            Step::Notes => Box::pin(notes::push(run)).await?,
        };
        done.push((*step, outcome));
        run.kept.put_json(&key, &done).await?;
    }
    Ok(together(done))
}

/// The result of the backup, with those of notes in it by their names.
fn together(done: Done) -> Outcome {
    let mut together = Outcome::default();
    let mut missing = Vec::new();
    for (step, outcome) in done {
        let name = match step {
            Step::Pull => Some("pulled"),
            Step::Backup => None,
            Step::Notes => Some("notes"),
        };
        match name {
            None => together.result.extend(outcome.result),
            Some(_) if outcome.result.is_empty() => {}
            Some(name) => {
                together.result.insert(name.to_owned(), Value::Object(outcome.result));
            }
        }
        missing.extend(outcome.missing);
    }
    together.missing = (!missing.is_empty()).then(|| missing.join(" "));
    together
}
