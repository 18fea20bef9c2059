//! Words that are nearly another: a letter wrong, missing, too much, or two of them swapped.

use fst::Automaton;

use super::analysis::SEPARATOR;

/// The most letters that may be wrong.
const MAX_TYPOS: usize = 2;
/// The cells of a row of the edit matrix that lie near enough to its diagonal to matter.
const BAND: usize = 2 * MAX_TYPOS + 1;
/// A distance that is too great.
const FAR: u8 = MAX_TYPOS as u8 + 1;

/// Accepts the keys whose folded spelling is within a distance of a word: that of Damerau and Levenshtein, where no letter is
/// touched twice (optimal string alignment). Walks the edit matrix row by row, a row for each letter of the key.
pub(super) struct Nearly {
    letters: Vec<char>,
    typos: usize,
}

/// How far a key has been read.
#[derive(Debug, Clone, Copy)]
pub(super) enum State {
    Reading(Rows),
    /// The spelling has ended at this distance; what follows does not matter.
    Ended(u8),
    Failed,
}

/// The last two rows of the matrix. Cell `b` of the row for `letter` read letters is that for `letter + b - MAX_TYPOS`
/// letters of the word.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rows {
    row: [u8; BAND],
    before: [u8; BAND],
    last: char,
    read: u8,
    /// Bytes of a character that has not ended yet.
    partial: u32,
    missing: u8,
}

impl Nearly {
    /// For words at most `typos` away, which is at most [`MAX_TYPOS`].
    pub(super) fn new(folded: &str, typos: usize) -> Self {
        Self { letters: folded.chars().collect(), typos: typos.min(MAX_TYPOS) }
    }

    /// The distance of a whole word, if it is near enough.
    pub(super) fn distance(&self, folded: &str) -> Option<u8> {
        let end = folded.bytes().try_fold(self.start(), |state, byte| {
            let next = self.accept(&state, byte);
            self.can_match(&next).then_some(next)
        })?;
        self.distance_at(&end)
    }

    /// The distance of a key that ends in this state, if it is near enough.
    pub(super) fn distance_at(&self, state: &State) -> Option<u8> {
        let distance = match state {
            State::Ended(distance) => *distance,
            State::Reading(rows) if rows.missing == 0 => self.cell(&rows.row, rows.read, self.letters.len()),
            _ => FAR,
        };
        (usize::from(distance) <= self.typos).then_some(distance)
    }

    /// The cell of a row for `letter` letters of the word.
    fn cell(&self, row: &[u8; BAND], read: u8, letter: usize) -> u8 {
        let at = (letter + MAX_TYPOS).checked_sub(usize::from(read));
        at.and_then(|at| row.get(at)).copied().unwrap_or(FAR)
    }

    fn next(&self, rows: &Rows, c: char) -> State {
        let read = rows.read.saturating_add(1);
        if usize::from(read) > self.letters.len() + self.typos {
            return State::Failed;
        }
        let mut row = [FAR; BAND];
        for at in 0..BAND {
            let Some(letter) = (usize::from(read) + at).checked_sub(MAX_TYPOS) else {
                continue;
            };
            if letter > self.letters.len() {
                break;
            }
            if letter == 0 {
                row[at] = read.min(FAR);
                continue;
            }
            let is_same = self.letters[letter - 1] == c;
            let mut best = rows.row[at] + u8::from(!is_same);
            if at > 0 {
                best = best.min(row[at - 1] + 1);
            }
            if at + 1 < BAND {
                best = best.min(rows.row[at + 1] + 1);
            }
            let is_swapped = letter > 1
                && read > 1
                && self.letters[letter - 1] == rows.last
                && self.letters[letter - 2] == c;
            if is_swapped {
                best = best.min(rows.before[at] + 1);
            }
            row[at] = best.min(FAR);
        }
        State::Reading(Rows { row, before: rows.row, last: c, read, partial: 0, missing: 0 })
    }
}

impl Automaton for Nearly {
    type State = State;

    fn start(&self) -> State {
        let mut row = [FAR; BAND];
        for letter in 0..=MAX_TYPOS.min(self.letters.len()) {
            row[letter + MAX_TYPOS] = letter as u8;
        }
        State::Reading(Rows { row, before: [FAR; BAND], last: '\0', read: 0, partial: 0, missing: 0 })
    }

    fn is_match(&self, state: &State) -> bool {
        self.distance_at(state).is_some()
    }

    fn can_match(&self, state: &State) -> bool {
        match state {
            State::Reading(rows) => rows.row.iter().any(|&cell| usize::from(cell) <= self.typos),
            State::Ended(_) => true,
            State::Failed => false,
        }
    }

    fn will_always_match(&self, state: &State) -> bool {
        matches!(state, State::Ended(_))
    }

    fn accept(&self, state: &State, byte: u8) -> State {
        let State::Reading(rows) = state else {
            return *state;
        };
        if rows.missing > 0 {
            let partial = rows.partial << 6 | u32::from(byte & 0x3f);
            if rows.missing > 1 {
                return State::Reading(Rows { partial, missing: rows.missing - 1, ..*rows });
            }
            return char::from_u32(partial).map_or(State::Failed, |c| self.next(rows, c));
        }
        match byte {
            SEPARATOR => self.distance_at(state).map_or(State::Failed, State::Ended),
            1..0x80 => self.next(rows, char::from(byte)),
            0x80..0xe0 => State::Reading(Rows { partial: u32::from(byte & 0x1f), missing: 1, ..*rows }),
            0xe0..0xf0 => State::Reading(Rows { partial: u32::from(byte & 0x0f), missing: 2, ..*rows }),
            _ => State::Reading(Rows { partial: u32::from(byte & 0x07), missing: 3, ..*rows }),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The whole matrix, as in the books.
    fn distance(one: &str, other: &str) -> usize {
        let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
        let mut cells = vec![vec![0; other.len() + 1]; one.len() + 1];
        for i in 0..=one.len() {
            for j in 0..=other.len() {
                if i == 0 || j == 0 {
                    cells[i][j] = i + j;
                    continue;
                }
                let changed = cells[i - 1][j - 1] + usize::from(one[i - 1] != other[j - 1]);
                cells[i][j] = changed.min(cells[i - 1][j] + 1).min(cells[i][j - 1] + 1);
                if i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1] {
                    cells[i][j] = cells[i][j].min(cells[i - 2][j - 2] + 1);
                }
            }
        }
        cells[one.len()][other.len()]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn it_is_the_distance_of_the_books(one in "[abé語]{0,9}", other in "[abé語]{0,9}", typos in 0_usize..=2) {
            let expected = distance(&one, &other);
            let found = Nearly::new(&one, typos).distance(&other).map(usize::from);
            prop_assert_eq!(found, (expected <= typos).then_some(expected));
        }
    }

    #[test]
    fn a_swap_is_one_typo_and_the_exact_spelling_does_not_count() {
        let nearly = Nearly::new("receive", 1);
        assert_eq!(nearly.distance("recieve"), Some(1));
        assert_eq!(nearly.distance("receive\0récéïvé"), Some(0));
        assert_eq!(nearly.distance("receives\0receivés"), Some(1));
        assert_eq!(nearly.distance("deceives"), None);
    }
}
