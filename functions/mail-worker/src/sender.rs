//! Sending through Amazon SES (API v2, `SendEmail`).

use std::sync::Arc;

use app_domain::Email;
use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::error::{BuildError, ProvideErrorMetadata, SdkError};
use aws_sdk_sesv2::operation::send_email::SendEmailError;
use aws_sdk_sesv2::types::{Body, Content, Destination, EmailContent, Message, MessageHeader, MessageTag};
use url::Host;

use crate::letter::Letter;

/// Tells out-of-office replies and mailing lists that nobody wrote this by hand (RFC 3834).
const AUTO_SUBMITTED: (&str, &str) = ("Auto-Submitted", "auto-generated");

/// SES's names for "later": the rate, or the quota of the day, is used up.
const LATER: [&str; 4] =
    ["TooManyRequestsException", "ThrottlingException", "Throttling", "LimitExceededException"];

/// Sends mail from one address. Cloning shares the client.
#[derive(Clone)]
pub struct Sender {
    client: Arc<dyn Fn() -> Client + Send + Sync>,
    from: Arc<str>,
}

/// SES did not say that it has a mail. Holds SES's code alone: its message names addresses.
#[derive(Debug, thiserror::Error)]
#[error("SES did not take the mail: {code}")]
pub(crate) struct NotTaken {
    code: String,
    is_final: bool,
}

/// An address as SES takes it: in ASCII, the domain in Punycode.
pub(crate) struct Mailbox(String);

impl Sender {
    /// Sends as `from`, which SES must have verified; `client` is asked for when a mail is sent.
    pub fn new(from: Email, client: impl Fn() -> Client + Send + Sync + 'static) -> Self {
        Self { client: Arc::new(client), from: String::from(from).into() }
    }

    /// Sends a mail. After an error it may be on its way all the same: the answer alone can be lost.
    pub(crate) async fn send(&self, to: &Mailbox, letter: &Letter, kind: &str) -> Result<(), NotTaken> {
        let message = message(letter).map_err(SdkError::construction_failure)?;
        let tag = MessageTag::builder().name("kind").value(kind).build();
        let request = (self.client)()
            .send_email()
            .from_email_address(&*self.from)
            .destination(Destination::builder().to_addresses(&to.0).build())
            .content(EmailContent::builder().simple(message).build())
            .email_tags(tag.map_err(SdkError::construction_failure)?);
        request.send().await?;
        Ok(())
    }
}

fn message(letter: &Letter) -> Result<Message, BuildError> {
    let content = |data: &str| Content::builder().data(data).charset("UTF-8").build();
    let (name, value) = AUTO_SUBMITTED;
    Ok(Message::builder()
        .subject(content(&letter.subject)?)
        .body(Body::builder().text(content(&letter.text)?).html(content(&letter.html)?).build())
        .headers(MessageHeader::builder().name(name).value(value).build()?)
        .build())
}

impl NotTaken {
    /// Whether SES would refuse it another time too. It comes again nevertheless, and so ends where somebody will look.
    pub(crate) fn is_final(&self) -> bool {
        self.is_final
    }
}

impl From<SdkError<SendEmailError>> for NotTaken {
    fn from(error: SdkError<SendEmailError>) -> Self {
        let status = error.raw_response().map(|response| response.status().as_u16());
        let code = error.code().map_or_else(|| described(&error, status), str::to_owned);
        let refused = status.is_some_and(|status| status < 500 && status != 429);
        Self { is_final: refused && !LATER.contains(&code.as_str()), code }
    }
}

/// What is known of a failure that SES gave no code for.
fn described(error: &SdkError<SendEmailError>, status: Option<u16>) -> String {
    match (error, status) {
        (SdkError::TimeoutError(_), _) => "no answer in time".to_owned(),
        (SdkError::DispatchFailure(_), _) => "no connection".to_owned(),
        (_, Some(status)) => format!("status {status}"),
        (_, None) => "the request could not be made".to_owned(),
    }
}

impl Mailbox {
    /// `None` for a local part that SES has no way to send to.
    pub(crate) fn of(email: &Email) -> Option<Self> {
        let (local, domain) = email.as_str().rsplit_once('@')?;
        let domain = Host::parse(domain).ok()?;
        local.is_ascii().then(|| Self(format!("{local}@{domain}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn international_domains_are_written_in_ascii() {
        let mailbox = |text: &str| Mailbox::of(&Email::parse(text).unwrap()).map(|mailbox| mailbox.0);
        assert_eq!(mailbox("Ada+x@example.com").as_deref(), Some("Ada+x@example.com"));
        assert_eq!(mailbox("ada@exämple.de").as_deref(), Some("ada@xn--exmple-cua.de"));
        assert_eq!(mailbox("jörg@example.com"), None);
    }
}
