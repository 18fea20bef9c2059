//! Each thing is said once, whatever comes twice, fails or dies.

use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use app_domain::{DeliveryState, Outgoing, OutgoingKey};
use app_testing::Death;
use app_testing::graph::{Fault, GraphCall};

use crate::stage::{Stage, ada, ask, at};

/// Later than anything is waited for.
const LATER: u64 = 200;

#[tokio::test]
async fn what_comes_twice_is_said_once_also_at_once() {
    let stage = Stage::new().await;
    stage.save("Spare key", "The spare key is under the third flower pot.").await;
    let question = ask(1, "Where is the spare key?");
    let at_once = (0..8).map(|_| stage.receive(&question, 1, 1));
    let dealt_with = futures_util::future::join_all(at_once).await;
    assert_eq!(dealt_with.iter().filter(|dealt| **dealt).count(), 1, "the others wait for it");
    for receives in 2..5 {
        assert!(stage.receive(&question, receives, LATER).await);
    }
    stage.only();
}

#[tokio::test]
async fn an_answer_that_was_lost_is_waited_for() {
    let stage = Stage::new().await;
    let (heard, unheard) = (stage.post("Heard.").await, stage.post("Unheard.").await);
    for post in [&heard, &unheard] {
        stage.graph.fail(GraphCall::Send, Fault::CutAfter);
        assert!(!stage.say(post).await);
        assert_eq!(stage.holds.take()[0].1, 120);
        assert!(!stage.receive(post, 2, 60).await, "not before its status can have come");
        assert!((60..=62).contains(&stage.holds.take()[0].1));
    }
    stage.report(&heard.key, 90).await;
    assert!(stage.receive(&heard, 3, 125).await && stage.receive(&unheard, 3, 125).await);
    assert_eq!(stage.texts(), ["Heard.", "Unheard.", "Unheard."]);
    assert_eq!(stage.delivery(&unheard).await.0, DeliveryState::Sent);

    let twice = stage.post("Twice unheard.").await;
    for (receives, second) in [(1, 200), (2, 325)] {
        stage.graph.fail(GraphCall::Send, Fault::CutAfter);
        assert!(!stage.receive(&twice, receives, second).await);
    }
    stage.report(&twice.key, 330).await;
    assert!(stage.receive(&twice, 3, 450).await);
    assert_eq!(stage.texts().len(), 5, "a status that comes late ends it too");
}

/// Posts a text of three parts.
async fn long_post(stage: &Stage) -> (Outgoing, String) {
    let text = (0..1_080).map(|n| format!("word{n} ")).collect::<String>();
    (stage.post(text.trim()).await, text.trim().to_owned())
}

/// What the phone has got of a key, as one text.
fn heard(stage: &Stage, key: &OutgoingKey) -> String {
    let parts = stage.graph.outbox().into_iter().filter(|sent| sent.key.as_deref() == Some(key.as_str()));
    parts.map(|sent| sent.text).collect::<Vec<_>>().join(" ")
}

/// Has something come again, with its statuses between, until it is dealt with.
async fn until_said(stage: &Stage, outgoing: &Outgoing) {
    for receives in 2..12 {
        stage.report(&outgoing.key, LATER * u64::from(receives) - 1).await;
        if stage.receive(outgoing, receives, LATER * u64::from(receives)).await {
            return;
        }
    }
    panic!("{outgoing:?} is never said");
}

#[tokio::test]
async fn wherever_the_table_is_lost_each_part_is_sent_once() {
    let stage = Stage::new().await;
    for death in [Death::BeforeCalling, Death::BeforeHearing] {
        for calls in 0.. {
            let (post, text) = long_post(&stage).await;
            stage.meter.die_after(calls, death);
            let is_done = stage.say(&post).await;
            if !stage.meter.revive() {
                assert!(is_done && calls > 12, "{calls}");
                break;
            }
            if !is_done {
                until_said(&stage, &post).await;
            }
            assert_eq!(heard(&stage, &post.key), text, "{death:?} {calls}");
        }
    }
}

/// Runs a future until it has been polled so often, and drops it then, as a worker that is killed; whether it came to its end.
async fn killed_after(polls: usize, work: impl Future) -> bool {
    let (mut work, mut left) = (Box::pin(work), polls);
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(false);
        }
        left -= 1;
        work.as_mut().poll(context).map(|_| true)
    })
    .await
}

#[tokio::test]
async fn wherever_a_worker_is_killed_each_part_is_sent_once() {
    let stage = Stage::new().await;
    for polls in 1.. {
        let (post, text) = long_post(&stage).await;
        if killed_after(polls, stage.say(&post)).await {
            assert!(polls > 12, "{polls}");
            break;
        }
        // What it had sent off arrives.
        tokio::time::sleep(Duration::from_millis(10)).await;
        until_said(&stage, &post).await;
        assert_eq!(heard(&stage, &post.key), text, "killed after {polls}");
    }
}

#[tokio::test]
async fn a_question_is_answered_once_wherever_a_worker_is_killed() {
    let stage = Stage::new().await;
    stage.save("Spare key", "The spare key is under the third flower pot.").await;
    for polls in 1_u8.. {
        // Each in a conversation of its own.
        let asked_at = u64::from(polls) * 24 * 60 * 60;
        let question = ask(polls, "Where is the spare key?");
        let question = Outgoing { asked_at: at(asked_at), ..question };
        if killed_after(polls.into(), stage.receive(&question, 1, asked_at + 1)).await {
            assert!(polls > 20, "{polls}");
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
        stage.report(&question.key, asked_at + LATER - 1).await;
        if !stage.receive(&question, 2, asked_at + LATER).await {
            assert!(stage.receive(&question, 3, asked_at + 2 * LATER).await, "killed after {polls}");
        }
        let text = heard(&stage, &question.key);
        assert_eq!(text.matches("flower pot").count(), 1, "killed after {polls}: {text}");
        let (talk, _) = stage.app.links.conversation(ada()).await.unwrap().unwrap();
        let turns = stage.app.conversations.get(ada(), talk).await.unwrap().unwrap().turns;
        assert!((2..=3).contains(&turns), "killed after {polls}: {turns} turns");
    }
}
