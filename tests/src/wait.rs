//! Waiting for what happens behind a queue.

use std::time::Duration;

/// Asks again and again until there is an answer; fails after a minute, saying what was waited for.
pub async fn eventually<T, F: Future<Output = Option<T>>>(what: &str, ask: impl Fn() -> F) -> T {
    for _ in 0..300 {
        if let Some(answer) = ask().await {
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("waited a minute for {what}")
}
