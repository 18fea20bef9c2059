//! Letters (RFC 5322): who wrote to whom about what, the text, and the names of what is attached.

use mail_parser::{Address, Message, MessageParser, MimeHeaders, PartType};

use crate::error::{Flow, Stop};
use crate::{Reading, html};

/// Letters within letters are read so deep.
const MAX_DEPTH: usize = 4;

/// So many parts of a kind are read.
const MAX_PARTS: usize = 1000;

pub(crate) fn read(reading: &mut Reading, bytes: &[u8]) -> Flow {
    let bytes = reading.budget.affordable(bytes);
    let Some(message) = MessageParser::default().parse(bytes) else {
        return Err(Stop::broken("it is not a letter"));
    };
    read_message(reading, &message, 0)
}

fn read_message(reading: &mut Reading, message: &Message<'_>, depth: usize) -> Flow {
    if let Some(subject) = message.subject() {
        reading.writer.push_str(subject)?;
        reading.writer.line();
    }
    for people in [message.from(), message.to(), message.cc()].into_iter().flatten() {
        read_people(reading, people)?;
    }
    reading.writer.paragraph();
    for part in message.text_bodies().take(MAX_PARTS) {
        reading.budget.step()?;
        match &part.body {
            PartType::Text(text) => reading.writer.push_str(text)?,
            PartType::Html(text) => html::read_text(reading, text)?,
            _ => {}
        }
        reading.writer.paragraph();
    }
    for part in message.attachments().take(MAX_PARTS) {
        reading.budget.step()?;
        match &part.body {
            PartType::Message(inner) if depth < MAX_DEPTH => read_message(reading, inner, depth + 1)?,
            _ => {
                reading.writer.push_str(part.attachment_name().unwrap_or_default())?;
                reading.writer.line();
            }
        }
    }
    Ok(())
}

fn read_people(reading: &mut Reading, people: &Address<'_>) -> Flow {
    for person in people.iter().take(MAX_PARTS) {
        reading.writer.push_str(person.name().unwrap_or_default())?;
        reading.writer.space();
        reading.writer.push_str(person.address().unwrap_or_default())?;
        reading.writer.line();
    }
    Ok(())
}
