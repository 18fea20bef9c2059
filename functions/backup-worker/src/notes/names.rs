//! Categories by their names, as notes have them.

use std::collections::HashMap;

use app_domain::{Category, CategoryId};

/// A person's categories.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    names: HashMap<CategoryId, String>,
    ids: HashMap<String, CategoryId>,
}

impl Names {
    /// Of these.
    pub(crate) fn of(categories: &[Category]) -> Self {
        let mut all = Self::default();
        for category in categories {
            let name = category.name.as_str();
            all.names.insert(category.id, name.to_owned());
            all.ids.entry(name.to_lowercase()).or_insert(category.id);
        }
        all
    }

    /// What a category is called.
    pub(crate) fn name(&self, id: CategoryId) -> Option<&str> {
        self.names.get(&id).map(String::as_str)
    }

    /// The category of a name, in large letters or small.
    pub(crate) fn id(&self, name: &str) -> Option<CategoryId> {
        self.ids.get(&name.to_lowercase()).copied()
    }
}
