//! Plain text as mrkdwn that shows it as it is.

use super::line::{Cell, render};

/// Plain text as mrkdwn: nothing in it is a mention, a link or formatting.
pub fn escape(plain: &str) -> String {
    let plain = plain.replace("\r\n", "\n").replace('\r', "\n");
    let lines: Vec<String> =
        plain.split('\n').map(|line| render(line.chars().map(Cell::plain).collect())).collect();
    lines.join("\n")
}
