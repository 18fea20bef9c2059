//! What a person has one of, brought in from elsewhere: saved searches one by one, and Memo's settings where nothing has been set.

use app_domain::{MemoSettings, SavedSearch, SavedSearchId, StoreError, Timestamp, UserId};

use crate::restored::{Precedence, Restored, Unmade};
use crate::{MemoPreferences, SavedSearches, SavingError};

/// Why a search is refused that is one too many.
const TOO_MANY: &str = "There are as many saved searches as there can be.";
/// Why one is refused that does not fit beside the others.
const TOO_LONG: &str = "It is too long to be kept beside the other saved searches.";
/// The most bytes of all of them, which are one item: DynamoDB takes 400 KB.
const MOST_BYTES: usize = 300_000;

impl SavedSearches {
    /// Brings in a search as it is. If the person has another of that name, that stays; its own is changed if the given one has
    /// precedence.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn restore(
        &self,
        owner: UserId,
        search: &SavedSearch,
        precedence: Precedence,
    ) -> Result<Restored, StoreError> {
        settle(self.change(owner, |searches| taken_in(searches, search, precedence)).await)
    }

    /// Removes a search that was last changed then. Doing it again changes nothing.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn unmake(
        &self,
        owner: UserId,
        id: SavedSearchId,
        updated_at: Timestamp,
    ) -> Result<Unmade, StoreError> {
        settle(
            self.change(owner, |searches| {
                let there = searches.iter().find(|search| search.id == id).ok_or(Unmade::Missing)?;
                if there.updated_at != updated_at {
                    return Err(Unmade::Changed);
                }
                searches.retain(|search| search.id != id);
                Ok(Unmade::Gone)
            })
            .await,
        )
    }
}

impl MemoPreferences {
    /// Takes over settings where the person has set nothing: what they have set stays, because nobody knows when they did. If what is given has
    /// precedence in any case, all of them.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn restore(
        &self,
        owner: UserId,
        settings: &MemoSettings,
        precedence: Precedence,
    ) -> Result<Restored, StoreError> {
        settle(
            self.change(owner, |there| {
                let before = there.clone();
                match precedence {
                    Precedence::Given => *there = settings.clone(),
                    Precedence::Newer | Precedence::Since(_) => take_over(there, settings),
                }
                if *there == before { Err(Restored::Same) } else { Ok(Restored::Updated) }
            })
            .await,
        )
    }
}

/// A change that refuses has found that nothing is to be written.
fn settle<T>(answer: Result<T, SavingError<T>>) -> Result<T, StoreError> {
    match answer {
        Ok(outcome) | Err(SavingError::Refused(outcome)) => Ok(outcome),
        Err(SavingError::Store(error)) => Err(error),
    }
}

fn taken_in(
    searches: &mut Vec<SavedSearch>,
    given: &SavedSearch,
    precedence: Precedence,
) -> Result<Restored, Restored> {
    if searches.iter().any(|other| other.id != given.id && other.name.is_like(&given.name)) {
        return Err(Restored::Same);
    }
    if let Some(there) = searches.iter_mut().find(|there| there.id == given.id) {
        if there.name == given.name && there.search == given.search {
            return Err(Restored::Same);
        }
        if let Some(restored) = precedence.settles(there.updated_at, given.updated_at) {
            return Err(restored);
        }
        *there = given.clone();
        return Ok(Restored::Updated);
    }
    if searches.len() >= SavedSearch::MAX {
        return Err(Restored::Refused(TOO_MANY));
    }
    let bytes = |search: &SavedSearch| serde_json::to_vec(search).map_or(usize::MAX, |json| json.len());
    let all = searches.iter().chain([given]).map(bytes).fold(0, usize::saturating_add);
    if all > MOST_BYTES {
        return Err(Restored::Refused(TOO_LONG));
    }
    searches.push(given.clone());
    Ok(Restored::Made)
}

fn take_over(there: &mut MemoSettings, given: &MemoSettings) {
    let first = MemoSettings::default();
    let MemoSettings {
        external_models,
        redaction,
        confirm_writes,
        extract_facts,
        kept_categories,
        answer_language,
        instructions,
    } = given.clone();
    let take = |there: &mut bool, given: bool, first: bool| {
        if *there == first {
            *there = given;
        }
    };
    take(&mut there.external_models, external_models, first.external_models);
    take(&mut there.redaction, redaction, first.redaction);
    take(&mut there.confirm_writes, confirm_writes, first.confirm_writes);
    take(&mut there.extract_facts, extract_facts, first.extract_facts);
    if there.kept_categories == first.kept_categories {
        there.kept_categories = kept_categories;
    }
    there.answer_language = there.answer_language.take().or(answer_language);
    there.instructions = there.instructions.take().or(instructions);
}
