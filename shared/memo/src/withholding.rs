//! Keeping from models of others what earlier answers say of memories that those must not see: the built-in model may have quoted them, or
//! the person has decided otherwise since.

use std::collections::HashSet;

use app_domain::{MemoSettings, MemoryId, Said, StoreError, Turn, UserId};

use crate::Memo;

impl Memo {
    /// Takes the words from answers that rest on a memory that must not be shown, or that is not there any more.
    pub(crate) async fn withhold(
        &self,
        owner: UserId,
        settings: &MemoSettings,
        earlier: &mut [Turn],
    ) -> Result<(), StoreError> {
        let named: HashSet<MemoryId> = earlier.iter().flat_map(cited).collect();
        if named.is_empty() {
            return Ok(());
        }
        let named: Vec<MemoryId> = named.into_iter().collect();
        let memories = self.memories.readable(owner, &named).await?;
        let shown: HashSet<MemoryId> =
            memories.iter().filter(|memory| settings.lets_out(memory)).map(|memory| memory.id).collect();
        for turn in earlier {
            let is_shown = cited(turn).all(|memory| shown.contains(&memory));
            if let Said::Answer(answer) = &mut turn.said
                && !is_shown
            {
                answer.text.clear();
            }
        }
        Ok(())
    }
}

fn cited(turn: &Turn) -> impl Iterator<Item = MemoryId> + '_ {
    turn.answer().into_iter().flat_map(|answer| answer.citations.iter().map(|cited| cited.memory))
}
