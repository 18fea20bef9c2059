//! Messages of other services as messages of ours. What is too long for one becomes several, numbered, a millisecond apart, so that they stay
//! in order.

use std::time::Duration;

use app_domain::{
    Attachments, FileId, Memory, MemoryId, Message, MessageDraft, MessageId, MessageText, MessageType,
    Timestamp,
};
use serde_json::{Map, Value, json};

use crate::entity::{Bringing, part_of};
use crate::entity_text::{characters, cut, line, prose, split};
use crate::{NewFile, NewMessage};

const TICK: Duration = Duration::from_millis(1);
/// The longest name of an author, in characters.
const AUTHOR_CHARS: usize = 200;

/// Where a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The memory that it is under.
    pub memory: MemoryId,
    /// The time of what stands before it: one that has no time of its own comes right after.
    pub after: Timestamp,
}

impl Bringing {
    /// When a message was sent, as far as that is known.
    pub fn sent_at(&self, new: &NewMessage, standing: Standing) -> Timestamp {
        Self::time(new.sent_at).unwrap_or_else(|| standing.after.plus(TICK))
    }

    /// The messages that a new one becomes, at least one; `files` are those of its attachments.
    ///
    /// # Errors
    /// In words for the person, if it says nothing.
    pub fn messages(
        &self,
        new: &NewMessage,
        standing: Standing,
        files: &[FileId],
    ) -> Result<Vec<Message>, &'static str> {
        let at = self.sent_at(new, standing);
        let text = prose(&new.text);
        let mut texts: Vec<String> =
            split(&text, MessageText::MAX_CHARACTERS, characters).into_iter().map(str::to_owned).collect();
        let mut sets = files.chunks(Attachments::MAX);
        let named = new.attachments.chunks(Attachments::MAX).map(names);
        // Files that come without words, or are too many for one message, come with their names.
        texts.extend(named.skip(texts.len()));
        if texts.is_empty() {
            return Err("It says nothing.");
        }
        let metadata = known(new);
        let parts = texts.len();
        let message = |(part, text): (usize, String)| {
            let content = MessageText::of_any(&text).map_err(|_| "It says nothing.")?;
            let attachments = Attachments::parse(sets.next().unwrap_or_default()).unwrap_or_default();
            let draft = MessageDraft {
                content,
                message_type: kind(&new.attachments, part),
                attachments,
                metadata: part_of(&metadata, part, parts),
                parent: None,
                is_ai_generated: new.is_ai_generated,
                delivery: None,
            };
            let at = at.plus(TICK * u32::try_from(part).unwrap_or(u32::MAX));
            let number = part.to_string();
            let id = MessageId::derived(at, &self.hash(&[&new.memory, &new.key, &number]));
            let message = Message::new(id, self.owner, standing.memory, draft, at);
            let edited_at = new.edited_at.map(|edited| edited.clamp(at, self.at.max(at)));
            Ok(Message { edited_at, updated_at: edited_at.unwrap_or(at), ..message })
        };
        texts.into_iter().enumerate().map(message).collect()
    }
}

/// The rest of a memory's text, as messages under it.
pub(crate) fn continued(bringing: &Bringing, memory: &Memory, key: &str, rest: &[String]) -> Vec<Message> {
    let parts = rest.len() + 1;
    let message = |(part, text): (usize, &String)| {
        let draft = MessageDraft {
            content: MessageText::of_any(text).ok()?,
            message_type: MessageType::Text,
            attachments: Attachments::default(),
            metadata: part_of(&Map::new(), part, parts),
            parent: None,
            is_ai_generated: false,
            delivery: None,
        };
        let at = memory.created_at.plus(TICK * u32::try_from(part).unwrap_or(u32::MAX));
        let id = MessageId::derived(at, &bringing.hash(&[key, "text", &part.to_string()]));
        Some(Message::new(id, memory.owner, memory.id, draft, at))
    };
    (1..).zip(rest).filter_map(message).collect()
}

/// What is known of a message besides its words.
fn known(new: &NewMessage) -> Map<String, Value> {
    let mut metadata = new.metadata.clone();
    if let Some(author) = new.author.as_deref().and_then(|author| line(author, AUTHOR_CHARS)) {
        metadata.insert("author".to_owned(), json!(author));
    }
    if let Some(follows) = &new.follows {
        metadata.insert("follows".to_owned(), json!(cut(&prose(follows), AUTHOR_CHARS)));
    }
    if !new.is_on_branch {
        metadata.insert("branch".to_owned(), json!("other"));
    }
    metadata
}

fn names(files: &[NewFile]) -> String {
    let names = files.iter().filter_map(|file| line(&file.name, AUTHOR_CHARS));
    let names = names.collect::<Vec<_>>().join("\n");
    if names.is_empty() { "File".to_owned() } else { names }
}

/// The kind of a message by the first of the files that come with it.
fn kind(files: &[NewFile], part: usize) -> MessageType {
    let Some(first) = files.get(part * Attachments::MAX) else { return MessageType::Text };
    match first.content_type.as_deref().and_then(|said| said.split('/').next()) {
        Some("image") => MessageType::Image,
        Some("audio") => MessageType::Voice,
        _ => MessageType::Document,
    }
}

#[cfg(test)]
mod tests {
    use app_domain::{ImportFormat, UserId};

    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(1_795_000_000_000 + millis).unwrap()
    }

    fn bringing() -> Bringing {
        Bringing { owner: UserId::new(at(0)), format: ImportFormat::Whatsapp, at: at(1_000_000) }
    }

    fn standing() -> Standing {
        Standing { memory: MemoryId::derived(at(0), &[7; 32]), after: at(5) }
    }

    fn said(text: &str) -> NewMessage {
        NewMessage {
            memory: "chat".to_owned(),
            key: "1".to_owned(),
            text: text.to_owned(),
            is_on_branch: true,
            ..NewMessage::default()
        }
    }

    fn file(name: &str, content_type: &str) -> NewFile {
        NewFile {
            key: name.to_owned(),
            name: name.to_owned(),
            content_type: Some(content_type.to_owned()),
            ..NewFile::default()
        }
    }

    #[test]
    fn a_message_is_the_same_in_every_archive_and_keeps_what_is_known_of_it() {
        let new = NewMessage {
            author: Some("Ada\n".to_owned()),
            follows: Some("0".to_owned()),
            is_on_branch: false,
            sent_at: Some(at(9)),
            edited_at: Some(at(20)),
            ..said("Hi\u{0}!")
        };
        let made = bringing().messages(&new, standing(), &[]).unwrap();
        let again =
            bringing().messages(&NewMessage { text: "Hello".to_owned(), ..new }, standing(), &[]).unwrap();
        let [message] = &made[..] else { panic!("{made:?}") };
        assert_eq!(message.id, again[0].id);
        assert_eq!(message.content.as_ref().unwrap().as_str(), "Hi!");
        assert_eq!(
            (message.created_at, message.edited_at, message.updated_at),
            (at(9), Some(at(20)), at(20))
        );
        assert_eq!(json!(message.metadata), json!({"author": "Ada", "follows": "0", "branch": "other"}));
    }

    #[test]
    fn one_without_a_time_comes_right_after_the_one_before() {
        assert_eq!(bringing().messages(&said("Hi"), standing(), &[]).unwrap()[0].created_at, at(6));
    }

    #[test]
    fn a_long_message_becomes_several_in_order() {
        let made = bringing().messages(&said(&"word ".repeat(5000)), standing(), &[]).unwrap();
        assert_eq!(made.len(), 3);
        assert!(made.is_sorted_by_key(|message| message.id));
        assert_eq!(json!(made[2].metadata), json!({"part": 3, "parts": 3}));
    }

    #[test]
    fn files_come_without_words_and_five_at_a_time() {
        let names: Vec<String> = (0..7).map(|n| format!("IMG_{n}.jpg")).collect();
        let attachments = names.iter().map(|name| file(name, "image/jpeg")).collect();
        let files: Vec<FileId> = (0..7).map(|n| FileId::new(at(n))).collect();
        let new = NewMessage { attachments, ..said("") };
        let made = bringing().messages(&new, standing(), &files).unwrap();
        assert_eq!(made.len(), 2);
        assert_eq!((made[0].attachments.ids(), made[1].attachments.ids()), (&files[..5], &files[5..]));
        assert_eq!(made[1].content.as_ref().unwrap().as_str(), "IMG_5.jpg\nIMG_6.jpg");
        assert_eq!(made[0].message_type, MessageType::Image);
        let worded = NewMessage { text: "Look".to_owned(), ..new };
        let made = bringing().messages(&worded, standing(), &files).unwrap();
        assert_eq!(made[0].content.as_ref().unwrap().as_str(), "Look");
        assert_eq!(made[1].attachments.ids(), &files[5..]);
    }

    #[test]
    fn what_says_nothing_is_no_message() {
        assert!(bringing().messages(&said(" \u{0}\n"), standing(), &[]).is_err());
    }
}
