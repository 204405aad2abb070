//! Where a chat begins, by the address of the page that it is opened on.
//!
//! A mapping's address fits a page when it is the page's own, or its beginning up to a `/`, `?`,
//! `&` or `#`. `*` stands for any run of characters. The scheme, a `www.` in front of the host, a
//! slash at the end and the case of the host do not count; an address that begins with a slash
//! fits every host. Of several that fit, the page's own address wins, then the longest, then the first.

use super::program::StepIndex;

/// A page's address, or several with `*`, and the step that chats begin at there.
#[derive(Clone, Debug)]
pub(super) struct StartPage {
    /// What must stand between the stars, in order.
    parts: Vec<String>,
    is_path: bool,
    step: StepIndex,
}

/// How well a mapping fits: its own address, then characters that are the same.
type Fit = (bool, usize);

impl StartPage {
    pub fn new(url: &str, step: StepIndex) -> Self {
        let plain = plain(url);
        let parts = plain.split('*').map(str::to_owned).collect();
        Self { parts, is_path: plain.starts_with('/'), step }
    }

    /// The step of the mapping that fits best.
    pub fn best(pages: &[Self], page_url: &str) -> Option<StepIndex> {
        let page = plain(page_url);
        let mut best: Option<(Fit, StepIndex)> = None;
        for candidate in pages.iter().filter(|_| !page.is_empty()) {
            if let Some(fit) = candidate.fit(&page)
                && best.is_none_or(|(other, _)| fit > other)
            {
                best = Some((fit, candidate.step));
            }
        }
        best.map(|(_, step)| step)
    }

    fn fit(&self, page: &str) -> Option<Fit> {
        let page = if self.is_path { path_of(page) } else { page };
        let (first, rest) = self.parts.split_first()?;
        let mut left = page.strip_prefix(first.as_str())?;
        let length = self.parts.iter().map(String::len).sum();
        let Some((last, middle)) = rest.split_last() else {
            return ends_well(first, left).then_some((left.is_empty(), length));
        };
        for part in middle {
            left = &left[left.find(part.as_str())? + part.len()..];
        }
        let mut ends = left.match_indices(last.as_str()).map(|(at, _)| &left[at + last.len()..]);
        let fits = last.is_empty() || ends.any(|left| ends_well(last, left));
        fits.then_some((false, length))
    }
}

/// Whether what a page has left over begins at a border between parts of an address.
fn ends_well(part: &str, left: &str) -> bool {
    left.is_empty() || left.starts_with(['/', '?', '&', '#']) || part.ends_with(['/', '?', '&', '#', '='])
}

/// An address without what does not count.
fn plain(url: &str) -> String {
    let url = url.trim();
    let scheme = |scheme: &str| url.get(..scheme.len()).filter(|start| start.eq_ignore_ascii_case(scheme));
    let rest = scheme("https://").or_else(|| scheme("http://")).map_or(url, |scheme| &url[scheme.len()..]);
    let host_end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, path) = rest.split_at(host_end);
    let host = host.to_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    let path = if path.len() > 1 || !host.is_empty() { path.trim_end_matches('/') } else { path };
    format!("{host}{path}")
}

fn path_of(page: &str) -> &str {
    page.find('/').map_or("/", |at| &page[at..])
}
