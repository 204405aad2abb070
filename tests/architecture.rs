//! The import rule and the size limit. `ARCHITECTURE.md` says why.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    fs,
    path::{Path, PathBuf},
};

const LINES_MAX: usize = 300;
const FUNCTION_LINES_MAX: usize = 70;

/// What each layer must not name: of ours, and of others.
struct Layer {
    folder: &'static str,
    ours: &'static [&'static str],
    others: &'static [&'static str],
}

const LAYERS: [Layer; 9] = [
    Layer {
        folder: "src/domain",
        ours: &[
            "flow", "store", "outbound", "service", "slack", "api", "app", "clock", "config", "server",
            "postgres", "cli",
        ],
        others: &["serde", "serde_json", "sqlx", "axum", "tokio", "async fn"],
    },
    Layer {
        folder: "src/flow",
        ours: &[
            "store", "outbound", "service", "slack", "api", "app", "clock", "config", "server", "postgres",
            "cli",
        ],
        others: &[
            "serde",
            "serde_json",
            "sqlx",
            "axum",
            "tokio",
            "async fn",
            "Utc::now",
            "SystemTime",
            "Instant::",
        ],
    },
    Layer {
        folder: "src/store",
        ours: &["outbound", "service", "slack", "api", "app", "clock", "config", "server", "postgres", "cli"],
        others: &["axum"],
    },
    Layer {
        folder: "src/outbound",
        ours: &["store", "service", "slack", "api", "app", "clock", "server", "postgres", "cli"],
        others: &["sqlx", "axum"],
    },
    Layer {
        folder: "src/service",
        ours: &["slack", "api", "server", "postgres", "cli"],
        others: &["sqlx", "axum"],
    },
    Layer {
        folder: "src/slack/protocol",
        ours: &[
            "domain", "flow", "store", "outbound", "service", "app", "clock", "config", "api", "server",
            "postgres", "cli",
        ],
        others: &["sqlx", "axum", "tokio", "async fn"],
    },
    Layer { folder: "src/slack", ours: &["api", "server", "postgres", "cli"], others: &["sqlx", "axum"] },
    Layer { folder: "src/api", ours: &["store", "outbound", "server", "postgres", "cli"], others: &["sqlx"] },
    Layer {
        folder: "src/postgres",
        ours: &[
            "domain", "flow", "store", "outbound", "service", "slack", "api", "app", "config", "server",
            "cli",
        ],
        others: &["axum"],
    },
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

/// The code of a file, without its comments.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    text.split_inclusive('\n').filter(|line| !line.trim_start().starts_with("//")).collect()
}

/// Whether `word` stands in the code with nothing of a name on either side, followed by `after`.
fn names(code: &str, word: &str, after: &str) -> bool {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word)
        .any(|(at, _)| !code[..at].ends_with(is_name) && code[at + word.len()..].starts_with(after))
}

#[test]
fn arrows_between_layers_only_point_down() {
    let mut broken = Vec::new();
    for layer in &LAYERS {
        for file in rust_files(&root().join(layer.folder)) {
            let code = code(&file);
            for module in layer.ours {
                let nested = format!("crate::{module}");
                let listed = code.contains("use crate::{") && names(&in_lists(&code), module, "::");
                if names(&code, &nested, "::") || listed {
                    broken.push(format!("{} names {nested}", file.display()));
                }
            }
            for other in layer.others {
                let after = if other.contains(' ') || other.contains(':') { "" } else { "::" };
                if names(&code, other, after) {
                    broken.push(format!("{} names {other}", file.display()));
                }
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// A second way out would be one without the guard.
#[test]
fn only_outbound_speaks_http_to_the_outside() {
    let guarded = root().join("src/outbound");
    let others = rust_files(&root().join("src")).into_iter().filter(|file| !file.starts_with(&guarded));
    let broken: Vec<_> = others.filter(|file| names(&code(file), "reqwest", "")).collect();
    assert!(broken.is_empty(), "{broken:?} name reqwest");
}

/// The first level of every `use crate::{…}` list, where a module stands without `crate::`.
fn in_lists(code: &str) -> String {
    let mut found = String::new();
    for (at, start) in code.match_indices("use crate::{") {
        let mut depth = 1;
        for character in code[at + start.len()..].chars() {
            match character {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                break;
            }
            if depth == 1 {
                found.push(character);
            }
        }
        found.push('\n');
    }
    found
}

#[test]
fn no_file_is_longer_than_can_be_read_in_one_go() {
    let mut long = Vec::new();
    for folder in ["src", "tests", "benches"] {
        let folder = root().join(folder);
        for file in if folder.is_dir() { rust_files(&folder) } else { Vec::new() } {
            let lines = fs::read_to_string(&file).unwrap().lines().count();
            if lines > LINES_MAX {
                long.push(format!("{} has {lines} lines", file.display()));
            }
        }
    }
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn no_function_is_longer_than_a_screen() {
    let mut long = Vec::new();
    for file in rust_files(&root().join("src")) {
        let text = fs::read_to_string(&file).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        for (start, line) in lines.iter().enumerate() {
            let indent = line.len() - line.trim_start().len();
            let is_function = names(line, "fn", " ")
                && line.trim_end().ends_with(['{', '('])
                && !line.trim_start().starts_with("//");
            if !is_function {
                continue;
            }
            let end = lines[start..].iter().position(|other| {
                other.len() - other.trim_start().len() == indent && other.trim_start().starts_with('}')
            });
            if end.is_some_and(|length| length >= FUNCTION_LINES_MAX) {
                long.push(format!("{}:{} has {} lines", file.display(), start + 1, end.unwrap_or(0) + 1));
            }
        }
    }
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn every_module_opens_with_a_line_that_says_what_lives_there() {
    let silent: Vec<String> = rust_files(&root().join("src"))
        .iter()
        .filter(|file| !fs::read_to_string(file).unwrap().starts_with("//!"))
        .map(|file| file.display().to_string())
        .collect();
    assert!(silent.is_empty(), "{silent:?}");
}
