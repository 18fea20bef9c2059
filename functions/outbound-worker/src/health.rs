//! What a person sees in the app of the number that everybody writes to: that WhatsApp refuses us, and that it does not any more.

use app_connectors::graph::{ErrorClass, GraphError};
use app_domain::ConnectionFault;
use app_runtime::causes;

use crate::deliver::Line;

/// Meta's code of an access token that has ended or is not valid.
const TOKEN_CODE: i64 = 190;

const NO_ACCESS: &str = "WhatsApp does not let this service in at the moment, so Memo cannot answer in the chat. There is nothing \
                         for you to do: whoever runs the service has been told.";
const RESTRICTED: &str = "WhatsApp has restricted this service's number, so Memo cannot answer in the chat. There is nothing for you \
                          to do: whoever runs the service has been told.";

impl Line<'_> {
    /// Notes what came of a mark, which tells of the token alone.
    pub(crate) async fn marked(&self, answer: &Result<(), GraphError>) {
        let is_of_token = match answer {
            Ok(()) => self.fault.as_ref().is_some_and(|fault| fault.code == TOKEN_CODE),
            Err(error) => error.class == ErrorClass::Token,
        };
        if is_of_token {
            self.heard_back(answer).await;
        }
    }

    /// Notes what came of a call that sends: a fault that is new, or that there is none any more. Best effort: the next call tells it again.
    pub(crate) async fn heard_back<T>(&self, answer: &Result<T, GraphError>) {
        let Some(owner) = self.job.outgoing.owner else { return };
        let fault = match answer {
            Ok(_) => None,
            Err(error) => {
                let message = match error.class {
                    ErrorClass::Token | ErrorClass::Permission => NO_ACCESS,
                    ErrorClass::Account => RESTRICTED,
                    _ => return,
                };
                let (code, at) = (error.code.unwrap_or(TOKEN_CODE), self.job.clock.now());
                Some(ConnectionFault { code, message: message.to_owned(), at })
            }
        };
        // What is known already has been so since then.
        if fault.as_ref().map(|fault| fault.code) == self.fault.as_ref().map(|fault| fault.code) {
            return;
        }
        if let Err(error) = self.app.links.set_shared_fault(owner, fault.as_ref()).await {
            let key = self.job.outgoing.key.as_str();
            tracing::warn!(key, causes = causes(&error), "could not note how WhatsApp is");
        }
    }
}
