//! Numbers for links that have none, the same ones every time.

use std::collections::BTreeSet;

use super::model::FlowSource;
use crate::domain::ids::LinkId;

/// How a link came by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum IdOrigin {
    Stored,
    Assigned,
    /// The stored one belongs to an earlier link; this one is new.
    Repeated,
}

/// The ids that `compile` and `load` give to links without one, as (place of the step, place of
/// the link, id), so that the stored document can be given the same.
pub fn assigned_link_ids(source: &FlowSource) -> Vec<(usize, usize, LinkId)> {
    let mut assigned = Vec::new();
    for (step, links) in link_ids(source).into_iter().enumerate() {
        for (link, (id, origin)) in links.into_iter().enumerate() {
            if origin == IdOrigin::Assigned {
                assigned.push((step, link, id));
            }
        }
    }
    assigned
}

/// An id for every link, unique in the flow, in the order in which they are stored.
pub(super) fn link_ids(source: &FlowSource) -> Vec<Vec<(LinkId, IdOrigin)>> {
    let links = || source.steps.iter().flat_map(|step| &step.links);
    let taken: BTreeSet<i32> = links().filter_map(|link| stored(link.id)).collect();
    let mut seen = BTreeSet::new();
    // Ids above all others, so that an id is not used again once its link is gone.
    let above = taken.last().copied().unwrap_or(0).max(0).saturating_add(1);
    let mut fresh = (above..=i32::MAX).chain(1..above).filter(|id| !taken.contains(id));
    let mut id_of = |id: Option<i32>| {
        let origin = match stored(id) {
            Some(id) if seen.insert(id) => return (LinkId::new(id), IdOrigin::Stored),
            Some(_) => IdOrigin::Repeated,
            None => IdOrigin::Assigned,
        };
        let id = fresh.next().expect("no document holds two thousand million links");
        (LinkId::new(id), origin)
    };
    source.steps.iter().map(|step| step.links.iter().map(|link| id_of(link.id)).collect()).collect()
}

/// Clients send 0 for something new.
fn stored(id: Option<i32>) -> Option<i32> {
    id.filter(|&id| id != 0)
}
