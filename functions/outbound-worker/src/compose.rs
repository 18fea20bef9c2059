//! What is said, as one text.

use app_domain::{
    DeliveryState, MemoryId, MessageId, OutgoingTask, Permission, StoreError, TurnText, User, UserId,
};
use app_store::MessageError;

use crate::App;
use crate::failure::Failure;
use crate::say::{Job, Outcome};
use crate::{ask, export, find};

/// What a person without Memo is told.
const NO_MEMO: &str = "Answers from your memories are not part of your plan. What you send is saved all the same, and *find* finds it.";
/// What a question that is none is answered.
const UNREADABLE: &str = "I cannot read this question. Ask it in fewer and simpler words.";

/// The words, or why there are none.
pub(crate) async fn compose(app: &App, job: &Job<'_>) -> Result<Result<String, Outcome>, Failure> {
    let outgoing = job.outgoing;
    match &outgoing.task {
        OutgoingTask::Seen => return Ok(Err(Outcome::Seen)),
        OutgoingTask::Say { phrase } => return Ok(Ok(phrase.text())),
        _ => {}
    }
    let Some(user) = account(app, outgoing.owner).await? else { return Ok(Err(Outcome::Gone)) };
    let now = job.clock.now();
    let text = match &outgoing.task {
        OutgoingTask::Ask { .. } if !user.role.permissions().contains(&Permission::AccessAi) => {
            NO_MEMO.to_owned()
        }
        OutgoingTask::Ask { question } => match TurnText::parse(question) {
            Ok(question) => Box::pin(ask::answer(app, job, &user, question)).await?,
            Err(_) => UNREADABLE.to_owned(),
        },
        OutgoingTask::Find { words } => find::found(app, user.id, words, now).await?,
        OutgoingTask::Recent => find::recent(app, user.id, now).await?,
        OutgoingTask::Export => export::begin(app, outgoing, user.id).await?,
        OutgoingTask::Post { memory, message } => match posted(app, user.id, *memory, *message).await? {
            Some(text) => text,
            None => return Ok(Err(Outcome::Gone)),
        },
        OutgoingTask::Seen | OutgoingTask::Say { .. } => return Ok(Err(Outcome::Seen)),
    };
    Ok(Ok(text))
}

/// Whoever it is about, if they have an active account.
async fn account(app: &App, owner: Option<UserId>) -> Result<Option<User>, StoreError> {
    let Some(owner) = owner else { return Ok(None) };
    Ok(app.users.get(owner).await?.filter(|user| user.is_active))
}

/// What a message under a memory says; nothing if it is gone, or its owner was told that it will not be sent.
async fn posted(
    app: &App,
    owner: UserId,
    memory: MemoryId,
    message: MessageId,
) -> Result<Option<String>, StoreError> {
    let message = match app.messages.get(owner, memory, message).await {
        Ok(message) => message,
        Err(MessageError::Store(error)) => return Err(error),
        Err(_) => return Ok(None),
    };
    let is_wanted = message.delivery.is_some_and(|delivery| delivery.state != DeliveryState::Failed);
    let files = beside(message.attachments.ids().len());
    Ok(message.content.filter(|_| is_wanted).map(|text| format!("{}{files}", text.as_str())))
}

/// Where the files of a message are, which are not sent.
fn beside(files: usize) -> String {
    match files {
        0 => String::new(),
        1 => "\n\n_A file with it is in the app._".to_owned(),
        several => format!("\n\n_{several} files with it are in the app._"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_are_not_sent_are_counted() {
        assert_eq!((beside(0).as_str(), beside(1).trim()), ("", "_A file with it is in the app._"));
        assert_eq!(beside(5).trim(), "_5 files with it are in the app._");
    }
}
