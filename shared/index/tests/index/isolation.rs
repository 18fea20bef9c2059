//! Two people never see each other's things, whatever they write, delete and search for.

use app_domain::MemoryId;
use app_index::{SearchMode, SearchRequest, Subject};
use proptest::prelude::*;

use crate::stage::Stage;

/// A few words, so that people have the same.
const WORDS: [&str; 6] = ["heron", "pond", "garden", "budget", "ferry", "walnut"];

/// What a person does.
#[derive(Debug, Clone)]
enum Act {
    Save { person: usize, words: Vec<usize> },
    Say { person: usize, memory: usize, word: usize },
    Delete { person: usize, memory: usize },
    Index { person: usize },
    Search { person: usize, word: usize, mode: usize },
    Like { person: usize, memory: usize },
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let person = 0..2_usize;
    let act = prop_oneof![
        3 => (person.clone(), prop::collection::vec(0..WORDS.len(), 1..4)).prop_map(|(person, words)| Act::Save { person, words }),
        2 => (person.clone(), 0..8_usize, 0..WORDS.len()).prop_map(|(person, memory, word)| Act::Say { person, memory, word }),
        1 => (person.clone(), 0..8_usize).prop_map(|(person, memory)| Act::Delete { person, memory }),
        2 => person.clone().prop_map(|person| Act::Index { person }),
        4 => (person.clone(), 0..WORDS.len(), 0..3_usize).prop_map(|(person, word, mode)| Act::Search { person, word, mode }),
        1 => (person, 0..8_usize).prop_map(|(person, memory)| Act::Like { person, memory }),
    ];
    prop::collection::vec(act, 1..40)
}

async fn played(acts: Vec<Act>) {
    let stage = Stage::new().await;
    let people = [stage.person(), stage.person()];
    let mut own: [Vec<_>; 2] = [Vec::new(), Vec::new()];
    let modes = [SearchMode::Text, SearchMode::Semantic, SearchMode::Hybrid];
    let mut said: [Vec<(MemoryId, Vec<usize>)>; 2] = [Vec::new(), Vec::new()];
    for act in acts {
        let (person, found) = match act.clone() {
            Act::Save { person, words } => {
                let text = words.iter().map(|word| WORDS[*word]).collect::<Vec<_>>().join(" ");
                let memory = stage.save(people[person], WORDS[words[0]], &text).await;
                own[person].push(memory);
                said[person].push((memory, words));
                continue;
            }
            Act::Say { person, memory, word } => {
                if let Some(memory) = own[person].get(memory) {
                    stage.say(people[person], *memory, WORDS[word]).await;
                }
                continue;
            }
            Act::Delete { person, memory } => {
                if memory < own[person].len() {
                    let memory = own[person].remove(memory);
                    stage.memories.trash(people[person], memory, None, stage.now()).await.unwrap();
                }
                continue;
            }
            Act::Index { person } => {
                stage.index(people[person]).await;
                continue;
            }
            Act::Search { person, word, mode } => {
                (person, stage.finder.find(people[person], &stage.request(WORDS[word], modes[mode])).await)
            }
            // The other one's memory: it must look as if it were not there.
            Act::Like { person, memory } => {
                let Some(memory) = own[1 - person].get(memory) else { continue };
                let request = SearchRequest {
                    subject: Subject::Like(*memory),
                    ..stage.request("", SearchMode::Hybrid)
                };
                let found = stage.finder.find(people[person], &request).await;
                assert!(matches!(found, Err(app_index::FindError::NoMemory)), "{found:?}");
                continue;
            }
        };
        let found = found.unwrap();
        let (Act::Search { word, mode, .. }, ids) = (
            &act,
            found.groups.iter().filter_map(|group| Some(group.memory.as_ref()?.id)).collect::<Vec<_>>(),
        ) else {
            continue;
        };
        // And everybody sees their own.
        if *mode != 1 && own[person].len() <= 20 {
            for (memory, words) in said[person].iter().filter(|(memory, _)| own[person].contains(memory)) {
                assert!(!words.contains(word) || ids.contains(memory), "{memory} is not found");
            }
        }
        for group in found.groups {
            let memory = group.memory.unwrap();
            assert_eq!(memory.owner, people[person]);
            assert!(own[person].contains(&memory.id), "it is deleted");
            for piece in &group.pieces {
                assert_eq!(piece.entity.memory(), Some(memory.id));
            }
        }
    }
}

#[test]
fn two_people_never_see_each_others_things() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 24,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    runner
        .run(&acts(), |acts| {
            runtime.block_on(played(acts));
            Ok(())
        })
        .unwrap();
}
