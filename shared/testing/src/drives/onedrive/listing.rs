//! `…/children` and `…/delta`: what is there, and what has changed.

use axum::response::Response;
use serde_json::{Value, json};

use super::api::{Call, Named};
use super::refusal::Refusal;
use super::show::selected;
use super::state::State;
use super::tree::id_of;
use crate::drives::DriveFault;

/// How many items a page has, if nothing is said,
const PAGE: usize = 200;
/// and the most that can be said.
const MAX_PAGE: usize = 999;

/// Where a client is in the list of changes.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Token {
    /// It has heard of so many changes.
    Changes(usize),
    /// It is going through all that there is, behind a number, and there were so many changes when it began.
    All(usize, u64),
}

impl Token {
    fn read(text: Option<&str>, changes: usize) -> Option<Self> {
        let token = match text {
            None | Some("") => Self::All(changes, 0),
            Some("latest") => Self::Changes(changes),
            Some(text) => match text.split_once('.') {
                Some((began, behind)) => {
                    Self::All(began.strip_prefix("Mzs")?.parse().ok()?, behind.parse().ok()?)
                }
                None => Self::Changes(text.strip_prefix("Mzt")?.parse().ok()?),
            },
        };
        let (Self::Changes(seen) | Self::All(seen, _)) = token;
        (seen <= changes).then_some(token)
    }

    fn text(self) -> String {
        match self {
            Self::Changes(seen) => format!("Mzt{seen}"),
            Self::All(began, behind) => format!("Mzs{began}.{behind}"),
        }
    }
}

impl Call<'_> {
    pub(super) fn children(&self, state: &mut State, named: &Named) -> Result<Response, Refusal> {
        self.knows(&["$top", "$select", "$skiptoken", "$orderby"])?;
        let (top, select, folder) = (self.top()?, self.one("$select")?, named.find(state)?.number);
        let behind = self.one("$skiptoken")?.unwrap_or_default();
        let rest = state
            .tree
            .children(folder)
            .filter(|item| behind.is_empty() || *item.name.to_lowercase() > *behind);
        let page: Vec<(u64, String)> =
            rest.take(top + 1).map(|item| (item.number, item.name.to_lowercase())).collect();
        let shown: Vec<Value> =
            page.iter().take(top).map(|(number, _)| state.shown(self.site, *number, select)).collect();
        let mut value = json!({ "value": shown });
        if page.len() > top {
            let token = ("$skiptoken", page[top - 1].1.clone());
            value["@odata.nextLink"] = json!(self.link(folder, "children", Some(token)));
        }
        Ok(self.told(value))
    }

    pub(super) fn delta(&self, state: &mut State, named: &Named) -> Result<Response, Refusal> {
        self.knows(&["$top", "$select"])?;
        let (top, select, folder) = (self.top()?, self.one("$select")?, named.find(state)?.number);
        let changes = state.tree.log.len();
        let token = Token::read(self.one("token")?, changes);
        let token = token.filter(|_| !state.fails(DriveFault::Reset));
        let token = token.ok_or_else(|| Refusal::resync(self.link(folder, "delta", None)))?;
        let (shown, next, is_last) = match token {
            Token::All(began, behind) => {
                let page: Vec<u64> = state.tree.after(behind).take(top).map(|item| item.number).collect();
                let last = page.last().copied().unwrap_or(behind);
                let is_last = state.tree.after(last).next().is_none();
                (page, if is_last { Token::Changes(began) } else { Token::All(began, last) }, is_last)
            }
            Token::Changes(seen) => {
                let page = &state.tree.log[seen..changes.min(seen + top)];
                (page.to_vec(), Token::Changes(seen + page.len()), seen + page.len() == changes)
            }
        };
        let shown: Vec<Value> = shown.into_iter().map(|number| changed(state, number, select)).collect();
        let mut value = json!({ "value": shown });
        let link = self.link(folder, "delta", Some(("token", next.text())));
        value[if is_last { "@odata.deltaLink" } else { "@odata.nextLink" }] = json!(link);
        Ok(self.told(value))
    }

    fn top(&self) -> Result<usize, Refusal> {
        let top = self.one("$top")?.map_or(Ok(PAGE), str::parse);
        let top = top.ok().filter(|top| (1..=MAX_PAGE).contains(top));
        top.ok_or_else(|| Refusal::invalid("Invalid value for the query option '$top'."))
    }

    /// An address to go on from, with the options of this call.
    fn link(&self, folder: u64, action: &str, token: Option<(&str, String)>) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for name in ["$top", "$select"] {
            if let Ok(Some(value)) = self.one(name) {
                query.append_pair(name, value);
            }
        }
        if let Some((name, value)) = token {
            query.append_pair(name, &value);
        }
        format!("{}/v1.0/me/drive/items/{}/{action}?{}", self.site.origin, id_of(folder), query.finish())
    }
}

/// An item as the list of changes tells it: without paths, and with nothing but an id if it is gone.
fn changed(state: &State, number: u64, select: Option<&str>) -> Value {
    match state.tree.get(number) {
        Some(item) => selected(state.described(item), select),
        None => json!({ "id": id_of(number), "deleted": { "state": "deleted" } }),
    }
}

#[cfg(test)]
mod tests {
    use super::Token;

    #[test]
    fn tokens_are_read_as_they_are_written_and_others_are_too_old() {
        for token in [Token::Changes(7), Token::All(3, 104)] {
            assert_eq!(Token::read(Some(&token.text()), 7), Some(token));
        }
        assert_eq!(Token::read(None, 7), Some(Token::All(7, 0)));
        assert_eq!(Token::read(Some("latest"), 7), Some(Token::Changes(7)));
        for wrong in ["Mzt8", "Mzs8.1", "Mzt", "x", "Mzs1.x"] {
            assert_eq!(Token::read(Some(wrong), 7), None, "{wrong}");
        }
    }
}
