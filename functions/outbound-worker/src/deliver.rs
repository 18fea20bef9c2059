//! Sending the parts of a text, each once, so far as WhatsApp lets anybody know.

use app_connectors::graph::{ErrorClass, GraphError, Sending};
use app_domain::{ConnectionFault, DeliveryState, OutgoingTask, Phrase, Timestamp};
use app_runtime::causes;
use app_store::{Composition, PartState};
use secrecy::SecretString;

use crate::App;
use crate::failure::Failure;
use crate::say::{Job, Outcome, tell_poster};

/// WhatsApp's code for a chat in which nobody has written for a day.
const WINDOW_CLOSED: i64 = 131_047;
/// What whoever posted a message is told if a template had no room for all of it.
const IN_SHORT: &str =
    "Only its beginning was sent: more than a day after your last message, WhatsApp takes no long ones.";

/// A chat, as it is spoken in.
pub(crate) struct Line<'a> {
    pub(crate) app: &'a App,
    pub(crate) job: &'a Job<'a>,
    pub(crate) token: SecretString,
    /// Until when WhatsApp takes what we want to say.
    pub(crate) open_until: Timestamp,
    /// What is known to be wrong with it.
    pub(crate) fault: Option<ConnectionFault>,
}

/// What became of a call.
enum Call {
    /// WhatsApp has the part, as the message of this id.
    Taken(String),
    /// WhatsApp has a template in its place, and takes nothing else; whether it lacks some of the text.
    TakenAsTemplate(String, bool),
    /// It will never take it.
    Refused(Option<i64>, &'static str),
}

/// Sends what has not been sent yet.
pub(crate) async fn deliver(line: &Line<'_>, composition: Composition) -> Result<Outcome, Failure> {
    let (app, job) = (line.app, line.job);
    let Composition { parts, mut next, state } = composition;
    // A worker that ended in the middle of a call is like a call without an answer.
    if let PartState::Sending { since } | PartState::Uncertain { since } = state {
        let passed = job.clock.now().since(since);
        if passed < Failure::STATUS_WITHIN {
            return Err(Failure::Undecided { wait: Failure::STATUS_WITHIN - passed });
        }
    }
    let key = &job.outgoing.key;
    while next < parts.len() {
        if !app.sent.sending(key, next, job.clock.now()).await? {
            return Err(Failure::Busy);
        }
        match line.call(&parts, next).await {
            Ok(Call::Taken(wamid)) => {
                line.note(next, &wamid).await?;
                next += 1;
            }
            Ok(Call::TakenAsTemplate(wamid, is_cut)) => {
                // Before it is noted: its status does not tell this, and what is not sent must not be tried later.
                let told = tell_poster(app, job, DeliveryState::Sent, is_cut.then_some(IN_SHORT)).await;
                if next + 1 < parts.len() {
                    let reason = "a template has no room for more";
                    app.sent.failed(key, Some(WINDOW_CLOSED), reason, job.clock.now()).await?;
                }
                line.note(next, &wamid).await?;
                told?;
                return Ok(Outcome::Sent);
            }
            Ok(Call::Refused(code, reason)) => {
                // Whoever posted it is told before it is done with.
                tell_poster(app, job, DeliveryState::Failed, Some(reason)).await?;
                app.sent.failed(key, code, reason, job.clock.now()).await?;
                return Ok(Outcome::Refused(code));
            }
            Err(error) if error.class == ErrorClass::Uncertain => {
                app.sent.uncertain(key, next, job.clock.now()).await?;
                return Err(Failure::Undecided { wait: Failure::STATUS_WITHIN });
            }
            Err(error) => {
                app.sent.not_sent(key, next).await?;
                return Err(error.into());
            }
        }
    }
    // After it is noted: if this is lost, its status tells the same.
    tell_poster(app, job, DeliveryState::Sent, None).await?;
    Ok(Outcome::Sent)
}

impl Line<'_> {
    /// Notes that a part was sent. Where that fails, nobody knows but its status.
    async fn note(&self, part: usize, wamid: &str) -> Result<(), Failure> {
        let key = &self.job.outgoing.key;
        let noted = self.app.sent.sent(key, part, wamid, self.job.clock.now()).await;
        noted.map_err(|error| {
            tracing::warn!(
                key = key.as_str(),
                causes = causes(&error),
                "could not note that a message was sent"
            );
            Failure::Undecided { wait: Failure::STATUS_WITHIN }
        })
    }

    /// Marks what is answered as read, and shows that an answer is written if it takes a while. Best effort.
    pub(crate) async fn mark_read(&self) {
        let outgoing = self.job.outgoing;
        let Some(wamid) = &outgoing.answers else { return };
        let takes_time = matches!(outgoing.task, OutgoingTask::Ask { .. } | OutgoingTask::Find { .. });
        let from = &outgoing.chat.phone_number_id;
        let answer = self.app.graph.mark_read(&self.token, from, wamid, takes_time).await;
        // Where something is said, that tells more.
        if matches!(outgoing.task, OutgoingTask::Seen) {
            self.marked(&answer).await;
        }
        if let Err(error) = answer {
            let key = outgoing.key.to_string();
            tracing::warn!(key, %error, "a message was not marked as read");
        }
    }

    /// Sends a part; or a template with as much of it as has room, where WhatsApp takes nothing else.
    async fn call(&self, parts: &[String], place: usize) -> Result<Call, GraphError> {
        let part = &parts[place];
        if self.open_until > self.job.clock.now() {
            let text = Sending::Text { body: part.clone() };
            match self.send(&text, self.quoted(place)).await {
                Err(error) if error.class == ErrorClass::WindowClosed => {}
                answer => return settled(answer.map(Call::Taken)),
            }
        }
        // A template costs something, and what is always the same answers something that is long past.
        let is_worth_it = !matches!(self.job.outgoing.task, OutgoingTask::Say { .. });
        let Some(template) = self.app.template.as_ref().filter(|_| is_worth_it) else {
            return Ok(Call::Refused(Some(WINDOW_CLOSED), reason(ErrorClass::WindowClosed)));
        };
        let (template, is_cut) = template.saying(part, place + 1 < parts.len());
        settled(self.send(&template, None).await.map(|wamid| Call::TakenAsTemplate(wamid, is_cut)))
    }

    async fn send(&self, what: &Sending, quoting: Option<&str>) -> Result<String, GraphError> {
        let (graph, outgoing) = (&self.app.graph, self.job.outgoing);
        let (from, to) = (&outgoing.chat.phone_number_id, &outgoing.chat.with);
        let answer = graph.send(&self.token, from, to, what, outgoing.key.as_str(), quoting).await;
        self.heard_back(&answer).await;
        answer
    }

    /// The question, above the beginning of its answer.
    fn quoted(&self, place: usize) -> Option<&str> {
        let outgoing = self.job.outgoing;
        let is_answer = match outgoing.task {
            OutgoingTask::Say { phrase } => matches!(phrase, Phrase::MediaFailed { .. }),
            _ => true,
        };
        outgoing.answers.as_deref().filter(|_| is_answer && place == 0)
    }
}

/// What is final of an answer of WhatsApp's, and what is worth another try.
fn settled(answer: Result<Call, GraphError>) -> Result<Call, GraphError> {
    match answer {
        Ok(call) => Ok(call),
        Err(error) => match error.class {
            ErrorClass::WindowClosed
            | ErrorClass::Undeliverable
            | ErrorClass::Account
            | ErrorClass::Request
            | ErrorClass::NotFound
            | ErrorClass::TooLarge => Ok(Call::Refused(error.code, reason(error.class))),
            ErrorClass::Token
            | ErrorClass::Permission
            | ErrorClass::Throttled
            | ErrorClass::PairRate
            | ErrorClass::Transient
            | ErrorClass::Unreachable
            | ErrorClass::Uncertain => Err(error),
        },
    }
}

/// Why something will not arrive, in words for whoever posted it.
fn reason(class: ErrorClass) -> &'static str {
    match class {
        ErrorClass::WindowClosed => {
            "WhatsApp takes messages only within a day of your last one. Write something in the chat, and send it again."
        }
        ErrorClass::Undeliverable => "WhatsApp could not deliver it to your phone.",
        ErrorClass::Account => "WhatsApp does not let this business send messages at the moment.",
        _ => "WhatsApp did not take this message.",
    }
}
