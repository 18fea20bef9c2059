//! What is measured, and what it is measured beside.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use app_testing::TestKeys;
use serde_json::{Value, json};

use crate::arguments::Arguments;
use crate::chain::Chain;
use crate::cloud::Cloud;
use crate::lambda::Program;
use crate::machine;
use crate::template::Template;

const PEERS_TABLE: &str = "PeersTable";

/// What is measured: everything is there in two forms, by what it is to call.
pub(crate) struct Setting {
    /// Functions as they ship, with the cloud by plain HTTP.
    pub(crate) functions: Vec<Program>,
    /// Copies that trust our certificates, with the cloud behind TLS.
    pub(crate) by_tls: Vec<Program>,
    /// The functions that the others are measured with, whichever those are.
    pub(crate) auth: Program,
    pub(crate) memories: Program,
    pub(crate) floor: Program,
    pub(crate) hello: Program,
    pub(crate) calls: Program,
    pub(crate) calls_by_tls: Program,
    pub(crate) node: Program,
    pub(crate) node_bundled: Program,
    pub(crate) python: Program,
    root: PathBuf,
    tls: String,
}

impl Setting {
    /// Makes the tables, and copies of the functions below `folder`.
    pub(crate) fn new(
        arguments: &Arguments,
        cloud: &Cloud,
        chain: &Chain,
        folder: &Path,
    ) -> anyhow::Result<Self> {
        let template = Template::read()?;
        cloud.dynamodb("CreateTable", &template.table()?)?;
        cloud.dynamodb("CreateTable", &peers_table())?;

        let (mut functions, mut by_tls, mut all) = (Vec::new(), Vec::new(), BTreeMap::new());
        for function in template.functions()? {
            let binary = arguments.binaries.join(&function.name);
            let program = Program {
                command: vec![binary.clone()],
                memory_mb: function.memory_mb,
                variables: function.variables,
                name: function.name,
            };
            let program = program.with(&[("AWS_ENDPOINT_URL", &cloud.plain)]);
            all.insert(program.name.clone(), program.clone());
            if !arguments.wants(&program.name) {
                continue;
            }
            let mut copy = program.with(&[("AWS_ENDPOINT_URL", &cloud.tls)]);
            copy.command = vec![chain.trusted_by(&binary, folder)?];
            functions.push(program);
            by_tls.push(copy);
        }
        let peer = |name: &str, command: &[PathBuf], variables: &[(&str, &str)]| {
            let plain = Program {
                name: name.to_owned(),
                command: command.to_vec(),
                memory_mb: 256,
                variables: BTreeMap::new(),
            };
            plain.with(&[("AWS_ENDPOINT_URL", &cloud.plain)]).with(variables)
        };
        let rust = |name: &str| arguments.binaries.join(name);
        let (keys, jwks) = (TestKeys::shared().secret(), TestKeys::shared().jwks());
        let others =
            [("TABLE_NAME", PEERS_TABLE), ("SIGNING_KEYS", keys.as_str()), ("PUBLIC_KEYS", jwks.as_str())];
        let calls = rust("bench-peer-calls");
        // It trusts whom our functions trust.
        let calls_copy = chain.trusted_by(&calls, folder)?;
        let installed = &arguments.peers;
        let (node, python) = (installed.join("bin/node"), installed.join("bin/python"));
        // They are called by the releases that they are: what a start takes differs from one to the next. That of Node.js is the newest on Lambda.
        let node_js = format!("Node.js {}", machine::version(installed, "node").trim_start_matches('v'));
        Ok(Self {
            functions,
            by_tls,
            auth: all.remove("auth").ok_or_else(|| anyhow::anyhow!("there is no auth"))?,
            memories: all.remove("memories").ok_or_else(|| anyhow::anyhow!("there is no memories"))?,
            floor: peer("floor", &[rust("bench-peer-floor")], &[]),
            hello: peer("hello", &[rust("bench-peer-hello")], &[]),
            calls: peer("calls", &[calls], &[]),
            calls_by_tls: peer("calls", &[calls_copy], &[("AWS_ENDPOINT_URL", &cloud.tls)]),
            node: peer(&node_js, &[node.clone(), installed.join("node/handler.cjs")], &others),
            node_bundled: peer(
                &format!("{node_js} bundled"),
                &[node, installed.join("node/bundle.cjs")],
                &others,
            ),
            python: peer(
                &machine::version(installed, "python"),
                &[python, installed.join("python/handler.py")],
                &others,
            ),
            root: chain.root(folder)?,
            tls: cloud.tls.clone(),
        })
    }

    /// A peer that calls the cloud behind TLS: each is told of the root in its own way.
    pub(crate) fn peer_by_tls(&self, peer: &Program) -> Program {
        let root = self.root.to_string_lossy().into_owned();
        peer.with(&[
            ("AWS_ENDPOINT_URL", &self.tls),
            ("NODE_EXTRA_CA_CERTS", &root),
            ("AWS_CA_BUNDLE", &root),
        ])
    }
}

fn peers_table() -> Value {
    json!({
        "TableName": PEERS_TABLE,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
        ],
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
    })
}
