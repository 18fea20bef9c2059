//! Callers that die: after so many calls, before the next one or before they hear of the last.

/// How a caller ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Death {
    /// Before its next call.
    BeforeCalling,
    /// When its last call is done and before it hears of that.
    BeforeHearing,
}

/// How many calls a caller has left, and how it ends then; without end unless told.
#[derive(Debug, Default)]
pub(crate) struct Life(Option<(usize, Death)>);

impl Life {
    pub(crate) fn end_after(&mut self, calls: usize, death: Death) {
        self.0 = Some((calls, death));
    }

    /// Lets every call through again. Whether there was a death.
    pub(crate) fn revive(&mut self) -> bool {
        self.0.take().is_some_and(|(calls, _)| calls == 0)
    }

    /// How the next call ends, if not well.
    pub(crate) fn fate(&mut self) -> Option<Death> {
        let (calls, death) = self.0.as_mut()?;
        if *calls == 0 {
            return Some(Death::BeforeCalling);
        }
        *calls -= 1;
        (*calls == 0 && *death == Death::BeforeHearing).then_some(Death::BeforeHearing)
    }
}
