//! What a person may have done before they leave for another account, made by chance.

use app_domain::{FactStatus, Privacy};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::Index;

/// All that somebody did. What is named by an [`Index`] is one of those that were made before.
#[derive(Debug, Clone)]
pub(crate) struct Life {
    pub(crate) settings: ([bool; 5], Vec<Index>, String),
    /// Names, and whether they were changed.
    pub(crate) categories: Vec<(String, bool)>,
    /// Whether a category that was given to everybody was renamed.
    pub(crate) renames: bool,
    pub(crate) searches: Vec<(String, Option<Index>)>,
    pub(crate) memories: Vec<Noted>,
    /// The sizes of files with no memory.
    pub(crate) loose: Vec<usize>,
    pub(crate) talks: Vec<Talked>,
    pub(crate) facts: Vec<Known>,
    pub(crate) reminders: Vec<Reminded>,
}

/// A memory.
#[derive(Debug, Clone)]
pub(crate) struct Noted {
    pub(crate) title: String,
    pub(crate) text: String,
    pub(crate) privacy: Privacy,
    pub(crate) category: Option<Index>,
    /// A favourite, archived, with media, in the trash.
    pub(crate) marks: [bool; 4],
    pub(crate) changes: Vec<Change>,
    pub(crate) files: Vec<usize>,
    pub(crate) messages: Vec<Sent>,
}

/// What becomes of a memory.
#[derive(Debug, Clone)]
pub(crate) enum Change {
    Title(String),
    Favourite,
    Internal,
    Filed(Index),
    Sealed,
}

/// A message.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) text: String,
    pub(crate) replies_to: Option<Index>,
    pub(crate) file: Option<Index>,
    /// Written by Memo, on its way to a chat, edited, deleted in the end.
    pub(crate) marks: [bool; 4],
}

/// A conversation: a question after one of the answers before, or another answer to one of the questions.
#[derive(Debug, Clone)]
pub(crate) struct Talked {
    pub(crate) title: String,
    pub(crate) steps: Vec<(Index, bool, String)>,
    pub(crate) focus: Option<Index>,
    pub(crate) leaf: Option<Index>,
    pub(crate) summary: Option<Index>,
    pub(crate) fork: Option<Index>,
}

/// A fact.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    pub(crate) statement: String,
    pub(crate) status: Option<FactStatus>,
    pub(crate) is_decided: bool,
    pub(crate) version: u64,
}

/// A reminder: to come, sent, or missed.
#[derive(Debug, Clone)]
pub(crate) struct Reminded {
    pub(crate) text: String,
    pub(crate) memory: Option<Index>,
    pub(crate) state: u8,
}

fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "\\PC{1,40}",
        2 => "[ -~]{1,60}",
        1 => Just("„Zitat“ — 日本語 👩‍👩‍👧 \u{2028}\u{200f}\"\\</script> {\"kind\":\"memory\"}".to_owned()),
    ]
}

fn index() -> impl Strategy<Value = Index> {
    any::<Index>()
}

fn sizes() -> impl Strategy<Value = Vec<usize>> {
    vec(1..5_000_usize, 0..3)
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        3 => words().prop_map(Change::Title),
        1 => Just(Change::Favourite),
        1 => Just(Change::Internal),
        1 => index().prop_map(Change::Filed),
        1 => Just(Change::Sealed),
    ]
}

fn sent() -> impl Strategy<Value = Sent> {
    (words(), of(index()), of(index()), any::<[bool; 4]>()).prop_map(|(text, replies_to, file, marks)| Sent {
        text,
        replies_to,
        file,
        marks,
    })
}

fn noted() -> impl Strategy<Value = Noted> {
    let privacy = prop_oneof![
        3 => Just(Privacy::Private),
        1 => Just(Privacy::Internal),
        1 => Just(Privacy::Sealed),
    ];
    let is_trashed = prop::bool::weighted(0.1);
    let marks = (any::<[bool; 3]>(), is_trashed).prop_map(|([a, b, c], d)| [a, b, c, d]);
    let below = (vec(change(), 0..4), sizes(), vec(sent(), 0..6));
    (words(), words(), privacy, of(index()), marks, below).prop_map(
        |(title, text, privacy, category, marks, (changes, files, messages))| Noted {
            title,
            text,
            privacy,
            category,
            marks,
            changes,
            files,
            messages,
        },
    )
}

fn talked() -> impl Strategy<Value = Talked> {
    let steps = vec((index(), any::<bool>(), words()), 0..5);
    (words(), steps, of(index()), of(index()), of(index()), of(index())).prop_map(
        |(title, steps, focus, leaf, summary, fork)| Talked { title, steps, focus, leaf, summary, fork },
    )
}

fn known() -> impl Strategy<Value = Known> {
    let status = prop_oneof![
        Just(Some(FactStatus::Active)),
        Just(Some(FactStatus::Review)),
        Just(Some(FactStatus::Rejected)),
        // Superseded by the first of them.
        Just(None),
    ];
    (words(), status, any::<bool>(), 1..50_u64).prop_map(|(statement, status, is_decided, version)| Known {
        statement,
        status,
        is_decided,
        version,
    })
}

/// Any life.
pub(crate) fn life() -> impl Strategy<Value = Life> {
    let settings = (any::<[bool; 5]>(), vec(index(), 0..4), words());
    let small =
        (vec((words(), any::<bool>()), 0..4), any::<bool>(), vec((words(), of(index())), 0..3), sizes());
    let reminded =
        (words(), of(index()), 0..3_u8).prop_map(|(text, memory, state)| Reminded { text, memory, state });
    let large = (vec(noted(), 1..6), vec(talked(), 0..3), vec(known(), 0..4), vec(reminded, 0..4));
    (settings, small, large).prop_map(
        |(settings, (categories, renames, searches, loose), (memories, talks, facts, reminders))| Life {
            settings,
            categories,
            renames,
            searches,
            memories,
            loose,
            talks,
            facts,
            reminders,
        },
    )
}
