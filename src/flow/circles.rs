//! Circles of steps in which no step waits: a chat would run in them for ever.

use std::collections::{BTreeMap, btree_map::Entry};

use super::{
    model::Problem,
    program::{Flow, StepIndex},
};

/// One problem for each circle, told at its first step.
pub(super) fn circles(flow: &Flow) -> Vec<Problem> {
    let mut told = vec![false; flow.steps.len()];
    let mut problems = Vec::new();
    for start in 0..flow.steps.len() {
        if told[start] {
            continue;
        }
        let Some(circle) = circle_through(flow, start) else { continue };
        for &place in &circle {
            told[place] = true;
        }
        let mut numbers: Vec<String> = circle.iter().map(|&place| flow.steps[place].id.to_string()).collect();
        numbers.push(numbers[0].clone());
        let step = &flow.steps[start];
        problems.push(Problem {
            step: Some(step.id),
            step_name: step.name.clone(),
            link: None,
            problem: format!("is in a circle in which no step waits: {}", numbers.join(" → ")),
        });
    }
    problems
}

/// The shortest way from a step back to itself.
fn circle_through(flow: &Flow, start: StepIndex) -> Option<Vec<StepIndex>> {
    let mut came_from: BTreeMap<StepIndex, StepIndex> = BTreeMap::new();
    let mut reached = vec![start];
    let mut next = 0;
    while let Some(&from) = reached.get(next) {
        next += 1;
        for to in flow.steps[from].runs_on_to() {
            if to == start {
                return Some(path(&came_from, start, from));
            }
            if let Entry::Vacant(way) = came_from.entry(to) {
                way.insert(from);
                reached.push(to);
            }
        }
    }
    None
}

fn path(came_from: &BTreeMap<StepIndex, StepIndex>, start: StepIndex, mut last: StepIndex) -> Vec<StepIndex> {
    let mut path = vec![last];
    while last != start {
        last = came_from[&last];
        path.push(last);
    }
    path.reverse();
    path
}
