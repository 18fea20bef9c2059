//! What to serve, as `functions.py` read it from the deployed stack and the template.

use std::collections::HashMap;
use std::path::PathBuf;

use serde::Deserialize;
use serde_json::Value;

/// Everything to serve.
#[derive(Deserialize)]
pub(crate) struct Plan {
    /// Where functions call AWS.
    pub(crate) table_port: u16,
    /// Where people call the API.
    pub(crate) gateway_port: u16,
    /// The local cloud, which has everything but the table.
    pub(crate) cloud: String,
    /// Where the table is kept: a file that is not there yet.
    pub(crate) table_file: String,
    /// A `CreateTable` request.
    pub(crate) table: Value,
    /// The functions by their names.
    pub(crate) functions: HashMap<String, FunctionPlan>,
    /// Which function answers what.
    pub(crate) routes: Vec<Route>,
    /// The function that gets the table's stream.
    pub(crate) stream_to: String,
}

/// One function.
#[derive(Deserialize)]
pub(crate) struct FunctionPlan {
    pub(crate) bootstrap: PathBuf,
    pub(crate) environment: HashMap<String, String>,
    pub(crate) arn: String,
    pub(crate) timeout_seconds: u64,
}

/// One route of the API.
#[derive(Deserialize)]
pub(crate) struct Route {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) function: String,
}
