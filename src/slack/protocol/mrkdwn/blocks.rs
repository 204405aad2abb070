//! What a message is made of from top to bottom: lines, quotes and blocks of code.

use super::{
    Names,
    inline::{Inline, inlines, source},
    token::{Token, tokens},
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Block {
    Lines { are_quoted: bool, lines: Vec<Vec<Inline>> },
    Code(String),
}

const FENCE: usize = 3;

pub(super) fn blocks(text: &str, names: Names<'_>) -> Vec<Block> {
    let tokens = tokens(text);
    let mut reader = Reader { names, blocks: Vec::new(), is_quoted_to_the_end: false };
    let mut begin = 0;
    let mut from = 0;
    // A fence that is open at the end is none, and then there is no other.
    while let Some(open) = fence(&tokens, from) {
        let Some(close) = fence(&tokens, open + FENCE) else { break };
        if close == open + FENCE {
            from = close;
            continue;
        }
        reader.lines(&tokens, begin, open);
        reader.code(&tokens[open + FENCE..close]);
        begin = close + FENCE;
        from = begin;
    }
    reader.lines(&tokens, begin, tokens.len());
    reader.blocks
}

fn fence(tokens: &[Token<'_>], from: usize) -> Option<usize> {
    let found = tokens[from..].windows(FENCE).position(|window| window.iter().all(|token| token.is('`')));
    found.map(|at| from + at)
}

struct Reader<'a> {
    names: Names<'a>,
    blocks: Vec<Block>,
    /// `>>>` quotes everything that follows.
    is_quoted_to_the_end: bool,
}

impl Reader<'_> {
    /// The lines between two blocks of code; the line ends beside those are theirs.
    fn lines(&mut self, tokens: &[Token<'_>], begin: usize, end: usize) {
        let mut part = &tokens[begin..end];
        let mut starts_line = begin == 0;
        if !starts_line && part.first().is_some_and(|token| token.is('\n')) {
            part = &part[1..];
            starts_line = true;
        }
        if end < tokens.len() && part.last().is_some_and(|token| token.is('\n')) {
            part = &part[..part.len() - 1];
        }
        if part.is_empty() {
            return;
        }
        for line in part.split(|token| token.is('\n')) {
            self.line(line, starts_line);
            starts_line = true;
        }
    }

    fn line(&mut self, line: &[Token<'_>], starts_line: bool) {
        let marks = line.iter().take(3).take_while(|token| token.is('>')).count();
        let mut rest = line;
        if starts_line && !self.is_quoted_to_the_end && marks > 0 {
            self.is_quoted_to_the_end = marks == 3;
            rest = &line[if marks == 3 { 3 } else { 1 }..];
            rest = rest.strip_prefix(&[Token::Char(' ')]).unwrap_or(rest);
        }
        let is_quoted = self.is_quoted_to_the_end || starts_line && marks > 0;
        let line = inlines(rest, self.names);
        match self.blocks.last_mut() {
            Some(Block::Lines { are_quoted, lines }) if *are_quoted == is_quoted => lines.push(line),
            _ => self.blocks.push(Block::Lines { are_quoted: is_quoted, lines: vec![line] }),
        }
    }

    fn code(&mut self, tokens: &[Token<'_>]) {
        let newline = [Token::Char('\n')];
        let inner = tokens.strip_prefix(&newline).unwrap_or(tokens);
        let inner = inner.strip_suffix(&newline).unwrap_or(inner);
        self.blocks.push(Block::Code(source(inner, self.names)));
    }
}
