//! The worker with what is around it.

use std::time::Duration;

use app_domain::{Email, MailJob, MailKind, SecretToken, Timestamp, User, UserId};
use app_store::{Mails, Memories, OneTimeTokens, Reminders, Table};
use app_testing::{Log, event, register, table, vault};
use aws_lambda_events::sqs::SqsEvent;
use mail_worker::{App, Sender, handle};
use serde_json::{Value, json};

use crate::ses::{FROM, Mail, Ses};

/// Ada's address, as the account has it.
pub(crate) const ADA: &str = "ada@example.com";

pub(crate) struct Stage {
    pub(crate) app: App,
    pub(crate) ses: Ses,
    pub(crate) tokens: OneTimeTokens,
    pub(crate) mails: Mails,
    pub(crate) memories: Memories,
    pub(crate) reminders: Reminders,
}

/// So many seconds after the jobs of the events were asked for.
pub(crate) fn at(second: u64) -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000).unwrap().plus(Duration::from_secs(second))
}

/// Ada, as the events know her.
pub(crate) fn ada() -> User {
    let id: UserId = "019aa6f1-04d2-7a3b-9c4d-5e6f708192a3".parse().unwrap();
    User { is_verified: false, ..app_testing::ada(id, at(0)) }
}

/// A job asked for at the time zero.
pub(crate) fn job(kind: MailKind) -> MailJob {
    MailJob::new(kind, at(0))
}

/// Jobs as the queue hands them over: the first is message `m0`.
pub(crate) fn queued(bodies: &[String]) -> Value {
    let record = |(place, body): (usize, &String)| json!({"messageId": format!("m{place}"), "body": body});
    json!({"Records": bodies.iter().enumerate().map(record).collect::<Vec<_>>()})
}

impl Stage {
    /// With Ada's account.
    pub(crate) async fn with_ada() -> Self {
        Self::with(ada()).await
    }

    /// With an account.
    pub(crate) async fn with(user: User) -> Self {
        let table = table().await;
        register(&table, &user).await;
        Self::on(&table)
    }

    pub(crate) fn on(table: &Table) -> Self {
        Log::keep();
        let (ses, vault) = (Ses::default(), vault(table));
        let sender = Sender::new(Email::parse(FROM).unwrap(), ses.client());
        Self {
            app: App::new(table, vault.clone(), sender, "https://memory.example/app".parse().unwrap()),
            ses,
            tokens: OneTimeTokens::new(table.clone()),
            mails: Mails::new(table.clone()),
            memories: Memories::new(table.clone(), vault.clone()),
            reminders: Reminders::new(table.clone(), vault),
        }
    }

    /// Handles a batch; returns the ids that failed.
    pub(crate) async fn handle(&self, event: Value, now: Timestamp) -> Vec<String> {
        let event: SqsEvent = serde_json::from_value(event).unwrap();
        let answer = handle(&self.app, event, now).await;
        answer.batch_item_failures.into_iter().map(|failure| failure.item_identifier).collect()
    }

    /// Delivers one job; whether it was dealt with.
    pub(crate) async fn deliver(&self, job: &MailJob, now: Timestamp) -> bool {
        self.handle(queued(&[serde_json::to_string(job).unwrap()]), now).await.is_empty()
    }

    /// The mail that an event leads to.
    pub(crate) async fn mail_of(&self, path: &str) -> Mail {
        assert_eq!(self.handle(event(path), at(1)).await, [] as [&str; 0]);
        self.ses.only()
    }
}

impl Mail {
    /// The token in its link, which is the same in both forms.
    pub(crate) fn token(&self) -> SecretToken {
        let token = |text: &str| {
            let (_, rest) = text.split_once("?token=").unwrap();
            rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_')
                .next()
                .unwrap()
                .to_owned()
        };
        assert_eq!(token(&self.text), token(&self.html));
        SecretToken::received(token(&self.text))
    }
}
