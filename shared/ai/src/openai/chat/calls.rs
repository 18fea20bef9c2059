//! Calls of tools, put together from their pieces.

use serde::Deserialize;
use serde_json::Value;

use crate::ToolCall;
use crate::openai::failure::Failure;

/// More calls at once make no sense.
const MAX_CALLS: usize = 32;
/// Longer arguments make no sense.
const MAX_ARGUMENTS_BYTES: usize = 64 * 1024;
/// Longer ids and names of tools make no sense.
const MAX_NAME_BYTES: usize = 256;

/// A piece of a call. The first one of a call has its id and name, and each has its index; but servers that are only
/// compatible leave out one or another, or give every call the same index.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct CallPiece {
    index: Option<u64>,
    id: Option<String>,
    function: Option<FunctionPiece>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct FunctionPiece {
    name: Option<String>,
    /// Text, piece by piece, or the whole object.
    arguments: Value,
}

/// The calls of one answer, as far as they have come.
#[derive(Default)]
pub(super) struct Calls(Vec<Call>);

struct Call {
    index: Option<u64>,
    made: ToolCall,
}

impl Calls {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes one more piece.
    ///
    /// # Errors
    /// If there are more calls, or one is longer, than makes sense.
    pub(super) fn add(&mut self, piece: CallPiece) -> Result<(), Failure> {
        let id = piece.id.filter(|id| !id.is_empty());
        let function = piece.function.unwrap_or_default();
        let name = function.name.filter(|name| !name.is_empty());
        let at = match self.place(piece.index, id.as_deref(), name.is_some()) {
            Some(at) => at,
            None if self.0.len() == MAX_CALLS => return Err(Failure::Corrupt("it asks for too many tools")),
            None => {
                let made = ToolCall { id: String::new(), name: String::new(), arguments: String::new() };
                self.0.push(Call { index: piece.index, made });
                self.0.len() - 1
            }
        };
        let call = &mut self.0[at].made;
        if let Some(id) = id.filter(|_| call.id.is_empty()) {
            call.id = id;
        }
        if let Some(name) = name.filter(|_| call.name.is_empty()) {
            call.name = name;
        }
        match function.arguments {
            Value::Null => {}
            Value::String(text) => call.arguments.push_str(&text),
            object => call.arguments.push_str(&object.to_string()),
        }
        if call.arguments.len() > MAX_ARGUMENTS_BYTES || call.id.len().max(call.name.len()) > MAX_NAME_BYTES {
            return Err(Failure::Corrupt("it asks for a tool at too great length"));
        }
        Ok(())
    }

    /// The call that a piece belongs to, if it has begun.
    fn place(&self, index: Option<u64>, id: Option<&str>, has_name: bool) -> Option<usize> {
        let fits = |call: &Call| index.is_none() || call.index == index;
        // Some repeat the id with each piece; with others it comes late.
        let is_named = |call: &Call, id| call.made.id == id || (index.is_some() && call.made.id.is_empty());
        match id {
            Some(id) => self.0.iter().rposition(|call| fits(call) && is_named(call, id)),
            // Without an index, a name tells that the next one begins.
            None => (self.0.iter().rposition(fits))
                .filter(|&at| index.is_some() || !has_name || self.0[at].made.name.is_empty()),
        }
    }

    /// The calls, whole, in the order in which they began.
    ///
    /// # Errors
    /// If one names no tool.
    pub(super) fn end(self) -> Result<Vec<ToolCall>, Failure> {
        let numbered = self.0.into_iter().enumerate().map(|(at, Call { mut made, .. })| {
            if made.name.is_empty() {
                return Err(Failure::Corrupt("it asks for a tool without a name"));
            }
            if made.id.is_empty() {
                made.id = format!("call_{at}");
            }
            Ok(made)
        });
        numbered.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calls(pieces: &str) -> Result<Vec<[String; 3]>, Failure> {
        let mut calls = Calls::default();
        for piece in serde_json::from_str::<Vec<CallPiece>>(pieces).unwrap() {
            calls.add(piece)?;
        }
        Ok(calls.end()?.into_iter().map(|call| [call.id, call.name, call.arguments]).collect())
    }

    #[test]
    fn pieces_are_put_together_whatever_a_server_leaves_out() {
        let two = Ok(vec![
            ["a", "find", r#"{"q":1}"#].map(str::to_owned),
            ["b", "open", r#"{"q":2}"#].map(str::to_owned),
        ]);
        for pieces in [
            // As the vendor does it, one after the other and interleaved.
            r#"[{"index":0,"id":"a","type":"function","function":{"name":"find","arguments":""}},
                {"index":0,"function":{"arguments":"{\"q\":"}},{"index":0,"function":{"arguments":"1}"}},
                {"index":1,"id":"b","function":{"name":"open","arguments":"{\"q\":2}"}}]"#,
            r#"[{"index":0,"id":"a","function":{"name":"find","arguments":"{\"q\""}},
                {"index":1,"id":"b","function":{"name":"open","arguments":"{\"q\""}},
                {"index":0,"function":{"arguments":":1}"}},{"index":1,"function":{"arguments":":2}"}}]"#,
            // Whole calls, with arguments as an object, without an index, or each with the same.
            r#"[{"index":0,"id":"a","function":{"name":"find","arguments":{"q":1}}},
                {"index":1,"id":"b","function":{"name":"open","arguments":{"q":2}}}]"#,
            r#"[{"id":"a","function":{"name":"find","arguments":"{\"q\":1}"}},
                {"id":"b","function":{"name":"open","arguments":"{\"q\":2}"}}]"#,
            r#"[{"index":0,"id":"a","function":{"name":"find","arguments":"{\"q\":1}"}},
                {"index":0,"id":"b","function":{"name":"open","arguments":"{\"q\":2}"}}]"#,
            // Pieces without an index, or that repeat id and name.
            r#"[{"id":"a","function":{"name":"find","arguments":"{\"q\""}},{"function":{"arguments":":1}"}},
                {"id":"b","function":{"name":"open"}},{"id":"","function":{"name":"","arguments":"{\"q\":2}"}}]"#,
            r#"[{"index":0,"id":"a","function":{"name":"find","arguments":"{\"q\""}},
                {"index":1,"id":"b","function":{"name":"open","arguments":"{\"q\""}},
                {"index":0,"id":"a","function":{"name":"find","arguments":":1}"}},
                {"index":1,"id":"b","function":{"name":"open","arguments":":2}"}}]"#,
            // The id comes late.
            r#"[{"index":0,"function":{"name":"find","arguments":"{\"q\""}},
                {"index":0,"id":"a","function":{"arguments":":1}"}},
                {"index":1,"id":"b","function":{"name":"open","arguments":"{\"q\":2}"}}]"#,
        ] {
            assert_eq!(calls(pieces), two, "{pieces}");
        }
    }

    #[test]
    fn a_call_without_an_id_gets_one() {
        let pieces = r#"[{"function":{"name":"find","arguments":{}}},{"function":{"name":"find"}}]"#;
        let ids: Vec<_> = calls(pieces).unwrap().into_iter().map(|[id, ..]| id).collect();
        assert_eq!(ids, ["call_0", "call_1"]);
    }

    #[test]
    fn arguments_that_are_no_json_are_for_whoever_gave_the_tool() {
        let pieces = r#"[{"index":0,"id":"a","function":{"name":"find","arguments":"{\"q\":"}}]"#;
        assert_eq!(calls(pieces).unwrap()[0][2], r#"{"q":"#);
    }

    #[test]
    fn what_makes_no_sense_is_corrupt() {
        let many = |count: usize| {
            let each = |at| format!(r#"{{"index":{at},"id":"c{at}","function":{{"name":"find"}}}}"#);
            format!("[{}]", (0..count).map(each).collect::<Vec<_>>().join(","))
        };
        let long = |bytes: usize| {
            let half = "x".repeat(bytes / 2);
            format!(
                r#"[{{"index":0,"id":"a","function":{{"name":"find","arguments":"{half}"}}}},
                    {{"index":0,"function":{{"arguments":"{half}"}}}}]"#
            )
        };
        let name = format!(r#"[{{"index":0,"id":"a","function":{{"name":"{}"}}}}]"#, "x".repeat(300));
        assert!(calls(&many(32)).is_ok() && calls(&long(65_536)).is_ok());
        for bad in [many(33), long(65_538), name, r#"[{"index":0,"id":"a"}]"#.to_owned()] {
            assert!(matches!(calls(&bad), Err(Failure::Corrupt(_))), "{}", &bad[..60.min(bad.len())]);
        }
    }
}
