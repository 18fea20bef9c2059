//! What stands behind `?` in an address: each name once, and none that there is not.

use std::collections::HashMap;

use super::refusal::Refusal;

/// Names that every call may have.
const EVERYWHERE: [&str; 6] = ["alt", "fields", "key", "prettyPrint", "quotaUser", "userIp"];

/// The parameters of a call.
#[derive(Debug, Clone, Default)]
pub(super) struct Params(HashMap<String, String>);

impl Params {
    pub(super) fn read(query: Option<&str>) -> Result<Self, Refusal> {
        let mut params = HashMap::new();
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned() {
            if params.contains_key(&name) {
                return Err(Refusal::parameter(&name, format!("Parameter {name} is given twice")));
            }
            params.insert(name, value);
        }
        Ok(Self(params))
    }

    /// Refuses names that are not among these.
    pub(super) fn only(&self, names: &[&str]) -> Result<(), Refusal> {
        let is_known = |name: &&String| names.contains(&name.as_str()) || EVERYWHERE.contains(&name.as_str());
        match self.0.keys().find(|name| !is_known(name)) {
            Some(name) => Err(Refusal::parameter(name, format!("Unknown name \"{name}\""))),
            None => Ok(()),
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// `true` or `false`.
    pub(super) fn flag(&self, name: &str, otherwise: bool) -> Result<bool, Refusal> {
        match self.get(name) {
            None => Ok(otherwise),
            Some("true") => Ok(true),
            Some("false") => Ok(false),
            Some(_) => Err(Refusal::invalid(name)),
        }
    }

    /// A number between one and the most.
    pub(super) fn number(&self, name: &str, otherwise: usize, most: usize) -> Result<usize, Refusal> {
        let Some(text) = self.get(name) else { return Ok(otherwise) };
        let number = text.parse().map_err(|_| Refusal::invalid(name))?;
        if (1..=most).contains(&number) {
            return Ok(number);
        }
        let message = format!("Invalid value '{number}'. Values must be within the range: [1, {most}]");
        Err(Refusal::parameter(name, message))
    }

    /// Refuses spaces that the app may not see.
    pub(super) fn in_drive(&self) -> Result<(), Refusal> {
        match self.get("spaces").or_else(|| self.get("space")) {
            None | Some("drive") => Ok(()),
            Some("appDataFolder") => Err(Refusal::of(
                403,
                "insufficientScopes",
                "The granted scopes do not give access to all of the requested spaces.",
            )),
            Some(_) => Err(Refusal::invalid("spaces")),
        }
    }
}
