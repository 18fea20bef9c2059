//! Conversations with Memo: what is known of one besides what was said in it.

use serde::{Deserialize, Serialize};

use crate::turn_answer::shortened;
use crate::{ConversationId, Invalid, MemoryId, Timestamp, TurnId, UserId};

/// A conversation between a person and Memo. What was said is a tree of [`Turn`](crate::Turn)s: another answer to the same question, or
/// another question in the place of one, is a branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    /// Its id.
    pub id: ConversationId,
    /// Whose it is.
    pub owner: UserId,
    /// What it is called.
    pub title: ConversationTitle,
    /// The one memory that it is about, if its owner opened one.
    pub focus: Option<MemoryId>,
    /// The turn that the next one follows: the end of the branch that its owner looks at.
    pub leaf: Option<TurnId>,
    /// How many turns there are, on all branches.
    pub turns: u64,
    /// What was said long ago, in short.
    pub summary: Option<RunningSummary>,
    /// Where it was copied from.
    pub forked_from: Option<ForkOrigin>,
    /// When it began.
    pub created_at: Timestamp,
    /// When something was last said in it, or it was renamed.
    pub updated_at: Timestamp,
}

impl Conversation {
    /// A conversation in which nothing has been said yet.
    pub fn new(owner: UserId, title: ConversationTitle, focus: Option<MemoryId>, now: Timestamp) -> Self {
        Self {
            id: ConversationId::new(now),
            owner,
            title,
            focus,
            leaf: None,
            turns: 0,
            summary: None,
            forked_from: None,
            created_at: now,
            updated_at: now,
        }
    }

    /// A conversation that goes on from one of this one's turns, before anything has been copied.
    #[must_use]
    pub fn forked(&self, turn: TurnId, now: Timestamp) -> Self {
        Self {
            summary: self.summary.clone(),
            forked_from: Some(ForkOrigin { conversation: self.id, turn }),
            ..Self::new(self.owner, self.title.clone(), self.focus, now)
        }
    }
}

/// Where a conversation was copied from. That one may be gone since.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ForkOrigin {
    /// The conversation.
    pub conversation: ConversationId,
    /// Its last turn that was copied.
    pub turn: TurnId,
}

/// What was said up to a turn, in short. It tells of the branch that ends in that turn, and of no other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunningSummary {
    /// The summary.
    pub text: String,
    /// The last turn that is in it.
    pub up_to: TurnId,
}

impl RunningSummary {
    /// The most characters of it that are kept. Whatever is done with a conversation costs by its size.
    pub const MAX_CHARACTERS: usize = 4_000;

    /// The same, as much of it as is kept.
    #[must_use]
    pub fn bounded(self) -> Self {
        Self { text: shortened(&self.text, Self::MAX_CHARACTERS), ..self }
    }
}

/// What a conversation is called: 1–100 characters on one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ConversationTitle(String);

impl ConversationTitle {
    /// The most characters a title can have.
    pub const MAX_CHARACTERS: usize = 100;
    /// At the end of one that was cut.
    const CUT: char = '…';

    /// # Errors
    /// If it is empty, too long, or holds control characters.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        crate::text::line(text, Self::MAX_CHARACTERS).map(Self)
    }

    /// What a conversation is called that begins with a question: the question's first line, cut after a word if it is too long.
    pub fn of_any(question: &str) -> Self {
        let is_end = |c: char| matches!(c, '\n' | '\r' | '\u{2028}' | '\u{2029}');
        let words = |line: &str| -> Vec<String> {
            let line: String = line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
            line.split_whitespace().map(str::to_owned).collect()
        };
        let first = question.split(is_end).map(words).find(|words| !words.is_empty());
        let line = first.unwrap_or_default().join(" ");
        if line.is_empty() {
            return Self(Self::CUT.to_string());
        }
        if line.chars().count() <= Self::MAX_CHARACTERS {
            return Self(line);
        }
        // One character is for the mark of the cut, and a word that ends right there is whole.
        let room: String = line.chars().take(Self::MAX_CHARACTERS).collect();
        let last = room.char_indices().next_back().map_or(0, |(at, _)| at);
        let end = room.rfind(' ').filter(|end| *end > 0).unwrap_or(last);
        Self(format!("{}{}", &room[..end], Self::CUT))
    }

    /// The title.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn title(question: &str) -> String {
        let title = ConversationTitle::of_any(question);
        assert_eq!(ConversationTitle::parse(title.as_str()).unwrap(), title, "{question:?}");
        title.0
    }

    #[test]
    fn a_title_is_one_short_line() {
        assert_eq!(ConversationTitle::parse(" Trip ").unwrap().as_str(), "Trip");
        assert!(ConversationTitle::parse(&"é".repeat(100)).is_ok());
        for bad in ["", " ", "a\nb", "a\u{7}", &"x".repeat(101)] {
            assert!(ConversationTitle::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_question_gives_its_first_line() {
        assert_eq!(title("When is the dentist?"), "When is the dentist?");
        assert_eq!(title("\r\n \t\n  When\tis \u{7} it?\rAnd where?"), "When is it?");
        assert_eq!(title("one\u{2028}two"), "one");
        for nothing in ["", " \n", "\u{7}"] {
            assert_eq!(title(nothing), "…");
        }
    }

    #[test]
    fn a_long_question_is_cut_after_a_word() {
        assert_eq!(title(&"word ".repeat(30)), format!("{}word…", "word ".repeat(19)));
        let exact = format!("{} {}", "a".repeat(50), "b".repeat(49));
        assert_eq!(title(&exact), exact);
        let ends_there = format!("{} {} c", "a".repeat(50), "b".repeat(48));
        assert_eq!(title(&format!("{ends_there}cc")), format!("{} {}…", "a".repeat(50), "b".repeat(48)));
        assert_eq!(title(&"語".repeat(200)), format!("{}…", "語".repeat(99)));
    }

    #[test]
    fn a_fork_says_where_it_comes_from_and_has_nothing_yet() {
        let now = Timestamp::from_millis(1_795_000_000_000).unwrap();
        let (owner, turn) = (UserId::new(now), TurnId::new(now));
        let summary = Some(RunningSummary { text: "short".to_owned(), up_to: turn });
        let source = Conversation::new(owner, ConversationTitle::of_any("a"), Some(MemoryId::new(now)), now);
        let source = Conversation { leaf: Some(turn), turns: 2, summary, ..source };
        let fork = source.forked(turn, now);
        assert_ne!(fork.id, source.id);
        assert_eq!(fork.forked_from, Some(ForkOrigin { conversation: source.id, turn }));
        assert_eq!((fork.leaf, fork.turns, fork.focus), (None, 0, source.focus));
        assert_eq!((&fork.title, &fork.summary), (&source.title, &source.summary));
    }

    #[test]
    fn a_summary_is_kept_as_far_as_it_goes() {
        let up_to = TurnId::from(uuid::Uuid::from_u128(7));
        let long = RunningSummary { text: "é\u{0}".repeat(5_000), up_to }.bounded();
        assert_eq!((long.text.chars().count(), long.up_to), (4_000, up_to));
        assert_eq!(long.clone().bounded(), long);
    }
}
