//! What is asked of made-up memories, by kind.

use app_search::text::Document;

use super::corpus::Dice;

/// Queries of each kind.
pub(crate) const QUERIES: usize = 300;

/// Queries of one kind, in our syntax and in that of FTS5.
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) ours: Vec<String>,
    /// None, if FTS5 has nothing like it.
    pub(crate) theirs: Vec<String>,
}

/// Queries that have an answer among these memories.
pub(crate) fn queries(documents: &[Document], dice: &mut Dice) -> Vec<Kind> {
    let samples = samples(documents, dice);
    let phrases: Vec<String> = (0..QUERIES)
        .map(|_| {
            let words: Vec<&str> = documents[dice.below(documents.len())].body.split(' ').collect();
            let from = dice.below(words.len() - 1);
            format!("\"{}\"", words[from..from + 2].join(" "))
        })
        .collect();
    let each = |make: &dyn Fn(&[&str]) -> String| samples.iter().map(|words| make(words)).collect::<Vec<_>>();
    let quoted = |words: &[&str]| words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>();
    let one = each(&|words| format!("{} ", words[0]));
    let theirs = each(&|words| quoted(&words[..1]).join(""));
    let alone = |name, ours| Kind { name, ours, theirs: Vec::new() };
    vec![
        Kind { name: "one word", ours: one.clone(), theirs },
        Kind {
            name: "three words",
            ours: each(&|words| format!("{} ", words.join(" "))),
            theirs: each(&|words| quoted(words).join(" OR ")),
        },
        Kind { name: "phrase", ours: phrases.clone(), theirs: phrases },
        Kind {
            name: "prefix of 3",
            ours: each(&|words| words[0][..3].to_owned()),
            theirs: each(&|words| format!("\"{}\" *", &words[0][..3])),
        },
        alone("prefix of 1", each(&|words| words[0][..1].to_owned())),
        alone("typo", each(&|words| format!("{} ", swapped(words[0])))),
        alone("filter", one),
        alone("24 typos", samples.chunks_exact(8).map(misspelt).collect()),
        alone("8 phrases", vec![phrases_of_grammar(); 20]),
    ]
}

/// Three words each that stand near one another in a memory.
fn samples<'a>(documents: &'a [Document], dice: &mut Dice) -> Vec<Vec<&'a str>> {
    let mut samples: Vec<Vec<&str>> = Vec::new();
    while samples.len() < QUERIES {
        let words: Vec<&str> = documents[dice.below(documents.len())].body.split(' ').collect();
        let from = dice.below(words.len());
        let long = words[from..].iter().copied().filter(|word| word.len() > 4 && word.is_ascii());
        let sample: Vec<&str> = long.take(3).collect();
        if sample.len() == 3 && sample.iter().all(|word| word.chars().all(char::is_alphabetic)) {
            samples.push(sample);
        }
    }
    samples
}

fn swapped(word: &str) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    letters.swap(1, 2);
    String::from_iter(letters)
}

/// Long words, none spelt rightly: as much work as a query can make.
fn misspelt(samples: &[Vec<&str>]) -> String {
    let words = samples.iter().flatten().map(|word| format!("x{word}{word}q ")).collect::<Vec<_>>();
    words.concat()
}

/// Phrases of the most frequent words, as many as are read.
fn phrases_of_grammar() -> String {
    "\"the and to of a in is it that for on the with as at be\" ".repeat(8)
}
