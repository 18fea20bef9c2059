//! docs/runbooks/dead-letters.md.

use std::os::unix::fs::PermissionsExt;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::sync::Arc;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::QueueAttributeName::{
    ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible, VisibilityTimeout,
};
use e2e::meta::{Meta, now, phone, text_message, wamid};
use e2e::{Mailbox, Person, Stack, eventually};
use futures_util::FutureExt;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{set, tool};

const PROGRAM: &str = "docs/runbooks/dead_letters.py";

/// A queue, and its dead letters.
struct Queue<'a> {
    client: Client,
    stack: &'a Stack,
    name: &'static str,
    /// How long a message is away that was received, if no trial has changed that.
    was: String,
}

impl<'a> Queue<'a> {
    async fn of(stack: &'a Stack, name: &'static str) -> Self {
        let client = Client::new(&stack.aws());
        let url = stack.output(&format!("{name}QueueUrl"));
        let found = client.get_queue_attributes().queue_url(url).attribute_names(VisibilityTimeout);
        let was = found.send().await.unwrap().attributes.unwrap()[&VisibilityTimeout].clone();
        Self { client, stack, name, was }
    }

    /// One whose failed messages come back after a second, so that all attempts are over soon, and that has no dead ones.
    async fn impatient(stack: &'a Stack, name: &'static str) -> Self {
        let queue = Self::of(stack, name).await;
        queue.wait_for("1").await;
        // Others have sent what nobody can read; sent back, it would die again.
        queue.client.purge_queue().queue_url(queue.dead_letters()).send().await.unwrap();
        queue
    }

    async fn wait_for(&self, seconds: &str) {
        let change = self.client.set_queue_attributes().queue_url(self.url());
        change.attributes(VisibilityTimeout, seconds).send().await.unwrap();
    }

    /// As it was.
    async fn patient(&self) {
        self.wait_for(&self.was).await;
    }

    fn url(&self) -> &str {
        self.stack.output(&format!("{}QueueUrl", self.name))
    }

    fn dead_letters(&self) -> &str {
        self.stack.output(&format!("{}DeadLettersUrl", self.name))
    }

    async fn len(&self, url: &str) -> u32 {
        let (waiting, taken) = (ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible);
        let asked = self.client.get_queue_attributes().queue_url(url);
        let found = asked.attribute_names(waiting).attribute_names(taken).send().await.unwrap();
        found.attributes.unwrap().values().map(|count| count.parse::<u32>().unwrap()).sum()
    }

    /// Waits until a message that holds `text` is dead, and gives it.
    async fn dead(&self, text: &str) -> String {
        eventually("a message to be dead", || async {
            let asked = self.client.receive_message().queue_url(self.dead_letters()).visibility_timeout(0);
            let found = asked.max_number_of_messages(10).send().await.unwrap();
            found
                .messages()
                .iter()
                .find_map(|message| message.body().filter(|body| body.contains(text)))
                .map(str::to_owned)
        })
        .await
    }

    /// Puts more messages that nobody can read among the dead ones than are handed out at once, in one group where there are groups. Gives their ids.
    async fn many_dead(&self) -> Vec<String> {
        let (mut ids, is_ordered) = (Vec::new(), self.dead_letters().ends_with(".fifo"));
        for number in 0..12 {
            let message = self.client.send_message().queue_url(self.dead_letters());
            let message = message.message_body(json!({"kind": "unknown", "attempt": number}).to_string());
            let message = message.set_message_group_id(is_ordered.then(|| "one".to_owned()));
            let message =
                message.set_message_deduplication_id(is_ordered.then(|| Uuid::new_v4().to_string()));
            ids.push(message.send().await.unwrap().message_id.unwrap());
        }
        ids
    }

    /// Waits until everything that was sent is done.
    async fn emptied(&self) {
        eventually("the queue to be empty", || async { (self.len(self.url()).await == 0).then_some(()) })
            .await;
    }

    /// What the program says of all queues, the line of this one.
    fn counted(&self) -> String {
        let said = tool(self.stack, PROGRAM, &["count"]);
        said.lines().find(|line| line.starts_with(self.name)).unwrap().to_owned()
    }
}

/// What is done while a function does not find the table. It does again afterwards.
async fn without_table<T>(stack: &Stack, function: &str, meanwhile: impl Future<Output = T>) -> T {
    let table = set(stack, function, "TABLE_NAME", Some("no-such-table")).await;
    finally(meanwhile, set(stack, function, "TABLE_NAME", table.as_deref())).await
}

/// Does the second however the first ends: other trials go on with the stack.
async fn finally<T>(first: impl Future<Output = T>, second: impl Future) -> T {
    let ended = AssertUnwindSafe(first).catch_unwind().await;
    second.await;
    ended.unwrap_or_else(|panic| resume_unwind(panic))
}

pub(super) async fn a_dead_mail_is_sent_once_when_it_is_sent_back(stack: Arc<Stack>) {
    let (queue, mailbox) = (Queue::impatient(&stack, "Mail").await, Mailbox::of(&stack));
    let dies = async {
        let ada = Person::registered(&stack).await;
        let job = queue.dead(ada.id()).await;
        assert!(!queue.counted().contains(" 0 dead"), "{}", queue.counted());
        let shown = tool(&stack, PROGRAM, &["show", "Mail"]);
        assert!(shown.contains(ada.id()) && shown.contains("kind=verifyEmail"), "{shown}");
        assert!(!shown.contains('@'), "{shown}");
        assert!(mailbox.all_to(&ada.email).await.is_empty());
        (ada, job)
    };
    let trial = async {
        let (ada, job) = without_table(&stack, "MailWorkerFunctionName", dies).await;
        // As if somebody had ended the program between sending a message back and taking it from the dead letters.
        queue.client.send_message().queue_url(queue.url()).message_body(&job).send().await.unwrap();
        let said = tool(&stack, PROGRAM, &["redrive", "Mail"]);
        assert!(said.contains(" sent back, 0 left"), "{said}");
        mailbox.newest_to(&ada.email).await;
        queue.emptied().await;
        assert_eq!(mailbox.all_to(&ada.email).await.len(), 1);
        assert!(queue.counted().contains(" 0 dead"), "{}", queue.counted());
        assert!(tool(&stack, PROGRAM, &["redrive", "Mail"]).starts_with("0 sent back"));
    };
    finally(trial, queue.patient()).await;
}

pub(super) async fn a_dead_whatsapp_message_becomes_one_memory(stack: Arc<Stack>) {
    let (meta, ada, phone) = (Meta::of(&stack).await, Person::registered(&stack).await, phone());
    meta.link(&ada, &phone).await;
    let queue = Queue::impatient(&stack, "Inbound").await;
    let (wamid, text) = (wamid(), format!("heron {}", Uuid::new_v4()));
    let message = text_message(&phone, &wamid, now(), &text);
    let dies = async {
        assert_eq!(meta.deliver(&message).await.status, 200);
        queue.dead(&wamid).await;
        let shown = tool(&stack, PROGRAM, &["show", "Inbound"]);
        assert!(!shown.contains(&text) && !shown.contains(&phone), "{shown}");
        assert!(ada.memories().await.is_empty());
    };
    let trial = async {
        without_table(&stack, "SyncWorkerFunctionName", dies).await;
        let said = tool(&stack, PROGRAM, &["redrive", "Inbound"]);
        assert!(!said.starts_with("0 sent back"), "{said}");
        eventually("the memory", || async { (!ada.memories().await.is_empty()).then_some(()) }).await;
        // Meta delivers it once more, as it may.
        assert_eq!(meta.deliver(&message).await.status, 200);
        queue.emptied().await;
        let memories = ada.memories().await;
        assert_eq!(memories.len(), 1);
        assert!(memories[0].to_string().contains(&text), "{}", memories[0]);
        assert!(queue.counted().contains(" 0 dead"), "{}", queue.counted());
    };
    finally(trial, queue.patient()).await;
}

pub(super) async fn what_nobody_can_read_is_dropped_and_kept(stack: Arc<Stack>) {
    let queue = Queue::impatient(&stack, "Chores").await;
    let trial = async {
        let poison = json!({"kind": "unknown", "id": Uuid::new_v4(), "words": "of a person"});
        let id = poison["id"].as_str().unwrap();
        queue
            .client
            .send_message()
            .queue_url(queue.url())
            .message_body(poison.to_string())
            .send()
            .await
            .unwrap();
        queue.dead(id).await;
        let shown = tool(&stack, PROGRAM, &["show", "Chores"]);
        let line = shown.lines().find(|line| line.contains(id)).unwrap();
        assert!(line.contains("kind=unknown") && !line.contains("of a person"), "{line}");
        let (message, _) = line.split_once(' ').unwrap();

        let kept = std::env::temp_dir().join(format!("dropped-{id}.jsonl"));
        let keep = kept.to_str().unwrap();
        let said = tool(&stack, PROGRAM, &["drop", "Chores", "--id", message, "--keep", keep]);
        assert!(said.starts_with("1 dropped"), "{said}");
        assert_eq!(kept.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        let line: Value = serde_json::from_str(&std::fs::read_to_string(&kept).unwrap()).unwrap();
        std::fs::remove_file(kept).unwrap();
        assert_eq!((&line["queue"], &line["Body"]), (&json!("Chores"), &json!(poison.to_string())));
        assert!(!tool(&stack, PROGRAM, &["show", "Chores"]).contains(id));
        the_last_of_many_is_dropped(&queue).await;
    };
    finally(trial, queue.patient()).await;
    // A queue that keeps an order hands out nothing behind a message that is looked at.
    the_last_of_many_is_dropped(&Queue::of(&stack, "Outbound").await).await;
}

/// Drops the last of many by its id. The others stay, in their order, and are dropped together afterwards.
async fn the_last_of_many_is_dropped(queue: &Queue<'_>) {
    let kept = std::env::temp_dir().join(format!("dropped-{}.jsonl", Uuid::new_v4()));
    let (ids, keep) = (queue.many_dead().await, kept.to_str().unwrap());
    let (last, others) = ids.split_last().unwrap();
    let dropped = |id: &str| tool(queue.stack, PROGRAM, &["drop", queue.name, "--id", id, "--keep", keep]);
    assert!(dropped(last).starts_with("1 dropped"));
    assert!(std::fs::read_to_string(&kept).unwrap().contains(last));
    let said = tool(queue.stack, PROGRAM, &["show", queue.name]);
    // Of those that stand behind one another, as many as are handed out at once.
    let known = |line: &str| ids.iter().find(|id| line.starts_with(id.as_str())).cloned();
    let shown: Vec<String> = said.lines().filter_map(known).collect();
    assert!(!shown.is_empty() && others.starts_with(&shown), "{said}");
    assert!(dropped("all").contains(", 0 left"));
    std::fs::remove_file(&kept).unwrap();
}
