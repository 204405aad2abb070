//! A message cut into what its meaning is made of: runs first, then entities and emoji.

use super::{
    emoji,
    run::{self, Run},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    Char(char),
    Run(Run<'a>),
    /// Inside of code it is its source again.
    Emoji {
        emoji: &'static str,
        source: &'a str,
    },
}

impl Token<'_> {
    pub(super) fn is(self, character: char) -> bool {
        self == Token::Char(character)
    }
}

const ENTITIES: [(&str, char); 3] = [("&amp;", '&'), ("&lt;", '<'), ("&gt;", '>')];

pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (token, length) = special(first, rest).unwrap_or((Token::Char(first), first.len_utf8()));
        // No form of text that we write to holds NUL, and a return is half of a line end.
        if !matches!(token, Token::Char('\0' | '\r')) {
            tokens.push(token);
        }
        rest = &rest[length..];
    }
    tokens
}

fn special(first: char, rest: &str) -> Option<(Token<'_>, usize)> {
    match first {
        '<' => run::read(rest).map(|(run, length)| (Token::Run(run), length)),
        '&' => entity(rest).map(|(character, length)| (Token::Char(character), length)),
        ':' => {
            emoji::read(rest).map(|(emoji, length)| (Token::Emoji { emoji, source: &rest[..length] }, length))
        }
        _ => None,
    }
}

fn entity(text: &str) -> Option<(char, usize)> {
    let (entity, character) = ENTITIES.iter().find(|(entity, _)| text.starts_with(entity))?;
    Some((*character, entity.len()))
}

/// The three entities decoded, and nothing else.
pub(super) fn decode(text: &str) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (character, length) = entity(&rest[at..]).unwrap_or(('&', 1));
        decoded.push_str(&rest[..at]);
        decoded.push(character);
        rest = &rest[at + length..];
    }
    decoded.push_str(rest);
    decoded
}
