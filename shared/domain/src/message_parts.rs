//! What a message is made of: its text, its kind, its status, the files that come with it.

use serde::{Deserialize, Serialize};

use crate::text::has_control_characters;
use crate::{FileId, Invalid};

/// What a message says: 1–10,000 characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MessageText(String);

impl MessageText {
    /// The most characters a message can have.
    pub const MAX_CHARACTERS: usize = 10_000;

    /// # Errors
    /// If it says nothing, is too long, or holds control characters.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.trim().is_empty() {
            return Err(Invalid::new("must not be empty"));
        }
        if text.chars().count() > Self::MAX_CHARACTERS {
            return Err(Invalid::new(format!("must be at most {} characters", Self::MAX_CHARACTERS)));
        }
        if has_control_characters(text) {
            return Err(Invalid::new("must not contain control characters"));
        }
        Ok(Self(text.to_owned()))
    }

    /// As much of a text as a message can hold. For texts that nobody typed, who could not shorten them either.
    ///
    /// # Errors
    /// If it says nothing.
    pub fn of_any(text: &str) -> Result<Self, Invalid> {
        let kept = text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t'));
        Self::parse(&kept.take(Self::MAX_CHARACTERS).collect::<String>())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What kind of message it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MessageType {
    /// Written.
    #[default]
    Text,
    /// Spoken.
    Voice,
    /// About a picture.
    Image,
    /// About a document.
    Document,
}

impl MessageType {
    /// # Errors
    /// If there is none of that name.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        match text {
            "text" => Ok(Self::Text),
            "voice" => Ok(Self::Voice),
            "image" => Ok(Self::Image),
            "document" => Ok(Self::Document),
            _ => Err(Invalid::new("must be text, voice, image or document")),
        }
    }
}

/// How far a message has come. It goes forward only.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MessageStatus {
    /// It is on its way.
    #[default]
    Sent,
    /// It has arrived.
    Delivered,
    /// It has been read.
    Read,
    /// It will not arrive.
    Failed,
}

impl MessageStatus {
    /// Its name, as clients write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Failed => "failed",
        }
    }

    /// # Errors
    /// If there is none of that name.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let mut all = [Self::Sent, Self::Delivered, Self::Read, Self::Failed].into_iter();
        let named = all.find(|status| status.as_str() == text);
        named.ok_or_else(|| Invalid::new("must be sent, delivered, read or failed"))
    }

    /// The status after a change: any that lies ahead. What has arrived cannot fail any more.
    ///
    /// # Errors
    /// If it lies behind.
    pub fn then(self, next: Self) -> Result<Self, Invalid> {
        let is_ahead = match self {
            Self::Sent => true,
            Self::Delivered => matches!(next, Self::Delivered | Self::Read),
            Self::Read | Self::Failed => next == self,
        };
        let rule = || Invalid::new(format!("cannot go from {} to {}", self.as_str(), next.as_str()));
        is_ahead.then_some(next).ok_or_else(rule)
    }
}

/// Up to 5 different files that come with a message.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Attachments(Vec<FileId>);

impl Attachments {
    /// The most files that come with one message.
    pub const MAX: usize = 5;

    /// A file that is named twice is attached once.
    ///
    /// # Errors
    /// If there are too many.
    pub fn parse(ids: &[FileId]) -> Result<Self, Invalid> {
        let mut files = Vec::with_capacity(ids.len().min(Self::MAX));
        for id in ids {
            if !files.contains(id) {
                files.push(*id);
            }
            if files.len() > Self::MAX {
                return Err(Invalid::new(format!("must be at most {} files", Self::MAX)));
            }
        }
        Ok(Self(files))
    }

    /// The files, in order.
    pub fn ids(&self) -> &[FileId] {
        &self.0
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Timestamp;

    #[test]
    fn a_message_says_something_and_not_too_much() {
        assert!(MessageText::parse(&"é".repeat(10_000)).is_ok());
        for bad in ["", " \n", "a\u{0}", &"x".repeat(10_001)] {
            assert!(MessageText::parse(bad).is_err());
        }
        let any = MessageText::of_any(&format!("a\u{7}b\r\n{}", "x".repeat(20_000))).unwrap();
        assert!(any.as_str().starts_with("ab\nx") && any.as_str().len() == 10_000);
        assert!(MessageText::of_any("\u{7}").is_err());
    }

    #[test]
    fn a_status_goes_forward_only() {
        use MessageStatus::{Delivered, Failed, Read, Sent};
        let all = [Sent, Delivered, Read, Failed];
        let ahead: Vec<_> = all
            .into_iter()
            .flat_map(|from| all.map(|to| (from, to)))
            .filter(|(from, to)| from != to && from.then(*to).is_ok())
            .collect();
        assert_eq!(ahead, [(Sent, Delivered), (Sent, Read), (Sent, Failed), (Delivered, Read)]);
        assert!(all.into_iter().all(|status| status.then(status) == Ok(status)));
    }

    #[test]
    fn files_are_attached_once_each() {
        let ids: Vec<FileId> = (0..6).map(|n| FileId::new(Timestamp::from_millis(n).unwrap())).collect();
        let twice: Vec<FileId> = ids[..5].iter().chain(&ids[..5]).copied().collect();
        assert_eq!(Attachments::parse(&twice).unwrap().ids(), &ids[..5]);
        assert!(Attachments::parse(&ids).is_err());
    }
}
