//! News of people's own numbers: the names of contacts in the phone's address book, and accounts that come and go.

use app_connectors::whatsapp::{AccountUpdate, ContactUpdate};
use app_domain::{ConnectionFault, ContactId};

use crate::App;
use crate::outcome::{Failure, Outcome};

/// Meta's code of an app that may not do something.
const NO_PERMISSION: i64 = 10;

/// Notes the name that the owner of a number has for a contact.
pub(crate) async fn contact(app: &App, update: &ContactUpdate) -> Result<Outcome, Failure> {
    let Some(number) = &update.phone_number_id else { return Ok(Outcome::Ignored) };
    let Some(owner) = app.numbers.owner(number).await? else { return Ok(Outcome::Ignored) };
    let Some(id) = update.contact_hash().as_deref().and_then(ContactId::of_hash) else {
        return Ok(Outcome::Ignored);
    };
    let name = update.name.as_deref().filter(|_| !update.is_removed);
    app.contacts.named(owner.user, &id, &update.sender(), name, update.at).await?;
    Ok(Outcome::Noted)
}

/// Tells the owners of an account's numbers that it was disconnected at WhatsApp, or is there again.
pub(crate) async fn account(app: &App, update: &AccountUpdate) -> Result<Outcome, Failure> {
    let fault = match update.event.as_deref() {
        Some("PARTNER_REMOVED" | "ACCOUNT_OFFBOARDED") => Some(ConnectionFault {
            code: NO_PERMISSION,
            message: "The number was disconnected in WhatsApp. Connect it again to go on.".to_owned(),
            at: update.at,
        }),
        Some("ACCOUNT_RECONNECTED") => None,
        _ => return Ok(Outcome::Ignored),
    };
    let Some(account) = &update.business_account_id else { return Ok(Outcome::Ignored) };
    for user in app.numbers.accounts_of(account).await? {
        app.links.set_fault(user, fault.as_ref()).await?;
    }
    Ok(Outcome::Noted)
}
