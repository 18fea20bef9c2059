//! What is said, and what it says.

use app_domain::{
    DeliveryState, MemoryDraft, MemoryId, MemoryTitle, MessageId, OutgoingTask, Phrase, Privacy, Role, Said,
};
use app_testing::event;
use serde_json::{Value, json};

use crate::stage::{PHONE, Stage, WAMID, ada, answer, ask, at, find};

const NONE: [&str; 0] = [];

#[tokio::test]
async fn a_phrase_is_said_and_the_message_marked_as_read() {
    let stage = Stage::new().await;
    assert_eq!(stage.handle(event("outbound-worker/say.json"), at(1)).await, NONE);
    let (sent, reads) = (stage.only(), stage.graph.reads());
    assert_eq!((sent.to, sent.text), (format!("+{PHONE}"), Phrase::Help.text()));
    assert!(sent.key.unwrap().starts_with("a."));
    assert_eq!(sent.context, None);
    assert_eq!((reads.len(), reads[0].wamid.as_str(), reads[0].is_typing), (1, WAMID, false));

    // A stranger has no account, and is answered as well.
    let stranger =
        app_domain::Outgoing { owner: None, ..answer(1, OutgoingTask::Say { phrase: Phrase::Stranger }) };
    assert!(stage.say(&stranger).await);
    assert_eq!(stage.texts()[1], Phrase::Stranger.text());
}

#[tokio::test]
async fn memo_answers_with_its_sources_in_a_conversation_that_goes_on() {
    let stage = Stage::new().await;
    stage.save("Spare key", "The spare key is under the third flower pot.").await;
    assert_eq!(stage.handle(event("outbound-worker/ask.json"), at(1)).await, NONE);
    let sent = stage.only();
    assert!(sent.text.contains("third flower pot"), "{}", sent.text);
    assert!(sent.text.ends_with("[1] Spare key, 18 Nov"), "{}", sent.text);
    assert_eq!(sent.context.as_deref(), Some("wamid.W11"));
    assert!(stage.graph.reads()[0].is_typing);

    let talk = async || stage.app.links.conversation(ada()).await.unwrap().unwrap().0;
    let first = talk().await;
    assert!(stage.receive(&ask(1, "And which pot exactly?"), 1, 5 * 3_600).await);
    assert_eq!(talk().await, first);
    assert_eq!(stage.app.conversations.get(ada(), first).await.unwrap().unwrap().turns, 4);
    assert!(stage.receive(&ask(2, "Where is the spare key?"), 1, 11 * 3_600 + 60).await);
    let second = talk().await;
    assert_ne!(second, first, "after six hours of silence another begins");
    let leaf = stage.app.conversations.get(ada(), second).await.unwrap().unwrap().leaf.unwrap();
    let turn = stage.app.conversations.turn(ada(), second, leaf, at(2)).await.unwrap();
    let question = stage.app.conversations.turn(ada(), second, turn.parent.unwrap(), at(2)).await.unwrap();
    let Said::Question { text } = question.said else { panic!("no question") };
    assert_eq!(text.as_str(), "Where is the spare key?");
}

#[tokio::test]
async fn who_may_not_ask_memo_is_told_so() {
    let stage = Stage::of(Role::User).await;
    assert!(stage.say(&ask(1, "Where is the spare key?")).await);
    assert!(stage.only().text.contains("not part of your plan"));
    assert_eq!(stage.app.links.conversation(ada()).await.unwrap(), None);
}

#[tokio::test]
async fn memories_are_found_and_listed() {
    let stage = Stage::new().await;
    for _ in 0..2 {
        assert!(stage.say(&answer(1, OutgoingTask::Recent)).await);
    }
    stage.save("Dentist", "On Friday at three, with Dr. Heron.").await;
    stage.save("Groceries", "Milk and flour.").await;
    let content = app_domain::Content::parse(json!({"text": "A note on the dentist without a title."})).ok();
    stage.save_as(MemoryId::new(at(0)), MemoryDraft { content, ..MemoryDraft::default() }).await;
    let jwe = "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..AgICAgICAgICAgIC.AwMDAwMDAwMD.BAQEBAQEBAQEBAQEBAQEBA";
    let sealed = MemoryDraft {
        title: MemoryTitle::parse("Dentist, in secret").ok(),
        content: app_domain::Content::parse(json!({"jwe": jwe})).ok(),
        privacy: Privacy::Sealed,
        ..MemoryDraft::default()
    };
    stage.save_as(MemoryId::new(at(0)), sealed).await;
    for outgoing in [find(2, "dentist"), find(3, "zeppelin"), find(4, " "), answer(5, OutgoingTask::Recent)] {
        assert!(stage.say(&outgoing).await);
    }
    insta::assert_snapshot!(stage.texts().join("\n-----\n"));
}

#[tokio::test]
async fn an_export_is_begun_once() {
    let stage = Stage::new().await;
    let export = answer(1, OutgoingTask::Export);
    assert!(stage.say(&export).await && stage.receive(&export, 2, 2).await);
    assert!(stage.only().text.contains("export has begun") && stage.only().text.contains("for 30 days"));
    let jobs = stage.jobs.take();
    assert_eq!(jobs.len(), 1);
    let id = jobs[0]["jobId"].as_str().unwrap().parse().unwrap();
    let job = stage.app.exports.get(ada(), id).await.unwrap().unwrap();
    assert_eq!(job.created_at, at(0));

    // What the jobs queue does not take comes again, as the same export.
    let (second, stage) = (answer(2, OutgoingTask::Export), stage);
    stage.jobs.refuse(true);
    assert!(!stage.say(&second).await);
    stage.jobs.refuse(false);
    assert!(stage.receive(&second, 2, 2).await);
    let jobs: Vec<Value> = stage.jobs.take();
    assert_eq!((jobs.len(), stage.texts().len()), (1, 2));
}

#[tokio::test]
async fn a_posted_message_goes_to_the_chat_and_says_so() {
    let stage = Stage::new().await;
    let memory: MemoryId = "01a1ee50-6470-7c1d-8f0e-6b2d9f4a1c55".parse().unwrap();
    let message: MessageId = "01a1ee56-b008-7e6f-a1b2-3c4d5e6f7a80".parse().unwrap();
    stage
        .save_as(memory, MemoryDraft { title: MemoryTitle::parse("Trip").ok(), ..MemoryDraft::default() })
        .await;
    let post = stage.post_as(memory, message, "The train leaves at *8:15*.").await;
    assert_eq!(stage.handle(event("outbound-worker/post.json"), at(2)).await, NONE);
    let sent = stage.only();
    assert_eq!((sent.text.as_str(), sent.context), ("The train leaves at *8:15*.", None));
    assert_eq!(sent.key.as_deref(), Some(post.key.as_str()));
    assert_eq!(stage.delivery(&post).await, (DeliveryState::Sent, None));
    assert!(stage.graph.reads().is_empty());
}

#[tokio::test]
async fn a_long_text_goes_in_parts_in_their_order() {
    let stage = Stage::new().await;
    let text = (0..1_080).map(|n| format!("word{n} ")).collect::<String>();
    let post = stage.post(text.trim()).await;
    assert!(stage.say(&post).await);
    let texts = stage.texts();
    assert_eq!((texts.len(), texts.join(" ")), (3, text.trim().to_owned()));
    assert_eq!(stage.delivery(&post).await.0, DeliveryState::Sent);
}
