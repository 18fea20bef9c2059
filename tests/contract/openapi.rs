//! `docs/openapi.json` is what the code says.

use std::collections::BTreeSet;

use e2e::repository;
use serde_json::Value;
use utoipa::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Components, InfoBuilder, OpenApiBuilder, Server};
use utoipa_axum::router::OpenApiRouter;

/// Each HTTP function's name in the template, and its operations.
pub(crate) fn functions() -> Vec<(&'static str, utoipa::openapi::OpenApi)> {
    fn described<S: Clone + Send + Sync + 'static>(api: OpenApiRouter<S>) -> utoipa::openapi::OpenApi {
        api.into_openapi()
    }
    vec![
        ("AuthFunction", described(auth::api())),
        ("UsersFunction", described(users::api())),
        ("MemoriesFunction", described(memories::api())),
        ("SearchFunction", described(search::api())),
        ("FilesFunction", described(files::api())),
        ("AiFunction", described(ai::api())),
        ("ExportsFunction", described(exports::api())),
        ("SyncFunction", described(sync::api())),
        ("WhatsappFunction", described(whatsapp::api())),
        ("OpsFunction", described(ops::api())),
    ]
}

#[derive(OpenApi)]
#[openapi(tags(
    (name = "auth", description = "Registration, sign-in, sessions."),
    (name = "users", description = "What happened to an account."),
    (name = "admin", description = "Administration: accounts, addresses."),
    (name = "memories", description = "What a person has saved."),
    (name = "search", description = "Finding things again."),
    (name = "messages", description = "The conversation under a memory."),
    (name = "categories", description = "Where memories are filed."),
    (name = "tags", description = "What memories are tagged with."),
    (name = "reminders", description = "What a person is told when its time has come."),
    (name = "files", description = "What a person has uploaded."),
    (name = "ai", description = "Memo, the assistant."),
    (name = "exports", description = "Getting everything out."),
    (name = "imports", description = "Bringing everything in."),
    (name = "sync", description = "Connections to outside services."),
    (name = "whatsapp", description = "What Meta calls."),
    (name = "ops", description = "Health, readiness, metrics, this description and its page."),
))]
struct Tags;

fn whole() -> Value {
    let info = InfoBuilder::new()
        .title("Memory App")
        .description(Some("Save memories, find them again, talk to them, and take them with you."))
        .version(env!("CARGO_PKG_VERSION"));
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .description(Some("The `accessToken` that `POST /auth/login` answers with. An API key may stand there too, where one is allowed."))
        .build();
    let mut components = Components::new();
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    let api_key = ApiKeyValue::with_description("X-Api-Key", "A key that `POST /auth/api-keys` has made.");
    let api_key = ApiKey::Header(api_key);
    components.add_security_scheme("apiKey", SecurityScheme::ApiKey(api_key));
    let mut api = OpenApiBuilder::new()
        .info(info)
        .servers(Some([Server::new("/api")]))
        .components(Some(components))
        .tags(Tags::openapi().tags)
        .build();
    for (_, described) in functions() {
        api.merge(described);
    }
    serde_json::to_value(api).unwrap()
}

/// Every `METHOD /path` of a description.
pub(crate) fn operations(api: &Value) -> BTreeSet<String> {
    let paths = api["paths"].as_object().into_iter().flatten();
    let operations = paths.flat_map(|(path, item)| {
        let methods = item.as_object().into_iter().flat_map(|item| item.keys());
        methods.map(move |method| format!("{} {path}", method.to_uppercase()))
    });
    operations.collect()
}

#[test]
fn openapi_file_is_what_the_code_says() {
    let file = repository().join("docs/openapi.json");
    let generated = format!("{:#}\n", whole());
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(&file, &generated).unwrap();
    }
    let checked_in = std::fs::read_to_string(&file).unwrap();
    assert!(checked_in == generated, "docs/openapi.json is not what the code says: run `make openapi`");
}

#[test]
fn every_operation_is_described() {
    let api = whole();
    assert_eq!(api["openapi"], "3.1.0");
    for (path, item) in api["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let place = format!("{method} {path}");
            assert!(operation["summary"].is_string(), "{place} has no summary");
            assert!(operation["tags"][0].is_string(), "{place} has no tag");
            assert!(operation["operationId"].is_string(), "{place} has no id");
        }
    }
}

#[test]
fn operation_ids_are_unique() {
    let api = whole();
    let items =
        api["paths"].as_object().unwrap().values().flat_map(|item| item.as_object().unwrap().values());
    let ids: Vec<&str> = items.map(|operation| operation["operationId"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), ids.iter().collect::<BTreeSet<_>>().len(), "{ids:?}");
}

/// What is sent is camelCase. A name with an underscore is one of Rust's that the description has and the answer has not.
#[test]
fn properties_are_named_as_they_are_sent() {
    fn names(value: &Value, found: &mut Vec<String>) {
        if let Some(properties) = value["properties"].as_object() {
            found.extend(properties.keys().cloned());
        }
        let inner = value.as_object().into_iter().flat_map(|object| object.values());
        inner.chain(value.as_array().into_iter().flatten()).for_each(|value| names(value, found));
    }
    let mut found = Vec::new();
    names(&whole(), &mut found);
    assert!(found.len() > 500, "{}", found.len());
    found.retain(|name| name.contains('_'));
    assert!(found.is_empty(), "{found:?}");
}

/// Where any JSON may stand, so that clients have no type for it. Objects with members of any kind are described as such.
const ANY_JSON: [&str; 4] = [
    "/components/schemas/CreateMemoryRequest/properties/content",
    "/components/schemas/MemoryBody/properties/content",
    "/components/schemas/PatchMemoryRequest/properties/content",
    "/paths/~1whatsapp~1webhook/post/requestBody/content/application~1json/schema",
];

/// Calls `found` with every schema below `node`, and where it is as a JSON pointer.
fn schemas<'a>(node: &'a Value, place: &str, found: &mut impl FnMut(&str, &'a Value)) {
    let members = node.as_object().into_iter().flatten();
    for (name, member) in members {
        let place = format!("{place}/{}", name.replace('/', "~1"));
        match name.as_str() {
            "schema" | "items" => found(&place, member),
            "schemas" | "properties" => {
                for (name, schema) in member.as_object().into_iter().flatten() {
                    found(&format!("{place}/{name}"), schema);
                }
            }
            // Values, not schemas.
            "example" | "examples" | "default" => continue,
            _ => {}
        }
        schemas(member, &place, found);
    }
    for (index, member) in node.as_array().into_iter().flatten().enumerate() {
        schemas(member, &format!("{place}/{index}"), found);
    }
}

#[test]
fn every_value_has_a_type() {
    let api = whole();
    let mut untyped = BTreeSet::new();
    schemas(&api, "", &mut |place, schema| {
        let has = |names: &[&str]| names.iter().any(|name| schema.get(name).is_some());
        let object = schema["type"] == "object"
            || schema["type"].as_array().is_some_and(|types| types.contains(&"object".into()));
        let typed = has(&["type", "$ref", "oneOf", "allOf", "anyOf", "enum", "const"]);
        if !typed || (object && !has(&["properties", "additionalProperties", "allOf", "oneOf"])) {
            untyped.insert(place.to_owned());
        }
    });
    assert_eq!(untyped, ANY_JSON.map(str::to_owned).into(), "generated clients can do nothing with these");
}
