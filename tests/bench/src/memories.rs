//! Measures the operations on memories for two people in one run: one with few memories, one with many. What counts is the ratio.
#![expect(clippy::print_stdout, reason = "printing is what it is for")]

mod seed;

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use app_domain::{Category, Chore, MemoryId, Role, Timestamp, UserId};
use app_runtime::{OutboundQueue, Queue};
use app_store::{Categories, CategoryCreation, Memories, Table};
use app_testing::{Call, PlayedQueue, TestKeys, authenticator, table, vault};
use app_vault::Vault;
use axum::Router;
use memories::{App, router};
use seed::Dice;
use serde_json::{Value, json};

/// How often each operation is measured.
const ROUNDS: usize = 200;

/// A person, with what is asked of their memories.
struct Person {
    owner: UserId,
    id: MemoryId,
    category: String,
    times: Vec<(String, Vec<Duration>)>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let numbers: Vec<u32> =
        std::env::args().skip(1).map(|number| number.parse()).collect::<Result<_, _>>()?;
    let [few, many] = numbers[..] else { anyhow::bail!("usage: bench-memories <few> <many>") };
    let table = table().await;
    let vault = vault(&table);
    let chores = Queue::<Chore>::new(PlayedQueue::URL, PlayedQueue::default().client());
    let outbound = OutboundQueue::new(PlayedQueue::URL, PlayedQueue::default().client());
    let app = router(App::new(&table, vault.clone(), authenticator(), chores, outbound), "*");

    let started = Instant::now();
    let mut people = Vec::new();
    for count in [few, many] {
        people.push(seeded(&table, &vault, count).await?);
    }
    println!("seeded {} memories in {:.0} s", few + many, started.elapsed().as_secs_f64());
    for round in 0..ROUNDS {
        for person in &mut people {
            measure(&app, person, round).await?;
        }
    }
    report(few, many, &people)
}

async fn seeded(table: &Table, vault: &Vault, count: u32) -> anyhow::Result<Person> {
    let categories = Categories::new(table.clone(), vault.clone());
    let now = Timestamp::from_millis(1_600_000_000_000).context("a time")?;
    let owner = UserId::new(now);
    let mut ids = Vec::new();
    for category in Category::defaults(owner, now) {
        ensure!(categories.create(&category).await? == CategoryCreation::Done);
        ids.push(category.id);
    }
    let memories = Memories::new(table.clone(), vault.clone());
    let id = fill(&memories, owner, count, &ids).await?;
    let category = ids.first().context("a category")?.to_string();
    Ok(Person { owner, id, category, times: Vec::new() })
}

async fn fill(
    memories: &Memories,
    owner: UserId,
    count: u32,
    categories: &[app_domain::CategoryId],
) -> anyhow::Result<MemoryId> {
    let mut dice = Dice::new(u64::from(count));
    let mut middle = None;
    for n in 0..count {
        let memory = seed::memory(owner, n, categories, &mut dice)?;
        memories.create(&memory).await?;
        if n == count / 2 {
            middle = Some(memory.id);
        }
    }
    middle.context("at least one memory")
}

/// One of each operation.
async fn measure(app: &Router, person: &mut Person, round: usize) -> anyhow::Result<()> {
    let token = TestKeys::shared().token(person.owner, Role::Premium);
    let memory = json!({"title": format!("Measured {round}"), "content": {"text": format!("the words of round {round}")}, "tags": ["tag 3"]});
    let calls = [
        ("create", Call::post("/memories", &memory)),
        ("get", Call::get(&format!("/memories/{}", person.id))),
        ("list, newest", Call::get("/memories")),
        ("list, not archived, by change", Call::get("/memories?isArchived=false&sortBy=updated_at")),
        ("list, by title", Call::get("/memories?sortBy=title")),
        ("list, of a category", Call::get(&format!("/memories?categoryId={}&limit=5", person.category))),
        ("list, with a tag, by title", Call::get("/memories?tags=tag%2015&sortBy=title&limit=5")),
        ("list, newest, page 5", Call::get("/memories?page=5&limit=10")),
    ];
    for (place, (name, call)) in calls.into_iter().enumerate() {
        let call = call.as_caller(&token);
        let started = Instant::now();
        let reply = call.send(app).await;
        let took = started.elapsed();
        ensure!(reply.status.is_success(), "{name}: {}", reply.text);
        if person.times.len() <= place {
            person.times.push((name.to_owned(), Vec::new()));
        }
        person.times[place].1.push(took);
    }
    Ok(())
}

fn percentile(times: &[Duration], percent: usize) -> f64 {
    let mut times = times.to_vec();
    times.sort_unstable();
    times[(times.len() - 1) * percent / 100].as_secs_f64() * 1000.0
}

fn report(few: u32, many: u32, people: &[Person]) -> anyhow::Result<()> {
    let [one, other] = people else { anyhow::bail!("two people") };
    println!(
        "{:32} {:>16} {:>16} {:>7}",
        "p50/p95 in ms",
        format!("{few} memories"),
        format!("{many}"),
        "ratio"
    );
    let mut rows: Vec<Value> = Vec::new();
    for ((name, few), (_, many)) in one.times.iter().zip(&other.times) {
        let [few50, few95, many50, many95] =
            [(few, 50), (few, 95), (many, 50), (many, 95)].map(|(times, percent)| percentile(times, percent));
        let (few, many) = (format!("{few50:.2}/{few95:.2}"), format!("{many50:.2}/{many95:.2}"));
        println!("{name:32} {few:>16} {many:>16} {:>7.2}", many50 / few50);
        rows.push(
            json!({"operation": name, "fewP50Ms": few50, "manyP50Ms": many50, "ratio": many50 / few50}),
        );
    }
    println!("{}", json!({"few": few, "many": many, "rounds": ROUNDS, "operations": rows}));
    Ok(())
}
