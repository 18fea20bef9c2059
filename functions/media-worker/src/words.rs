//! The words of a recording, in its memory.

use app_ai::{Audio, ModelError};
use app_domain::{Content, FileId, Memory, MemoryMedia, Privacy, TranscriptState, User};
use serde_json::{Map, Value, json};

use crate::Worker;
use crate::failure::Failure;
use crate::scribe::Unwritten;

/// Larger recordings are not read: no model takes them.
const MAX_BYTES: usize = 25 << 20;
/// As many words as fit into a memory twice: as what is said, and as its text.
const MAX_WORDS_BYTES: usize = 28 * 1024;

const KEPT_IN: &str =
    "Your settings or this memory's keep it from models of others, so it was not written down.";
const NO_RECORDING: &str = "The recording is not there any more.";
const NO_BUDGET: &str = "Today's budget is used up, so it was not written down. Try again tomorrow.";
const NO_ANSWER: &str = "It could not be written down for now. Try again later.";
const UNREADABLE: &str =
    "It could not be written down: the recording is of a kind or length that cannot be read.";
const NO_ROOM: &str = "It could not be written down: the memory has no room for it.";

/// What became of writing down.
enum Written {
    /// It was done: these are the words.
    Words(String),
    /// It was not, for this reason, but may be asked for again.
    Failed(&'static str),
    /// It is not to be, perhaps for a reason.
    Not(Option<&'static str>),
}

impl Worker {
    /// Writes down what is said in the recording of a memory. If it fails for now, the job comes again, until the last time.
    pub(crate) async fn write_down(
        &self,
        memory: &Memory,
        file: FileId,
        user: &User,
        is_last: bool,
    ) -> Result<(), Failure> {
        let written = match self.heard(memory, file, user).await {
            Ok(written) => written,
            Err(Failure::Model(error)) if is_last => {
                tracing::warn!(memory.id = %memory.id, %error, "a recording is not written down");
                Written::Failed(NO_ANSWER)
            }
            Err(failure) => return Err(failure),
        };
        self.memories.amend(memory.owner, memory.id, |memory| after(memory, &written)).await?;
        Ok(())
    }

    async fn heard(&self, memory: &Memory, file: FileId, user: &User) -> Result<Written, Failure> {
        let Some(scribe) = &self.outside.scribe else { return Ok(Written::Not(None)) };
        let lets_out = !scribe.is_external() || self.settings.get(memory.owner).await?.lets_out(memory);
        if memory.privacy == Privacy::Sealed || !lets_out {
            return Ok(Written::Not(Some(KEPT_IN)));
        }
        let Some(file) = self.files.get(memory.owner, file).await? else {
            return Ok(Written::Failed(NO_RECORDING));
        };
        if file.size_bytes > MAX_BYTES as u64 {
            return Ok(Written::Failed(UNREADABLE));
        }
        let Some(bytes) = self.outside.bucket.first(memory.owner, file.id, MAX_BYTES).await? else {
            return Ok(Written::Failed(NO_RECORDING));
        };
        let audio = Audio {
            bytes: bytes.into(),
            file_name: file.name.as_str().to_owned(),
            content_type: file.content_type.to_string(),
            language: None,
        };
        match scribe.hear(user, audio, (self.now)()).await {
            Ok(transcript) => Ok(Written::Words(transcript.text)),
            Err(Unwritten::Budget) => Ok(Written::Failed(NO_BUDGET)),
            Err(Unwritten::Store(error)) => Err(error.into()),
            Err(Unwritten::Model(error @ (ModelError::Unavailable(_) | ModelError::Throttled))) => {
                Err(error.into())
            }
            Err(Unwritten::Model(_)) => Ok(Written::Failed(UNREADABLE)),
        }
    }
}

/// The memory after that, unless another job came first.
fn after(memory: Memory, written: &Written) -> Option<Memory> {
    let media = memory.media.clone().filter(|media| media.transcript == Some(TranscriptState::Pending))?;
    let (transcript, reason, content) = match written {
        Written::Words(words) => match with_words(&memory, words) {
            Some(content) => (Some(TranscriptState::Done), None, content),
            None => (Some(TranscriptState::Failed), Some(NO_ROOM), memory.content.clone()),
        },
        Written::Failed(reason) => (Some(TranscriptState::Failed), Some(*reason), memory.content.clone()),
        Written::Not(reason) => (None, *reason, memory.content.clone()),
    };
    let media = MemoryMedia { transcript, reason: reason.map(str::to_owned), ..media };
    Some(Memory { media: Some(media), content, ..memory })
}

/// The content with what is said: as its transcript, and as its text, behind what is there. `None` if there is no place for it.
fn with_words(memory: &Memory, words: &str) -> Option<Option<Content>> {
    let words = words.trim();
    if words.is_empty() {
        return Some(memory.content.clone());
    }
    if memory.privacy == Privacy::Sealed {
        return None;
    }
    let words = match words.floor_char_boundary(MAX_WORDS_BYTES) {
        end if end < words.len() => format!("{}…", words[..end].trim_end()),
        _ => words.to_owned(),
    };
    let mut members = match memory.content.as_ref().map(Content::value) {
        None => Map::new(),
        Some(Value::Object(members)) => members.clone(),
        Some(Value::String(text)) => Map::from_iter([("text".to_owned(), json!(text))]),
        Some(_) => return None,
    };
    let text = match members.get("text").and_then(Value::as_str).map(str::trim) {
        None | Some("") => words.clone(),
        Some(before) => format!("{before}\n{words}"),
    };
    members.insert("text".to_owned(), json!(text));
    members.insert("transcript".to_owned(), json!(words));
    Content::parse(Value::Object(members)).ok().map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use app_domain::{MemoryDraft, MemoryId, MemorySource, MemoryTitle, Timestamp, UserId};

    fn memory(content: Option<Value>) -> Memory {
        let now = Timestamp::from_millis(1_795_000_000_000).unwrap();
        let draft = MemoryDraft {
            title: MemoryTitle::parse("Voice").ok(),
            content: content.map(|content| Content::parse(content).unwrap()),
            ..MemoryDraft::default()
        };
        Memory::new(MemoryId::new(now), UserId::new(now), MemorySource::Whatsapp, draft, now).unwrap()
    }

    fn content(before: Option<Value>, words: &str) -> Option<Value> {
        with_words(&memory(before), words).map(|content| content.map_or(Value::Null, |it| it.value().clone()))
    }

    #[test]
    fn words_become_the_text_or_follow_it() {
        let both = json!({"text": "milk", "transcript": "milk"});
        assert_eq!(content(None, " milk\n"), Some(both.clone()));
        assert_eq!(content(Some(json!({"text": ""})), "milk"), Some(both));
        let behind = json!({"text": "note\nmilk", "transcript": "milk"});
        assert_eq!(content(Some(json!("note")), "milk"), Some(behind.clone()));
        assert_eq!(content(Some(json!({"text": "note"})), "milk"), Some(behind));
        assert_eq!(content(Some(json!({"text": "note"})), " "), Some(json!({"text": "note"})));
        assert_eq!(content(Some(json!([1])), "milk"), None);
    }

    #[test]
    fn a_long_speech_is_cut_to_what_a_memory_holds() {
        let long = content(Some(json!({"text": ""})), &"é ".repeat(50_000)).unwrap();
        assert!(long["transcript"].as_str().unwrap().ends_with("é…"));
        assert_eq!(long["text"], long["transcript"]);
        assert_eq!(content(Some(json!({"text": "x".repeat(40_000)})), &"y".repeat(20_000)), None);
    }
}
