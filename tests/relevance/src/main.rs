//! Ranks the relevance set by words, by meaning and by both, and writes the rankings for `compare.py`: a file for each. Then it has the
//! built-in model answer the set's questions, and says how well it did.
//! With `OPENAI_BASE_URL` and `OPENAI_API_KEY`, meaning is also judged by a model there.
#![expect(clippy::print_stdout, reason = "printing is what it is for")]

mod answers;
mod rank;
mod set;

use std::env;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use app_ai::openai::{OpenAiConfig, OpenAiEmbedder};
use app_ai::{BuiltIn, Embedder};
use app_domain::Timestamp;
use app_search::EntityId;
use rank::{ByMeaning, ByWords, both};
use set::Set;

/// When the queries are asked: 2026-11-18 at 12:00 UTC.
const NOW_MILLIS: i64 = 1_795_003_200_000;
/// What to ask for if nothing is said.
const MODEL: &str = "text-embedding-3-small";
const DIMENSIONS: &str = "512";

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [set, out] = &arguments[..] else { bail!("usage: bench-relevance <set> <folder for rankings>") };
    let (set, out) = (Set::read(Path::new(set))?, Path::new(out));
    let now = Timestamp::from_millis(NOW_MILLIS).context("a time")?;
    fs::create_dir_all(out)?;

    let asked = set.asked();
    let words = timed("words", async { ByWords::index(&set, &asked) }).await?;
    write(&set, &out.join("text.jsonl"), |query| words.find(query))?;
    let model = BuiltIn;
    let meaning = timed(model.name(), ByMeaning::index(&set, &asked, &model)).await?;
    write(&set, &out.join("semantic.jsonl"), |query| meaning.find(query))?;
    write(&set, &out.join("hybrid.jsonl"), |query| both(&words, &meaning, now, query))?;
    let behind = set.queries.len();
    answer(&set, &out.join("answers.jsonl"), |place| both(&words, &meaning, now, behind + place))?;

    for name in ["semantic-served", "hybrid-served"] {
        // Not that of an earlier run.
        let _ = fs::remove_file(out.join(format!("{name}.jsonl")));
    }
    if let Some(model) = served()? {
        let meaning = timed(model.name(), ByMeaning::index(&set, &asked, &model)).await?;
        write(&set, &out.join("semantic-served.jsonl"), |query| meaning.find(query))?;
        write(&set, &out.join("hybrid-served.jsonl"), |query| both(&words, &meaning, now, query))?;
    }
    Ok(())
}

/// The model behind the address that the environment names, if it names one.
fn served() -> anyhow::Result<Option<OpenAiEmbedder>> {
    let (Ok(base_url), Ok(key)) = (env::var("OPENAI_BASE_URL"), env::var("OPENAI_API_KEY")) else {
        return Ok(None);
    };
    let model = env::var("EMBEDDING_MODEL").unwrap_or_else(|_| MODEL.to_owned());
    let dimensions = env::var("EMBEDDING_DIMENSIONS").unwrap_or_else(|_| DIMENSIONS.to_owned());
    let dimensions = dimensions.parse().context("EMBEDDING_DIMENSIONS is no number")?;
    let [minute, hour] = [60, 60 * 60].map(Duration::from_secs);
    let config = OpenAiConfig::new(&base_url, Some(key.into()), &model, dimensions)?;
    Ok(Some(OpenAiEmbedder::new(config.patience(hour, hour, minute))?))
}

async fn timed<T>(what: &str, work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    let started = Instant::now();
    let result = work.await?;
    println!("{what}: indexed in {:.1} s", started.elapsed().as_secs_f64());
    Ok(result)
}

/// Answers the questions from what `find` finds for each, writes the answers, a line each, and prints how good they are.
fn answer(set: &Set, path: &Path, find: impl Fn(usize) -> Vec<EntityId>) -> anyhow::Result<()> {
    let started = Instant::now();
    let answered = answers::answers(set, find)?;
    println!("answers: {} in {:.1} s", answered.len(), started.elapsed().as_secs_f64());
    println!("\n{}", answers::table(&answered));
    let lines: String = answered.iter().map(|answer| format!("{}\n", answer.line())).collect();
    fs::write(path, lines).with_context(|| format!("{} cannot be written", path.display()))
}

/// Writes what each query finds, a line each, as memories: a message counts as the memory that it is below.
fn write(set: &Set, path: &Path, find: impl Fn(usize) -> Vec<EntityId>) -> anyhow::Result<()> {
    let mut text = String::new();
    for (number, query) in set.queries.iter().enumerate() {
        let mut ranked = Vec::new();
        for id in find(number) {
            let memory = set.memory(id)?;
            if !ranked.contains(&memory) {
                ranked.push(memory);
            }
        }
        text.push_str(&serde_json::json!({ "id": query.id, "ranked": ranked }).to_string());
        text.push('\n');
    }
    fs::write(path, text).with_context(|| format!("{} cannot be written", path.display()))
}
