//! Tags and words in their order, told one by one.

use super::{
    super::line::{BOLD, CODE, Cell, Content, ITALIC, STRIKE, Styles},
    document::Document,
    link::Link,
};

#[derive(Clone, Copy)]
enum List {
    Bullets,
    Numbers { last: u32 },
}

const LIST_DEPTH_MAX: usize = 8;

#[derive(Default)]
pub(super) struct Builder {
    document: Document,
    /// How many elements of each style are open: bold, italic, strike, code.
    open: [u32; 4],
    lists: Vec<List>,
    quotes: u32,
    code: Option<String>,
    link: Option<Link>,
    /// Inside of what is no text.
    is_hidden: bool,
    /// Something has come since a block began or ended. White space before that is for its author's eyes.
    has_begun: bool,
    is_after_paragraph: bool,
}

const STYLES: [Styles; 4] = [BOLD, ITALIC, STRIKE, CODE];

/// Where the style of an element is counted.
fn style(element: &str) -> Option<usize> {
    match element {
        "b" | "strong" => Some(0),
        "i" | "em" => Some(1),
        "s" | "del" | "strike" => Some(2),
        "code" | "tt" | "kbd" | "samp" => Some(3),
        _ => None,
    }
}

fn is_block(element: &str) -> bool {
    matches!(
        element,
        "p" | "div"
            | "ul"
            | "ol"
            | "li"
            | "pre"
            | "blockquote"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "hr"
            | "table"
            | "tr"
            | "dl"
            | "dt"
            | "dd"
            | "section"
            | "article"
            | "header"
            | "footer"
    )
}

impl Builder {
    pub(super) fn start(&mut self, element: &str, href: Option<&str>) {
        if let Some(at) = style(element) {
            self.open[at] += 1;
        }
        match element {
            "script" | "style" => self.is_hidden = true,
            "br" => self.line_end(),
            "a" => {
                self.end_link();
                self.link = href.and_then(Link::to);
            }
            _ if is_block(element) => self.start_block(element),
            _ => {}
        }
    }

    pub(super) fn end(&mut self, element: &str) {
        if let Some(at) = style(element) {
            self.open[at] = self.open[at].saturating_sub(1);
        }
        match element {
            "script" | "style" => self.is_hidden = false,
            "a" => self.end_link(),
            _ if is_block(element) => self.end_block(element),
            _ => {}
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        if self.is_hidden {
            return;
        }
        for character in text.chars() {
            if character == '\n' {
                self.line_end_in_text();
            } else {
                self.character(character);
            }
        }
    }

    pub(super) fn finish(mut self) -> String {
        self.end_code();
        self.end_words();
        self.document.finish()
    }

    fn character(&mut self, character: char) {
        let styles = self.styles();
        if let Some(code) = &mut self.code {
            code.push(character);
        } else if let Some(link) = &mut self.link {
            link.push(character, styles);
        } else if self.has_begun || !character.is_whitespace() {
            self.push(Cell { content: Content::Char(character), styles });
        }
    }

    fn push(&mut self, cell: Cell) {
        self.document.push(cell);
        self.has_begun = true;
        self.is_after_paragraph = false;
    }

    fn styles(&self) -> Styles {
        let open = STYLES.iter().zip(self.open).filter(|(_, count)| *count > 0);
        open.fold(Styles::default(), |styles, (style, _)| styles.with(*style))
    }

    fn line_end_in_text(&mut self) {
        if self.code.is_some() || self.link.is_some() || self.has_begun {
            self.line_end();
        }
    }

    fn line_end(&mut self) {
        let styles = self.styles();
        if let Some(code) = &mut self.code {
            code.push('\n');
        } else if let Some(link) = &mut self.link {
            link.push(' ', styles);
        } else {
            self.document.end_line(self.quotes > 0);
            self.has_begun = true;
            self.is_after_paragraph = false;
        }
    }

    /// Ends the line that has words in it; an empty one is waiting for some.
    fn end_words(&mut self) {
        self.end_link();
        if self.document.has_words() {
            self.document.end_line(self.quotes > 0);
        }
        self.has_begun = false;
    }

    fn start_block(&mut self, element: &str) {
        if self.code.is_some() {
            return;
        }
        self.end_words();
        match element {
            "p" if self.is_after_paragraph => self.document.end_line(self.quotes > 0),
            "pre" => self.code = Some(String::new()),
            "blockquote" => self.quotes += 1,
            "ul" => self.lists.push(List::Bullets),
            "ol" => self.lists.push(List::Numbers { last: 0 }),
            "li" => self.start_item(),
            _ => {}
        }
        self.is_after_paragraph = false;
    }

    fn end_block(&mut self, element: &str) {
        if self.code.is_some() && element != "pre" {
            return;
        }
        if element == "pre" {
            self.end_code();
        }
        self.end_words();
        match element {
            "p" => self.is_after_paragraph = true,
            "blockquote" => self.quotes = self.quotes.saturating_sub(1),
            "ul" | "ol" => {
                self.lists.pop();
            }
            // An item without words leaves no bullet behind.
            "li" => self.document.set_prefix(String::new()),
            _ => {}
        }
    }

    fn start_item(&mut self) {
        let depth = self.lists.len().clamp(1, LIST_DEPTH_MAX) - 1;
        let bullet = match self.lists.last_mut() {
            Some(List::Numbers { last }) => {
                *last += 1;
                format!("{last}. ")
            }
            Some(List::Bullets) | None => "• ".to_owned(),
        };
        self.document.set_prefix(format!("{}{bullet}", "    ".repeat(depth)));
    }

    fn end_link(&mut self) {
        if let Some(link) = self.link.take() {
            let (link, styles) = link.finish();
            self.push(Cell { content: Content::Link(link), styles: styles.without_code() });
        }
    }

    fn end_code(&mut self) {
        self.end_link();
        if let Some(code) = self.code.take() {
            self.document.push_code(&code, self.quotes > 0);
        }
    }
}
