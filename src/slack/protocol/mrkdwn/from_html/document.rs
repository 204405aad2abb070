//! The lines that have come together so far.

use super::super::{
    ZERO_WIDTH_SPACE,
    line::{CODE, Cell, Content, push_escaped, render},
};

#[derive(Default)]
pub(super) struct Document {
    lines: Vec<String>,
    cells: Vec<Cell>,
    /// The bullet or number of an item whose words are still to come.
    prefix: String,
}

impl Document {
    pub(super) fn push(&mut self, cell: Cell) {
        self.cells.push(cell);
    }

    pub(super) fn has_words(&self) -> bool {
        !self.cells.is_empty()
    }

    pub(super) fn set_prefix(&mut self, prefix: String) {
        self.prefix = prefix;
    }

    pub(super) fn end_line(&mut self, is_quoted: bool) {
        let words = render(std::mem::take(&mut self.cells));
        let prefix = std::mem::take(&mut self.prefix);
        // Behind a bullet or a quote mark, what begins with `>` is no quote.
        let mark = match (is_quoted, prefix.is_empty() && words.is_empty()) {
            (false, _) => "",
            (true, true) => ">",
            (true, false) => "> ",
        };
        self.lines.push(format!("{mark}{prefix}{words}"));
    }

    /// Preformatted text: a block, or in a quote, which can hold none, lines of code.
    pub(super) fn push_code(&mut self, code: &str, is_quoted: bool) {
        let code = code.strip_prefix('\n').unwrap_or(code).trim_end();
        if code.trim().is_empty() {
            return;
        }
        if is_quoted {
            for line in code.split('\n') {
                let cell = |character| Cell { content: Content::Char(character), styles: CODE };
                self.cells.extend(line.chars().map(cell));
                self.end_line(true);
            }
            return;
        }
        // A bullet stands above the block, because the fence needs the start of its line.
        if !self.prefix.is_empty() {
            self.end_line(false);
        }
        let mut block = String::with_capacity(code.len() + 8);
        block.push_str("```\n");
        code_escaped(code, &mut block);
        block.push_str("\n```");
        self.lines.push(block);
    }

    /// Without empty lines above and below.
    pub(super) fn finish(self) -> String {
        let is_empty = |line: &String| line.trim().is_empty();
        let first = self.lines.iter().position(|line| !is_empty(line)).unwrap_or(self.lines.len());
        let last = self.lines.iter().rposition(|line| !is_empty(line)).map_or(first, |last| last + 1);
        self.lines[first..last].join("\n")
    }
}

fn code_escaped(code: &str, block: &mut String) {
    let mut backticks = 0;
    for character in code.chars() {
        backticks = if character == '`' { backticks + 1 } else { 0 };
        // Three in a row would end the block.
        if backticks == 3 {
            block.push(ZERO_WIDTH_SPACE);
            backticks = 1;
        }
        if character == '\n' {
            block.push('\n');
        } else {
            push_escaped(character, block);
        }
    }
}
