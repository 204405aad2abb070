//! Where a redirect leads, and what of the request goes along. Pure.

use reqwest::{
    Method, StatusCode,
    header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, LOCATION, USER_AGENT},
};
use url::Url;

use super::fetch::FetchError;

/// One request as it goes out.
#[derive(Clone, Debug)]
pub(super) struct Hop {
    pub method: Method,
    pub url: Url,
    pub headers: HeaderMap,
    pub body: Option<String>,
}

/// What the body is, which is gone with it.
const OF_THE_BODY: [HeaderName; 4] = [
    CONTENT_TYPE,
    reqwest::header::CONTENT_ENCODING,
    reqwest::header::CONTENT_LANGUAGE,
    reqwest::header::CONTENT_LOCATION,
];

impl Hop {
    /// The request that follows this answer, if the answer sends it elsewhere.
    pub(super) fn next(&self, status: StatusCode, answer: &HeaderMap) -> Result<Option<Self>, FetchError> {
        let keeps_body = match status {
            StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND | StatusCode::SEE_OTHER => false,
            StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT => true,
            _ => return Ok(None),
        };
        let Some(location) = answer.get(LOCATION) else { return Ok(None) };
        let target = location.to_str().ok().and_then(|location| self.url.join(location).ok());
        let Some(url) = target else { return Err(FetchError::BadRedirect("its address cannot be read")) };
        if self.url.scheme() == "https" && url.scheme() != "https" {
            return Err(FetchError::BadRedirect("it leaves https"));
        }
        let mut next = Self { url, ..self.clone() };
        if !keeps_body {
            if next.method != Method::HEAD {
                next.method = Method::GET;
            }
            next.body = None;
            for name in OF_THE_BODY {
                next.headers.remove(name);
            }
        }
        if next.url.origin() != self.url.origin() {
            if next.body.is_some() {
                return Err(FetchError::BadRedirect("it takes the body to another origin"));
            }
            // Keys and tokens were given for the first origin; so was everything else of ours.
            next.headers = [ACCEPT, USER_AGENT]
                .into_iter()
                .filter_map(|name| Some((name.clone(), self.headers.get(name)?.clone())))
                .collect();
        }
        Ok(Some(next))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hop(method: &Method, url: &str) -> Hop {
        let mut headers = HeaderMap::new();
        for (name, value) in [("accept", "a/b"), ("authorization", "secret"), ("content-type", "text/plain")]
        {
            headers.insert(name, value.parse().expect("a value"));
        }
        let body = (*method == Method::POST).then(|| "body".to_owned());
        Hop { method: method.clone(), url: url.parse().expect("a URL"), headers, body }
    }

    fn redirect(from: &Hop, status: u16, to: &str) -> Result<Option<Hop>, FetchError> {
        let answer = HeaderMap::from_iter([(LOCATION, to.parse().expect("a value"))]);
        from.next(StatusCode::from_u16(status).expect("a status"), &answer)
    }

    fn followed(from: &Hop, status: u16, to: &str) -> Hop {
        redirect(from, status, to).expect("it may be followed").expect("a redirect")
    }

    #[test]
    fn a_post_becomes_a_get_without_a_body_unless_the_status_keeps_it() {
        let post = hop(&Method::POST, "https://a.example/x/y");
        for status in [301, 302, 303] {
            let next = followed(&post, status, "../z?q=1");
            assert_eq!((next.method, next.url.as_str()), (Method::GET, "https://a.example/z?q=1"));
            assert!(next.body.is_none() && !next.headers.contains_key("content-type"));
            assert!(next.headers.contains_key("authorization"), "the origin is the same");
        }
        for status in [307, 308] {
            let next = followed(&post, status, "/z");
            assert_eq!((next.method, next.body.as_deref()), (Method::POST, Some("body")));
            assert!(next.headers.contains_key("content-type"));
        }
        assert_eq!(followed(&hop(&Method::HEAD, "https://a.example/"), 302, "/z").method, Method::HEAD);
    }

    #[test]
    fn another_origin_gets_neither_headers_nor_body() {
        for to in ["https://b.example/", "https://a.example:444/", "//b.example/"] {
            let next = followed(&hop(&Method::GET, "https://a.example/"), 307, to);
            assert_eq!(next.headers.keys().collect::<Vec<_>>(), ["accept"], "{to}");
            assert!(redirect(&hop(&Method::POST, "https://a.example/"), 307, to).is_err(), "{to}");
            assert!(followed(&hop(&Method::POST, "https://a.example/"), 303, to).body.is_none(), "{to}");
        }
    }

    #[test]
    fn https_is_gained_and_never_left() {
        let next = followed(&hop(&Method::GET, "http://a.example/"), 301, "https://a.example/");
        assert!(!next.headers.contains_key("authorization"), "another scheme is another origin");
        for to in ["http://a.example/", "ftp://a.example/", "file:///etc/passwd", "data:,x"] {
            assert!(redirect(&hop(&Method::GET, "https://a.example/"), 301, to).is_err(), "{to}");
        }
    }

    #[test]
    fn what_is_no_redirect_leads_nowhere() {
        let get = hop(&Method::GET, "https://a.example/");
        for status in [200, 201, 300, 304, 305, 404] {
            assert!(redirect(&get, status, "/z").expect("nothing to refuse").is_none(), "{status}");
        }
        assert!(get.next(StatusCode::FOUND, &HeaderMap::new()).expect("nothing to refuse").is_none());
        assert!(redirect(&get, 302, "https://").is_err());
    }
}
