//! Summaries that quote: the sentences that say most of what the others say, in the order of the text.

mod choose;
mod graph;
mod measure;
mod pieces;
mod points;
mod rank;

use self::choose::{Choice, choose};
use self::measure::{clean, cut};
use self::pieces::{Kind, Piece, pieces};
use self::points::key_points;
use self::rank::{Ranked, rank};
use super::BuiltIn;
use super::lines::{counted, one_line};
use crate::{Summary, SummaryRequest, SummaryStyle};

/// A text that is handed back whole has at most this many bytes for each word it may have.
const OWN_BYTES_PER_WORD: usize = 32;

impl BuiltIn {
    /// Summarises a text in its own words: sentences are quoted whole, and cut only where one alone is too long.
    ///
    /// Optimised for release, it costs 2–3 ms for a text of 10 KB, 20–40 ms for 100 KB and 200–350 ms for 1 MB.
    pub fn summarise(&self, request: &SummaryRequest) -> Summary {
        let text = request.text.as_str();
        let pieces = pieces(text);
        if pieces.is_empty() {
            return Summary::default();
        }
        let ranked = rank(text, &pieces);
        let summary = match own_summary(request, &pieces) {
            Some(own) => own,
            None => composed(request, &ranked, pieces.len()),
        };
        Summary { word_count: counted(&summary), key_points: key_points(text, &ranked), summary }
    }

    /// How many words a text has, as [`Summary::word_count`] counts them.
    pub fn word_count(&self, text: &str) -> u32 {
        counted(text)
    }
}

/// How many sentences a style tells of so many.
fn wanted(style: SummaryStyle, sentences: usize) -> usize {
    match style {
        SummaryStyle::Brief => 3,
        SummaryStyle::Detailed => sentences.div_ceil(3).clamp(4, 12),
        SummaryStyle::BulletPoints => sentences.div_ceil(3).clamp(3, 7),
    }
}

/// A text with no more words than this is short, whatever else is asked for.
fn short_words(style: SummaryStyle) -> u32 {
    match style {
        SummaryStyle::Brief => 60,
        SummaryStyle::Detailed => 120,
        SummaryStyle::BulletPoints => 80,
    }
}

/// The text itself, if it is short enough to be its own summary.
fn own_summary(request: &SummaryRequest, pieces: &[Piece]) -> Option<String> {
    let text = request.text.trim();
    let limit = request.max_words.unwrap_or(u32::MAX).min(short_words(request.style));
    if text.len() > limit as usize * OWN_BYTES_PER_WORD {
        return None;
    }
    let own = match request.style {
        SummaryStyle::BulletPoints => {
            let lines = pieces.iter().map(|piece| one_line(&request.text[piece.range.clone()]));
            lines.map(|line| format!("• {line}")).collect::<Vec<_>>().join("\n")
        }
        SummaryStyle::Brief | SummaryStyle::Detailed => clean(text),
    };
    (counted(&own) <= limit).then_some(own)
}

/// The best sentences of a longer text.
fn composed(request: &SummaryRequest, ranked: &Ranked, sentences: usize) -> String {
    let text = request.text.as_str();
    let limit = request.max_words.unwrap_or(u32::MAX);
    let chosen = match choose(text, ranked, wanted(request.style, sentences), limit) {
        Choice::Whole(chosen) => chosen,
        Choice::Cut(best) => {
            let line = cut(&one_line(&text[ranked.pieces[best].range.clone()]), limit, usize::MAX);
            return match request.style {
                SummaryStyle::BulletPoints if !line.is_empty() => format!("• {line}"),
                _ => line,
            };
        }
    };
    let mut summary = String::new();
    let mut before = None;
    for piece in chosen.into_iter().map(|at| &ranked.pieces[at]) {
        let line = one_line(&text[piece.range.clone()]);
        if request.style == SummaryStyle::BulletPoints {
            summary.push_str(if before.is_some() { "\n• " } else { "• " });
        } else {
            summary.push_str(separator(before, piece.kind, &summary));
        }
        summary.push_str(&line);
        before = Some(piece.kind);
    }
    summary
}

/// What stands between two sentences: nothing after a full stop of an unspaced script; lines of their own stay lines.
fn separator(before: Option<Kind>, kind: Kind, summary: &str) -> &'static str {
    match before {
        None => "",
        Some(Kind::Prose) if kind == Kind::Prose => match summary.chars().next_back() {
            Some('。' | '！' | '？' | '」') => "",
            _ => " ",
        },
        Some(_) => "\n",
    }
}
