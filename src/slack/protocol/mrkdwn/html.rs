//! A message as HTML that holds nothing but formatting and links.

use super::{
    Names,
    blocks::{Block, blocks},
    emphasis::Style,
    inline::Inline,
};

/// `text` as Slack sends it, as HTML: `a`, `strong`, `em`, `s`, `br`, `code`, `pre` and `blockquote`.
///
/// What is no run of Slack's is text, so a `<` that the sender did not escape stays a `<`.
pub fn to_html(text: &str, names: Names<'_>) -> String {
    let mut html = String::with_capacity(text.len() + text.len() / 4);
    for block in blocks(text, names) {
        match block {
            Block::Code(code) => element("pre", &code, &mut html),
            Block::Lines { are_quoted: true, lines } => {
                html.push_str("<blockquote>");
                push_lines(&lines, &mut html);
                html.push_str("</blockquote>");
            }
            Block::Lines { are_quoted: false, lines } => push_lines(&lines, &mut html),
        }
    }
    html
}

fn push_lines(lines: &[Vec<Inline>], html: &mut String) {
    for (at, line) in lines.iter().enumerate() {
        if at > 0 {
            html.push_str("<br>");
        }
        for inline in line {
            push_inline(inline, html);
        }
    }
}

fn push_inline(inline: &Inline, html: &mut String) {
    match inline {
        Inline::Text(text) => push_escaped(text, html),
        Inline::Code(code) => element("code", code, html),
        Inline::Link { url, label } => {
            html.push_str("<a href=\"");
            push_escaped(url, html);
            html.push_str("\">");
            push_escaped(label, html);
            html.push_str("</a>");
        }
        Inline::Opens(style) => html.extend(["<", tag(*style), ">"]),
        Inline::Closes(style) => html.extend(["</", tag(*style), ">"]),
    }
}

fn tag(style: Style) -> &'static str {
    match style {
        Style::Bold => "strong",
        Style::Italic => "em",
        Style::Strike => "s",
    }
}

fn element(name: &str, text: &str, html: &mut String) {
    html.extend(["<", name, ">"]);
    push_escaped(text, html);
    html.extend(["</", name, ">"]);
}

fn push_escaped(text: &str, html: &mut String) {
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            other => html.push(other),
        }
    }
}
