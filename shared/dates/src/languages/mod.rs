//! What languages say about time, one table each.

mod dutch;
mod english;
mod french;
mod german;
mod italian;
mod portuguese;
mod spanish;

use crate::table::Table;

/// Every language that spans are read in.
pub(crate) const TABLES: &[&Table] = &[
    &english::TABLE,
    &german::TABLE,
    &french::TABLE,
    &spanish::TABLE,
    &italian::TABLE,
    &portuguese::TABLE,
    &dutch::TABLE,
];
