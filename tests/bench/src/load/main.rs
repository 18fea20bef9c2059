//! Delivers WhatsApp messages as Meta does at its worst, while workers are ended at random, and counts what became of them:
//! `load-whatsapp 10000 200`. The stack is its own; the real functions run in it, behind real signatures and queues.
#![expect(clippy::print_stdout, reason = "printing is what it is for")]

mod killer;
mod media;
mod messages;
mod people;
#[path = "../processes.rs"]
mod processes;
mod tally;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_sqs::types::QueueAttributeName;
use e2e::Stack;
use e2e::meta::{Meta, now, payload};
use futures_util::{StreamExt, stream};
use serde_json::Value;
use uuid::Uuid;

use crate::killer::Killer;
use crate::media::Media;
use crate::messages::{Sent, messages};
use crate::people::Sender;
use crate::tally::Tally;

/// How many of a hundred messages are delivered twice.
const DUPLICATES_PERCENT: usize = 30;
/// The most messages in one call of the webhook.
const MOST_AT_ONCE: usize = 20;
/// Calls of the webhook at the same time.
const CALLERS: usize = 6;
/// A worker ends about this often.
const KILL_EVERY: Duration = Duration::from_secs(4);
/// Until what a worker had comes again. In production it is six times its timeout, which here would be most of the time.
const VISIBILITY_SECONDS: &str = "35";
/// How long the last message may take.
const PATIENCE: Duration = Duration::from_secs(3600);

const QUEUES: [&str; 3] = ["InboundQueueUrl", "MediaQueueUrl", "OutboundQueueUrl"];
const DEAD_LETTERS: [&str; 3] = ["InboundDeadLettersUrl", "MediaDeadLettersUrl", "OutboundDeadLettersUrl"];
const WORKERS: [&str; 4] = [
    "WhatsappFunctionName",
    "SyncWorkerFunctionName",
    "MediaWorkerFunctionName",
    "OutboundWorkerFunctionName",
];

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1).map(|number| number.parse::<usize>());
    let count = arguments.next().transpose()?.unwrap_or(10_000);
    let senders = arguments.next().transpose()?.unwrap_or(200);
    ensure!(
        count >= senders && senders > 0,
        "load-whatsapp MESSAGES SENDERS, with a message for each sender"
    );

    let stack = Arc::new(Stack::start()?);
    let meta = Meta::of(&stack).await;
    let queues = aws_sdk_sqs::Client::new(&stack.aws());
    for queue in QUEUES {
        let change = queues.set_queue_attributes().queue_url(stack.output(queue));
        change.attributes(QueueAttributeName::VisibilityTimeout, VISIBILITY_SECONDS).send().await?;
    }
    println!("linking {senders} phones");
    let people = people::linked(&stack, &meta, senders).await?;
    let phones: Vec<String> = people.iter().map(|sender| sender.phone.clone()).collect();
    let sent = messages(count, &phones, now() - count.div_ceil(senders) as i64 - 60, &uploaded(&stack)?);

    let functions = WORKERS.iter().map(|output| stack.output(output).to_owned()).collect();
    let killer = Killer::start(stack.process()?, functions, KILL_EVERY);
    let begun = Instant::now();
    // Half of the duplicates come among the others, half when the queue has forgotten what it had: that takes it five minutes.
    let (soon, late) = duplicates(&sent);
    let first: Vec<&Sent> = sent.iter().chain(soon).collect();
    let mut delivered = deliver(&meta, first).await;
    println!("delivered {} messages in {:.0} s", delivered.len(), begun.elapsed().as_secs_f64());
    settle(&queues, &stack, begun).await?;
    println!("settled after {:.0} s; delivering {} of them again", begun.elapsed().as_secs_f64(), late.len());
    for (wamid, at) in deliver(&meta, late).await {
        delivered.entry(wamid).or_insert(at);
    }
    settle(&queues, &stack, begun).await?;
    let killed = killer.stop();
    // Whatever the last one to be ended had in hand comes again now.
    settle(&queues, &stack, begun).await?;
    println!("settled after {:.0} s; {killed} workers ended", begun.elapsed().as_secs_f64());

    let tally = tally(&people, &sent).await?;
    let lags = lags(&stack, &sent, &delivered).await?;
    report(&tally, &sent, lags);
    for queue in DEAD_LETTERS {
        println!(
            "dead letters in {}: {}",
            queue.trim_end_matches("Url"),
            waiting(&queues, stack.output(queue)).await?
        );
    }
    ensure!(tally.is_clean(), "something was lost, doubled or out of order");
    Ok(())
}

/// One file of each kind at Meta.
fn uploaded(stack: &Stack) -> anyhow::Result<Vec<Media>> {
    let graph = stack.graph().context("the stack has a Graph of its own")?;
    let upload = |(place, (kind, content_type, beginning)): (usize, &(&'static str, &'static str, &[u8]))| {
        let bytes = media::bytes(beginning, 500 + 1000 * place);
        let sha256 = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &bytes).as_ref().to_vec();
        Media::new(kind, graph.keep_media(content_type, bytes), content_type, sha256)
    };
    Ok(media::FILES.iter().enumerate().map(upload).collect())
}

/// What is delivered a second time: soon, and late.
fn duplicates(sent: &[Sent]) -> (Vec<&Sent>, Vec<&Sent>) {
    let twice = sent.iter().enumerate().filter(|(place, _)| place % 100 < DUPLICATES_PERCENT);
    let (soon, late): (Vec<_>, Vec<_>) = twice.partition(|(place, _)| place % 2 == 0);
    (
        soon.into_iter().map(|(_, message)| message).collect(),
        late.into_iter().map(|(_, message)| message).collect(),
    )
}

/// Delivers messages in random order, in calls of random size; repeats each call until it is answered with 200. Returns when each message was
/// first taken, in seconds since 1970.
async fn deliver(meta: &Meta, messages: Vec<&Sent>) -> HashMap<String, i64> {
    let mut shuffled: Vec<(Uuid, &Sent)> =
        messages.into_iter().map(|message| (Uuid::new_v4(), message)).collect();
    shuffled.sort_by_key(|(random, _)| *random);
    let mut calls: Vec<Vec<&Sent>> = Vec::new();
    let mut rest: Vec<&Sent> = shuffled.into_iter().map(|(_, message)| message).collect();
    while !rest.is_empty() {
        let size = 1 + Uuid::new_v4().as_fields().0 as usize % MOST_AT_ONCE;
        calls.push(rest.split_off(rest.len().saturating_sub(size)));
    }
    let taken = stream::iter(calls).map(|call| async move {
        let messages: Vec<Value> = call.iter().map(|message| message.message.clone()).collect();
        meta.deliver_until_taken(&payload(&messages)).await;
        let at = now();
        call.into_iter().map(move |message| (message.wamid.clone(), at)).collect::<Vec<_>>()
    });
    let taken: Vec<Vec<(String, i64)>> = taken.buffer_unordered(CALLERS).collect().await;
    let mut first: HashMap<String, i64> = HashMap::new();
    for (wamid, at) in taken.into_iter().flatten() {
        first.entry(wamid).and_modify(|first| *first = at.min(*first)).or_insert(at);
    }
    first
}

/// Waits until nothing is in the queues, or on its way through a worker, any more.
async fn settle(queues: &aws_sdk_sqs::Client, stack: &Stack, begun: Instant) -> anyhow::Result<()> {
    let (mut quiet, mut said) = (0, Instant::now());
    while quiet < 3 {
        ensure!(begun.elapsed() < PATIENCE, "the queues are not empty after an hour");
        let mut counts = Vec::new();
        for queue in QUEUES {
            counts.push(waiting(queues, stack.output(queue)).await?);
        }
        quiet = if counts.iter().sum::<usize>() == 0 { quiet + 1 } else { 0 };
        if said.elapsed() > Duration::from_secs(30) {
            println!(
                "  {:.0} s: inbound {}, media {}, outbound {}",
                begun.elapsed().as_secs_f64(),
                counts[0],
                counts[1],
                counts[2]
            );
            said = Instant::now();
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
    Ok(())
}

/// Messages in a queue, those in the hands of a worker included.
async fn waiting(queues: &aws_sdk_sqs::Client, url: &str) -> anyhow::Result<usize> {
    let asked = queues.get_queue_attributes().queue_url(url).attribute_names(QueueAttributeName::All);
    let attributes = asked.send().await?.attributes.unwrap_or_default();
    let number = |name| attributes.get(&name).and_then(|text| text.parse::<usize>().ok()).unwrap_or_default();
    Ok(number(QueueAttributeName::ApproximateNumberOfMessages)
        + number(QueueAttributeName::ApproximateNumberOfMessagesNotVisible)
        + number(QueueAttributeName::ApproximateNumberOfMessagesDelayed))
}

async fn tally(people: &[Sender], sent: &[Sent]) -> anyhow::Result<Tally> {
    let mut tally = Tally::default();
    for (place, sender) in people.iter().enumerate() {
        let theirs: Vec<&Sent> = sent.iter().filter(|message| message.sender == place).collect();
        let person = sender.back().await?;
        tally.add(&theirs, &person.memories().await, &tally::files(&person).await);
    }
    Ok(tally)
}

/// From the 200 that Meta got to the memory being there, in seconds, the shortest first. The mark of a message says when that was: it is kept for
/// thirty days from then.
async fn lags(stack: &Stack, sent: &[Sent], delivered: &HashMap<String, i64>) -> anyhow::Result<Vec<i64>> {
    const KEPT_SECONDS: i64 = 30 * 24 * 60 * 60;
    let table = aws_sdk_dynamodb::Client::new(&stack.aws());
    let mut lags = Vec::new();
    for message in sent {
        let mark = table.get_item().table_name(stack.output("TableName"));
        let mark = mark.key("pk", AttributeValue::S(format!("WAMID#{}", message.wamid)));
        let mark = mark.key("sk", AttributeValue::S("WAMID".to_owned())).send().await?.item;
        let until = mark.as_ref().and_then(|mark| mark.get("ttl")?.as_n().ok()?.parse::<i64>().ok());
        lags.extend(
            until.zip(delivered.get(&message.wamid)).map(|(until, at)| (until - KEPT_SECONDS - at).max(0)),
        );
    }
    lags.sort_unstable();
    Ok(lags)
}

fn report(tally: &Tally, sent: &[Sent], lags: Vec<i64>) {
    println!("sent {}, saved {}", sent.len(), tally.saved);
    println!("lost {}", tally.lost);
    println!("doubled {}", tally.doubled);
    println!(
        "out of order: {} senders; garbled {}; of nobody {}",
        tally.out_of_order, tally.garbled, tally.foreign
    );
    println!("media stored {}, missing {}", tally.media_stored, tally.media_missing);
    let at = |share: usize| {
        lags.get((lags.len() * share / 100).min(lags.len().saturating_sub(1))).copied().unwrap_or_default()
    };
    println!(
        "lag from the webhook's answer to the memory: p50 {} s, p95 {} s, longest {} s",
        at(50),
        at(95),
        at(100)
    );
}
