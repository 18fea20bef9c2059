//! The words of what is always said in the same way.

use super::{MediaKind, Phrase};

impl Phrase {
    /// What is said, in WhatsApp's own markup.
    pub fn text(self) -> String {
        match self {
            Self::Linked => LINKED.to_owned(),
            Self::WrongCode => WRONG_CODE.to_owned(),
            Self::Stranger => STRANGER.to_owned(),
            Self::Help => HELP.to_owned(),
            Self::Undone => "The last memory is in the trash. There it can be restored for 30 days.".to_owned(),
            Self::NothingToUndo => "There is nothing to take back.".to_owned(),
            Self::Stopped => {
                "I am silent from now on. What you send is saved all the same. Say *start* to hear from me again."
                    .to_owned()
            }
            Self::Started => "Here I am again. Say *help* to see what I can do.".to_owned(),
            Self::Paused => {
                "Saving is paused. What you send now is kept aside, and saved when you resume it in the app.".to_owned()
            }
            Self::MediaFailed { media } => format!(
                "{} could not be fetched from WhatsApp. The memory is saved without it; in the app you can have it tried again, \
                 for a week. Or send it once more.",
                named(media)
            ),
        }
    }
}

const LINKED: &str = "This phone is linked to your Memory App. From now on, what you send here is kept as a memory: words, pictures, \
                      voice notes, documents, places.\n\nAsk me with a question mark in front: _? where is the spare key_\nSay *help* to see \
                      what else I can do.";

const WRONG_CODE: &str = "This code is not right, or too old: each is good for 15 minutes. Get a new one in the app and send it here.";

const STRANGER: &str = "Hello! This is the number of Memory App. No account is linked to this phone yet. If you have one, link the phone in \
                        the app, under WhatsApp: what you send in the 30 days before is saved then. If you have none, nobody reads what you \
                        write here, and it is removed after 30 days.";

const HELP: &str = "*What you send here is kept as a memory.* A #tag tags it, or files it in the category of that name. Edit or delete \
                    your message, and the memory follows.\n\n\
                    *?* or *ask* – I answer from your memories: _? where is the spare key_\n\
                    *find* – memories with these words: _find dentist last week_\n\
                    *recent* – your latest memories\n\
                    *undo* – moves the last one to the trash\n\
                    *export* – a file with everything\n\
                    *stop*, *start* – I am silent, or not; saving goes on\n\
                    *help* – this";

/// At the beginning of a sentence.
fn named(media: MediaKind) -> &'static str {
    match media {
        MediaKind::Image => "The picture",
        MediaKind::Video => "The video",
        MediaKind::Audio => "The recording",
        MediaKind::Voice => "The voice note",
        MediaKind::Document => "The document",
        MediaKind::Sticker => "The sticker",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::split_text;

    #[test]
    fn every_phrase_is_one_message_with_its_markup_closed() {
        for phrase in [
            Phrase::Linked,
            Phrase::WrongCode,
            Phrase::Stranger,
            Phrase::Help,
            Phrase::Undone,
            Phrase::NothingToUndo,
            Phrase::Stopped,
            Phrase::Started,
            Phrase::Paused,
            Phrase::MediaFailed { media: MediaKind::Voice },
        ] {
            let text = phrase.text();
            assert_eq!(split_text(&text, "").len(), 1, "{phrase:?}");
            assert!(text.lines().all(|line| line.matches('*').count() % 2 == 0), "{text}");
            assert!(!text.contains("  "), "{text}");
        }
    }
}
