//! Answers are told while they are made, all the way through the Lambda runtime to Lambda. This program plays Lambda and the model, and starts
//! itself as the function, in a process of its own.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]
#![expect(clippy::expect_used, reason = "a test that cannot go on should stop right there")]

mod child;
mod gone;
mod progress;
mod runtime_api;
mod stage;
mod told;
mod wire;

use std::process::ExitCode;

use app_runtime::run_http_stream;
use libtest_mimic::{Arguments, Trial};

fn main() -> ExitCode {
    if std::env::var_os(runtime_api::ADDRESS).is_some() {
        return match run_http_stream(|env, _| child::function(env)) {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        };
    }
    let trials = [progress::trials(), gone::trials()];
    libtest_mimic::run(&Arguments::from_args(), trials.into_iter().flatten().collect()).exit_code()
}

/// A test that is an async function, with a runtime of its own.
fn trial<F: Future<Output = ()>>(name: &str, test: impl FnOnce() -> F + Send + 'static) -> Trial {
    Trial::test(name, move || {
        tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(test());
        Ok(())
    })
}

/// The tests of a module, named after their functions.
macro_rules! trials {
    ($($test:ident),+ $(,)?) => {
        pub(crate) fn trials() -> Vec<libtest_mimic::Trial> {
            let module = module_path!().rsplit("::").next().unwrap_or_default();
            vec![$(crate::trial(&format!("{module}::{}", stringify!($test)), $test)),+]
        }
    };
}
use trials;
