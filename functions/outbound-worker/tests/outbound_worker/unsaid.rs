//! What is not said, and what nobody gets to see of anything that is.

use app_domain::{
    BusinessUserId, Chat, DeliveryState, Origin, Outgoing, OutgoingTask, PhoneNumber, Phrase, Recipient,
    Sender,
};
use app_store::Heard;
use app_testing::graph::{Fault, GraphCall};
use app_testing::{Log, event};

use crate::queue::{bodies, queued};
use crate::stage::{PHONE, Stage, ada, answer, ask, at, chat, find};

fn say(number: u8, phrase: Phrase) -> app_domain::Outgoing {
    answer(number, OutgoingTask::Say { phrase })
}

#[tokio::test]
async fn what_needs_no_answer_is_marked_as_read() {
    let stage = Stage::new().await;
    let seen = answer(1, OutgoingTask::Seen);
    stage.graph.fail(GraphCall::MarkRead, Fault::Code(131_000));
    assert!(stage.say(&seen).await, "a mark is worth no second try");
    assert!(stage.say(&answer(2, OutgoingTask::Seen)).await);
    assert_eq!((stage.graph.reads().len(), stage.texts().len()), (1, 0));
}

#[tokio::test]
async fn who_wants_silence_hears_what_they_ask_for_alone() {
    let (stage, log) = (Stage::new().await, Log::start());
    let post = stage.post("The train leaves at 8:15.").await;
    stage.app.links.set_muted(ada(), true).await.unwrap();
    let said = [
        ask(1, "Where is the key?"),
        find(2, "key"),
        say(3, Phrase::Help),
        say(4, Phrase::Stopped),
        say(5, Phrase::Started),
        post,
    ];
    for outgoing in &said {
        assert!(stage.say(outgoing).await);
    }
    let texts = stage.texts();
    assert_eq!(
        texts,
        [Phrase::Stopped.text(), Phrase::Started.text(), "The train leaves at 8:15.".to_owned()]
    );
    assert_eq!(stage.graph.reads().len(), 5);
    assert_eq!(log.of("outgoing", "outcome"), ["muted", "muted", "muted", "sent", "sent", "sent"]);
    // Nor is it said later.
    stage.app.links.set_muted(ada(), false).await.unwrap();
    assert!(stage.receive(&said[0], 2, 2).await);
    assert_eq!(stage.texts().len(), 3);
}

#[tokio::test]
async fn a_phone_that_is_not_linked_any_more_hears_nothing() {
    let (stage, log) = (Stage::new().await, Log::start());
    let post = stage.post("The train leaves at 8:15.").await;
    stage.link("4915550003333").await;
    assert!(stage.say(&ask(1, "Where is the key?")).await && stage.say(&post).await);
    stage.app.links.disconnect(ada(), &Origin::default(), at(1)).await.unwrap();
    assert!(stage.say(&find(2, "key")).await);
    assert_eq!((stage.graph.reads().len(), stage.texts().len()), (0, 0));
    assert_eq!(log.of("outgoing", "outcome"), ["not linked"; 3]);
    let (state, reason) = stage.delivery(&post).await;
    assert_eq!(
        (state, reason.as_deref()),
        (DeliveryState::Failed, Some("The phone is not linked any more."))
    );
}

#[tokio::test]
async fn who_is_known_by_the_id_is_answered_on_the_phone_that_they_write_from() {
    let stage = Stage::new().await;
    let both = |digits| Sender {
        phone: PhoneNumber::from_digits(digits),
        user_id: BusinessUserId::parse("DE.48151623421108"),
    };
    let elsewhere = "4915550003333";
    let with = |digits| Chat { with: Recipient::of(&both(digits)).unwrap(), ..chat() };
    for (digits, wamid) in [(PHONE, "wamid.1"), (elsewhere, "wamid.2")] {
        let person = stage.app.links.person(&both(digits)).await.unwrap().unwrap();
        let heard = stage.app.links.heard(&person, &both(digits), &with(digits), wamid, at(1)).await.unwrap();
        assert_eq!(heard, Heard::First);
    }
    assert!(stage.say(&Outgoing { chat: with(elsewhere), ..say(1, Phrase::Help) }).await);
    assert_eq!(stage.texts(), [Phrase::Help.text()]);
}

#[tokio::test]
async fn without_a_token_nothing_is_said() {
    let (mut stage, log) = (Stage::new().await, Log::start());
    let post = stage.post("The train leaves at 8:15.").await;
    stage.app.token = None;
    assert!(stage.say(&say(1, Phrase::Help)).await && stage.say(&post).await);
    assert_eq!(log.of("outgoing", "outcome"), ["not set up"; 2]);
    let (state, reason) = stage.delivery(&post).await;
    assert_eq!((state, reason.as_deref()), (DeliveryState::Failed, Some("WhatsApp is not set up here.")));
    assert_eq!(stage.graph.calls(GraphCall::Send), 0);
}

#[tokio::test]
async fn a_message_that_is_gone_is_not_sent() {
    let (stage, log) = (Stage::new().await, Log::start());
    let post = stage.post("The train leaves at 8:15.").await;
    let OutgoingTask::Post { memory, message } = post.task else { panic!("no post") };
    stage.app.messages.delete(ada(), memory, message, None, at(1)).await.unwrap();
    assert!(stage.say(&post).await);
    assert_eq!((log.of("outgoing", "outcome"), stage.texts().len()), (vec!["gone".to_owned()], 0));
}

#[tokio::test]
async fn what_cannot_be_read_is_given_up_alone() {
    let (stage, log) = (Stage::new().await, Log::start());
    let poison = event("outbound-worker/poison.json")["Records"][0]["body"].as_str().unwrap().to_owned();
    let good = |number| serde_json::to_string(&say(number, Phrase::Help)).unwrap();
    let batch = bodies(&[good(1), poison, good(2), "{}".to_owned()], 1);
    assert_eq!(stage.handle(batch, at(1)).await, ["m1", "m3"]);
    assert_eq!(stage.holds.take(), [("r1".to_owned(), 0), ("r3".to_owned(), 0)]);
    assert_eq!(stage.texts().len(), 2);
    assert_eq!(log.of("outgoing", "outcome"), ["sent", "unreadable", "sent", "unreadable"]);
}

#[tokio::test]
async fn nothing_private_is_logged() {
    let (stage, log) = (Stage::new().await, Log::start());
    stage.save("Spare key", "It is under the flower pot.").await;
    let post = stage.post("The train leaves at 8:15.").await;
    for (fault, number) in [
        (Fault::Code(131_056), 1),
        (Fault::Code(190), 2),
        (Fault::CutAfter, 3),
        (Fault::Code(131_026), 4),
        (Fault::Nothing, 5),
    ] {
        stage.graph.fail(GraphCall::Send, fault);
        stage.graph.fail(GraphCall::MarkRead, Fault::Code(131_000));
        let batch = queued(&[ask(number, "Where is the spare key?"), find(number + 20, "flower")], 20);
        stage.handle(batch, at(1)).await;
    }
    assert!(stage.say(&post).await);
    stage.handle(event("outbound-worker/poison.json"), at(1)).await;
    let text = log.text();
    let ada = ada().to_string();
    for private in [PHONE, "spare", "flower", "train", "secret", "EAAG", ada.as_str(), "wamid", "example.com"]
    {
        assert!(!text.contains(private), "{private} in {text}");
    }
    assert!(log.of("outgoing", "outcome").len() > 10);
}
