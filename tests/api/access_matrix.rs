//! Who gets what answer where: `access_matrix/table.txt`, against every operation of the description.

mod table;
mod world;

use std::collections::BTreeSet;

use serde_json::Value;

use crate::harness::TestApp;
use table::{CALLERS, Cell, Row, rows};
use world::{Answer, Objects, World};

/// Callers to whom the objects of the requests are somebody else's.
const STRANGERS: [&str; 2] = ["other", "carla"];

/// Every operation of the description, as `GET /Chat/{id}`.
async fn operations(test: &TestApp) -> BTreeSet<String> {
    let document = test.get("/docs/openapi.json", "").await.expect(200);
    let paths = document["paths"].as_object().unwrap();
    let of = |(path, item): (&String, &Value)| {
        let methods: Vec<String> = item.as_object().unwrap().keys().cloned().collect();
        let path = path.clone();
        methods.into_iter().map(move |method| format!("{} {path}", method.to_uppercase()))
    };
    paths.iter().flat_map(of).collect()
}

#[tokio::test]
async fn every_operation_has_cells_and_every_cell_an_operation() {
    let test = TestApp::new().await;
    let described = operations(&test).await;
    assert!(described.len() > 90, "the description was read");
    let written: BTreeSet<String> = rows().into_iter().map(|row| row.operation).collect();
    let without: Vec<_> = described.difference(&written).collect();
    let unknown: Vec<_> = written.difference(&described).collect();
    assert!(without.is_empty() && unknown.is_empty(), "without cells: {without:?}; unknown: {unknown:?}");
}

/// What is wrong with a cell, if something is.
async fn fault(world: &World, row: &Row, objects: &Objects, caller: &str, expected: Cell) -> Option<String> {
    let answer = world.ask(row, caller, objects).await;
    let seen = row.look(&answer.body, answer.status, objects);
    if seen != expected {
        return Some(format!("{caller} is answered {seen} and not {expected}: {}", answer.body));
    }
    let is_hidden = matches!(expected, Cell::Status(400 | 404)) && row.names_objects();
    if STRANGERS.contains(&caller) && is_hidden {
        let missing = world.ask(row, caller, &objects.missing()).await;
        let words = |answer: &Answer, objects: &Objects| {
            (answer.status, objects.blank(answer.body["Message"].as_str().unwrap_or_default()))
        };
        let (there, not) = (words(&answer, objects), words(&missing, &objects.missing()));
        if there != not {
            return Some(format!("{caller} can tell {there:?} from what does not exist: {not:?}"));
        }
    }
    None
}

/// All rows of one method. Their objects are made anew for each cell that may change them.
async fn check(method: &str) {
    let world = World::new().await;
    let mut faults = Vec::new();
    for row in rows().iter().filter(|row| row.method() == method) {
        let mut answered = Vec::new();
        let mut objects = world.objects(row).await;
        for (caller, expected) in CALLERS.iter().zip(&row.cells) {
            if let Some(fault) = fault(&world, row, &objects, caller, *expected).await {
                answered.push(fault);
            }
            if method != "GET" && matches!(expected, Cell::Status(..400)) {
                objects = world.objects(row).await;
            }
        }
        if !answered.is_empty() {
            faults.push(format!("{} ({})\n    {}", row.operation, row.request, answered.join("\n    ")));
        }
    }
    assert!(faults.is_empty(), "{} rows are not as written:\n{}", faults.len(), faults.join("\n"));
}

#[tokio::test]
async fn whoever_reads_gets_the_answer_that_is_written_down() {
    check("GET").await;
}

#[tokio::test]
async fn whoever_writes_gets_the_answer_that_is_written_down() {
    check("POST").await;
}

#[tokio::test]
async fn whoever_deletes_gets_the_answer_that_is_written_down() {
    check("DELETE").await;
}
