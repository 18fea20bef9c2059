//! Everything a user can see, on the deployed stack. The stack is started first and ended last, whatever happens between.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

mod accounts;
mod admin;
mod ai;
mod auth;
mod exports;
mod health;
mod logs;
mod memories;
mod openid;
mod permissions;
mod poison;
mod sign_in;
mod surface;
mod whatsapp;

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
        exports::trials(&stack),
        health::trials(&stack),
        memories::trials(&stack),
        openid::trials(&stack),
        permissions::trials(&stack),
        surface::trials(&stack),
        whatsapp::trials(&stack),
    ];
    // These shorten the queues' timeouts, or look back on what all the others did: they come last.
    let afterwards = [poison::trials(&stack), logs::trials(&stack)];

    let first = libtest_mimic::run(&arguments, together.into_iter().flatten().collect());
    let then = libtest_mimic::run(&arguments, afterwards.into_iter().flatten().collect());
    Ok(if first.has_failed() || then.has_failed() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

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
