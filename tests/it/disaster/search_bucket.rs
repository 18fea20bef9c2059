//! docs/runbooks/rebuild-search.md.

use std::sync::Arc;

use aws_sdk_s3::Client;
use e2e::{Person, Stack, eventually};
use serde_json::{Value, json};

use super::{index_job, patiently, renewed};

/// By words, by meaning, in a file, and what must find nothing by its words.
const QUERIES: [(&str, &str); 5] = [
    ("forest", "text"),
    ("walk in the woods", "semantic"),
    ("boathouse", "text"),
    ("lake", "hybrid"),
    ("desert", "text"),
];

fn s3(stack: &Stack) -> Client {
    Client::from_conf(aws_sdk_s3::config::Builder::from(&stack.aws()).force_path_style(true).build())
}

/// Somebody with memories and a file with text, all of it indexed.
async fn somebody(stack: &Arc<Stack>, words: &str) -> Person {
    let person = Person::registered(stack).await;
    for number in 0..6 {
        let content = json!({"text": format!("{words}, in the {}", ["forest", "lake"][number % 2])});
        person.save(&json!({"title": format!("Day {number}"), "content": content})).await;
    }
    let text = b"The cabin has a red roof and a boathouse.";
    let file = crate::files::ready(&person, "cabin.txt", "text/plain", text).await;
    let trip = person.save(&json!({"title": "Trip"})).await;
    let path = format!("/files/{}", file["id"].as_str().unwrap());
    assert_eq!(person.patch(&path, &json!({"memoryId": trip["id"]})).await.status, 200);
    whole(&person).await;
    person
}

async fn asked(person: &Person, query: &str, mode: &str) -> Value {
    let reply = person.post("/memories/search", &json!({"q": query, "mode": mode, "explain": true})).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.body
}

/// What was found: ids in their order, and whether all could be searched.
async fn found(person: &Person, query: &str, mode: &str) -> (Vec<Value>, bool) {
    let body = asked(person, query, mode).await;
    let ids = body["results"].as_array().unwrap().iter().map(|result| result["memory"]["id"].clone());
    (ids.collect(), body["degraded"] == false)
}

async fn all(person: &Person) -> Vec<Vec<Value>> {
    let mut answers = Vec::new();
    for (query, mode) in QUERIES {
        let (ids, is_whole) = found(person, query, mode).await;
        assert!(is_whole, "{query}");
        answers.push(ids);
    }
    answers
}

/// Waits until nothing of a person's waits to be indexed, and nothing is missing.
async fn whole(person: &Person) {
    eventually("the index to be whole", || async {
        let by_words = asked(person, "boathouse", "text").await;
        let by_meaning = asked(person, "boathouse", "semantic").await;
        let is_whole = by_words["degraded"] == false && by_words["explanation"]["changes"] == 0;
        let has_file = !by_words["results"].as_array().unwrap().is_empty();
        (is_whole && has_file && by_meaning["pendingEmbeddings"] == 0).then_some(())
    })
    .await;
}

/// Searches until everything is there again, apart from one memory that may have come. Until then each answer says that it is not whole, or is what it was.
async fn honest_until_whole(person: &Person, before: &[Vec<Value>], since: &Value) {
    patiently("searches to be what they were", || async {
        let mut is_over = true;
        for ((query, mode), before) in QUERIES.iter().zip(before) {
            let (mut ids, is_whole) = found(person, query, mode).await;
            ids.retain(|id| id != since);
            assert!(!is_whole || ids == *before, "{query}: not what it was, without a word");
            is_over &= is_whole;
        }
        is_over.then_some(())
    })
    .await;
}

async fn emptied(stack: &Stack) -> usize {
    let (s3, bucket) = (s3(stack), stack.output("SearchBucketName"));
    let mut removed = 0;
    loop {
        let listed = s3.list_objects_v2().bucket(bucket).send().await.unwrap();
        for object in listed.contents() {
            s3.delete_object().bucket(bucket).key(object.key().unwrap()).send().await.unwrap();
            removed += 1;
        }
        if listed.is_truncated() != Some(true) {
            return removed;
        }
    }
}

pub(super) async fn a_wiped_search_bucket_is_filled_again(stack: Arc<Stack>) {
    let people = [somebody(&stack, "A walk with Bo").await, somebody(&stack, "Mushrooms").await];
    let before = [all(&people[0]).await, all(&people[1]).await];
    assert_eq!(before[0].iter().map(Vec::is_empty).collect::<Vec<_>>(), [false, false, false, false, true]);
    assert!(emptied(&stack).await > 0);
    // Those that hold segments in memory would not notice.
    renewed(&stack).await;
    index_job(&stack, "rebuildAll").await;
    for (person, before) in people.iter().zip(&before) {
        honest_until_whole(person, before, &Value::Null).await;
    }
    // What is written now is found at once, as ever.
    people[0].save(&json!({"title": "After it", "content": {"text": "the desert"}})).await;
    assert_eq!(found(&people[0], "desert", "text").await.0.len(), 1);
}

pub(super) async fn a_lost_search_bucket_is_made_again(stack: Arc<Stack>) {
    let ada = somebody(&stack, "A walk with Bo").await;
    let before = all(&ada).await;
    let (s3, bucket) = (s3(&stack), stack.output("SearchBucketName"));
    // Whoever is still at work from the trial before puts something into it in between.
    eventually("the bucket to be gone", || async {
        emptied(&stack).await;
        s3.delete_bucket().bucket(bucket).send().await.ok()
    })
    .await;
    renewed(&stack).await;
    let health = ada.get("/health").await;
    assert_eq!(
        (&health.body["status"], &health.body["checks"]["storage"]["status"]),
        (&json!("degraded"), &json!("unhealthy"))
    );
    for (query, mode) in QUERIES {
        assert!(!found(&ada, query, mode).await.1, "{query}: whole without an index");
    }
    let content = json!({"text": "written while it was gone"});
    let since = ada.save(&json!({"title": "Meanwhile", "content": content})).await["id"].clone();
    assert_eq!(ada.memories().await.len(), 8);

    s3.create_bucket().bucket(bucket).send().await.unwrap();
    let (all, objects) = (format!("arn:aws:s3:::{bucket}"), format!("arn:aws:s3:::{bucket}/*"));
    let policy = json!({"Version": "2012-10-17", "Statement": [{
        "Sid": "TlsOnly", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": [all, objects],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }]});
    s3.put_bucket_policy().bucket(bucket).policy(policy.to_string()).send().await.unwrap();
    index_job(&stack, "rebuildAll").await;
    honest_until_whole(&ada, &before, &since).await;
    assert_eq!(found(&ada, "meanwhile", "text").await.0.len(), 1);
    eventually("to be healthy", || async {
        (ada.get("/health").await.body["status"] == "healthy").then_some(())
    })
    .await;
}
