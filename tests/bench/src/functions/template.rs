//! The functions of `template.yaml`, with the variables that it gives them, and its table.

use std::collections::BTreeMap;

use anyhow::{Context, bail};
use e2e::repository;
use serde_json::{Value as Json, json};
use serde_yaml_ng::{Mapping, Value};

/// Parameters that are not what they are unless told.
const PARAMETERS: [(&str, &str); 5] = [
    // Thousands of requests of one person are counted like any others, and none is refused.
    (
        "RateLimits",
        "auth=1000000/1h,free.api=1000000/1h,free.upload=1000000/1h,free.ai=1000000/1h,\
         premium.api=1000000/1h,premium.upload=1000000/1h,premium.ai=1000000/1h",
    ),
    ("SignupRole", "premium"),
    // Somebody's own bucket is on this machine,
    ("DriveAddresses", "any"),
    // and nobody outside of it is called.
    ("OpenAiBaseUrl", "http://127.0.0.1:9"),
    ("WhatsAppBaseUrl", "http://127.0.0.1:9"),
];

/// A function.
pub(crate) struct Function {
    /// Its folder, which is what its binary is called.
    pub(crate) name: String,
    pub(crate) memory_mb: u64,
    pub(crate) variables: BTreeMap<String, String>,
}

/// What is deployed.
pub(crate) struct Template {
    parameters: BTreeMap<String, String>,
    globals: Value,
    resources: Mapping,
}

impl Template {
    pub(crate) fn read() -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(repository().join("template.yaml"))?;
        let template: Value = serde_yaml_ng::from_str(&text)?;
        let known = template["Parameters"].as_mapping().context("parameters")?;
        let default = |value: &Value| match &value["Default"] {
            Value::Number(number) => number.to_string(),
            text => text.as_str().unwrap_or_default().to_owned(),
        };
        let mut parameters = BTreeMap::new();
        for (name, parameter) in known {
            parameters.insert(name.as_str().context("a name")?.to_owned(), default(parameter));
        }
        for (name, value) in PARAMETERS {
            let parameter = parameters.get_mut(name).with_context(|| format!("no parameter {name}"))?;
            value.clone_into(parameter);
        }
        let resources = template["Resources"].as_mapping().context("resources")?.clone();
        Ok(Self { parameters, globals: template["Globals"]["Function"].clone(), resources })
    }

    /// Every function, in the order of the template.
    pub(crate) fn functions(&self) -> anyhow::Result<Vec<Function>> {
        let functions = self.resources.values().filter(|it| it["Type"] == "AWS::Serverless::Function");
        functions.map(|function| self.function(&function["Properties"])).collect()
    }

    fn function(&self, properties: &Value) -> anyhow::Result<Function> {
        let code = properties["CodeUri"].as_str().and_then(|code| code.strip_prefix("target/lambda/"));
        let name = code.context("code in target/lambda")?.trim_end_matches('/').to_owned();
        let memory = properties["MemorySize"].as_u64().or_else(|| self.globals["MemorySize"].as_u64());
        let mut variables = BTreeMap::new();
        for source in [&self.globals, properties] {
            for (name, value) in source["Environment"]["Variables"].as_mapping().into_iter().flatten() {
                let name = name.as_str().context("the name of a variable")?.to_owned();
                variables.insert(name, self.text(value)?);
            }
        }
        Ok(Function { name, memory_mb: memory.context("memory")?, variables })
    }

    /// What a value comes to: a resource is called by its name in the template.
    fn text(&self, value: &Value) -> anyhow::Result<String> {
        let named = |name: &str| self.parameters.get(name).cloned().unwrap_or_else(|| resource(name));
        let Value::Tagged(tagged) = value else {
            return value.as_str().map(str::to_owned).with_context(|| format!("not a text: {value:?}"));
        };
        match (tagged.tag.to_string().as_str(), &tagged.value) {
            ("!Ref", Value::String(name)) => Ok(named(name)),
            ("!GetAtt", Value::String(name)) => Ok(resource(name.split('.').next().unwrap_or_default())),
            ("!Sub", Value::String(text)) => {
                let known = self.parameters.iter();
                Ok(known
                    .fold(text.clone(), |text, (name, value)| text.replace(&format!("${{{name}}}"), value)))
            }
            // Every condition is whether a key of somebody else's is there, and none is.
            ("!If", Value::Sequence(either)) => self.text(either.last().context("two values")?),
            (tag, value) => bail!("nobody knows what {tag} {value:?} stands for"),
        }
    }

    /// The call that makes the table, under the name that the functions know.
    pub(crate) fn table(&self) -> anyhow::Result<Json> {
        let properties = &self.resources.get("DataTable").context("a table")?["Properties"];
        let mut call = json!({"TableName": resource("DataTable"), "BillingMode": "PAY_PER_REQUEST"});
        for part in [
            "AttributeDefinitions",
            "KeySchema",
            "LocalSecondaryIndexes",
            "GlobalSecondaryIndexes",
            "VectorIndexes",
        ] {
            call[part] = serde_json::to_value(&properties[part])?;
        }
        Ok(call)
    }
}

/// What a resource is called: buckets in small letters, as S3 wants it.
fn resource(name: &str) -> String {
    if name.ends_with("Bucket") { name.to_lowercase() } else { name.to_owned() }
}
