//! Everything a user can see, on the deployed stack. The stack is started first and ended last, whatever happens between.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

mod accounts;
mod admin;
mod ai;
mod auth;
mod categories;
mod disaster;
mod drives;
mod exports;
mod files;
mod health;
mod imports;
mod logs;
mod memories;
mod messages;
mod metrics;
mod openid;
mod permissions;
mod poison;
mod reference;
mod reminders;
mod round_trip;
mod search;
mod sign_in;
mod surface;
mod whatsapp;
mod whatsapp_day;
mod whatsapp_own;

use std::process::ExitCode;
use std::sync::Arc;

use e2e::Stack;
use libtest_mimic::{Arguments, Trial};

fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::from_args();
    let stack = Arc::new(Stack::start()?);
    sign_in::set_up(&stack)?;
    let together = [
        sign_in::trials(&stack),
        accounts::trials(&stack),
        admin::trials(&stack),
        ai::trials(&stack),
        auth::trials(&stack),
        categories::trials(&stack),
        drives::trials(&stack),
        exports::trials(&stack),
        files::trials(&stack),
        health::trials(&stack),
        imports::trials(&stack),
        memories::trials(&stack),
        messages::trials(&stack),
        openid::trials(&stack),
        permissions::trials(&stack),
        reference::trials(&stack),
        reminders::trials(&stack),
        round_trip::trials(&stack),
        search::trials(&stack),
        surface::trials(&stack),
        whatsapp::trials(&stack),
        whatsapp_day::trials(&stack),
        whatsapp_own::trials(&stack),
    ];
    // These shorten the queues' timeouts, or look back on what all the others did: they come last.
    let afterwards = [poison::trials(&stack), logs::trials(&stack), metrics::trials(&stack)];

    let (crowds, others): (Vec<Trial>, Vec<Trial>) =
        together.into_iter().flatten().partition(|trial| CROWDS.contains(&trial.name()));
    let one_by_one = Arguments { test_threads: Some(1), ..arguments.clone() };
    let failed = [
        libtest_mimic::run(&arguments, others),
        libtest_mimic::run(&one_by_one, crowds),
        libtest_mimic::run(&one_by_one, disaster::trials(&stack)),
        libtest_mimic::run(&arguments, afterwards.into_iter().flatten().collect()),
    ];
    let failed = failed.iter().any(libtest_mimic::Conclusion::has_failed);
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Tests that call hundreds of times at once. On this machine's cloud nobody else would be answered in time meanwhile.
const CROWDS: [&str; 5] = [
    "accounts::a_limit_holds_for_a_hundred_callers_at_once",
    "memories::many_writers_at_once_are_all_counted",
    "memories::no_change_of_many_at_once_is_lost",
    "messages::fifty_writers_at_once_are_all_counted",
    "whatsapp::a_flood_in_random_order_gives_each_message_once_in_the_senders_order",
];

/// A test that is an async function of the stack, with a runtime of its own.
fn trial<F>(stack: &Arc<Stack>, name: &str, test: impl FnOnce(Arc<Stack>) -> F + Send + 'static) -> Trial
where
    F: Future<Output = ()>,
{
    let stack = Arc::clone(stack);
    Trial::test(name, move || {
        tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(test(stack));
        Ok(())
    })
}

/// The tests of a module, named after their functions.
macro_rules! trials {
    ($($test:ident),+ $(,)?) => {
        pub(crate) fn trials(stack: &std::sync::Arc<e2e::Stack>) -> Vec<libtest_mimic::Trial> {
            let module = module_path!().rsplit("::").next().unwrap_or_default();
            vec![$(crate::trial(stack, &format!("{module}::{}", stringify!($test)), $test)),+]
        }
    };
}
use trials;
