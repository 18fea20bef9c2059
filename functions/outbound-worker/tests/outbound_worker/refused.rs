//! WhatsApp refuses, and what is done about it.

use app_testing::Log;
use std::time::Duration;

use app_domain::{ConnectionFault, DeliveryState, OutgoingTask, Phrase};
use app_testing::graph::Template;
use app_testing::graph::{FakeGraph, Fault, GraphCall};

use crate::queue::queued;
use crate::stage::{PHONE, Stage, ada, answer, at};

const DAY: u64 = 24 * 60 * 60;

fn help(number: u8) -> app_domain::Outgoing {
    answer(number, OutgoingTask::Say { phrase: Phrase::Help })
}

/// A stage with a template that WhatsApp knows.
async fn with_template() -> Stage {
    let mut stage = Stage::new().await;
    stage.graph.change(|rules| rules.templates.push(Template::new("new_message", "en", 1)));
    stage.app.template = Some("new_message:en".parse().unwrap());
    stage
}

#[tokio::test]
async fn a_rate_is_waited_for_longer_each_time() {
    let stage = Stage::new().await;
    let mut waits = Vec::new();
    for receives in 1..=7 {
        stage.graph.fail(GraphCall::Send, Fault::Code(if receives % 2 == 0 { 130_429 } else { 131_056 }));
        assert!(!stage.receive(&help(1), receives, 1).await);
        waits.extend(stage.holds.take().into_iter().map(|(_, seconds)| seconds));
    }
    assert_eq!(waits, [1, 4, 16, 64, 256, 900, 900]);
    assert!(stage.receive(&help(1), 8, 2).await);
    stage.only();
}

#[tokio::test]
async fn what_is_behind_it_in_its_chat_waits_with_it() {
    let (stage, log) = (Stage::new().await, Log::start());
    stage.graph.fail(GraphCall::Send, Fault::Code(131_056));
    assert_eq!(stage.handle(queued(&[help(1), help(2)], 3), at(1)).await, ["m0", "m1"]);
    assert_eq!(stage.holds.take(), [("r0".to_owned(), 16), ("r1".to_owned(), 16)]);
    assert_eq!(log.of("outgoing", "outcome"), ["throttled", "held back"]);
    assert!(stage.handle(queued(&[help(1), help(2)], 4), at(20)).await.is_empty());
    assert_eq!(stage.texts().len(), 2);
}

#[tokio::test]
async fn what_fails_for_a_moment_goes_better_the_next_time() {
    let (stage, log) = (Stage::new().await, Log::start());
    let post = stage.post("The train leaves at 8:15.").await;
    stage.graph.fail(GraphCall::Send, Fault::Code(131_000));
    assert!(!stage.say(&post).await);
    assert_eq!(stage.delivery(&post).await.0, DeliveryState::Queued);
    assert!(stage.receive(&post, 2, 2).await);
    assert_eq!(
        (stage.only().text.as_str(), stage.delivery(&post).await.0),
        ("The train leaves at 8:15.", DeliveryState::Sent)
    );
    assert_eq!(log.of("outgoing", "outcome"), ["failed", "sent"]);
}

#[tokio::test]
async fn a_token_that_is_refused_may_be_renewed() {
    let (stage, log) = (Stage::new().await, Log::start());
    stage.graph.change(|rules| rules.token(FakeGraph::TOKEN).unwrap().is_valid = false);
    assert!(!stage.receive(&help(1), 5, 1).await);
    assert_eq!(stage.holds.take()[0].1, 256);
    stage.graph.change(|rules| rules.token(FakeGraph::TOKEN).unwrap().is_valid = true);
    assert!(stage.receive(&help(1), 6, 300).await);
    assert_eq!(log.of("outgoing", "outcome"), ["token refused", "sent"]);
    stage.only();
}

#[tokio::test]
async fn outside_the_window_a_template_goes_in_its_place() {
    let stage = with_template().await;
    let long = format!("The train leaves\n\nat *8:15*. {}", "word ".repeat(1_200));
    let post = stage.post(long.trim()).await;
    stage.graph.close_window(FakeGraph::NUMBER, PHONE);
    assert!(stage.say(&post).await, "131047, then the template");
    let sent = stage.only();
    assert_eq!(sent.kind, "template");
    assert!(sent.text.starts_with("The train leaves at *8:15*. word") && sent.text.len() < 1_010);
    assert!(sent.text.ends_with("The rest is in the app."), "{}", sent.text);
    assert_eq!(sent.key.as_deref(), Some(post.key.as_str()));
    let (state, reason) = stage.delivery(&post).await;
    assert!(state == DeliveryState::Sent && reason.unwrap().contains("Only its beginning"));
    assert!(stage.receive(&post, 2, 2).await);
    assert_eq!(
        stage.graph.calls(GraphCall::Send),
        2,
        "it is known that a day has passed, and nothing is left"
    );

    let (late, log) = (stage.post("The train leaves at 8:15.").await, Log::start());
    assert!(stage.receive(&late, 1, DAY + 1).await);
    assert_eq!(stage.delivery(&late).await, (DeliveryState::Sent, None), "all of it had room");
    assert_eq!((stage.texts().len(), stage.graph.calls(GraphCall::Send)), (2, 3), "no text is tried");
    assert!(stage.receive(&help(1), 1, DAY + 1).await);
    assert_eq!(stage.texts().len(), 2, "no phrase is worth a template");
    assert_eq!(log.of("outgoing", "outcome"), ["sent", "refused"]);
}

#[tokio::test]
async fn without_a_template_it_fails_outside_the_window() {
    let (stage, log) = (Stage::new().await, Log::start());
    for second in [1, DAY + 1] {
        let post = stage.post("The train leaves at 8:15.").await;
        stage.graph.close_window(FakeGraph::NUMBER, PHONE);
        assert!(stage.receive(&post, 1, second).await);
        let (state, reason) = stage.delivery(&post).await;
        assert_eq!(state, DeliveryState::Failed);
        assert!(reason.unwrap().contains("within a day"));
    }
    assert_eq!((log.of("outgoing", "outcome"), stage.texts().len()), (vec!["refused".to_owned(); 2], 0));
}

#[tokio::test]
async fn what_will_never_arrive_is_not_tried_again() {
    let stage = Stage::new().await;
    for (code, word) in [(131_026, "your phone"), (368, "this business"), (100, "did not take")] {
        let post = stage.post("The train leaves at 8:15.").await;
        stage.graph.fail(GraphCall::Send, Fault::Code(code));
        assert!(stage.say(&post).await && stage.receive(&post, 2, 200).await);
        let (state, reason) = stage.delivery(&post).await;
        assert!(
            state == DeliveryState::Failed && reason.as_ref().unwrap().contains(word),
            "{code}: {reason:?}"
        );
    }
    assert_eq!((stage.texts().len(), stage.graph.calls(GraphCall::Send)), (0, 3));
}

#[tokio::test]
async fn who_posted_what_is_given_up_is_told_so() {
    let stage = Stage::new().await;
    let post = stage.post("The train leaves at 8:15.").await;
    for receives in [19, 20] {
        stage.graph.fail(GraphCall::Send, Fault::Code(131_000));
        assert_eq!(stage.delivery(&post).await.0, DeliveryState::Queued);
        assert!(!stage.receive(&post, receives, 1).await);
    }
    let (state, reason) = stage.delivery(&post).await;
    assert!(state == DeliveryState::Failed && reason.unwrap().contains("for hours"));
    // They may have posted it anew since: it does not come out of the dead letters as another one.
    assert!(stage.receive(&post, 1, 90_000).await);
    assert_eq!(stage.texts().len(), 0);
}

#[tokio::test]
async fn silence_is_no_answer() {
    let mut stage = Stage::new().await;
    stage.app.graph =
        stage.app.graph.clone().patience(Duration::from_millis(200), Duration::from_millis(200));
    stage.graph.fail(GraphCall::Send, Fault::Silence);
    assert!(!stage.say(&help(1)).await);
    assert_eq!(stage.holds.take()[0].1, 120);
    assert!(stage.receive(&help(1), 2, 125).await);
    stage.only();
}

async fn fault(stage: &Stage) -> Option<ConnectionFault> {
    stage.app.links.of(ada()).await.unwrap().shared_fault
}

#[tokio::test]
async fn who_cannot_be_answered_is_told_in_the_app_until_it_works_again() {
    let stage = Stage::new().await;
    let own = ConnectionFault { code: 190, message: "Their own token.".to_owned(), at: at(0) };
    stage.app.links.set_fault(ada(), Some(&own)).await.unwrap();
    for (receives, code) in [(1, 190), (2, 190), (3, 131_005)] {
        stage.graph.fail(GraphCall::Send, Fault::Code(code));
        let since = if code == 190 { at(1) } else { at(3) };
        assert!(!stage.receive(&help(1), receives, receives.into()).await);
        let fault = fault(&stage).await.unwrap();
        assert_eq!((fault.code, fault.at.as_seconds()), (code, since.as_seconds()));
        assert!(fault.message.contains("nothing for you to do"), "{}", fault.message);
    }
    stage.graph.fail(GraphCall::Send, Fault::Code(131_056));
    assert!(!stage.receive(&help(1), 4, 4).await);
    assert_eq!(fault(&stage).await.unwrap().code, 131_005, "too fast says nothing of it");
    assert!(stage.receive(&help(1), 5, 5).await);
    assert_eq!(fault(&stage).await, None);
    assert_eq!(stage.app.links.of(ada()).await.unwrap().fault, Some(own), "that is another number");

    stage.graph.fail(GraphCall::Send, Fault::Code(131_031));
    assert!(stage.receive(&help(2), 1, 6).await);
    assert_eq!(fault(&stage).await.unwrap().code, 131_031);
}

#[tokio::test]
async fn a_mark_tells_of_a_dead_token_and_of_nothing_else() {
    let stage = Stage::new().await;
    let seen = |number| answer(number, OutgoingTask::Seen);
    for (number, code, known) in [(1, 131_031, None), (2, 190, Some(190)), (3, 131_000, Some(190))] {
        stage.graph.fail(GraphCall::MarkRead, Fault::Code(code));
        assert!(stage.say(&seen(number)).await);
        assert_eq!(fault(&stage).await.map(|fault| fault.code), known);
    }
    assert!(stage.say(&seen(4)).await);
    assert_eq!(fault(&stage).await, None);
    let restricted = ConnectionFault { code: 131_031, message: "Restricted.".to_owned(), at: at(0) };
    stage.app.links.set_shared_fault(ada(), Some(&restricted)).await.unwrap();
    assert!(stage.say(&seen(5)).await);
    assert_eq!(fault(&stage).await, Some(restricted));
}
