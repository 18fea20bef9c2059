//! Searching sets of vectors.

use super::best::{Best, Candidate};
use super::codes::{dot, query_codes, scan, unit};
use super::{VectorError, VectorSet};
use crate::EntityId;

/// How many vectors are scanned at a time: their sums stay in the CPU's nearest memory.
const BLOCK: usize = 256;
/// So many times as many as are wanted are weighed exactly …
const OVERSAMPLING: usize = 4;
/// … and some more, since of a few wanted one is missed more easily.
const OVERSAMPLED: usize = 32;
/// By how many steps of the largest scale a scan may be wrong about which of two vectors is nearer: five standard deviations.
const MARGIN_STEPS: f32 = 2.0;
/// If so many look equally near, so many more are weighed …
const WIDENING: usize = 8;
/// … but not more than this. Thousands that hardly differ are as good as one another.
const MAX_WEIGHED: usize = 8192;

/// Something whose meaning is near.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VectorHit {
    /// What was found.
    pub id: EntityId,
    /// The cosine of the angle between it and the query, from -1 to 1.
    pub similarity: f32,
}

/// Searches several sets as if they were one, the oldest first: what a later set holds is taken from there alone.
///
/// Hits come by similarity, and if that is equal, the later id first. What has no direction, a query or a vector of zeros, is
/// near nothing. `allowed` is asked only about those that are near enough to be found, about some of them more than once.
///
/// # Errors
/// If the query does not fit the sets, the sets do not fit each other, or it holds what is not a number.
pub fn search(
    sets: &[&VectorSet],
    query: &[f32],
    limit: usize,
    allowed: impl Fn(EntityId) -> bool,
) -> Result<Vec<VectorHit>, VectorError> {
    for (at, set) in sets.iter().enumerate() {
        set.expect_dimensions(query)?;
        set.expect_model_of(sets[at.saturating_sub(1)])?;
    }
    let query = unit(query)?;
    let (query_scale, codes) = query_codes(&query);
    if limit == 0 || query_scale == 0.0 {
        return Ok(Vec::new());
    }
    let scanned: Vec<_> = sets.iter().map(|set| similarities(set, &codes)).collect();
    let largest_scale = sets.iter().map(|set| set.largest_scale()).fold(0.0, f32::max);
    let margin = MARGIN_STEPS * largest_scale / query_scale;
    let exact = candidates(sets, &scanned, limit, margin, allowed).into_iter().map(|candidate| {
        let (set, row) = candidate.place;
        let (scale, high, low) = sets[set as usize].codes(row as usize);
        let similarity = dot(&query, scale, high, low).clamp(-1.0, 1.0);
        Candidate { similarity, ..candidate }
    });
    let mut exact: Vec<_> = exact.collect();
    exact.sort_unstable_by(|a, b| b.cmp(a));
    exact.truncate(limit);
    Ok(exact.into_iter().map(|hit| VectorHit { id: hit.id, similarity: hit.similarity }).collect())
}

/// How near each vector of a set looks by its upper bytes. Comparable with others, but not a cosine: the query's own scale is
/// left out.
fn similarities(set: &VectorSet, query: &[i16]) -> Vec<f32> {
    let mut sums = [0; BLOCK];
    let mut similarities = Vec::with_capacity(set.len());
    for (high, scales) in set.high().chunks(BLOCK * query.len()).zip(set.scales().chunks(BLOCK)) {
        scan(query, high, &mut sums);
        similarities.extend(sums.iter().zip(scales).map(|(&sum, scale)| scale * sum as f32));
    }
    similarities
}

/// Those that may be among the nearest: as many as look nearest, and as many more as look as if they might be.
fn candidates(
    sets: &[&VectorSet],
    scanned: &[Vec<f32>],
    limit: usize,
    margin: f32,
    allowed: impl Fn(EntityId) -> bool,
) -> Vec<Candidate> {
    let total: usize = scanned.iter().map(Vec::len).sum();
    let first = limit.saturating_mul(OVERSAMPLING).saturating_add(OVERSAMPLED);
    let most = total.min(first.max(MAX_WEIGHED));
    let mut count = first.min(total);
    loop {
        let mut best = Best::new(count);
        for (place, (at, set)) in (0..).zip(sets.iter().enumerate()) {
            let newer = &sets[at + 1..];
            let is_wanted = |id| allowed(id) && !newer.iter().any(|set| set.contains(id));
            pick(set, &scanned[at], place, &mut best, is_wanted);
        }
        let found = best.into_sorted();
        let is_clear = match (found.get(limit.saturating_sub(1)), found.last()) {
            (Some(wanted), Some(last)) => last.similarity < wanted.similarity - margin,
            _ => true,
        };
        if is_clear || found.len() < count || count == most {
            return found;
        }
        count = count.saturating_mul(WIDENING).min(most);
    }
}

/// Offers what looks near.
fn pick(
    set: &VectorSet,
    similarities: &[f32],
    place: u32,
    best: &mut Best,
    is_wanted: impl Fn(EntityId) -> bool,
) {
    for (row, &similarity) in similarities.iter().enumerate() {
        if best.may_take(similarity) && set.scale(row) > 0.0 {
            let id = set.id(row);
            best.offer(Candidate { similarity, id, place: (place, row as u32) }, || is_wanted(id));
        }
    }
}
