//! Which sites' pages may use a profile.

use std::collections::{HashMap, HashSet};

use crate::domain::ids::ProfileId;

/// Which sites' pages may use which profile. A host may carry a port.
#[derive(Default)]
pub struct Origins(HashMap<ProfileId, HashSet<String>>);

impl Origins {
    pub(super) fn new(listed: Vec<(ProfileId, String)>) -> Self {
        let mut origins = Self::default();
        for (profile, host) in listed {
            origins.0.entry(profile).or_default().insert(host.to_ascii_lowercase());
        }
        origins
    }

    /// Whether this profile lists the host.
    pub fn allow(&self, profile: &ProfileId, host: &str) -> bool {
        self.0.get(profile).is_some_and(|hosts| hosts.contains(host))
    }

    /// Whether any profile does: all that a preflight can be asked.
    pub fn allow_some(&self, host: &str) -> bool {
        self.0.values().any(|hosts| hosts.contains(host))
    }
}
