//! Where an update goes: by what it is, and by the number that it came to.

use app_connectors::whatsapp::{Delivery, DeliveryOrigin, Update};
use app_domain::{PhoneNumber, Timestamp};

use crate::App;
use crate::incoming::Incoming;
use crate::outcome::{Failure, Outcome};
use crate::{account, contact, person, status};

/// Handles one update; `body` is the update as the queue had it. Handling it again changes nothing.
pub(crate) async fn receive(
    app: &App,
    update: &Update,
    body: &str,
    now: Timestamp,
) -> Result<Outcome, Failure> {
    match update {
        Update::Message(delivery) => message(&Incoming { app, delivery, body, now }).await,
        Update::Status(news) => status::receive(app, news).await,
        Update::Contact(news) => account::contact(app, news).await,
        Update::Account(news) => account::account(app, news).await,
    }
}

async fn message(incoming: &Incoming<'_>) -> Result<Outcome, Failure> {
    let (app, delivery) = (incoming.app, incoming.delivery);
    if is_by_ourselves(delivery) {
        return Ok(Outcome::Ignored);
    }
    let shared = app.shared_number.as_deref();
    let number = delivery.phone_number_id.as_deref().filter(|number| Some(*number) != shared);
    let Some(number) = number else {
        return person::receive(incoming).await;
    };
    match app.numbers.owner(number).await? {
        Some(owner) => contact::receive(incoming, &owner).await,
        // The one number there is may not have been named.
        None if shared.is_none() => person::receive(incoming).await,
        None => {
            tracing::warn!(wamid = &delivery.message_hash()[..16], "a message to a number that is nobody's");
            incoming.unclaimed(number).await
        }
    }
}

/// Whether the number that it came to is the one that it came from: were it answered, the answer would be answered too.
fn is_by_ourselves(delivery: &Delivery) -> bool {
    let digits = |number: &str| number.chars().filter(char::is_ascii_digit).collect::<String>();
    let to = delivery.business_phone.as_deref().and_then(|number| PhoneNumber::from_digits(&digits(number)));
    let (from, to) = (delivery.phone(), to.map(|to| to.canonical()));
    delivery.origin == DeliveryOrigin::Live && from.is_some_and(|from| Some(from.canonical()) == to)
}
