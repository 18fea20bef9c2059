//! The number that media were sent to, and the token that opens them.

use std::sync::Arc;

use app_connectors::graph::{Download, ErrorClass, Graph, GraphError, MediaInfo};
use app_domain::{MediaSource, UserId, WhatsappLink};
use app_runtime::Reading;
use secrecy::{ExposeSecret, SecretString};

use crate::Worker;
use crate::failure::Failure;

/// What reads a secret.
type Reader = Arc<dyn Fn() -> Reading + Send + Sync>;

const NOT_CONNECTED: &str = "The WhatsApp number that it was sent to is not connected any more.";

/// The number that everybody may write to, if there is one.
#[derive(Clone)]
pub struct SharedNumber {
    phone_number_id: Option<String>,
    token: Option<(Reader, Reader)>,
}

impl SharedNumber {
    /// The number of this id at Meta. Without a token, its media wait.
    pub fn new(phone_number_id: Option<String>) -> Self {
        Self { phone_number_id, token: None }
    }

    /// The same with its token: as it was lately, and as it is now.
    #[must_use]
    pub fn with_token(
        self,
        lately: impl Fn() -> Reading + Send + Sync + 'static,
        now: impl Fn() -> Reading + Send + Sync + 'static,
    ) -> Self {
        Self { token: Some((Arc::new(lately), Arc::new(now))), ..self }
    }

    /// Whether media came to it. Those of which nothing is said did.
    pub(crate) fn is_of(&self, source: &MediaSource) -> bool {
        source.phone_number_id.is_none() || source.phone_number_id == self.phone_number_id
    }
}

/// What asks WhatsApp for the media of one message.
pub(crate) struct Access<'a> {
    graph: &'a Graph,
    source: &'a MediaSource,
    token: SecretString,
    /// What reads the token anew, until that has been done.
    renewal: Option<&'a Reader>,
}

impl<'a> Access<'a> {
    /// With the token of the number that the media came to.
    pub(crate) async fn of(
        worker: &'a Worker,
        owner: UserId,
        source: &'a MediaSource,
    ) -> Result<Self, Failure> {
        let graph = &worker.outside.graph;
        if worker.outside.shared.is_of(source) {
            let Some((lately, now)) = &worker.outside.shared.token else {
                return Err(Failure::Refused(None));
            };
            let token = lately().await?.into();
            return Ok(Self { graph, source, token, renewal: Some(now) });
        }
        let link = worker.links.of(owner).await?;
        let token = if is_own(&link, source) { worker.numbers.token(owner).await? } else { None };
        let token = token.ok_or_else(|| Failure::final_because(NOT_CONNECTED))?;
        Ok(Self { graph, source, token, renewal: None })
    }

    /// Where the media are at the moment. A token that is refused is read anew: it may have been replaced since it was remembered.
    pub(crate) async fn looked_up(&mut self) -> Result<MediaInfo, Failure> {
        loop {
            let (id, number) = (&self.source.media_id, self.source.phone_number_id.as_deref());
            match self.graph.media(&self.token, id, number).await {
                Err(error) if error.class == ErrorClass::Token && self.is_renewed().await? => {}
                answer => return Ok(answer?),
            }
        }
    }

    /// Begins to fetch what is at an address: media of this type.
    pub(crate) async fn download(&self, url: &str, content_type: &str) -> Result<Download, GraphError> {
        self.graph.download_as(&self.token, url, content_type).await
    }

    async fn is_renewed(&mut self) -> Result<bool, Failure> {
        let Some(now) = self.renewal.take() else { return Ok(false) };
        let now = now().await?;
        let is_new = now != self.token.expose_secret();
        self.token = now.into();
        Ok(is_new)
    }
}

/// Whether media came to the number of a person's own that is connected now.
pub(crate) fn is_own(link: &WhatsappLink, source: &MediaSource) -> bool {
    link.own.as_ref().is_some_and(|own| source.phone_number_id.as_ref() == Some(&own.phone_number_id))
}
