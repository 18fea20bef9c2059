//! Asking for a part of a list, and the part itself.

use crate::Invalid;

/// How many items a page holds: 1–100, 20 unless told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit(u32);

impl Limit {
    /// # Errors
    /// Outside 1–100.
    pub fn parse(value: u32) -> Result<Self, Invalid> {
        if (1..=100).contains(&value) {
            Ok(Self(value))
        } else {
            Err(Invalid::new("must be between 1 and 100"))
        }
    }

    /// The number.
    pub fn get(self) -> u32 {
        self.0
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(20)
    }
}

/// A page's number, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageNumber(u32);

impl PageNumber {
    /// How deep numbered pages reach, in items. What lies deeper is read by cursor, which costs the same at any depth.
    pub const MAX_DEPTH: u32 = 1000;

    /// # Errors
    /// If it is 0, or if the page starts beyond [`Self::MAX_DEPTH`] items.
    pub fn parse(value: u32, limit: Limit) -> Result<Self, Invalid> {
        match value.checked_sub(1).and_then(|before| before.checked_mul(limit.get())) {
            None => Err(Invalid::new("must be at least 1")),
            Some(skipped) if skipped >= Self::MAX_DEPTH => Err(Invalid::new(format!(
                "reaches at most {} items deep: follow pagination.nextCursor instead",
                Self::MAX_DEPTH
            ))),
            Some(_) => Ok(Self(value)),
        }
    }

    /// The number.
    pub fn get(self) -> u32 {
        self.0
    }

    /// How many items come before this page.
    pub fn skipped(self, limit: Limit) -> u32 {
        (self.0 - 1) * limit.get()
    }
}

impl Default for PageNumber {
    fn default() -> Self {
        Self(1)
    }
}

/// Which part of a list is wanted. With `after`, the page's number is only echoed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest<Id> {
    /// The numbered page.
    pub number: PageNumber,
    /// How many items.
    pub limit: Limit,
    /// Start behind this item instead of counting pages.
    pub after: Option<Id>,
}

/// How many items a list has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Total {
    /// So many, or more.
    pub count: u64,
    /// Whether it is exactly so many: counting stops where it would cost more than it tells.
    pub is_exact: bool,
}

impl From<u64> for Total {
    fn from(count: u64) -> Self {
        Self { count, is_exact: true }
    }
}

/// A part of a list.
#[derive(Debug, Clone)]
pub struct Page<T, Id> {
    /// The items, in the list's order.
    pub items: Vec<T>,
    /// How many there are in the whole list.
    pub total: Total,
    /// The last item of this page, if more follow it.
    pub next: Option<Id>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_count_from_one_and_end_at_a_depth() {
        let limit = Limit::default();
        assert!(PageNumber::parse(0, limit).is_err());
        assert_eq!(PageNumber::parse(3, limit).unwrap().skipped(limit), 40);
        assert!(PageNumber::parse(50, limit).is_ok());
        assert!(PageNumber::parse(51, limit).is_err());
        assert!(PageNumber::parse(u32::MAX, limit).is_err());
    }
}
