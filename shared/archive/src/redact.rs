//! Records without the addresses, phone numbers and names of other people.
//!
//! Texts are read for addresses and phone numbers. Names cannot be told from other words, so they are taken out where they are known to
//! be names: of contacts, and of members of JSON that are called as such. What could be a phone number is taken for one: what is taken out
//! by mistake is still in the account. The account itself is the owner's own and stays, and so does what a sealed memory holds: nobody
//! can read it here.
//!
//! What is left keeps the rules of its field, so that it can be brought in: where the words for what was taken out would make it too long,
//! there is a sign instead.

mod spans;

use std::collections::HashMap;

use app_domain::{
    CategoryName, Content, ConversationTitle, Description, FactStatement, FactTerm, FileName, Instructions,
    MemoryTitle, MessageText, Metadata, Privacy, ReminderText, RunningSummary, SavedSearchName, Tags,
    TurnText,
};
use serde_json::{Map, Value};

use crate::record::{AnswerRecord, MediaRecord, MemoryFields, Record};
use spans::without_spans;

/// What stands where something was taken out.
pub(crate) const REDACTED: &str = "[redacted]";
/// What stands there if that would be too long: it is no longer than any address or number.
const SIGN: &str = "…";

/// The record without what tells of other people.
pub fn redacted(mut record: Record) -> Record {
    match &mut record {
        Record::Account(_) => {}
        Record::Settings(settings) => {
            maybe(&mut settings.instructions, |said| Instructions::parse(said).is_ok())
        }
        Record::Category(category) => {
            text(&mut category.name, |said| CategoryName::parse(said).is_ok());
            maybe(&mut category.description, |said| Description::parse(said).is_ok());
        }
        Record::SavedSearch(saved) => {
            text(&mut saved.name, |said| SavedSearchName::parse(said).is_ok());
            metadata(&mut saved.search, Names::InCards);
        }
        Record::Fact(fact) => {
            text(&mut fact.statement, |said| FactStatement::parse(said).is_ok());
            for said in [&mut fact.subject, &mut fact.attribute, &mut fact.value] {
                text(said, |said| FactTerm::parse(said).is_ok());
            }
        }
        Record::Memory(memory) => fields(&mut memory.fields),
        Record::Version(version) => fields(&mut version.fields),
        Record::File(file) => {
            text(&mut file.name, |said| FileName::parse(said).is_ok());
            maybe(&mut file.path, |_| true);
        }
        Record::Message(message) => {
            maybe(&mut message.content, |said| MessageText::parse(said).is_ok());
            metadata(&mut message.metadata, Names::Everywhere);
            if let Some(delivery) = &mut message.delivery {
                maybe(&mut delivery.reason, |_| true);
            }
        }
        Record::Conversation(conversation) => {
            text(&mut conversation.title, |said| ConversationTitle::parse(said).is_ok());
            if let Some(summary) = &mut conversation.summary {
                text(&mut summary.text, |_| true);
                let whole = RunningSummary { text: std::mem::take(&mut summary.text), up_to: summary.up_to };
                summary.text = whole.bounded().text;
            }
        }
        Record::Turn(turn) => {
            maybe(&mut turn.question, |said| TurnText::parse(said).is_ok());
            turn.answer = turn.answer.take().map(answer);
        }
        Record::Reminder(reminder) => text(&mut reminder.text, |said| ReminderText::parse(said).is_ok()),
        Record::Contact(contact) => {
            contact.phone = None;
            contact.name = None;
        }
    }
    record
}

fn fields(fields: &mut MemoryFields) {
    maybe(&mut fields.title, |said| MemoryTitle::parse(said).is_ok());
    maybe(&mut fields.description, |said| Description::parse(said).is_ok());
    if let Some(content) = fields.content.as_mut().filter(|_| fields.privacy_level != Privacy::Sealed) {
        let clean = |mark| {
            let mut clean = content.clone();
            value(&mut clean, Names::InCards, mark);
            Some(clean).filter(|clean| Content::parse(clean.clone()).is_ok())
        };
        *content = clean(REDACTED).or_else(|| clean(SIGN)).unwrap_or_else(|| REDACTED.into());
    }
    fields.tags.iter_mut().for_each(|tag| text(tag, |said| Tags::parse(&[said]).is_ok()));
    metadata(&mut fields.metadata, Names::Everywhere);
    // The id of a WhatsApp message has the phone number of its chat in it.
    fields.provenance.message_id = None;
    maybe(&mut fields.provenance.origin, |_| true);
    if let Some(MediaRecord { file_name, reason, .. }) = &mut fields.media {
        maybe(file_name, |_| true);
        maybe(reason, |_| true);
    }
}

/// As much of an answer as is kept of any.
fn answer(mut answer: AnswerRecord) -> AnswerRecord {
    text(&mut answer.text, |_| true);
    for cited in &mut answer.citations {
        text(&mut cited.title, |_| true);
        text(&mut cited.quote, |_| true);
    }
    answer.suggestions.iter_mut().for_each(|said| text(said, |_| true));
    for action in &mut answer.actions {
        value(&mut action.arguments, Names::InCards, REDACTED);
        if let Some(outcome) = &mut action.outcome {
            value(outcome, Names::InCards, REDACTED);
        }
    }
    AnswerRecord::of(&answer.answer())
}

/// What a client keeps beside something: nothing of it if it is too large whatever stands in it.
fn metadata(held: &mut Map<String, Value>, names: Names) {
    let clean = |mark| {
        let mut clean = held.clone();
        members(&mut clean, names, mark);
        Some(clean).filter(|clean| Metadata::parse(clean.clone()).is_ok())
    };
    *held = clean(REDACTED).or_else(|| clean(SIGN)).unwrap_or_default();
}

/// Which members are names of people.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Names {
    /// Those that are called `name` too: what a client keeps beside a memory tells who was written to.
    Everywhere,
    /// Those that can be nothing else, and those in cards of people: what a person writes may name a recipe.
    InCards,
}

/// Members that hold people, or a person's name or number, whatever stands around them. Compared without case and punctuation.
const PEOPLE: [&str; 49] = [
    "attendee",
    "attendees",
    "author",
    "bcc",
    "cc",
    "chatname",
    "contact",
    "contactname",
    "contacts",
    "displayname",
    "email",
    "emailaddress",
    "emails",
    "familyname",
    "firstname",
    "formattedname",
    "from",
    "fromname",
    "fullname",
    "givenname",
    "groupname",
    "lastname",
    "mobile",
    "nickname",
    "organizer",
    "participant",
    "participants",
    "person",
    "people",
    "phone",
    "phonenumber",
    "phones",
    "profilename",
    "pushname",
    "recipient",
    "recipients",
    "replyto",
    "sender",
    "sendername",
    "senders",
    "surname",
    "telephone",
    "to",
    "toname",
    "username",
    "vcard",
    "verifiedname",
    "waid",
    "whatsappname",
];

/// Members that only say how people stand to a memory, by ids that the archive has anyway.
fn is_person(name: &str, names: Names) -> bool {
    let plain: String = name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    PEOPLE.contains(&plain.as_str()) || (names == Names::Everywhere && plain == "name")
}

/// A text that stays one of its field.
fn text(said: &mut String, fits: impl Fn(&str) -> bool) {
    if let Some(clean) = without_spans(said, REDACTED) {
        *said = match fits(&clean) {
            true => clean,
            false => without_spans(said, SIGN).unwrap_or(clean),
        };
    }
}

fn maybe(said: &mut Option<String>, fits: impl Fn(&str) -> bool) {
    if let Some(said) = said {
        text(said, fits);
    }
}

fn members(object: &mut Map<String, Value>, names: Names, mark: &str) {
    let inside = std::mem::take(object);
    let mut numbers = HashMap::new();
    for (name, mut held) in inside {
        if is_person(&name, names) {
            blank(&mut held, mark);
        } else {
            value(&mut held, names, mark);
        }
        let name = without_spans(&name, mark).unwrap_or(name);
        object.insert(free(object, &mut numbers, name), held);
    }
}

/// A name that no member has: those that have come to the same name are all kept.
fn free(object: &Map<String, Value>, numbers: &mut HashMap<String, u64>, name: String) -> String {
    if !object.contains_key(&name) {
        return name;
    }
    let number = numbers.entry(name.clone()).or_insert(1);
    loop {
        *number += 1;
        let numbered = format!("{name} {number}");
        if !object.contains_key(&numbered) {
            return numbered;
        }
    }
}

fn value(held: &mut Value, names: Names, mark: &str) {
    match held {
        Value::String(said) => {
            if let Some(clean) = without_spans(said, mark) {
                *said = clean;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| value(item, names, mark)),
        Value::Object(object) => members(object, names, mark),
        // A number of that many digits may be one to call.
        Value::Number(number) if (9..=15).contains(&number.to_string().len()) && number.is_u64() => {
            let as_text = format!("+{number}");
            if without_spans(&as_text, mark).is_some() && !is_time(number.as_u64()) {
                *held = Value::String(mark.to_owned());
            }
        }
        Value::Number(_) | Value::Null | Value::Bool(_) => {}
    }
}

/// Whether a number is a time of this century, in seconds or milliseconds.
fn is_time(number: Option<u64>) -> bool {
    number.is_some_and(|number| {
        (946_684_800..4_102_444_800).contains(&number)
            || (946_684_800_000..4_102_444_800_000).contains(&number)
    })
}

/// Everything that it holds, whatever it is. Its shape stays.
fn blank(held: &mut Value, mark: &str) {
    match held {
        Value::Null | Value::Bool(_) => {}
        Value::String(said) if said.is_empty() => {}
        Value::Array(items) => items.iter_mut().for_each(|item| blank(item, mark)),
        Value::Object(object) => object.values_mut().for_each(|held| blank(held, mark)),
        Value::String(_) | Value::Number(_) => *held = Value::String(mark.to_owned()),
    }
}

#[cfg(test)]
#[path = "redact/tests.rs"]
mod tests;
