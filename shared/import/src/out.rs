//! Where readers give their items: places are counted, and what was given before is left out.

use std::collections::HashSet;
use std::ops::ControlFlow;
use std::rc::Rc;

use crate::directory::short;
use crate::source::Watch;
use crate::{Given, Item, Place, Trouble};

/// Where a reader gives its items. A reader names each entry before it gives the items of it, in an order that is always the same.
pub(crate) struct Out<'a> {
    give: &'a mut dyn FnMut(Given) -> ControlFlow<()>,
    /// What comes before this was given before.
    from: Place,
    /// Behind the last item.
    at: Place,
    watch: Rc<Watch>,
    permille: u32,
    /// The files that items name, where somebody asks for them.
    named: Option<HashSet<String>>,
}

/// What stands behind all entries of a service: it depends on all of them.
const BEHIND: u32 = crate::LAST - 1;

impl<'a> Out<'a> {
    pub(crate) fn new(
        give: &'a mut dyn FnMut(Given) -> ControlFlow<()>,
        from: Place,
        watch: Rc<Watch>,
    ) -> Self {
        Self { give, from, at: Place::default(), watch, permille: 0, named: None }
    }

    /// Begins an entry. Numbers rise; they need not be those of the archive. False, if all of it was given before: it is not read again.
    pub(crate) fn entry(&mut self, entry: u32) -> bool {
        debug_assert!(entry >= self.at.entry, "entries are given in the order of their numbers");
        self.at = Place { entry, item: 0 };
        entry >= self.from.entry || self.named.is_some()
    }

    /// From now on it is noted which files of the archive items name. What was given before is read again for that.
    pub(crate) fn note_files(&mut self) {
        self.named = Some(HashSet::new());
    }

    /// Says of the files with these names how many no item has named.
    pub(crate) fn unnamed<'n>(&mut self, files: impl Iterator<Item = &'n str>) -> ControlFlow<()> {
        let named = self.named.take().unwrap_or_default();
        let mut unnamed = files.filter(|file| !named.contains(*file));
        let Some(first) = unnamed.next() else { return ControlFlow::Continue(()) };
        let count = unnamed.count() + 1;
        if !self.entry(BEHIND) {
            return ControlFlow::Continue(());
        }
        self.warning(format!(
            "No message names {count} of the files in the archive, such as “{}”: they are left out.",
            short(first)
        ))
    }

    /// Says how many files lie beside those that are read.
    pub(crate) fn beside(&mut self, count: usize) -> ControlFlow<()> {
        if count == 0 || !self.entry(BEHIND) {
            return ControlFlow::Continue(());
        }
        self.warning(format!("Files in the archive of which nothing is brought in: {count}."))
    }

    /// Gives an item, unless it was given before.
    pub(crate) fn give(&mut self, item: Item) -> ControlFlow<()> {
        self.at.item += 1;
        if let Some(named) = &mut self.named {
            let files = match &item {
                Item::Memory(memory) => memory.attachments.as_slice(),
                Item::Message(message) => message.attachments.as_slice(),
                _ => &[],
            };
            named.extend(files.iter().filter_map(|file| file.path.clone()));
        }
        if self.at <= self.from {
            return ControlFlow::Continue(());
        }
        self.permille = self.permille.max(self.watch.permille());
        (self.give)(Given { item, next: self.at, permille: self.permille })
    }

    /// Gives a [`Trouble`].
    pub(crate) fn trouble(
        &mut self,
        kind: &'static str,
        key: impl Into<String>,
        reason: impl Into<String>,
    ) -> ControlFlow<()> {
        self.give(Item::Trouble(Trouble { kind, key: key.into(), reason: reason.into() }))
    }

    /// Gives a warning.
    pub(crate) fn warning(&mut self, warning: impl Into<String>) -> ControlFlow<()> {
        self.give(Item::Warning(warning.into()))
    }
}
