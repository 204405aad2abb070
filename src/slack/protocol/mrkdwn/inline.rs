//! What stands in a line: words, code, links, and where a style begins and ends.

use super::{
    Mention, Names, ZERO_WIDTH_SPACE,
    emoji::resolve,
    emphasis::{Role, Style, roles},
    is_allowed_url,
    run::Run,
    shown_url,
    token::{Token, decode},
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Inline {
    Text(String),
    Code(String),
    Link { url: String, label: String },
    Opens(Style),
    Closes(Style),
}

/// One character that may be a marker, or what is none whatever stands beside it.
enum Unit {
    Char(char),
    Whole(Inline),
}

pub(super) fn inlines(line: &[Token<'_>], names: Names<'_>) -> Vec<Inline> {
    let units = units(line, names);
    let characters: Vec<Option<char>> = units
        .iter()
        .map(|unit| match unit {
            Unit::Char(character) => Some(*character),
            Unit::Whole(_) => None,
        })
        .collect();
    let mut inlines = Vec::new();
    for (unit, role) in units.into_iter().zip(roles(&characters)) {
        match (unit, role) {
            (Unit::Whole(Inline::Text(text)), _) => push_text(&mut inlines, &text),
            (Unit::Whole(inline), _) => inlines.push(inline),
            (Unit::Char(_), Role::Opens(style)) => inlines.push(Inline::Opens(style)),
            (Unit::Char(_), Role::Closes(style)) => inlines.push(Inline::Closes(style)),
            (Unit::Char(character), Role::Literal) => {
                push_text(&mut inlines, character.encode_utf8(&mut [0; 4]));
            }
        }
    }
    inlines
}

fn push_text(inlines: &mut Vec<Inline>, text: &str) {
    if let Some(Inline::Text(last)) = inlines.last_mut() {
        last.push_str(text);
    } else {
        inlines.push(Inline::Text(text.to_owned()));
    }
}

fn units(line: &[Token<'_>], names: Names<'_>) -> Vec<Unit> {
    let mut units = Vec::with_capacity(line.len());
    let mut at = 0;
    while let Some(token) = line.get(at) {
        if token.is('`')
            && let Some(length) = code_length(&line[at + 1..])
        {
            units.push(Unit::Whole(Inline::Code(source(&line[at + 1..=at + length], names))));
            at += length + 2;
            continue;
        }
        units.push(match *token {
            Token::Char(character) => Unit::Char(character),
            Token::Emoji { emoji, .. } => Unit::Whole(Inline::Text(emoji.to_owned())),
            Token::Run(run) => Unit::Whole(inline_of(run, names)),
        });
        at += 1;
    }
    units
}

/// How long the code is that begins here, if it ends in this line. The next backtick decides, so
/// that each is looked at once.
fn code_length(rest: &[Token<'_>]) -> Option<usize> {
    let length = rest.iter().position(|token| token.is('`'))?;
    let is_defused = rest[0].is(ZERO_WIDTH_SPACE) || length > 0 && rest[length - 1].is(ZERO_WIDTH_SPACE);
    (length > 0 && !is_defused).then_some(length)
}

/// Tokens without formatting, as they stand in code.
pub(super) fn source(tokens: &[Token<'_>], names: Names<'_>) -> String {
    let mut text = String::with_capacity(tokens.len());
    for token in tokens {
        match *token {
            Token::Char(character) => text.push(character),
            Token::Emoji { source, .. } => text.push_str(source),
            Token::Run(run) => match inline_of(run, names) {
                Inline::Link { label: shown, .. } | Inline::Text(shown) => text.push_str(&shown),
                Inline::Code(_) | Inline::Opens(_) | Inline::Closes(_) => {}
            },
        }
    }
    text
}

/// Never the brackets: a name, else the label, else a word that can be read.
fn inline_of(run: Run<'_>, names: Names<'_>) -> Inline {
    match run {
        Run::Link { url, label } => link(url, label),
        Run::Date { link: Some(url), fallback } if is_allowed_url(url) => {
            link(url, fallback.or(Some("date")))
        }
        Run::Date { fallback, .. } => Inline::Text(shown(fallback.unwrap_or("date"))),
        Run::Mention { of, label } => Inline::Text(mention(of, label, names)),
        Run::Broadcast(word) => Inline::Text(format!("@{word}")),
        Run::Special { word, label } => Inline::Text(shown(label.unwrap_or(word))),
    }
}

fn link(url: &str, label: Option<&str>) -> Inline {
    let url = decode(url);
    let label = label.map_or_else(|| shown_url(&url).to_owned(), shown);
    if is_allowed_url(&url) { Inline::Link { url, label } } else { Inline::Text(label) }
}

fn mention(of: Mention<'_>, label: Option<&str>, names: Names<'_>) -> String {
    let (sign, word) = match of {
        Mention::Person(_) => ('@', "someone"),
        Mention::Channel(_) => ('#', "channel"),
        Mention::Group(_) => ('@', "group"),
    };
    let name = names(of).filter(|name| !name.trim().is_empty());
    let name = name.or_else(|| label.map(shown)).unwrap_or_else(|| word.to_owned());
    format!("{sign}{}", name.strip_prefix(sign).unwrap_or(&name))
}

fn shown(label: &str) -> String {
    resolve(&decode(label))
}
