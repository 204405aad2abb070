//! The README's table of a profile's fields says the truth: it names every field of the catalogue,
//! and what it says the public reads is what the public reads.

use std::collections::{BTreeMap, BTreeSet};

use super::public;

const README: &str = include_str!("../../../README.md");
const CATALOGUE: &str = include_str!("../objects/catalogue/chat_profile.txt");
const HEADING: &str = "### Every field of ChatProfile";
const FATES: [&str; 5] = ["enforced", "widget", "stored", "answered", "ignored"];
/// Worked out for whoever reads.
const COMPUTED: [&str; 3] = ["_chat_available", "_chat_mode", "_chatserviceurl"];

/// What the table says becomes of each field.
fn table() -> BTreeMap<&'static str, Vec<&'static str>> {
    let (_, section) = README.split_once(HEADING).expect("the README has the section");
    let section = section.split("\n### ").next().unwrap_or_default();
    let mut table = BTreeMap::new();
    for row in section.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let fates: Vec<&str> = cells[2].split(", ").collect();
        assert!(fates.iter().all(|fate| FATES.contains(fate)), "{row}");
        for field in cells[1].split('`').skip(1).step_by(2) {
            assert_eq!(table.insert(field, fates.clone()), None, "{field} stands twice");
        }
    }
    table
}

fn catalogue() -> BTreeSet<&'static str> {
    let (_, object) = CATALOGUE.split_once("\nChatProfile ").expect("the catalogue has the object");
    let lines = object.lines().skip(1).take_while(|line| line.starts_with("  "));
    lines.filter_map(|line| line.split_whitespace().next()).collect()
}

#[test]
fn the_readme_names_every_field_of_a_profile_and_no_other() {
    let fields = catalogue();
    assert!(fields.len() > 70, "{fields:?}");
    assert_eq!(table().into_keys().collect::<BTreeSet<_>>(), fields);
}

#[test]
fn the_readme_says_what_the_public_reads() {
    let told: BTreeSet<&str> =
        table().into_iter().filter(|(_, fates)| fates.contains(&"widget")).map(|(field, _)| field).collect();
    let lists = [&public::SETTINGS[..], &public::TEXTS, &public::ADDRESSES, &public::LISTS, &COMPUTED];
    assert_eq!(told, lists.concat().into_iter().collect());
}
