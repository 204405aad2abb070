//! HTML as mrkdwn. The HTML may be anybody's: only links become angle brackets, and only to where they may.

use std::cell::RefCell;

use html5ever::{
    tendril::StrTendril,
    tokenizer::{
        BufferQueue, CharacterTokens, EndTag, StartTag, Tag, TagToken, Token, TokenSink, TokenSinkResult,
        Tokenizer, TokenizerOpts, states::RawKind,
    },
};

use builder::Builder;

mod builder;
mod document;
mod link;

/// Safe HTML as mrkdwn; of elements that it does not know it keeps the words.
pub fn from_html(html: &str) -> String {
    let sink = Sink(RefCell::new(Builder::default()));
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(html));
    let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
    // Scripts only pause the tokenizer when the sink says so, and this one does not.
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink.0.into_inner().finish()
}

struct Sink(RefCell<Builder>);

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut builder = self.0.borrow_mut();
        match token {
            CharacterTokens(text) => builder.text(&text),
            TagToken(tag) if tag.kind == EndTag => builder.end(&tag.name),
            TagToken(tag) => {
                builder.start(&tag.name, href(&tag));
                // What stands in these is no text, whatever it looks like.
                if tag.kind == StartTag && matches!(&*tag.name, "script" | "style") {
                    return TokenSinkResult::RawData(RawKind::Rawtext);
                }
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

fn href(tag: &Tag) -> Option<&str> {
    tag.attrs.iter().find(|attribute| &*attribute.name.local == "href").map(|attribute| &*attribute.value)
}
