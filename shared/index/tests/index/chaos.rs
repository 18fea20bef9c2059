//! Writers, deleters, indexers and readers at once. Every search is consistent with what had been acknowledged when it began, and
//! nothing is lost when the dust has settled. `CHAOS_SECONDS` says for how long; two seconds unless told.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use app_domain::{Description, Memory, MemoryId, UserId};
use app_index::{Place, SearchMode, SearchRequest};

use crate::stage::Stage;

/// What is known of a memory: each of its states is acknowledged before the next is begun.
#[derive(Debug, Clone)]
struct Known {
    /// The word that it holds now, if it is there.
    word: Option<String>,
    /// How often it was changed.
    version: u64,
    /// Whether a change is under way: then both states are right.
    is_changing: bool,
}

type World = Mutex<BTreeMap<MemoryId, Known>>;

fn seconds() -> u64 {
    std::env::var("CHAOS_SECONDS").ok().and_then(|seconds| seconds.parse().ok()).unwrap_or(2)
}

/// Random enough, and the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }
}

fn word(dice: &mut Dice) -> String {
    // Far from each other, so that none is taken for a slip of another.
    let syllables = ["ba", "ko", "mi", "tu", "re", "fo", "la", "ne", "si", "du"];
    (0..4).map(|_| syllables[dice.roll(syllables.len())]).collect::<String>() + "x"
}

async fn write(stage: &Stage, owner: UserId, world: &World, until: Instant, seed: u64) {
    let mut dice = Dice(seed);
    let mut own: Vec<MemoryId> = Vec::new();
    while Instant::now() < until {
        let new = word(&mut dice);
        if own.is_empty() || dice.roll(3) == 0 {
            let id = stage.save(owner, "note", &new).await;
            world.lock().unwrap().insert(id, Known { word: Some(new), version: 1, is_changing: false });
            own.push(id);
            continue;
        }
        let id = own[dice.roll(own.len())];
        let there = {
            let mut world = world.lock().unwrap();
            let known = world.get_mut(&id).unwrap();
            known.is_changing = true;
            known.word.is_some()
        };
        let after = match (there, dice.roll(3)) {
            (true, 0) => {
                stage.memories.trash(owner, id, None, stage.now()).await.unwrap();
                None
            }
            (true, _) => {
                let text = Description::parse(&new).unwrap();
                let change = |memory: Memory| {
                    let version = memory.version.next();
                    Ok::<_, ()>(Memory { description: Some(text.clone()), version, ..memory })
                };
                stage.memories.change(owner, id, None, change).await.unwrap();
                Some(new)
            }
            (false, _) => {
                let restored = stage.memories.restore(owner, id).await.unwrap().unwrap();
                Some(restored.description.unwrap().as_str().to_owned())
            }
        };
        let mut world = world.lock().unwrap();
        let known = world.get_mut(&id).unwrap();
        *known = Known { word: after, version: known.version + 1, is_changing: false };
    }
}

async fn index(stage: &Stage, owner: UserId, until: Instant) {
    while Instant::now() < until {
        // Two at once may come too late for each other again and again: then the stream would come again.
        let _ = stage.indexer.catch_up(owner, usize::MAX, stage.now()).await;
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn harm(stage: &Stage, owner: UserId, until: Instant, seed: u64) {
    let mut dice = Dice(seed);
    while Instant::now() < until {
        tokio::time::sleep(Duration::from_millis(700)).await;
        let keys = stage.bucket.keys();
        if let Some(key) = keys.get(dice.roll(keys.len().max(1))) {
            stage.bucket.remove(key);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        rebuild(stage, owner).await;
    }
}

async fn rebuild(stage: &Stage, owner: UserId) {
    let mut place = Place::Beginning;
    loop {
        match stage.indexer.rebuild(owner, place, stage.now()).await {
            Ok((_, Some(next))) => place = next,
            Ok((_, None)) => return,
            // Others kept changing the index: a job that fails comes again.
            Err(_) => tokio::time::sleep(Duration::from_millis(5)).await,
        }
    }
}

/// What became of searches.
#[derive(Debug, Default)]
struct Searches {
    /// How many there were.
    all: u64,
    /// How many of them found everything that they should, and said so.
    whole: u64,
    /// How many failed.
    failed: u64,
}

/// Searches for words that are there and for words that are not any more.
async fn read(stage: &Stage, owner: UserId, world: &World, until: Instant, seed: u64) -> Searches {
    let mut dice = Dice(seed);
    let mut searches = Searches::default();
    while Instant::now() < until {
        let chosen = {
            let world = world.lock().unwrap();
            let all: Vec<_> = world.iter().map(|(id, known)| (*id, known.clone())).collect();
            if all.is_empty() { None } else { Some(all[dice.roll(all.len())].clone()) }
        };
        let Some((id, before)) = chosen else {
            tokio::time::sleep(Duration::from_millis(1)).await;
            continue;
        };
        let words = before.word.clone().unwrap_or_else(|| "note".to_owned());
        let request = SearchRequest { limit: 100, ..stage.request(&words, SearchMode::Text) };
        searches.all += 1;
        let Ok(found) = stage.finder.find(owner, &request).await else {
            searches.failed += 1;
            continue;
        };
        let after = world.lock().unwrap()[&id].clone();
        if before.is_changing || before.version != after.version || after.is_changing {
            continue;
        }
        let is_found = found.groups.iter().any(|group| group.memory.as_ref().unwrap().id == id);
        match &before.word {
            Some(_) if found.is_degraded => {}
            Some(word) => {
                searches.whole += 1;
                assert!(is_found, "{word} of {id} was acknowledged and is not found");
            }
            None => assert!(!is_found, "{id} was deleted and is found"),
        }
    }
    searches
}

/// Plays for a while. How many searches there were, how many of them were whole, and how many failed.
async fn play(stage: &Stage, owner: UserId, world: &World, harms: bool) -> Searches {
    let until = Instant::now() + Duration::from_secs(seconds());
    let harmed = async {
        if harms {
            harm(stage, owner, until, 3).await;
        }
    };
    let (_, _, _, _, _, one, two) = tokio::join!(
        write(stage, owner, world, until, 1),
        write(stage, owner, world, until, 2),
        index(stage, owner, until),
        index(stage, owner, until),
        harmed,
        read(stage, owner, world, until, 4),
        read(stage, owner, world, until, 5),
    );
    Searches { all: one.all + two.all, whole: one.whole + two.whole, failed: one.failed + two.failed }
}

async fn nothing_is_lost(stage: &Stage, owner: UserId, world: World) {
    for (id, known) in world.into_inner().unwrap() {
        match &known.word {
            Some(word) => assert!(stage.by_words(owner, word).await.contains(&id), "{word} is lost"),
            None => assert!(stage.memories.get(owner, id).await.unwrap().is_none()),
        }
    }
    // At most one segment of each size.
    assert!(stage.bucket.keys().len() <= 3, "{:?}", stage.bucket.keys());
}

#[tokio::test]
#[expect(clippy::print_stdout, reason = "how much was tried says how much it is worth")]
async fn every_search_is_consistent_and_nothing_is_lost() {
    let stage = Stage::new().await;
    let owner = stage.person();
    let world = World::default();
    let searches = play(&stage, owner, &world, false).await;
    println!("{} memories, {searches:?}", world.lock().unwrap().len());
    assert!(searches.whole * 10 > searches.all && searches.failed * 10 < searches.all, "{searches:?}");
    // Nothing but catching up: what was lost on the way would be missing.
    stage.index(owner).await;
    nothing_is_lost(&stage, owner, world).await;
}

#[tokio::test]
#[expect(clippy::print_stdout, reason = "how much was tried says how much it is worth")]
async fn what_is_destroyed_is_made_again_while_everything_goes_on() {
    let stage = Stage::new().await;
    let owner = stage.person();
    let world = World::default();
    let searches = play(&stage, owner, &world, true).await;
    println!("{} memories, {searches:?}, with segments destroyed", world.lock().unwrap().len());
    assert!(searches.all > 0, "{searches:?}");
    rebuild(&stage, owner).await;
    stage.index(owner).await;
    nothing_is_lost(&stage, owner, world).await;
}
