//! News of the people themselves: they have another phone, or another id.

use app_domain::{BusinessUserId, Sender};

use crate::incoming::Incoming;
use crate::outcome::{Failure, Outcome};

/// The link of whoever has another phone now goes with them. It is not kept of anybody else: by the time the phone is linked, it is
/// somebody else's.
pub(crate) async fn moved(incoming: &Incoming<'_>, to: &Sender) -> Result<Outcome, Failure> {
    let (links, delivery) = (&incoming.app.links, incoming.delivery);
    let Some(person) = links.person(&delivery.sender).await? else { return Ok(Outcome::Ignored) };
    let is_moved = links.moved(&person, to, &delivery.wamid, incoming.now).await?;
    Ok(if is_moved { Outcome::Moved(person.user) } else { Outcome::Ignored })
}

/// The same for whoever has another id.
pub(crate) async fn renamed(incoming: &Incoming<'_>, to: BusinessUserId) -> Result<Outcome, Failure> {
    let to = Sender { user_id: Some(to), ..incoming.delivery.sender.clone() };
    moved(incoming, &to).await
}
