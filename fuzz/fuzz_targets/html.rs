//! Whatever comes in: what comes out holds nothing but the allow list, and cleaning it again changes
//! nothing.
#![no_main]

use std::cell::RefCell;

use aureole_fuzz::domain::text::{SafeHtml, has_tags};
use html5ever::{
    tendril::StrTendril,
    tokenizer::{BufferQueue, Tag, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts},
};
use libfuzzer_sys::fuzz_target;

const TAGS: [&str; 15] =
    ["b", "i", "u", "s", "em", "strong", "a", "br", "p", "ul", "ol", "li", "code", "pre", "blockquote"];
const SCHEMES: [&str; 4] = ["http:", "https:", "mailto:", "tel:"];

fuzz_target!(|html: &str| {
    let once = SafeHtml::sanitise(html);
    check(once.html.as_str());
    let twice = SafeHtml::sanitise(once.html.as_str());
    assert_eq!(once.html, twice.html, "a second pass changes it");
    assert!(twice.was_safe, "{} counts as unsafe", once.html);
    assert!(!once.html.to_plain().contains('\0'));

    let escaped = SafeHtml::escape(html);
    check(escaped.as_str());
    assert!(SafeHtml::sanitise(escaped.as_str()).was_safe);
    assert!(!escaped.as_str().contains('<') || escaped.as_str().contains("<br>"));
    if !has_tags(html) && !html.contains(['<', '&', '>']) {
        assert!(once.was_safe);
    }
});

fn check(html: &str) {
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(html));
    let tokenizer = Tokenizer::new(Judge(RefCell::default()), TokenizerOpts::default());
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    let found = tokenizer.sink.0.into_inner();
    assert!(found.is_empty(), "{found:?} in {html}");
}

/// Reads what a browser would read, and notes what must not be there.
struct Judge(RefCell<Vec<String>>);

impl TokenSink for Judge {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        match token {
            Token::TagToken(tag) => self.0.borrow_mut().extend(faults(&tag)),
            Token::CommentToken(_) | Token::DoctypeToken(_) | Token::NullCharacterToken => {
                self.0.borrow_mut().push(format!("{token:?}"));
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

/// As a browser reads an address: without line breaks and tabs, and without controls before it.
fn address(value: &str) -> String {
    let kept: String = value.chars().filter(|one| !matches!(one, '\t' | '\n' | '\r')).collect();
    kept.trim_start_matches(|one| one <= ' ').to_ascii_lowercase()
}

fn faults(tag: &Tag) -> Vec<String> {
    let mut faults = Vec::new();
    if !TAGS.contains(&&*tag.name) {
        faults.push(format!("<{}>", tag.name));
    }
    for attribute in &tag.attrs {
        let (name, value) = (&*attribute.name.local, &*attribute.value);
        let is_known = &*tag.name == "a"
            && match name {
                "href" => SCHEMES.iter().any(|scheme| address(value).starts_with(scheme)),
                "rel" => value == "noopener",
                _ => false,
            };
        if !is_known {
            faults.push(format!("{name}={value}"));
        }
    }
    faults
}
