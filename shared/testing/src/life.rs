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
pub(crate) struct Life {
    left: Option<(usize, Death)>,
    has_ended: bool,
}

impl Life {
    pub(crate) fn end_after(&mut self, calls: usize, death: Death) {
        *self = Self { left: Some((calls, death)), has_ended: false };
    }

    /// Lets every call through again. Whether there was a death.
    pub(crate) fn revive(&mut self) -> bool {
        std::mem::take(self).has_ended
    }

    /// How the next call ends, if not well.
    pub(crate) fn fate(&mut self) -> Option<Death> {
        let (calls, death) = self.left.as_mut()?;
        let fate = match *calls {
            0 => Some(Death::BeforeCalling),
            left => {
                *calls = left - 1;
                (left == 1 && *death == Death::BeforeHearing).then_some(Death::BeforeHearing)
            }
        };
        self.has_ended |= fate.is_some();
        fate
    }
}
