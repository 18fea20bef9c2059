//! One call for vectors: requests one after the other, and what is done about those that fail.

use std::collections::VecDeque;

use super::embeddings::{OpenAiEmbedder, Probe};
use super::endpoint::Deadline;
use super::failure::{Failure, Reason};
use super::tokens::shorter;
use crate::Embedding;

/// A text on its way.
pub(super) struct Input {
    /// Where its vector belongs.
    pub(super) at: usize,
    pub(super) text: String,
    pub(super) tokens: usize,
}

/// A call, as far as it has come.
pub(super) struct Call<'a> {
    pub(super) model: &'a OpenAiEmbedder,
    pub(super) max_input_tokens: usize,
    pub(super) deadline: Deadline,
    /// What is still to be asked for.
    pub(super) batches: VecDeque<Vec<Input>>,
    pub(super) vectors: Vec<Embedding>,
    /// Whether it is known that requests can succeed.
    pub(super) works: bool,
}

impl Call<'_> {
    pub(super) async fn run(mut self) -> Vec<Embedding> {
        while let Some(batch) = self.batches.pop_front() {
            let texts = batch.iter().map(|input| input.text.as_str()).collect();
            match self.model.ask(texts, self.deadline).await {
                Ok(answers) => {
                    self.works = true;
                    batch.iter().zip(answers).for_each(|(input, answer)| self.vectors[input.at] = answer);
                }
                Err(Failure::Input(reason)) => self.refused(batch, reason).await,
                Err(failure) => self.give_up(batch, &failure),
            }
        }
        self.vectors
    }

    /// Something in the batch is refused, or every request would be.
    async fn refused(&mut self, batch: Vec<Input>, reason: Reason) {
        if !self.works {
            match self.model.probe(self.deadline).await {
                Ok(Probe::Works) => self.works = true,
                Ok(Probe::WorksWithoutBase64) => {
                    self.works = true;
                    return self.batches.push_front(batch);
                }
                Err(failure) => return self.give_up(batch, &failure),
            }
        }
        self.divide(batch, reason);
    }

    /// Asks again with half of the texts, or with half of the one text.
    fn divide(&mut self, mut batch: Vec<Input>, reason: Reason) {
        if let [input] = &mut batch[..] {
            match shorter(&input.text, self.max_input_tokens).map(str::len) {
                Some(bytes) => input.text.truncate(bytes),
                None => return self.give_up(batch, &Failure::Input(reason)),
            }
        } else {
            let second = batch.split_off(batch.len() / 2);
            self.batches.push_front(second);
        }
        self.batches.push_front(batch);
    }

    fn give_up(&mut self, batch: Vec<Input>, failure: &Failure) {
        let mut lost = batch;
        if matches!(failure, Failure::Passing { .. } | Failure::Setup(_)) {
            // The next request would most likely fail in the same way. Its texts can be tried again later.
            lost.extend(self.batches.drain(..).flatten());
        }
        let error = failure.to_error();
        lost.iter().for_each(|input| self.vectors[input.at] = Err(error.clone()));
    }
}
