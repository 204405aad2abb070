//! The variables that the server reads, that `.env.example` lists and that the README explains are
//! the same, and so are their defaults.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use aureole::config::Config;

const EXAMPLE: &str = include_str!("../.env.example");
const README: &str = include_str!("../README.md");

fn is_variable(name: &str) -> bool {
    name.contains('_')
        && name.starts_with(|first: char| first.is_ascii_uppercase())
        && name.chars().all(|one| one.is_ascii_uppercase() || one.is_ascii_digit() || one == '_')
}

fn read_by_the_server() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for file in fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src/config")).unwrap() {
        let source = fs::read_to_string(file.unwrap().path()).unwrap();
        let quoted = source.split('"').skip(1).step_by(2);
        names.extend(quoted.filter(|name| is_variable(name)).map(str::to_owned));
    }
    names
}

/// What `.env.example` says of each variable; nothing when it is unset.
fn listed() -> BTreeMap<String, String> {
    let assignments = EXAMPLE.lines().filter_map(|line| line.strip_prefix('#')?.split_once('='));
    assignments
        .filter(|(name, _)| is_variable(name))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// The first two cells of each row of the README's table of variables, without their backticks.
fn explained() -> BTreeMap<String, String> {
    let rows = README.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` | "));
    rows.filter(|(name, _)| is_variable(name))
        .filter_map(|(name, rest)| Some((name.to_owned(), rest.split_once(" | ")?.0.replace('`', ""))))
        .collect()
}

#[test]
fn every_variable_is_listed_and_explained() {
    let known = read_by_the_server();
    assert!(known.len() > 10, "the names were found: {known:?}");
    assert_eq!(known, listed().into_keys().collect(), ".env.example");
    assert_eq!(known, explained().into_keys().collect(), "the README's table");
}

#[test]
fn each_variable_has_a_line_of_meaning() {
    let lines: Vec<&str> = EXAMPLE.lines().collect();
    for pair in lines.windows(2) {
        let is_assignment = |line: &str| line.starts_with('#') && !line.starts_with("# ");
        assert!(!is_assignment(pair[1]) || pair[0].starts_with("# "), "{} has no meaning", pair[1]);
    }
}

#[test]
fn the_defaults_in_the_example_are_those_of_the_server() {
    let mut example = listed();
    // A named data folder differs from the default one in being named.
    assert_eq!(example.remove("DATA_DIR").unwrap(), "./data");
    let unset = Config::from_lookup(&|_| None).unwrap();
    let set = Config::from_lookup(&|name| example.get(name).cloned()).unwrap();
    assert_eq!(format!("{unset:?}"), format!("{set:?}"));
}

#[test]
fn the_readme_and_the_example_give_the_same_defaults() {
    for (name, value) in explained() {
        // The README says how it follows from the other.
        if name != "PUBLIC_URL" {
            let in_example = &listed()[&name];
            let shown = if in_example.is_empty() { "unset" } else { in_example };
            assert_eq!(value, shown, "{name}");
        }
    }
}
