//! Long texts in pieces.

use super::super::{super::length::units, split};

#[test]
fn what_fits_is_one_part_and_nothing_is_none() {
    assert_eq!(split("short", 3000), ["short"]);
    assert_eq!(split("", 3000), [""; 0]);
    assert_eq!(split(" \n ", 3000), [""; 0]);
}

#[test]
fn a_part_ends_at_the_best_place() {
    let cases: [(&str, &[&str]); 5] = [
        (
            "one two three four.\n\nfive\nsix. seven eight nine",
            &["one two three four.", "five\nsix. seven eight nine"],
        ),
        (
            "one two three four.\nfive six. seven eight nine",
            &["one two three four.", "five six. seven eight nine"],
        ),
        (
            "one two three four. Five six seven eight nine",
            &["one two three four.", "Five six seven eight nine"],
        ),
        (
            "one two three four five six seven eight nine",
            &["one two three four five six", "seven eight nine"],
        ),
        ("onetwothreefourfivesixseveneightnine", &["onetwothreefourfivesixseveneight", "nine"]),
    ];
    for (text, parts) in cases {
        assert_eq!(split(text, 32), parts, "{text}");
    }
}

#[test]
fn runs_and_entities_stay_whole() {
    let run = "<https://a.example|x>";
    assert_eq!(split(&run.repeat(2), 32), [run, run]);
    assert_eq!(split(&"&amp;".repeat(7), 32), ["&amp;".repeat(6), "&amp;".to_owned()]);
}

#[test]
fn code_is_closed_and_opened_again() {
    let code = "```\nlet one = 1;\n  let two = 2;\nlet three = 3;\n```\nand so on";
    insta::assert_snapshot!(split(code, 32).join("\n----\n"), @r"
    ```
    let one = 1;
    ```
    ----
    ```
      let two = 2;
    ```
    ----
    ```
    let three = 3;
    ```
    and so on
    ");
}

#[test]
fn a_run_that_fits_nowhere_is_cut_as_text() {
    let run = format!("<https://a.example/{}>", "x".repeat(80));
    let parts = split(&run, 32);
    assert_eq!(parts.concat(), run);
    assert!(parts.iter().all(|part| units(part) <= 32));
}

#[test]
fn a_run_of_any_length_leaves_every_part_within_the_limit() {
    for length in 0..40 {
        let run = format!("<https://a.example/{}>", "x".repeat(length));
        for text in [format!("so {run}"), format!("```\nso {run}\n```"), format!("```{run}```")] {
            let parts = split(&text, 32);
            assert!(parts.iter().all(|part| units(part) <= 32), "{parts:?}");
        }
    }
}
