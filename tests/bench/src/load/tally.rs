//! What became of the messages: which are lost, doubled, out of order, or without their media, and how long they took.

use std::collections::HashMap;

use e2e::Person;
use serde_json::Value;

use crate::messages::Sent;

/// The count.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Messages that are memories.
    pub(crate) saved: usize,
    /// Messages that are no memory.
    pub(crate) lost: usize,
    /// Memories too many.
    pub(crate) doubled: usize,
    /// Memories that say something else than was sent.
    pub(crate) garbled: usize,
    /// Senders whose memories are not in the order of sending.
    pub(crate) out_of_order: usize,
    /// Media that are stored, byte for byte.
    pub(crate) media_stored: usize,
    /// Media that are not, or not as they were sent.
    pub(crate) media_missing: usize,
    /// Memories that nobody sent.
    pub(crate) foreign: usize,
}

impl Tally {
    /// Whether everything is as it was sent.
    pub(crate) fn is_clean(&self) -> bool {
        [self.lost, self.doubled, self.garbled, self.out_of_order, self.media_missing, self.foreign] == [0; 6]
    }

    /// Adds what became of one sender's messages (in their order), by all of their memories and files.
    pub(crate) fn add(&mut self, sent: &[&Sent], memories: &[Value], files: &HashMap<String, String>) {
        let mut of_wamid: HashMap<&str, Vec<&Value>> = HashMap::new();
        for memory in memories {
            let wamid = memory["provenance"]["messageId"].as_str().unwrap_or_default();
            of_wamid.entry(wamid).or_default().push(memory);
        }
        for message in sent {
            match of_wamid.remove(message.wamid.as_str()).as_deref() {
                None | Some([]) => self.lost += 1,
                Some([memory, more @ ..]) => {
                    self.saved += 1;
                    self.doubled += more.len();
                    self.compare(message, memory, files);
                }
            }
        }
        self.foreign += of_wamid.values().map(Vec::len).sum::<usize>();
        // A list is newest first.
        let found = memories.iter().rev().filter_map(|memory| memory["provenance"]["messageId"].as_str());
        let expected = sent.iter().map(|message| message.wamid.as_str());
        self.out_of_order += usize::from(!found.eq(expected));
    }

    fn compare(&mut self, message: &Sent, memory: &Value, files: &HashMap<String, String>) {
        let text = memory["content"]["text"].as_str().unwrap_or_default();
        let has_words =
            !matches!(message.message["type"].as_str(), Some("audio" | "sticker" | "unsupported"));
        if has_words && !text.contains(&message.says) {
            self.garbled += 1;
        }
        if let Some(media) = &message.media {
            let file = memory["media"]["fileId"].as_str().and_then(|id| files.get(id));
            if memory["media"]["state"] == "stored" && file.is_some_and(|sum| media.has_checksum(sum)) {
                self.media_stored += 1;
            } else {
                self.media_missing += 1;
            }
        }
    }
}

/// All files of somebody: the checksums of their bytes, by their ids.
pub(crate) async fn files(person: &Person) -> HashMap<String, String> {
    let (mut files, mut cursor) = (HashMap::new(), String::new());
    loop {
        let page = person.get(&format!("/files?limit=100{cursor}")).await.body;
        for file in page["files"].as_array().into_iter().flatten() {
            let checksum = file["checksum"]["value"].as_str().unwrap_or_default();
            files.insert(file["id"].as_str().unwrap_or_default().to_owned(), checksum.to_owned());
        }
        match page["pagination"]["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return files,
        }
    }
}
