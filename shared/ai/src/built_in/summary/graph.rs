//! Which sentences say most of what the others say: a walk along their common words (TextRank, Mihalcea and Tarau, 2004).

/// How often a walk goes on to a similar sentence, rather than anywhere.
const DAMPING: f32 = 0.85;
const ROUNDS: usize = 20;
/// A round that changes no more than this is the last.
const SETTLED: f32 = 1e-4;

/// A word of a sentence: the number of its stem, and its share of the sentence. A sentence's words are sorted, and its
/// shares, squared, sum up to 1.
pub(super) type Bag = Vec<(u32, f32)>;

/// How much any two sentences have in common, from 0 to 1.
#[derive(Debug)]
pub(super) struct Similarities {
    count: usize,
    values: Vec<f32>,
}

impl Similarities {
    /// Of sentences with words numbered below `stems`.
    pub(super) fn of(bags: &[Bag], stems: usize) -> Self {
        let count = bags.len();
        let mut holders: Vec<Vec<(usize, f32)>> = vec![Vec::new(); stems];
        let mut values = vec![0.0; count * count];
        for (at, bag) in bags.iter().enumerate() {
            for &(stem, share) in bag {
                for &(other, other_share) in &holders[stem as usize] {
                    values[at * count + other] += share * other_share;
                }
                holders[stem as usize].push((at, share));
            }
        }
        for at in 0..count {
            for other in 0..at {
                values[other * count + at] = values[at * count + other];
            }
        }
        Self { count, values }
    }

    /// Of two of them.
    pub(super) fn between(&self, a: usize, b: usize) -> f32 {
        self.values[a * self.count + b]
    }

    fn row(&self, at: usize) -> &[f32] {
        &self.values[at * self.count..(at + 1) * self.count]
    }

    /// How often a walk comes by each sentence, if it starts where `priors` say. The sum is 1.
    pub(super) fn visits(&self, priors: &[f32]) -> Vec<f32> {
        let total: f32 = priors.iter().sum();
        let starts: Vec<f32> = priors.iter().map(|prior| prior / total.max(f32::MIN_POSITIVE)).collect();
        let degrees: Vec<f32> = (0..self.count).map(|at| self.row(at).iter().sum()).collect();
        let mut visits = starts.clone();
        for _ in 0..ROUNDS {
            // Who has nothing in common with anybody passes its visits on to all.
            let lost: f32 = (0..self.count).filter(|&at| degrees[at] <= 0.0).map(|at| visits[at]).sum();
            let mut next: Vec<f32> =
                starts.iter().map(|start| (1.0 - DAMPING + DAMPING * lost) * start).collect();
            for (at, degree) in degrees.iter().enumerate().filter(|(_, degree)| **degree > 0.0) {
                let share = DAMPING * visits[at] / degree;
                for (visit, similarity) in next.iter_mut().zip(self.row(at)) {
                    *visit += share * similarity;
                }
            }
            let change: f32 = next.iter().zip(&visits).map(|(new, old)| (new - old).abs()).sum();
            visits = next;
            if change < SETTLED {
                break;
            }
        }
        visits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bag(stems: &[u32]) -> Bag {
        let share = 1.0 / (stems.len() as f32).sqrt();
        stems.iter().map(|&stem| (stem, share)).collect()
    }

    #[test]
    fn what_the_others_speak_of_is_visited_most() {
        let bags = [bag(&[0, 1]), bag(&[1, 2]), bag(&[2, 3]), bag(&[4])];
        let similarities = Similarities::of(&bags, 5);
        let visits = similarities.visits(&[1.0; 4]);
        assert!(visits[1] > visits[0] && visits[0] > visits[3], "{visits:?}");
        assert!((visits.iter().sum::<f32>() - 1.0).abs() < 1e-4);
        assert_eq!(similarities.between(0, 1), similarities.between(1, 0));
    }

    #[test]
    fn without_common_words_the_start_decides() {
        let visits = Similarities::of(&[bag(&[0]), Bag::new()], 1).visits(&[2.0, 1.0]);
        assert!(visits[0] > visits[1], "{visits:?}");
    }
}
