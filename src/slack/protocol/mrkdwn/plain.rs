//! A message as plain text.

use super::{
    Names,
    blocks::{Block, blocks},
    inline::Inline,
    shown_url,
};

/// `text` as Slack sends it, without markup: links as `label (url)`, mentions as `@name`, quotes with `> `.
pub fn to_plain(text: &str, names: Names<'_>) -> String {
    let mut parts = Vec::new();
    for block in blocks(text, names) {
        match block {
            Block::Code(code) => parts.push(code),
            Block::Lines { are_quoted, lines } => {
                let mark = if are_quoted { "> " } else { "" };
                parts.extend(lines.iter().map(|line| format!("{mark}{}", plain_line(line))));
            }
        }
    }
    parts.join("\n")
}

fn plain_line(line: &[Inline]) -> String {
    let mut plain = String::new();
    for inline in line {
        match inline {
            Inline::Text(text) | Inline::Code(text) => plain.push_str(text),
            Inline::Link { url, label } if label == url || label == shown_url(url) => plain.push_str(label),
            Inline::Link { url, label } => plain.extend([label, " (", shown_url(url), ")"]),
            Inline::Opens(_) | Inline::Closes(_) => {}
        }
    }
    plain
}
