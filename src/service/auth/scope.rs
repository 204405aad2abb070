//! Scopes: what a client may be granted, as Halo names them.

/// Every scope that a client may ask for. Those without a meaning here are granted and open
/// nothing, because Halo's clients ask for lists of them.
pub const ALL: [&str; 7] =
    ["all", "all:standard", "admin", "access:chat", "offline_access", "read:tickets", "edit:tickets"];

/// A set of scopes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scopes(Vec<String>);

impl Scopes {
    pub fn known(scopes: &[String]) -> Self {
        Self(scopes.to_vec())
    }

    /// Reads a space-separated list.
    pub fn parse(list: &str) -> Self {
        Self(list.split_whitespace().map(str::to_owned).collect())
    }

    pub fn into_vec(self) -> Vec<String> {
        self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn has(&self, name: &str) -> bool {
        self.0.iter().any(|scope| scope.eq_ignore_ascii_case(name))
    }

    /// `all` and `admin` open everything.
    pub fn allow_everything(&self) -> bool {
        self.has("all") || self.has("admin")
    }

    /// `all` may act in the name of others; `admin` may only set things up.
    pub fn speak_for_others(&self) -> bool {
        self.has("all")
    }

    pub fn allow_chat(&self) -> bool {
        self.allow_everything() || self.has("access:chat") || self.has("all:standard")
    }

    fn cover(&self, wanted: &str) -> bool {
        self.has("all") || self.has(wanted) || (wanted == "access:chat" && self.allow_chat())
    }

    /// The first scope asked for that was not granted.
    pub fn first_beyond<'a>(&'a self, granted: &Scopes) -> Option<&'a str> {
        self.0.iter().map(String::as_str).find(|wanted| *wanted != "offline_access" && !granted.cover(wanted))
    }
}
