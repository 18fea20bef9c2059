//! However an answer is cut on its way, it is the same answer.

use app_ai::{Finish, ToolCall, Usage};
use proptest::prelude::*;

use crate::openai::{FakeOpenAi, Script};
use crate::played::{Told, ask_luna, call};

/// What an answer is made of.
#[derive(Debug, Clone)]
enum Part {
    Say(String),
    Calls(Vec<String>),
}

fn parts() -> impl Strategy<Value = Vec<Part>> {
    let words = prop_oneof![
        "[a-zé护🎉\"\\\\\n\r\u{2028}: ]{1,12}",
        Just("data: [DONE]\n\n".to_owned()),
        Just("\u{feff}👩‍👩‍👧".to_owned()),
    ];
    let arguments = prop_oneof!["\\{\"q\":\"[a-z护🎉]{0,20}\"\\}", "[^\0]{0,30}"];
    let part = prop_oneof![
        3 => words.prop_map(Part::Say),
        1 => proptest::collection::vec(arguments, 1..4).prop_map(Part::Calls),
    ];
    proptest::collection::vec(part, 0..8)
}

fn script(parts: &[Part]) -> (Script, String, Vec<ToolCall>) {
    let (mut text, mut calls) = (String::new(), Vec::new());
    let mut script = Script::new().usage(5, 6);
    for part in parts {
        match part {
            Part::Say(words) => {
                text.push_str(words);
                script = script.say(words);
            }
            Part::Calls(arguments) => {
                let ids: Vec<_> =
                    (0..arguments.len()).map(|at| format!("call_{}", calls.len() + at)).collect();
                let named: Vec<_> = ids
                    .iter()
                    .zip(arguments)
                    .map(|(id, arguments)| (id.as_str(), "find", arguments.as_str()))
                    .collect();
                script = script.calls(&named);
                calls.extend(named.iter().map(|(id, name, arguments)| call(id, name, arguments)));
            }
        }
    }
    (script, text, calls)
}

fn told(fake: &FakeOpenAi) -> Told {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(ask_luna(fake))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn an_answer_is_the_same_however_it_is_cut(
        parts in parts(),
        cuts in proptest::collection::vec(1_usize..120, 1..12),
        line_end in prop::sample::select(vec!["\n", "\r\n", "\r"]),
        has_comments in any::<bool>(),
        is_done_said in any::<bool>(),
    ) {
        let fake = FakeOpenAi::start();
        let (mut script, text, calls) = script(&parts);
        script = script.line_end(line_end).cut_into(&cuts);
        if has_comments {
            script = script.comments();
        }
        if !is_done_said {
            script = script.without_done();
        }
        fake.answer(script);
        let told = told(&fake);
        let finish = if calls.is_empty() { Finish::Complete } else { Finish::ToolCalls };
        let pieces = parts.iter().filter(|part| matches!(part, Part::Say(_))).count();
        let usage = Some(Usage { prompt_tokens: 5, completion_tokens: 6 });
        prop_assert_eq!(told, Told { text, calls, usage, finish: Some(finish), pieces, error: None });
    }
}

#[test]
fn an_answer_may_come_byte_by_byte() {
    let fake = FakeOpenAi::start();
    for line_end in ["\n", "\r\n", "\r"] {
        let script =
            Script::text("Où est 护照 🎉 ?").calls(&[("a", "find", r#"{"q":"é"}"#), ("b", "open", "{}")]);
        fake.answer(script.line_end(line_end).comments().cut_into(&[1]));
        let told = told(&fake);
        assert_eq!(told.text, "Où est 护照 🎉 ?", "{line_end:?}");
        assert_eq!(told.calls, [call("a", "find", r#"{"q":"é"}"#), call("b", "open", "{}")], "{line_end:?}");
    }
}
