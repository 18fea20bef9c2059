//! What follows if media could not be fetched: the job comes again, waits, or is given up, and its owner is told.

use std::time::Duration;

use app_connectors::graph::GraphError;
use app_domain::{
    ConnectionFault, MediaJob, MediaState, Memory, MemoryMedia, Outgoing, OutgoingKey, OutgoingTask, Phrase,
};
use app_runtime::causes;

use crate::Worker;
use crate::failure::{EXPIRED, Failure};
use crate::job::Outcome;
use crate::token::is_own;

/// How long a job waits for a token or an account to be put in order, or a memory to be restored: as long as a queue holds a message back.
const WAIT: Duration = Duration::from_secs(15 * 60);
/// How long Meta keeps media.
const KEPT_FOR: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// What a person is told of a connection that Meta refuses.
const REFUSED: &str = "WhatsApp refuses the access token of this number. Connect it again with a new one. \
     What is sent meanwhile is fetched then.";

impl Worker {
    /// Decides what becomes of a job that has failed.
    pub(crate) async fn failed(
        &self,
        job: &MediaJob,
        memory: &Memory,
        media: &MemoryMedia,
        failure: Failure,
        is_last: bool,
    ) -> Result<Outcome, Failure> {
        match failure {
            Failure::Refused(error) => {
                self.note_refusal(memory, media, error.as_ref()).await?;
                if !self.is_over(media) {
                    return self.later(job).await;
                }
                self.give_up(memory, media, EXPIRED).await
            }
            Failure::Final(reason) => self.give_up(memory, media, &reason).await,
            failure if !is_last => Err(failure),
            failure => {
                let given_up = self.give_up(memory, media, failure.reason()).await;
                if !failure.is_ours() {
                    return given_up;
                }
                if let Err(error) = given_up {
                    tracing::warn!(causes = causes(&error), "media that failed are not marked so");
                }
                // Among the dead letters somebody will see it, and may have it tried again.
                Err(failure)
            }
        }
    }

    /// Whether Meta does not have media any more.
    pub(crate) fn is_over(&self, media: &MemoryMedia) -> bool {
        (self.now)().since(media.source.received_at) >= KEPT_FOR
    }

    /// Lets a job come again in a while, as if for the first time.
    pub(crate) async fn later(&self, job: &MediaJob) -> Result<Outcome, Failure> {
        self.outside.queue.send_later(job, WAIT).await?;
        Ok(Outcome::Later)
    }

    /// Marks media as failed, and says so in the chat that they came from.
    async fn give_up(&self, memory: &Memory, media: &MemoryMedia, reason: &str) -> Result<Outcome, Failure> {
        let failed = |media: MemoryMedia| {
            let is_news = media.state == MediaState::Pending || media.reason.as_deref() != Some(reason);
            (media.state != MediaState::Stored && is_news).then(|| media.failed(reason))
        };
        self.change_media(memory, failed).await?;
        self.tell(memory, media).await?;
        Ok(Outcome::GivenUp)
    }

    /// Says that media could not be fetched, to a person who sent them to the number that everybody may write to. Somebody who wrote to a
    /// person's own number is told nothing: they know nothing of memories.
    async fn tell(&self, memory: &Memory, media: &MemoryMedia) -> Result<(), Failure> {
        if !self.outside.shared.is_of(&media.source) {
            return Ok(());
        }
        let link = self.links.of(memory.owner).await?;
        let chat = link.connected.filter(|_| !link.is_muted).and_then(|connected| connected.chat);
        let Some(chat) = chat else { return Ok(()) };
        let outgoing = Outgoing {
            key: OutgoingKey::media_failed(memory.id, media.retries),
            chat,
            owner: Some(memory.owner),
            answers: None,
            asked_at: (self.now)(),
            task: OutgoingTask::Say { phrase: Phrase::MediaFailed { media: media.kind } },
        };
        Ok(self.outside.outbound.send(&outgoing).await?)
    }

    /// Tells whoever can put it in order that WhatsApp does not let us in: the owner of a number, in the app, or the operator.
    async fn note_refusal(
        &self,
        memory: &Memory,
        media: &MemoryMedia,
        error: Option<&GraphError>,
    ) -> Result<(), Failure> {
        let code = error.and_then(|error| error.code).unwrap_or_default();
        if self.outside.shared.is_of(&media.source) {
            tracing::error!(alarm = "whatsappToken", code, "WhatsApp refuses the shared number's token");
            return Ok(());
        }
        let link = self.links.of(memory.owner).await?;
        let is_known = link.fault.as_ref().is_some_and(|fault| fault.code == code);
        if is_own(&link, &media.source) && !is_known {
            let fault = ConnectionFault { code, message: REFUSED.to_owned(), at: (self.now)() };
            self.links.set_fault(memory.owner, Some(&fault)).await?;
        }
        Ok(())
    }
}
