//! A real table in this process: dynoxide, a DynamoDB emulator, behind the real SDK.

use app_store::Table;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, LocalSecondaryIndex,
    Projection, ProjectionType, ScalarAttributeType, SearchSchemaElement, SearchSchemaElementType,
    VectorAttributeDefinition, VectorDistanceFunction, VectorIndex,
};
use tokio::net::TcpListener;

use crate::Meter;

pub(crate) const NAME: &str = "data";
/// The indexes of lists of memories, each named like the attribute that is its sort key.
const BY_UPDATED: &str = "byUpdated";
const BY_TITLE: &str = "byTitle";
/// What the index of all accounts has of them besides their keys.
const LISTED: [&str; 10] = [
    "email",
    "username",
    "firstName",
    "lastName",
    "role",
    "tier",
    "isVerified",
    "isActive",
    "createdAt",
    "updatedAt",
];

/// The index of vectors, and how many numbers each has.
pub const VECTOR_INDEX: &str = "vectors";
const DIMENSIONS: i64 = 256;

/// A new, empty table, gone with the test's runtime. Its keys and its indexes are those of `template.yaml`.
pub async fn table() -> Table {
    table_of_vectors(DIMENSIONS).await
}

/// The same with another number of dimensions.
pub async fn table_of_vectors(dimensions: i64) -> Table {
    let client = database().await;
    create(&client, dimensions).await;
    Table::new(NAME, move || client)
}

/// The same, with a meter of what its calls cost.
pub async fn metered_table() -> (Table, Meter) {
    let meter = Meter::default();
    let client = connected(Some(&meter)).await;
    create(&client, DIMENSIONS).await;
    meter.look_through(client.clone());
    meter.take();
    (Table::new(NAME, move || client), meter)
}

/// A table that every call fails on.
pub async fn missing_table() -> Table {
    let client = database().await;
    Table::new(NAME, move || client)
}

async fn database() -> Client {
    connected(None).await
}

async fn connected(meter: Option<&Meter>) -> Client {
    let database = dynoxide::Database::memory().expect("a database in memory");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("a bound address");
    tokio::spawn(dynoxide::server::serve_on(listener, database));

    let http = aws_smithy_http_client::Builder::new().build_http();
    let http = meter.map_or(http.clone(), |meter| meter.client(http));
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "tests"))
        .http_client(http)
        .endpoint_url(format!("http://{address}"))
        .build();
    Client::from_conf(config)
}

async fn create(client: &Client, dimensions: i64) {
    let text = |name| {
        let text = AttributeDefinition::builder().attribute_name(name).attribute_type(ScalarAttributeType::S);
        text.build().expect("a complete definition")
    };
    let key = |name, kind| {
        KeySchemaElement::builder().attribute_name(name).key_type(kind).build().expect("a complete key")
    };
    let listed = LISTED.map(str::to_owned).to_vec();
    let listed = Projection::builder()
        .projection_type(ProjectionType::Include)
        .set_non_key_attributes(Some(listed))
        .build();
    let directory = GlobalSecondaryIndex::builder()
        .index_name("directory")
        .key_schema(key("directory", KeyType::Hash))
        .key_schema(key("id", KeyType::Range))
        .projection(listed)
        .build();
    let local = |name| {
        LocalSecondaryIndex::builder()
            .index_name(name)
            .key_schema(key("pk", KeyType::Hash))
            .key_schema(key(name, KeyType::Range))
            .projection(Projection::builder().projection_type(ProjectionType::All).build())
            .build()
            .expect("a complete index")
    };
    let owner = SearchSchemaElement::builder()
        .attribute_name("vectorOwner")
        .search_schema_element_type(SearchSchemaElementType::Hash)
        .build();
    let vector = VectorAttributeDefinition::builder().attribute_name("vector").build();
    let vectors = VectorIndex::builder()
        .index_name(VECTOR_INDEX)
        .vector_attribute(vector.expect("a complete definition"))
        .dimensions(dimensions)
        .distance_function(VectorDistanceFunction::Cosine)
        .search_schema(owner.expect("a complete element"))
        .projection(Projection::builder().projection_type(ProjectionType::KeysOnly).build())
        .build();
    client
        .create_table()
        .table_name(NAME)
        .billing_mode(BillingMode::PayPerRequest)
        .set_attribute_definitions(Some(
            ["pk", "sk", "directory", "id", BY_UPDATED, BY_TITLE, "vectorOwner"].map(text).to_vec(),
        ))
        .key_schema(key("pk", KeyType::Hash))
        .key_schema(key("sk", KeyType::Range))
        .global_secondary_indexes(directory.expect("a complete index"))
        .vector_indexes(vectors.expect("a complete index"))
        .set_local_secondary_indexes(Some([BY_UPDATED, BY_TITLE].map(local).to_vec()))
        .send()
        .await
        .expect("a table");
}
