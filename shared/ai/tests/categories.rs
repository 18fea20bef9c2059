//! Where the built-in model files texts. The texts of `data/filings.json` are filed in the order given: each is predicted
//! from those filed before it. What tells topics was chosen with these texts at hand, and how sure it is was tuned on every
//! second of them; the texts of `data/filings_held_out.json` were written afterwards, and nothing was fitted to them.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

use app_ai::{BuiltIn, CategoryGuess, CategoryProfile, CategoryRequest};
use proptest::prelude::*;
use serde::Deserialize;

const GIVEN: [&str; 8] =
    ["Work", "Personal", "Family", "Learning", "Travel", "Health", "Finance", "Creative"];

const FITTED: &str = include_str!("data/filings.json");
const HELD_OUT: &str = include_str!("data/filings_held_out.json");

#[derive(Deserialize)]
struct Filing {
    /// The category; none for a text that belongs nowhere.
    r#in: Option<String>,
    text: String,
}

fn profiles(names: &[&str]) -> Vec<CategoryProfile> {
    let named =
        names.iter().map(|name| CategoryProfile { name: (*name).to_owned(), ..CategoryProfile::default() });
    named.collect()
}

fn guess(text: &str, categories: &[CategoryProfile]) -> Vec<CategoryGuess> {
    let (text, categories) = (text.to_owned(), categories.to_vec());
    BuiltIn.categorise(&CategoryRequest { text, categories, ..CategoryRequest::default() })
}

/// What came of filing all texts.
#[derive(Default)]
struct Figures {
    right: usize,
    of: usize,
    /// How sure each first guess was, and whether it was right.
    guesses: Vec<(f32, bool)>,
    /// How sure it was of texts that belong nowhere.
    nowhere: Vec<f32>,
    failures: Vec<String>,
}

impl Figures {
    fn accuracy(&self) -> f32 {
        self.right as f32 / self.of as f32
    }

    /// How far confidence and truth are apart, over fifths of the scale, weighed by how many guesses each has.
    fn calibration_error(&self) -> f32 {
        let mut error = 0.0;
        for fifth in 0..5 {
            let inside = |sure: f32| ((sure * 5.0) as usize).min(4) == fifth;
            let guesses: Vec<_> = self.guesses.iter().filter(|(sure, _)| inside(*sure)).collect();
            let sure: f32 = guesses.iter().map(|(sure, _)| sure).sum();
            let right = guesses.iter().filter(|(_, right)| *right).count() as f32;
            error += (sure - right).abs();
        }
        error / self.guesses.len() as f32
    }
}

/// Files every text after predicting where. `learn` says whether what was filed is shown.
fn file(data: &str, names: &[&str], learn: bool) -> Figures {
    let filings: Vec<Filing> = serde_json::from_str(data).unwrap();
    let mut categories = profiles(names);
    let mut figures = Figures::default();
    for filing in &filings {
        let guesses = guess(&filing.text, &categories);
        let best = guesses[0];
        let Some(category) = &filing.r#in else {
            figures.nowhere.push(best.confidence);
            if best.confidence >= 0.3 {
                figures.failures.push(format!(
                    "nowhere {:.2} {}: {}",
                    best.confidence, GIVEN[best.category], filing.text
                ));
            }
            continue;
        };
        let expected = GIVEN.iter().position(|name| name == category).unwrap();
        let is_right = best.category == expected && best.confidence > 0.0;
        figures.of += 1;
        figures.right += usize::from(is_right);
        figures.guesses.push((best.confidence, is_right));
        if !is_right {
            figures.failures.push(format!(
                "{category}: {:.2} {}: {}",
                best.confidence, GIVEN[best.category], filing.text
            ));
        }
        if learn {
            categories[expected].examples.insert(0, filing.text.clone());
            categories[expected].examples.truncate(20);
        }
    }
    figures
}

fn report(figures: &Figures) -> String {
    let fits = figures.nowhere.iter().filter(|sure| **sure >= 0.3).count();
    let (accuracy, error) = (figures.accuracy(), figures.calibration_error());
    let nowhere = figures.nowhere.len();
    let failures = figures.failures.join("\n");
    format!(
        "accuracy {accuracy:.3}, calibration error {error:.3}, {fits} of {nowhere} find a place\n{failures}"
    )
}

#[test]
fn texts_are_filed_where_the_person_files_them() {
    let figures = file(FITTED, &GIVEN, true);
    assert!(figures.of >= 150 && figures.accuracy() >= 0.83, "{}", report(&figures));
    assert!(figures.calibration_error() <= 0.10, "{}", report(&figures));
    let fits = figures.nowhere.iter().filter(|sure| **sure >= 0.3).count();
    assert!(fits <= 3, "{}", report(&figures));
}

#[test]
fn what_tuning_never_saw_is_filed_less_well() {
    let figures = file(HELD_OUT, &GIVEN, true);
    assert!(figures.of >= 48 && figures.accuracy() >= 0.66, "{}", report(&figures));
    assert!(figures.calibration_error() <= 0.10, "{}", report(&figures));
}

#[test]
fn the_given_categories_work_without_an_example() {
    let german = ["Arbeit", "Persönlich", "Familie", "Lernen", "Reisen", "Gesundheit", "Finanzen", "Kreativ"];
    for (data, names, floor) in
        [(FITTED, GIVEN, 0.80), (FITTED, german, 0.80), (HELD_OUT, GIVEN, 0.62), (HELD_OUT, german, 0.62)]
    {
        let figures = file(data, &names, false);
        assert!(figures.accuracy() >= floor, "{names:?} {}", report(&figures));
    }
}

#[test]
fn a_category_without_a_telling_name_is_learnt() {
    // Without their names there is nothing but the examples to go by.
    let figures = file(FITTED, &["a1", "b2", "c3", "d4", "e5", "f6", "g7", "h8"], true);
    assert!(figures.accuracy() >= 0.70, "{}", report(&figures));
}

#[test]
fn the_persons_own_filing_outweighs_the_name() {
    let mut categories = profiles(&["Health", "Finance"]);
    // This person files what doctors cost under Finance.
    for bill in [
        "Dentist bill 80 euros",
        "Invoice of the doctor",
        "Physio invoice paid",
        "Doctor bill is due",
        "Dentist invoice paid",
    ] {
        categories[1].examples.push(bill.to_owned());
    }
    categories[0].examples =
        vec!["Slept badly".to_owned(), "Ran 5 km".to_owned(), "Headache again".to_owned()];
    assert_eq!(guess("Invoice of the dentist", &categories)[0].category, 1);
}

#[test]
fn confidences_are_shares_and_sorted() {
    let guesses = guess("Flight to Rome, boarding at nine", &profiles(&GIVEN));
    assert_eq!(guesses.len(), GIVEN.len());
    assert!(guesses.is_sorted_by(|a, b| a.confidence >= b.confidence));
    assert!(guesses.iter().map(|guess| guess.confidence).sum::<f32>() <= 1.0);
    assert_eq!(GIVEN[guesses[0].category], "Travel");
    assert!(guess("Flight to Rome", &[]).is_empty());
}

#[test]
fn titles_and_tags_count() {
    let request = CategoryRequest {
        text: "Bring two copies".to_owned(),
        title: "Boarding passes".to_owned(),
        tags: vec!["flight".to_owned()],
        categories: profiles(&GIVEN),
    };
    assert_eq!(GIVEN[BuiltIn.categorise(&request)[0].category], "Travel");
}

#[test]
fn a_new_category_is_suggested_only_if_nothing_fits() {
    let request = |text: &str| CategoryRequest {
        text: text.to_owned(),
        categories: profiles(&GIVEN),
        ..CategoryRequest::default()
    };
    let name = |text: &str| BuiltIn.suggested_name(&request(text));
    assert_eq!(name("Bake the dough in the oven, then add butter and cinnamon").as_deref(), Some("Recipes"));
    assert_eq!(name("Den Teig im Ofen backen, mit Butter und Zimt bestreichen").as_deref(), Some("Rezepte"));
    assert_eq!(name("Flight to Rome, boarding at gate 12, hotel booked"), None);
    assert_eq!(name("🎉"), None);
    assert!(name(&"x".repeat(100_000)).is_none_or(|name| name.chars().count() <= 30));
}

#[test]
fn tags_are_what_a_text_is_about() {
    let tags = BuiltIn
        .tags("The lighthouse of Cape Finisterre is open in May. We want to see the lighthouse at night.");
    assert!(
        tags.iter().any(|tag| tag == "lighthouse") && tags.iter().any(|tag| tag == "Cape Finisterre"),
        "{tags:?}"
    );
    let tags = BuiltIn.tags("Der Leuchtturm auf der Insel ist im Mai geöffnet. Der Leuchtturm ist sehr alt.");
    assert_eq!(tags[0], "Leuchtturm", "{tags:?}");
    for nothing in ["", "… 🎉", "12 34", "the and of"] {
        assert!(BuiltIn.tags(nothing).is_empty(), "{nothing}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_text_can_be_filed(text in "\\PC{0,300}", title in "[ -~\\n]{0,40}", example in "\\PC{0,100}") {
        let mut categories = profiles(&["Work", "Familie", ""]);
        categories[1].examples = vec![example, text.clone()];
        let request = CategoryRequest { text, title: title.clone(), tags: vec![title], categories };
        let guesses = BuiltIn.categorise(&request);
        prop_assert_eq!(guesses.len(), 3);
        prop_assert!(guesses.iter().all(|guess| (0.0..=1.0).contains(&guess.confidence)));
        prop_assert!(guesses.iter().map(|guess| guess.confidence).sum::<f32>() <= 1.0001);
        let tags = BuiltIn.tags(&request.text);
        prop_assert!(tags.len() <= 5 && tags.iter().all(|tag| !tag.is_empty() && tag.chars().count() <= 30));
        if let Some(name) = BuiltIn.suggested_name(&request) {
            prop_assert!(!name.is_empty() && name.chars().count() <= 30 && !name.contains(char::is_control));
        }
    }
}
