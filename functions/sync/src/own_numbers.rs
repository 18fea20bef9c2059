//! People's own business numbers: proved with Meta, kept in the table.

use std::fmt;

use app_connectors::graph::NumberInfo;
use app_domain::{ConnectionFault, Invalid, Origin, OwnNumber, PhoneNumber, Timestamp, UserId, WhatsappLink};
use app_http::{ApiError, BestEffort, FieldErrors};
use app_store::{Connected, WhatsappLinks, WhatsappNumbers};
use secrecy::SecretString;

use crate::meta::{Meta, TokenState, fault, invalid_token, refused};
use crate::whatsapp::TOKEN_CODE;

/// What connects, checks and leaves people's own numbers. Cloning shares its clients.
#[derive(Clone)]
pub struct OwnNumbers {
    store: WhatsappNumbers,
    links: WhatsappLinks,
    meta: Option<Meta>,
    shared_number_id: Option<String>,
}

/// A number that somebody wants to connect. `Debug` shows nothing of it.
pub(crate) struct WantedNumber {
    pub(crate) phone: PhoneNumber,
    pub(crate) business_account_id: String,
    pub(crate) phone_number_id: Option<String>,
    pub(crate) token: SecretString,
}

impl OwnNumbers {
    /// Kept in `store` and `links`, proved with `meta`; without it nobody can connect a number of their own, least of all the one that all
    /// people share.
    pub fn new(
        store: WhatsappNumbers,
        links: WhatsappLinks,
        meta: Option<Meta>,
        shared_number_id: Option<String>,
    ) -> Self {
        Self { store, links, meta, shared_number_id }
    }

    /// Connects a number: the token must be one of our app's, and the number one of the account that the token opens.
    ///
    /// # Errors
    /// If Meta does not agree, or the number is somebody else's.
    pub(crate) async fn connect(
        &self,
        user: UserId,
        wanted: &WantedNumber,
        origin: &Origin,
        now: Timestamp,
    ) -> Result<OwnNumber, ApiError> {
        let (meta, account) = (self.meta()?, &wanted.business_account_id);
        let token_expires_at = match meta.look_at(&wanted.token, now).await? {
            TokenState::Good(expires_at) => expires_at,
            TokenState::Bad(reason) => return Err(invalid_token(reason)),
        };
        let numbers = meta.graph.numbers(&wanted.token, account).await.map_err(refused)?;
        if numbers.iter().any(|number| Some(&number.id) == self.shared_number_id.as_ref()) {
            return Err(taken());
        }
        let number = numbers.into_iter().find(|number| wanted.is(number)).ok_or_else(not_of_the_account)?;
        meta.graph.subscribe(&wanted.token, account).await.map_err(refused)?;

        let before = self.links.of(user).await?.own;
        let (left, left_token) = (
            before.clone().filter(|before| before.business_account_id != *account),
            self.store.token(user).await?,
        );
        let kept = before.filter(|before| before.phone_number_id == number.id);
        let own = OwnNumber {
            phone_number_id: number.id,
            business_account_id: account.clone(),
            display_phone_number: number.display_phone_number,
            since: kept.as_ref().map_or(now, |kept| kept.since),
            token_expires_at,
            last_inbound_at: kept.and_then(|kept| kept.last_inbound_at),
        };
        if self.store.connect(user, &own, &wanted.token, origin, now).await? == Connected::TakenByOther {
            return Err(taken());
        }
        if let (Some(left), Some(token)) = (left, left_token) {
            self.unsubscribe(user, &left, &token).await;
        }
        Ok(own)
    }

    /// Looks whether a number still works, and notes what is wrong or that nothing is.
    ///
    /// # Errors
    /// If Meta or the store does not say.
    pub(crate) async fn check(
        &self,
        user: UserId,
        link: &WhatsappLink,
        number: &OwnNumber,
        now: Timestamp,
    ) -> Result<(), ApiError> {
        let found = self.faults_of(user, number, now).await?;
        // What has been wrong for a while has been so since then.
        let known =
            link.fault.as_ref().filter(|known| found.as_ref().is_some_and(|found| found.code == known.code));
        self.links.set_fault(user, known.or(found.as_ref())).await?;
        Ok(())
    }

    async fn faults_of(
        &self,
        user: UserId,
        number: &OwnNumber,
        now: Timestamp,
    ) -> Result<Option<ConnectionFault>, ApiError> {
        let meta = self.meta()?;
        let bad = |reason: &str| {
            let message = format!(
                "The access token cannot be used: {reason}. Connect the number again with a new one."
            );
            Some(ConnectionFault { code: TOKEN_CODE, message, at: now })
        };
        let Some(token) = self.store.token(user).await? else { return Ok(bad("it is not kept any more")) };
        let expires_at = match meta.look_at(&token, now).await? {
            TokenState::Good(expires_at) => expires_at,
            TokenState::Bad(reason) => return Ok(bad(reason)),
        };
        self.store.set_token_expiry(user, expires_at).await?;
        // Subscribed anew each time: somebody may have taken our app from the account.
        let subscribed = meta.graph.subscribe(&token, &number.business_account_id).await;
        let known = match subscribed {
            Ok(()) => meta.graph.number(&token, &number.phone_number_id).await.map(drop),
            Err(error) => Err(error),
        };
        known.err().map(|error| fault(error, now)).transpose()
    }

    /// Frees a person's number, if there is one, and forgets its token.
    ///
    /// # Errors
    /// If the store fails.
    pub(crate) async fn disconnect(
        &self,
        user: UserId,
        origin: &Origin,
        now: Timestamp,
    ) -> Result<Option<OwnNumber>, ApiError> {
        // First, while there is a token; whoever ends in between asks again.
        if let (Some(own), Some(token)) = (self.links.of(user).await?.own, self.store.token(user).await?) {
            self.unsubscribe(user, &own, &token).await;
        }
        Ok(self.store.disconnect(user, origin, now).await?)
    }

    /// Tells Meta that messages to a number's account are not for us any more, unless another person has a number of the same account. Best
    /// effort: messages that come all the same belong to nobody.
    async fn unsubscribe(&self, user: UserId, number: &OwnNumber, token: &SecretString) {
        let (doing, account) = ("unsubscribing from a business account", &number.business_account_id);
        let Some(meta) = &self.meta else { return };
        let Some(people) = self.store.accounts_of(account).await.best_effort(doing) else { return };
        if people.iter().all(|person| *person == user) {
            meta.graph.unsubscribe(token, account).await.best_effort(doing);
        }
    }

    fn meta(&self) -> Result<&Meta, ApiError> {
        let message =
            "This service does not connect business numbers of people's own. Send the phone number alone.";
        self.meta.as_ref().ok_or_else(|| ApiError::unprocessable("OwnNumbersUnavailable", message))
    }
}

impl WantedNumber {
    fn is(&self, number: &NumberInfo) -> bool {
        let is_meant = self.phone_number_id.as_ref().is_none_or(|id| *id == number.id);
        let shown = number.display_phone_number.chars().filter(char::is_ascii_digit).collect::<String>();
        let shown = PhoneNumber::from_digits(&shown);
        is_meant && shown.is_some_and(|shown| shown.canonical() == self.phone.canonical())
    }
}

impl fmt::Debug for WantedNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WantedNumber(…)")
    }
}

fn not_of_the_account() -> ApiError {
    FieldErrors::one("phoneNumber", &Invalid::new("must be a number of the business account")).into()
}

fn taken() -> ApiError {
    ApiError::conflict(
        "NumberTaken",
        "This number is connected to another account. Disconnect it there first.",
    )
}
