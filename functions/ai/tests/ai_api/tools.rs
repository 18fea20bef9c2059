//! What a model may do with tools.

use app_domain::{MemoryDraft, MemoryId, Permission, Role};
use app_store::Memories;
use app_testing::openai::Script;
use app_testing::{Call, Reply};
use serde_json::{Value, json};

use crate::prompt::{results, tools};
use crate::stage::{Person, Stage, good};

const CREATE: &str = r#"{"title": "Wood", "text": "Bring wood to the cabin.", "tags": ["cabin"]}"#;

/// Has the model use a tool, and then say so.
pub(crate) async fn with(stage: &Stage, tool: &str, arguments: &str) -> Value {
    stage.openai.answer(Script::new().call("call_1", tool, arguments));
    stage.openai.answer(Script::text("So be it."));
    stage.answer(&json!({"message": "Please do as I say about the cabin."})).await
}

/// What the model was told of the tools it used for the last answer.
pub(crate) fn told(stage: &Stage) -> Vec<String> {
    results(stage.asked().last().unwrap())
}

/// Decides on the first action of an answer.
pub(crate) async fn decide(stage: &Stage, person: &Person, answer: &Value, approve: bool) -> Reply {
    let [talk, turn] = ["conversationId", "messageId"].map(|id| answer[id].as_str().unwrap());
    let path = format!("/ai/conversations/{talk}/messages/{turn}/actions/action-1");
    stage.send_as(person, Call::post(&path, &json!({"approve": approve}))).await
}

async fn action(stage: &Stage, answer: &Value) -> Value {
    let [talk, turn] = ["conversationId", "messageId"].map(|id| answer[id].as_str().unwrap());
    let turn = stage.get(&format!("/ai/conversations/{talk}/messages/{turn}")).await;
    turn["message"]["answer"]["actions"][0].clone()
}

async fn total(memories: &Memories, person: &Person) -> u64 {
    memories.total(person.user).await.unwrap()
}

#[tokio::test]
async fn a_search_finds_what_is_the_callers_alone() {
    let stage = Stage::new().await;
    let other = stage.person(Role::Premium);
    stage.save_as(&other, "Vault", "The vault code is blue-4711.", MemoryDraft::default()).await;
    let heron = stage.save("Heron", "Herons stand by the pond at noon.").await;
    stage.openai.answer(Script::new().call("call_1", "search_memories", r#"{"query": "vault heron pond"}"#));
    stage.openai.answer(Script::text("By the pond [1]."));
    let answer = stage.answer(&json!({"message": "What stands there?"})).await;
    assert_eq!(answer["citations"][0]["memoryId"], json!(heron));
    let asked = stage.asked();
    assert!(results(&asked[1])[0].contains("Herons stand by the pond"), "{asked:?}");
    assert!(asked.iter().all(|asked| !asked.to_string().contains("4711")));
    assert_eq!(answer["actions"], json!([]), "looking something up changes nothing");
    let calls = stage.calls().await;
    assert_eq!(calls.len(), 2);
    let tokens: u64 = calls
        .iter()
        .map(|call| call["promptTokens"].as_u64().unwrap() + call["completionTokens"].as_u64().unwrap())
        .sum();
    assert_eq!(answer["metadata"]["tokensUsed"], json!(tokens), "each call of the model counts");
}

#[tokio::test]
async fn memories_and_categories_can_be_looked_up() {
    let stage = Stage::new().await;
    let category = stage.category("Journeys").await;
    stage.save("Cabin", &format!("Where the cabin is. {}", "It is a long way. ".repeat(30))).await;
    with(&stage, "get_memory", r#"{"memory": 1}"#).await;
    assert!(told(&stage)[0].contains("Where the cabin is."));
    with(&stage, "list_categories", "").await;
    assert!(told(&stage)[0].contains(&json!([{"id": category, "name": "Journeys"}]).to_string()));
}

#[tokio::test]
async fn a_memory_is_proposed_and_made_once() {
    let stage = Stage::new().await;
    let answer = with(&stage, "create_memory", CREATE).await;
    let proposed = &answer["actions"][0];
    assert_eq!((&proposed["tool"], &proposed["status"]), (&json!("create_memory"), &json!("proposed")));
    assert_eq!(
        (proposed["arguments"]["title"].as_str(), total(&stage.memories, &stage.me).await),
        (Some("Wood"), 0)
    );
    assert!(told(&stage)[0].contains("not done yet"));

    let other = stage.person(Role::Premium);
    assert_eq!(decide(&stage, &other, &answer, true).await.status, 404);
    let done = good(decide(&stage, &stage.me, &answer, true).await)["action"].clone();
    assert_eq!(done["status"], "done");
    let id: MemoryId = done["outcome"]["memoryId"].as_str().unwrap().parse().unwrap();
    let made = stage.memories.get(stage.me.user, id).await.unwrap().unwrap();
    assert_eq!(made.body_text(), "Bring wood to the cabin.");
    assert_eq!(action(&stage, &answer).await, done);
    for approve in [true, false] {
        let again = decide(&stage, &stage.me, &answer, approve).await;
        assert_eq!((again.status.as_u16(), again.error_type()), (409, json!("AlreadyDecided")));
    }
    assert_eq!(total(&stage.memories, &stage.me).await, 1);
}

#[tokio::test]
async fn of_several_who_decide_at_once_one_does() {
    let stage = Stage::new().await;
    let cabin = stage.save("Cabin", "The key is under the stone.").await;
    let change = r#"{"memory": 1, "text": "The key is under the mat."}"#;
    let answer = with(&stage, "update_memory", change).await;
    let (a, b, c) = tokio::join!(
        decide(&stage, &stage.me, &answer, true),
        decide(&stage, &stage.me, &answer, true),
        decide(&stage, &stage.me, &answer, true),
    );
    let mut statuses = [a, b, c].map(|reply| reply.status.as_u16());
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409, 409]);
    let memory = stage.memories.get(stage.me.user, cabin).await.unwrap().unwrap();
    assert_eq!((memory.body_text().as_str(), memory.version.get()), ("The key is under the mat.", 2));
}

#[tokio::test]
async fn what_is_declined_is_not_done_even_if_it_is_approved_at_once() {
    for _ in 0..5 {
        let stage = Stage::new().await;
        let answer = with(&stage, "create_memory", CREATE).await;
        let (yes, no) =
            tokio::join!(decide(&stage, &stage.me, &answer, true), decide(&stage, &stage.me, &answer, false));
        let is_done = yes.status == 200;
        assert_eq!(no.status.as_u16(), if is_done { 409 } else { 200 }, "{} {}", yes.text, no.text);
        let status = action(&stage, &answer).await["status"].clone();
        assert_eq!(status, if is_done { "done" } else { "declined" });
        assert_eq!(total(&stage.memories, &stage.me).await, u64::from(is_done));
    }
}

#[tokio::test]
async fn what_is_declined_stays_undone() {
    let stage = Stage::new().await;
    let answer = with(&stage, "create_memory", CREATE).await;
    let declined = good(decide(&stage, &stage.me, &answer, false).await);
    assert_eq!(declined["action"]["status"], "declined");
    assert_eq!(decide(&stage, &stage.me, &answer, true).await.status, 409);
    assert_eq!(total(&stage.memories, &stage.me).await, 0);
}

#[tokio::test]
async fn what_cannot_be_done_any_more_fails() {
    let stage = Stage::new().await;
    stage.save("Cabin", "The key is under the stone.").await;
    let answer = with(&stage, "update_memory", r#"{"memory": 1, "title": "Hut"}"#).await;
    let cabin = answer["actions"][0]["arguments"]["memoryId"].as_str().unwrap().parse().unwrap();
    stage.memories.trash(stage.me.user, cabin, None, app_runtime::now()).await.unwrap();
    let failed = good(decide(&stage, &stage.me, &answer, true).await)["action"].clone();
    assert_eq!(
        (&failed["status"], &failed["outcome"]["reason"]),
        (&json!("failed"), &json!("there is no such memory"))
    );
    assert_eq!(action(&stage, &answer).await["status"], "failed");
}

#[tokio::test]
async fn an_update_is_proposed_and_keeps_what_it_does_not_name() {
    let stage = Stage::new().await;
    let cabin = stage.save("Cabin", "The key is under the stone.").await;
    let answer = with(&stage, "update_memory", r#"{"memory": 1, "tags": ["key"]}"#).await;
    let before = stage.memories.get(stage.me.user, cabin).await.unwrap().unwrap();
    assert!(before.tags.iter().next().is_none());
    good(decide(&stage, &stage.me, &answer, true).await);
    let after = stage.memories.get(stage.me.user, cabin).await.unwrap().unwrap();
    assert_eq!((after.tags.iter().collect::<Vec<_>>(), after.body_text()), (vec!["key"], before.body_text()));
}

#[tokio::test]
async fn a_program_has_the_tools_that_it_may_use() {
    let stage = Stage::new().await;
    let (read, write) = (Permission::ReadMemories, Permission::WriteMemories);
    let question = json!({"message": "Save that I need wood."});
    for (permissions, offered) in [
        (vec![Permission::AccessAi], vec![]),
        (vec![Permission::AccessAi, read], vec!["search_memories", "get_memory", "list_categories"]),
    ] {
        let program = stage.program(&permissions);
        stage.openai.answer(Script::new().call("call_1", "create_memory", CREATE));
        stage.openai.answer(Script::text("I cannot."));
        let answer = good(stage.send_as(&program, Call::post("/ai/chat", &question)).await);
        let asked = stage.asked();
        let names = tools(&asked[0]);
        assert!(names.iter().all(|name| offered.contains(&name.as_str())), "{names:?}");
        assert!(offered.iter().all(|name| names.iter().any(|known| known == name)), "{names:?}");
        assert_eq!(
            (&answer["actions"], results(&asked[1])),
            (&json!([]), vec!["There is no such tool.".to_owned()])
        );
    }
    let answer = with(&stage, "create_memory", CREATE).await;
    let reader = stage.program(&[Permission::AccessAi, read]);
    let refused = decide(&stage, &reader, &answer, true).await;
    assert_eq!((refused.status.as_u16(), refused.error_type()), (403, json!("PermissionDenied")));
    assert_eq!(
        (action(&stage, &answer).await["status"].clone(), total(&stage.memories, &stage.me).await),
        (json!("proposed"), 0)
    );
    let writer = stage.program(&[Permission::AccessAi, write]);
    assert_eq!(good(decide(&stage, &writer, &answer, true).await)["action"]["status"], "done");
}

#[tokio::test]
async fn who_does_not_want_to_be_asked_is_not() {
    let stage = Stage::new().await;
    stage.set(&json!({"confirmWrites": false})).await;
    let answer = with(&stage, "create_memory", CREATE).await;
    assert_eq!(answer["actions"][0]["status"], "done");
    assert!(told(&stage)[0].contains("It is done"));
    assert_eq!(total(&stage.memories, &stage.me).await, 1);
    assert_eq!(decide(&stage, &stage.me, &answer, true).await.status, 409);
    assert_eq!(total(&stage.memories, &stage.me).await, 1);
}

#[tokio::test]
async fn the_model_is_told_what_it_did_wrong_and_answers() {
    let stage = Stage::new().await;
    stage.save("Cabin", "The key is under the stone.").await;
    for (tool, arguments) in [
        ("create_memory", r#"{"text": "#),
        ("create_memory", "[]"),
        ("create_memory", r#"{"text": "x", "owner": "somebody else"}"#),
        ("create_memory", r#"{"text": "   "}"#),
        (
            "create_memory",
            r#"{"text": "x", "tags": ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"]}"#,
        ),
        ("get_memory", r#"{"memory": 2}"#),
        ("get_memory", r#"{"memory": -1}"#),
        ("get_memory", r#"{"memory": 0}"#),
        ("get_memory", r#"{"memory": 99999999999999999999}"#),
        ("update_memory", r#"{"memory": 1}"#),
        ("update_memory", r#"{"memory": 7, "title": "x"}"#),
        ("delete_memory", r#"{"memory": 1}"#),
    ] {
        let answer = with(&stage, tool, arguments).await;
        assert_eq!(
            (&answer["response"], &answer["actions"]),
            (&json!("So be it."), &json!([])),
            "{tool} {arguments}"
        );
        let told = told(&stage);
        assert_eq!(told.len(), 1, "{tool} {arguments}");
        let words = ["There is no such", "There is no memory", "not as they should be", "It was not done"];
        assert!(words.iter().any(|words| told[0].starts_with(words) || told[0].contains(words)), "{told:?}");
    }
    assert_eq!(total(&stage.memories, &stage.me).await, 1);
}

#[tokio::test]
async fn a_model_that_never_stops_looking_is_stopped() {
    let stage = Stage::new().await;
    for round in 0..20 {
        let call = format!("call_{round}");
        stage.openai.answer(Script::text("Hm. ").call(&call, "search_memories", r#"{"query": "x"}"#));
    }
    let answer = stage.answer(&json!({"message": "Look for it."})).await;
    let asked = stage.asked();
    assert_eq!((asked.len(), answer["response"].as_str().unwrap().matches("Hm.").count()), (6, 6));
    assert!(asked[4].get("tools").is_some() && asked[5].get("tools").is_none());
}

#[tokio::test]
async fn a_model_that_asks_for_everything_at_once_is_stopped() {
    let stage = Stage::new().await;
    let ids: Vec<String> = (0..30).map(|call| format!("call_{call}")).collect();
    let calls: Vec<(&str, &str, &str)> =
        ids.iter().map(|id| (id.as_str(), "create_memory", r#"{"text": "wood"}"#)).collect();
    stage.openai.answer(Script::new().calls(&calls));
    stage.openai.answer(Script::text("Enough."));
    let answer = stage.answer(&json!({"message": "Save wood."})).await;
    assert_eq!(answer["actions"].as_array().unwrap().len(), 12);
    let asked = stage.asked();
    assert_eq!((results(&asked[1]).len(), asked[1].get("tools")), (30, None));
}
