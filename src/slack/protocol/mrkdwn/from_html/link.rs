//! A link on its way out.

use std::fmt::Write as _;

use super::super::{
    is_allowed_url,
    line::{Styles, push_escaped},
    shown_url,
};

pub(super) struct Link {
    url: String,
    label: String,
    /// Those of its first character: a link has them as a whole or not at all.
    styles: Option<Styles>,
}

impl Link {
    /// Nothing when the address is none that a link may have; its label is text then.
    pub(super) fn to(href: &str) -> Option<Self> {
        let url = encoded(href.trim());
        is_allowed_url(&url).then_some(Self { url, label: String::new(), styles: None })
    }

    pub(super) fn push(&mut self, character: char, styles: Styles) {
        self.styles.get_or_insert(styles);
        match character {
            '<' | '>' | '|' => {}
            character if character.is_whitespace() => self.label.push(' '),
            character => self.label.push(character),
        }
    }

    /// `<url|label>`, or `<url>` when the label says no more.
    pub(super) fn finish(self) -> (String, Styles) {
        let label = self.label.trim();
        let mut link = String::with_capacity(self.url.len() + label.len() + 3);
        link.push('<');
        self.url.chars().for_each(|character| push_escaped(character, &mut link));
        if !label.is_empty() && label != self.url && label != shown_url(&self.url) {
            link.push('|');
            label.chars().for_each(|character| push_escaped(character, &mut link));
        }
        link.push('>');
        (link, self.styles.unwrap_or_default())
    }
}

/// The address without what would end the link or its first half.
fn encoded(href: &str) -> String {
    let mut url = String::with_capacity(href.len());
    for character in href.chars() {
        match character {
            '<' | '>' | '|' => percent(character, &mut url),
            // Browsers pass over line ends and tabs in an address.
            control if control.is_control() => {}
            space if space.is_whitespace() => percent(space, &mut url),
            other => url.push(other),
        }
    }
    url
}

fn percent(character: char, url: &mut String) {
    for byte in character.encode_utf8(&mut [0; 4]).bytes() {
        write!(url, "%{byte:02X}").expect("a String takes everything");
    }
}
