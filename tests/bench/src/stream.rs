//! Measures how soon what a model says reaches whoever asked, beside a function that only hands it on: `bench-stream 100 --out target/bench`.
//!
//! This program plays Lambda's Runtime API and the model, and starts itself as the function. A wire between the function and the model notes when
//! the model's first words were sent.
#![expect(clippy::print_stdout, reason = "printing is what it is for")]
#![expect(clippy::expect_used, reason = "a measurement that cannot go on should stop right there")]
#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on should stop right there")]

// The same function and the same Lambda as the tests of `ai` have.
#[path = "../../../functions/ai/tests/streaming/child.rs"]
mod child;
#[path = "../../../shared/search/examples/bench/report.rs"]
mod report;
#[path = "../../../functions/ai/tests/streaming/runtime_api.rs"]
#[expect(dead_code, reason = "how a function ends is looked at in the tests")]
mod runtime_api;
#[path = "../../../functions/ai/tests/streaming/stage.rs"]
#[expect(dead_code, reason = "what is kept is looked at in the tests")]
mod stage;
#[path = "../../../functions/ai/tests/streaming/told.rs"]
#[expect(dead_code, reason = "how an answer is sent is looked at in the tests")]
mod told;
#[path = "../../../functions/ai/tests/streaming/wire.rs"]
mod wire;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use app_runtime::{Env, run_http_stream};
use app_testing::openai::{FakeOpenAi, Script};
use axum::Router;
use axum::body::Body;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use futures_util::stream;
use report::{Column, Report};
use serde_json::{Value, json};
use stage::Stage;

/// Rounds that are not counted: whatever is made once is made in them.
const WARM_UP: usize = 5;
/// How long the model thinks. Longer than anything else takes.
const THINKS: Duration = Duration::from_millis(150);
const FIRST: &str = "You see the dentist ";
/// What only hands on what the model says.
const BARE: &str = "/bare";

const COLUMNS: &[Column] = &[
    ("function", "function"),
    ("rounds", "rounds"),
    ("begin_p50", "request to beginning p50 ms"),
    ("begin_p95", "p95 ms"),
    ("words_p50", "model's first words to Lambda p50 ms"),
    ("words_p95", "p95 ms"),
];

/// How long one answer took, in milliseconds.
struct Took {
    /// From the event to the beginning of the answer.
    begin_ms: f64,
    /// From the model's first words, as they leave it, to those of the answer.
    words_ms: f64,
}

fn main() -> anyhow::Result<()> {
    if std::env::var_os(runtime_api::ADDRESS).is_some() {
        let served = run_http_stream(|env, _| with_bare(env));
        return served.map_err(|error| anyhow::anyhow!(error));
    }
    let (rounds, file) = arguments()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(measure(rounds, file))
}

async fn measure(rounds: usize, file: Option<PathBuf>) -> anyhow::Result<()> {
    let stage = Stage::new().await;
    let (mut memo, mut bare) = (Vec::new(), Vec::new());
    for round in 0..WARM_UP + rounds {
        // By turns, so that both have the same machine.
        let one = told(&stage).await?;
        let other = handed_on(&stage).await?;
        if round >= WARM_UP {
            memo.push(one);
            bare.push(other);
        }
    }
    let mut report = Report::new(file);
    report.table("How soon an answer is told", COLUMNS);
    for (name, all) in [("ai-stream", &memo), ("a bare one", &bare)] {
        let begin = |share| percentile(all.iter().map(|took| took.begin_ms), share);
        let words = |share| percentile(all.iter().map(|took| took.words_ms), share);
        report.row([
            name.into(),
            rounds.into(),
            begin(0.5).into(),
            begin(0.95).into(),
            words(0.5).into(),
            words(0.95).into(),
        ]);
    }
    report.write();
    Ok(())
}

/// Memo's answer: it begins with `start`, and its first words are a `delta`.
async fn told(stage: &Stage) -> anyhow::Result<Took> {
    let asked = say(stage);
    let mut told = stage.ask().await;
    let start = told.next("start").await;
    ensure!(stage.wire.brought(FIRST).is_none(), "the model spoke too soon");
    let delta = told.next("delta").await;
    let words = delta.data["text"].as_str().map(str::trim);
    ensure!(words == Some(FIRST.trim()), "other words: {}", delta.data);
    let took = took(stage, asked, start.at, delta.at)?;
    let end = told.rest().await.pop().context("an end")?;
    ensure!(end.name == "done", "{}", end.data);
    Ok(took)
}

/// The model's answer as it is: it begins with its headers.
async fn handed_on(stage: &Stage) -> anyhow::Result<Took> {
    let asked = say(stage);
    let mut told = stage.call("POST", BARE, &Value::Null).await;
    let beginning = told.at;
    told.until(FIRST.as_bytes()).await.context("words of the model")?;
    let took = took(stage, asked, beginning, told.at)?;
    told.text().await;
    Ok(took)
}

/// Has the model say something, and tells when it is asked to.
fn say(stage: &Stage) -> Instant {
    stage.wire.forget();
    stage.openai.answer(Script::new().wait_first(THINKS).say(FIRST).wait(THINKS).say("on Thursday."));
    Instant::now()
}

fn took(stage: &Stage, asked: Instant, beginning: Instant, words: Instant) -> anyhow::Result<Took> {
    let said = stage.wire.brought(FIRST).context("words of the model")?;
    let ms = |from: Instant, to: Instant| to.saturating_duration_since(from).as_secs_f64() * 1e3;
    Ok(Took { begin_ms: ms(asked, beginning), words_ms: ms(said, words) })
}

fn percentile(values: impl Iterator<Item = f64>, share: f64) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let place = (values.len() as f64 * share).ceil() as usize;
    values.get(place.saturating_sub(1)).copied().unwrap_or(f64::NAN)
}

/// The function, and beside it what only hands on what the model says.
fn with_bare(env: &Env) -> anyhow::Result<Router> {
    let url = format!("{}/chat/completions", env.required(child::MODELS)?);
    let client = reqwest::Client::builder().no_proxy().build()?;
    Ok(child::function(env)?.route(BARE, post(async move || bare(&client, &url).await)))
}

async fn bare(client: &reqwest::Client, url: &str) -> Response {
    let asked = json!({
        "model": child::MODEL,
        "stream": true,
        "messages": [{"role": "user", "content": stage::QUESTION}],
    });
    let sent = client.post(url).bearer_auth(FakeOpenAi::KEY).json(&asked).send().await;
    let sent = sent.and_then(reqwest::Response::error_for_status).expect("a model that answers");
    let pieces = stream::unfold(sent, async |mut sent| {
        let piece = sent.chunk().await.transpose()?;
        Some((piece, sent))
    });
    ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(pieces)).into_response()
}

/// How many rounds, and where the figures go as JSON.
fn arguments() -> anyhow::Result<(usize, Option<PathBuf>)> {
    let (mut rounds, mut file) = (100, None);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        if argument == "--out" {
            let folder = PathBuf::from(arguments.next().context("a folder")?);
            std::fs::create_dir_all(&folder)?;
            file = Some(folder.join("stream.json"));
        } else {
            rounds = argument.parse().context("a number of rounds")?;
        }
    }
    ensure!(rounds > 0, "at least one round");
    Ok((rounds, file))
}
