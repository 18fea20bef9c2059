//! A chat: what its memory is called, and its messages one after the other.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use app_domain::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::body::{self, body};
use super::clock::Clock;
use super::files::Files;
use super::lines::Line;
use super::phrases;
use super::stamp::{Head, head};
use super::survey::Survey;
use crate::chat::named_by;
use crate::{NewMemory, NewMessage};

/// A message that is longer comes in parts.
const MAX_BYTES: usize = 4 * 1024 * 1024;
/// So many names are kept beside the chat.
const MAX_NAMED: usize = 60;
/// So many names make the title of a chat that has none.
const IN_TITLE: usize = 3;
/// So many messages are remembered, to tell those apart that say the same.
const MAX_REMEMBERED: usize = 100_000;

/// A chat whose messages are read.
pub(super) struct Chat {
    survey: Survey,
    key: String,
    clock: Clock,
    files: Files,
    names: BTreeSet<String>,
    said: Said,
    cut: u64,
    open: Option<Open>,
}

/// A message whose end has not been seen.
struct Open {
    local: DateTime,
    at: Option<Timestamp>,
    rest: String,
    part: u32,
}

impl Chat {
    /// The chat in a file of the name `path`, with what is found out of it, and its memory.
    pub(super) fn new(path: &str, survey: Survey, files: Files, zone: &TimeZone) -> (Self, NewMemory) {
        let names = survey.authors.names();
        let title = title(path).or_else(|| survey.name.clone());
        let key = format!("chat/{}", named_by(&identity(title.as_deref(), &names, &survey)));
        let moment = |local| Clock::new(zone.clone()).at(local, true);
        let created_at = moment(survey.first);
        let updated_at = moment(survey.last).max(created_at);
        let mut memory = NewMemory {
            key: key.clone(),
            title: Some(title.unwrap_or_else(|| in_title(&names))),
            tags: vec!["whatsapp".to_owned()],
            created_at,
            updated_at,
            ..NewMemory::default()
        };
        memory.metadata.insert("service".to_owned(), json!("whatsapp"));
        memory
            .metadata
            .insert("participants".to_owned(), json!(names.iter().take(MAX_NAMED).collect::<Vec<_>>()));
        if names.len() > MAX_NAMED {
            memory.metadata.insert("participantCount".to_owned(), json!(names.len()));
        }
        let names = names.into_iter().collect();
        let clock = Clock::new(zone.clone());
        (Self { survey, key, clock, files, names, said: Said::default(), cut: 0, open: None }, memory)
    }

    /// Takes the next line; gives the message that ends with it. An error, if it belongs to no message.
    pub(super) fn line(&mut self, line: &Line<'_>) -> Result<Option<NewMessage>, NoMessage> {
        let begun = (!line.is_piece).then(|| head(line.text)).flatten();
        let begun = begun.and_then(|Head { stamp, rest }| Some((self.survey.local(&stamp)?, stamp, rest)));
        if let Some((local, stamp, rest)) = begun {
            let before = self.end();
            let at = self.clock.at(local, stamp.layout.has_seconds);
            self.open = Some(Open { local, at, rest: rest.to_owned(), part: 1 });
            return Ok(before);
        }
        let Some(open) = &mut self.open else {
            return if line.text.trim().is_empty() { Ok(None) } else { Err(NoMessage) };
        };
        if open.rest.len() + line.text.len() <= MAX_BYTES {
            if !line.is_piece {
                open.rest.push('\n');
            }
            open.rest.push_str(line.text);
            return Ok(None);
        }
        self.cut += u64::from(open.part == 1);
        // Who wrote goes on writing.
        let author =
            self.survey.authors.of(&open.rest).map(|(author, _)| format!("{author}: ")).unwrap_or_default();
        let (local, part) = (open.local, open.part + 1);
        let before = self.end();
        let at = self.clock.at(local, false);
        self.open = Some(Open { local, at, rest: format!("{author}{}", line.text), part });
        Ok(before)
    }

    /// The message that ends here.
    pub(super) fn end(&mut self) -> Option<NewMessage> {
        let Open { local, at, rest, part } = self.open.take()?;
        let (author, said) = match self.survey.authors.of(&rest) {
            Some((author, said)) => (Some(author), said),
            None => (None, rest.as_str()),
        };
        let is_notice = author.is_none() || body::is_notice(said);
        // iOS lets the chat itself say what nobody said.
        let author = author.filter(|author| !is_notice || self.names.contains(*author));
        let files = &self.files;
        let mut found = body(said, &|name| files.path(name).is_some());
        if is_notice {
            found.metadata.insert("system".to_owned(), json!(true));
        }
        if part > 1 {
            found.metadata.insert("continues".to_owned(), json!(true));
        }
        let key = self.message_key(local, author.unwrap_or_default(), &found.text, &found.metadata);
        let name = |at: usize| format!("{}/{key}/{}", self.key, at + 1);
        let names: Vec<String> = (0..found.files.len()).map(name).collect();
        let attachments =
            found.files.iter().zip(names).map(|(file, name)| self.files.file(file, name)).collect();
        Some(NewMessage {
            memory: self.key.clone(),
            key,
            is_on_branch: true,
            author: author.map(str::to_owned),
            text: found.text,
            sent_at: at,
            metadata: found.metadata,
            attachments,
            ..NewMessage::default()
        })
    }

    /// Made of what a message is in every export of its chat: an export with its files names them, one without does not.
    fn message_key(
        &mut self,
        local: DateTime,
        author: &str,
        text: &str,
        metadata: &serde_json::Map<String, Value>,
    ) -> String {
        let is_continued = metadata.contains_key("continues").to_string();
        let name = named_by(&[author, text, &is_continued]);
        match self.said.count(local, &name) {
            1 => format!("{local}/{name}"),
            count => format!("{local}/{name}/{count}"),
        }
    }

    /// What its owner should know.
    pub(super) fn warnings(&self, title: &str) -> Vec<String> {
        let mut warnings = Vec::new();
        if self.survey.is_guess() {
            warnings.push(format!(
                "Whether the day or the month stands first in the dates of the chat “{title}” cannot be told: the day was taken to. If that is \
                 wrong, say so before it is brought in."
            ));
        }
        if self.survey.is_mixed() {
            warnings.push(format!(
                "Some dates of the chat “{title}” are written in another order than the others."
            ));
        }
        if self.survey.is_vague {
            warnings.push(format!(
                "Times of the chat “{title}” name halves of the day in words that are not known here: they may be twelve hours early."
            ));
        }
        warnings
    }

    /// What its owner should know once it has been read.
    pub(super) fn warning(&self, title: &str) -> Option<String> {
        let cut = self.cut;
        (cut > 0).then(|| {
            format!("Messages of the chat “{title}” that are longer than 4 MiB come in parts: {cut} of them.")
        })
    }
}

/// How often something was said in a minute, or in a second where there are seconds. What is longest ago is forgotten first.
#[derive(Default)]
struct Said {
    counts: BTreeMap<DateTime, HashMap<String, u32>>,
    remembered: usize,
}

impl Said {
    fn count(&mut self, local: DateTime, name: &str) -> u32 {
        if self.remembered >= MAX_REMEMBERED
            && let Some((_, forgotten)) = self.counts.pop_first()
        {
            self.remembered -= forgotten.len();
        }
        let counts = self.counts.entry(local).or_default();
        self.remembered += usize::from(!counts.contains_key(name));
        let count = counts.entry(name.to_owned()).or_default();
        *count += 1;
        *count
    }
}

/// That a line belongs to no message.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NoMessage;

/// What a chat is known by, in every export of it: those two who write, or its name, or what it begins with.
fn identity<'a>(title: Option<&'a str>, names: &'a [String], survey: &'a Survey) -> Vec<&'a str> {
    let mut people: BTreeSet<&str> = names.iter().map(String::as_str).collect();
    people.extend(title);
    match title {
        _ if people.len() <= 2 && !names.is_empty() => ["people"].into_iter().chain(people).collect(),
        Some(title) => vec!["name", title],
        None => vec!["beginning", survey.beginning.as_str()],
    }
}

/// The name of a chat in that of its file: `WhatsApp Chat with Bo.txt`, or in that of its folder: `WhatsApp Chat - Bo/_chat.txt`.
fn title(path: &str) -> Option<String> {
    let mut parts = path.rsplit(['/', '\\']);
    let file = parts.next().unwrap_or_default();
    let name =
        if file.trim_start_matches('_').eq_ignore_ascii_case("chat.txt") { parts.next()? } else { file };
    let name = name.strip_suffix(".txt").or_else(|| name.strip_suffix(".TXT")).unwrap_or(name).trim();
    // What browsers append when there is a file of that name.
    let name = match name.strip_suffix(')').and_then(|rest| rest.rsplit_once(" (")) {
        Some((before, number)) if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) => {
            before
        }
        _ => name,
    };
    let lower = name.to_lowercase();
    let prefix = phrases::TITLES.into_iter().find(|prefix| lower.starts_with(prefix));
    let title = prefix.and_then(|prefix| name.get(prefix.len()..)).unwrap_or(name).trim();
    (!title.is_empty()).then(|| title.to_owned())
}

/// Whether a file is called as WhatsApp calls its exports.
pub(super) fn is_called_as_one(path: &str) -> bool {
    let file = path.rsplit(['/', '\\']).next().unwrap_or_default().to_lowercase();
    file == "_chat.txt" || phrases::TITLES.into_iter().any(|prefix| file.starts_with(prefix))
}

/// The first names.
fn in_title(names: &[String]) -> String {
    let first: Vec<&str> = names.iter().take(IN_TITLE).map(String::as_str).collect();
    match names.len() {
        0 => "WhatsApp".to_owned(),
        more if more > IN_TITLE => format!("{}, …", first.join(", ")),
        _ => first.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chats_are_called_as_their_files() {
        for (path, expected) in [
            ("WhatsApp Chat with Bo.txt", Some("Bo")),
            ("WhatsApp Chat with Bo (2).txt", Some("Bo")),
            ("backup/WhatsApp-Chat mit Bücherrunde.txt", Some("Bücherrunde")),
            ("WhatsApp Chat - Bo/_chat.txt", Some("Bo")),
            ("Семья.txt", Some("Семья")),
            ("_chat.txt", None),
            ("", None),
        ] {
            assert_eq!(title(path).as_deref(), expected, "{path}");
        }
    }
}
