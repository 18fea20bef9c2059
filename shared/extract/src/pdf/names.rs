//! What pages name: fonts and forms.

use std::collections::HashMap;
use std::rc::Rc;

use super::file::File;
use super::font::Font;
use super::object::{Dict, Object};
use crate::budget::Budget;
use crate::error::Flow;

/// Fonts are read up to this size, taken together.
const MAX_KEPT: usize = 8_000_000;

/// Fonts that were read, by the numbers of their objects.
#[derive(Debug, Default)]
pub(super) struct Fonts {
    read: HashMap<u32, Rc<Font>>,
    size: usize,
}

impl Fonts {
    fn font(&mut self, file: &File<'_>, object: &Object, budget: &mut Budget) -> Flow<Option<Rc<Font>>> {
        let id = match object {
            Object::Ref(id) => Some(*id),
            _ => None,
        };
        if let Some(font) = id.and_then(|id| self.read.get(&id)) {
            return Ok(Some(Rc::clone(font)));
        }
        if self.size > MAX_KEPT {
            // It is noted that something is missing.
            let _ = budget.exhausted();
            return Ok(None);
        }
        let Object::Dict(dict) = file.resolved(object.clone(), budget)? else { return Ok(None) };
        let font = Rc::new(Font::read(file, &dict, budget)?);
        self.size += font.size();
        if let Some(id) = id {
            self.read.insert(id, Rc::clone(&font));
        }
        Ok(Some(font))
    }
}

/// What a page or a form names: looked up once, as the names come again and again.
pub(super) struct Names {
    fonts: Dict,
    forms: Dict,
    read: HashMap<Vec<u8>, Option<Rc<Font>>>,
}

impl Names {
    pub(super) fn new(file: &File<'_>, resources: &Dict, budget: &mut Budget) -> Flow<Self> {
        Ok(Self {
            fonts: file.dict_at(resources, "Font", budget)?.unwrap_or_default(),
            forms: file.dict_at(resources, "XObject", budget)?.unwrap_or_default(),
            read: HashMap::new(),
        })
    }

    pub(super) fn font(
        &mut self,
        file: &File<'_>,
        fonts: &mut Fonts,
        budget: &mut Budget,
        name: &[u8],
    ) -> Flow<Option<Rc<Font>>> {
        if let Some(font) = self.read.get(name) {
            return Ok(font.clone());
        }
        let Some(object) = self.fonts.0.get(name) else { return Ok(None) };
        let font = fonts.font(file, object, budget)?;
        self.read.insert(name.to_vec(), font.clone());
        Ok(font)
    }

    /// The number of the form of a name.
    pub(super) fn form(&self, name: &[u8]) -> Option<u32> {
        match self.forms.0.get(name) {
            Some(Object::Ref(id)) => Some(*id),
            _ => None,
        }
    }
}
