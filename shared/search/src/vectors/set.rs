//! The vectors of one person and one model.

use super::codes::{decode, encode, unit};
use super::{VectorError, VectorHit, search};
use crate::EntityId;

/// More dimensions than any model has that is worth its cost.
pub const MAX_DIMENSIONS: usize = 4096;
/// A model's name is never longer.
pub(super) const MAX_MODEL_BYTES: usize = 255;

/// Vectors of one person, all of one model.
///
/// Costs `2 × dimensions + 25` bytes a vector. Adding to a set of `n` moves up to `4n` bytes, less the later the id.
#[derive(Debug, Clone)]
pub struct VectorSet {
    model: String,
    dimensions: usize,
    ids: Vec<EntityId>,
    scales: Vec<f32>,
    high: Vec<i8>,
    low: Vec<i8>,
    /// The rows in the order of their ids.
    by_id: Vec<u32>,
}

impl VectorSet {
    /// An empty set for the vectors of a model.
    ///
    /// # Errors
    /// If there cannot be such a model.
    pub fn new(model: &str, dimensions: usize) -> Result<Self, VectorError> {
        if !(1..=MAX_DIMENSIONS).contains(&dimensions) {
            return Err(VectorError::Impossible("its dimensions are none or too many"));
        }
        if !(1..=MAX_MODEL_BYTES).contains(&model.len()) {
            return Err(VectorError::Impossible("its model has no name, or one that is too long"));
        }
        let model = model.to_owned();
        let (ids, scales, high, low, by_id) = Default::default();
        Ok(Self { model, dimensions, ids, scales, high, low, by_id })
    }

    /// One set of what several hold, the oldest first: what a later set holds is taken from there. Keeps what `keep` says
    /// should stay.
    ///
    /// # Errors
    /// If there is no set, or they are of different models.
    pub fn merged(sets: &[&Self], keep: impl Fn(EntityId) -> bool) -> Result<Self, VectorError> {
        let newest = sets.last().ok_or(VectorError::Impossible("it is merged from none"))?;
        for set in sets {
            set.expect_model_of(newest)?;
        }
        let mut rows: Vec<_> = (0_u32..)
            .zip(sets)
            .flat_map(|(age, set)| (0_u32..).zip(&set.ids).map(move |(row, &id)| (id, age, row)))
            .filter(|&(id, ..)| keep(id))
            .collect();
        rows.sort_unstable_by(|a, b| b.cmp(a));
        // Of each id the latest comes first, and the others go.
        rows.dedup_by_key(|&mut (id, ..)| id);
        rows.reverse();
        let codes = || rows.iter().map(|&(_, age, row)| sets[age as usize].codes(row as usize));
        let mut high = Vec::with_capacity(rows.len() * newest.dimensions);
        codes().for_each(|(_, codes, _)| high.extend_from_slice(codes));
        let mut low = Vec::with_capacity(rows.len() * newest.dimensions);
        codes().for_each(|(_, _, codes)| low.extend_from_slice(codes));
        let scales = codes().map(|(scale, ..)| scale).collect();
        let ids = rows.iter().map(|&(id, ..)| id).collect();
        Ok(Self::new(&newest.model, newest.dimensions)?.filled(ids, scales, high, low))
    }

    /// The model whose vectors these are.
    pub fn model(&self) -> &str {
        &self.model
    }

    /// How many numbers each vector has.
    pub fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// How many vectors there are.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The memory it takes, in bytes.
    pub fn held_bytes(&self) -> usize {
        size_of::<Self>()
            + self.model.capacity()
            + self.ids.capacity() * size_of::<EntityId>()
            + self.scales.capacity() * size_of::<f32>()
            + self.by_id.capacity() * size_of::<u32>()
            + self.high.capacity()
            + self.low.capacity()
    }

    /// What has a vector here, in the order of the ids.
    pub fn ids(&self) -> impl Iterator<Item = EntityId> {
        self.by_id.iter().map(|&row| self.ids[row as usize])
    }

    /// Whether this has a vector here.
    pub fn contains(&self, id: EntityId) -> bool {
        self.find(id).is_ok()
    }

    /// The vector of this, to about one part in ten thousand.
    pub fn vector(&self, id: EntityId) -> Option<Vec<f32>> {
        let at = self.find(id).ok()?;
        let (scale, high, low) = self.codes(self.by_id[at] as usize);
        Some(decode(scale, high, low).collect())
    }

    /// Adds a vector, or puts it in the place of an earlier one. Its length does not matter, only where it points.
    ///
    /// # Errors
    /// If it has other dimensions, holds what is not a number, or the set is full.
    pub fn insert(&mut self, id: EntityId, vector: &[f32]) -> Result<(), VectorError> {
        self.expect_dimensions(vector)?;
        let unit = unit(vector)?;
        let row = match self.find(id) {
            Ok(at) => self.by_id[at] as usize,
            Err(at) => {
                let row = u32::try_from(self.len()).map_err(|_| VectorError::Impossible("it is full"))?;
                self.by_id.insert(at, row);
                self.ids.push(id);
                self.scales.push(0.0);
                self.high.resize(self.high.len() + self.dimensions, 0);
                self.low.resize(self.low.len() + self.dimensions, 0);
                row as usize
            }
        };
        let codes = row * self.dimensions..(row + 1) * self.dimensions;
        self.scales[row] = encode(&unit, &mut self.high[codes.clone()], &mut self.low[codes]);
        Ok(())
    }

    /// Takes a vector out. Tells whether there was one.
    pub fn remove(&mut self, id: EntityId) -> bool {
        let Ok(at) = self.find(id) else { return false };
        let row = self.by_id.remove(at) as usize;
        let last = self.len() - 1;
        if row != last
            && let Ok(at) = self.find(self.ids[last])
        {
            // The last row takes the place of the one that goes.
            self.by_id[at] = row as u32;
            let codes = last * self.dimensions..(last + 1) * self.dimensions;
            self.high.copy_within(codes.clone(), row * self.dimensions);
            self.low.copy_within(codes, row * self.dimensions);
        }
        self.ids.swap_remove(row);
        self.scales.swap_remove(row);
        self.high.truncate(last * self.dimensions);
        self.low.truncate(last * self.dimensions);
        true
    }

    /// The nearest of what is allowed. As [`search`] says, of this set alone.
    ///
    /// # Errors
    /// If the query has other dimensions, or holds what is not a number.
    pub fn search(
        &self,
        query: &[f32],
        limit: usize,
        allowed: impl Fn(EntityId) -> bool,
    ) -> Result<Vec<VectorHit>, VectorError> {
        search(&[self], query, limit, allowed)
    }

    /// Where in the order of ids it is, or would be.
    fn find(&self, id: EntityId) -> Result<usize, usize> {
        self.by_id.binary_search_by_key(&id, |&row| self.ids[row as usize])
    }

    /// This empty set with other content. The ids are in order, each is there once, and as many of the rest as they need.
    pub(super) fn filled(self, ids: Vec<EntityId>, scales: Vec<f32>, high: Vec<i8>, low: Vec<i8>) -> Self {
        let by_id = (0_u32..).take(ids.len()).collect();
        Self { ids, scales, high, low, by_id, ..self }
    }

    pub(super) fn id(&self, row: usize) -> EntityId {
        self.ids[row]
    }

    pub(super) fn scale(&self, row: usize) -> f32 {
        self.scales[row]
    }

    pub(super) fn scales(&self) -> &[f32] {
        &self.scales
    }

    pub(super) fn largest_scale(&self) -> f32 {
        self.scales.iter().copied().fold(0.0, f32::max)
    }

    /// The upper bytes of all vectors.
    pub(super) fn high(&self) -> &[i8] {
        &self.high
    }

    /// The rows in the order of their ids.
    pub(super) fn rows(&self) -> impl Iterator<Item = usize> {
        self.by_id.iter().map(|&row| row as usize)
    }

    pub(super) fn codes(&self, row: usize) -> (f32, &[i8], &[i8]) {
        let codes = row * self.dimensions..(row + 1) * self.dimensions;
        (self.scales[row], &self.high[codes.clone()], &self.low[codes])
    }

    pub(super) fn expect_dimensions(&self, vector: &[f32]) -> Result<(), VectorError> {
        let (expected, found) = (self.dimensions, vector.len());
        if expected == found { Ok(()) } else { Err(VectorError::Dimensions { expected, found }) }
    }

    pub(super) fn expect_model_of(&self, other: &Self) -> Result<(), VectorError> {
        let same = self.model == other.model && self.dimensions == other.dimensions;
        if same { Ok(()) } else { Err(VectorError::OtherModel) }
    }
}
