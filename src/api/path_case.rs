//! Halo's addresses: letters in any case, with or without `/api`, with or without a trailing slash.

use std::{
    collections::HashMap,
    sync::Arc,
    task::{Context, Poll},
};

use axum::{extract::Request, http::Uri};
use tower::{Layer, Service};

/// Rewrites an address to the one spelling that the router knows. Segments that are ids stay as
/// they are: the ids of profiles are text.
#[derive(Clone)]
pub struct PathCase(Arc<HashMap<usize, Vec<Template>>>);

/// A route's segments; none stands for an id.
struct Template(Vec<Option<String>>);

impl PathCase {
    /// Knows the routes with these paths, such as `/Chat/{id}`.
    pub fn new<'a>(paths: impl IntoIterator<Item = &'a str>) -> Self {
        let mut by_length: HashMap<usize, Vec<Template>> = HashMap::new();
        for path in paths {
            let segments: Vec<Option<String>> =
                path.split('/').skip(1).map(|one| (!one.starts_with('{')).then(|| one.to_owned())).collect();
            by_length.entry(segments.len()).or_default().push(Template(segments));
        }
        // Words before ids: `/Agent/me` is not the agent called "me".
        for templates in by_length.values_mut() {
            templates.sort_by_key(|template| template.0.iter().filter(|segment| segment.is_none()).count());
        }
        Self(Arc::new(by_length))
    }

    /// The router's spelling of a path; none: it is spelt so already, or is no route at all.
    fn rewrite(&self, path: &str) -> Option<String> {
        let mut segments: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
        if segments.len() > 1 && segments.last() == Some(&"") {
            segments.pop();
        }
        if segments.len() > 1 && segments[0].eq_ignore_ascii_case("api") {
            segments.remove(0);
        }
        let template = self.0.get(&segments.len())?.iter().find(|template| template.matches(&segments))?;
        let spelt = template.spell(&segments);
        (spelt != path).then_some(spelt)
    }
}

impl Template {
    fn matches(&self, segments: &[&str]) -> bool {
        self.0.iter().zip(segments).all(|(known, sent)| match known {
            Some(word) => word.eq_ignore_ascii_case(sent),
            None => !sent.is_empty(),
        })
    }

    fn spell(&self, segments: &[&str]) -> String {
        let mut path = String::new();
        for (known, sent) in self.0.iter().zip(segments) {
            path.push('/');
            path.push_str(known.as_deref().unwrap_or(sent));
        }
        path
    }
}

fn respell(known: &PathCase, uri: &Uri) -> Option<Uri> {
    let path = known.rewrite(uri.path())?;
    let path_and_query = match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path,
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(path_and_query.parse().ok()?);
    Uri::from_parts(parts).ok()
}

impl<S> Layer<S> for PathCase {
    type Service = PathCaseService<S>;

    fn layer(&self, inner: S) -> PathCaseService<S> {
        PathCaseService { known: self.clone(), inner }
    }
}

/// A service behind a `PathCase`.
#[derive(Clone)]
pub struct PathCaseService<S> {
    known: PathCase,
    inner: S,
}

impl<S: Service<Request>> Service<Request> for PathCaseService<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request) -> S::Future {
        if let Some(uri) = respell(&self.known, request.uri()) {
            *request.uri_mut() = uri;
        }
        self.inner.call(request)
    }
}

#[cfg(test)]
mod tests {
    use super::PathCase;

    fn spelt(path: &str) -> String {
        let known =
            ["/Chat", "/Chat/{id}", "/ChatMessage/IsTyping", "/Agent/{id}", "/Agent/me", "/auth/token"];
        PathCase::new(known).rewrite(path).unwrap_or_else(|| path.to_owned())
    }

    #[test]
    fn halos_spellings_all_lead_to_the_same_route() {
        assert_eq!(spelt("/chat"), "/Chat");
        assert_eq!(spelt("/api/CHAT/7/"), "/Chat/7");
        assert_eq!(spelt("/API/chatmessage/istyping"), "/ChatMessage/IsTyping");
        assert_eq!(spelt("/Chat/"), "/Chat");
        assert_eq!(spelt("/Auth/Token"), "/auth/token");
    }

    #[test]
    fn ids_and_strange_paths_stay_as_they_are() {
        assert_eq!(spelt("/api/chat/MyProfile"), "/Chat/MyProfile");
        assert_eq!(spelt("/agent/ME"), "/Agent/me");
        assert_eq!(spelt("/api"), "/api");
        assert_eq!(spelt("/nothing/here"), "/nothing/here");
        assert_eq!(spelt("//"), "//");
    }
}
