//! x
#![allow(clippy::all)]
use std::time::Instant;
fn main() {
    let now = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC);
    for q in [
        "dentist last week",
        "passport number of my daughter",
        "what did the doctor say about my knee in march 2025",
        "rendez-vous chez le dentiste hier",
    ] {
        app_dates::find(q, now.clone());
        let t = Instant::now();
        for _ in 0..2000 {
            std::hint::black_box(app_dates::find(q, now.clone()));
        }
        println!("{q}: {:?}", t.elapsed() / 2000);
    }
    let q = "in the last march monday de la ".repeat(9);
    let q = q.trim();
    let t = Instant::now();
    for _ in 0..200 {
        std::hint::black_box(app_dates::find(q, now.clone()));
    }
    println!("{} words: {:?}", q.split(' ').count(), t.elapsed() / 200);
    let q = "hier ".repeat(64);
    let t = Instant::now();
    for _ in 0..200 {
        std::hint::black_box(app_dates::find(&q, now.clone()));
    }
    println!("hier: {:?}", t.elapsed() / 200);
    let q = "l ' ".repeat(32);
    let t = Instant::now();
    for _ in 0..200 {
        std::hint::black_box(app_dates::find(&q, now.clone()));
    }
    println!("l': {:?}", t.elapsed() / 200);
}
