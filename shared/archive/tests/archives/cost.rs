//! What it takes does not grow with the export.

use app_archive::{Container, ContainerState, Shape};

use crate::people::at;
use crate::written::noise;

#[test]
fn a_state_is_as_small_after_fifty_thousand_entries_as_after_one() {
    let mut container = Container::new(Shape::Archive);
    let mut sizes = Vec::new();
    for number in 0..50_000 {
        container.open(&format!("files/{number:05}"), at(number));
        container.write(b"x");
        let state = serde_json::to_string(&container.settle()).unwrap();
        container.take();
        container.spooled();
        sizes.push(state.len());
        container = Container::resume(serde_json::from_str::<ContainerState>(&state).unwrap());
    }
    let (first, largest) = (sizes[0], *sizes.iter().max().unwrap());
    assert!(largest < first + 64, "{first} {largest}");
}

#[test]
fn what_waits_inside_is_what_was_not_taken() {
    let mut container = Container::new(Shape::Archive);
    container.open("a", at(0));
    let piece = noise(1 << 20);
    for _ in 0..16 {
        container.write(&piece);
        assert!(container.pending() < (1 << 20) + (64 << 10), "{}", container.pending());
        container.settle();
        container.take();
    }
}
