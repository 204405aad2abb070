//! What a file is, judged by its bytes alone: a name or a header may say anything.

/// Bytes from the start in which a known format shows itself.
const HEAD_BYTES_MAX: usize = 64 * 1024;
/// Bytes from the start in which a browser that guesses would look for markup.
const MARKUP_BYTES_MAX: usize = 1024;
const MARKUP: [&[u8]; 9] =
    [b"<script", b"<svg", b"<html", b"<!doctype", b"<iframe", b"<body", b"<head", b"<?xml", b"<?php"];

pub const PLAIN_TEXT: &str = "text/plain";
const PDF: &str = "application/pdf";
const ZIP: &str = "application/zip";

/// What the bytes of a file turn out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A media type that the bytes prove.
    Known(&'static str),
    /// HTML, SVG or XML, alone or at the start of something else.
    Markup,
    Script,
    /// Something that a machine runs.
    Program(&'static str),
    Unknown,
}

/// Looks at a file that comes in pieces.
#[derive(Debug, Default)]
pub struct Sniffer {
    head: Vec<u8>,
    /// The end of the last piece, when it stops inside a character.
    unfinished: Vec<u8>,
    is_binary: bool,
}

impl Sniffer {
    pub fn read(&mut self, piece: &[u8]) {
        let room = HEAD_BYTES_MAX - self.head.len();
        self.head.extend_from_slice(&piece[..piece.len().min(room)]);
        if !self.is_binary {
            self.is_binary = piece.contains(&0) || !self.goes_on_as_text(piece);
        }
    }

    /// Whether the piece continues valid UTF-8.
    fn goes_on_as_text(&mut self, mut piece: &[u8]) -> bool {
        // At most three bytes of a character can be missing.
        while !self.unfinished.is_empty() {
            let Some((next, rest)) = piece.split_first() else { return true };
            self.unfinished.push(*next);
            piece = rest;
            match std::str::from_utf8(&self.unfinished) {
                Ok(_) => self.unfinished.clear(),
                Err(error) if error.error_len().is_some() => return false,
                Err(_) => {}
            }
        }
        match std::str::from_utf8(piece) {
            Ok(_) => true,
            Err(error) if error.error_len().is_some() => false,
            Err(error) => {
                self.unfinished = piece[error.valid_up_to()..].to_vec();
                true
            }
        }
    }

    /// What everything that was read comes to.
    pub fn kind(&self) -> FileKind {
        let head = self.head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.head);
        if is_markup(head) {
            return FileKind::Markup;
        }
        if !self.is_binary && self.unfinished.is_empty() {
            return match head {
                [b'#', b'!', ..] => FileKind::Script,
                [b'%', b'P', b'D', b'F', b'-', ..] => FileKind::Known(PDF),
                _ => FileKind::Known(PLAIN_TEXT),
            };
        }
        match infer::get(&self.head) {
            Some(found) if found.matcher_type() == infer::MatcherType::App => {
                FileKind::Program(found.mime_type())
            }
            Some(found) => binary(found.mime_type(), head),
            None => FileKind::Unknown,
        }
    }
}

/// One name for each format, and a closer look where the signature alone says too little.
fn binary(found: &'static str, head: &[u8]) -> FileKind {
    FileKind::Known(match found {
        "image/heif" => "image/heic",
        "audio/x-wav" => "audio/wav",
        // The signature may stand behind something else.
        PDF if !head.starts_with(b"%PDF-") => return FileKind::Unknown,
        "text/html" | "text/xml" => return FileKind::Markup,
        "text/x-shellscript" => return FileKind::Script,
        ZIP => return packed(head),
        other => other,
    })
}

/// What a ZIP archive holds, by the names of its first members.
fn packed(head: &[u8]) -> FileKind {
    let holds = |name: &[u8]| head.windows(name.len()).any(|window| window == name);
    if holds(b"META-INF/MANIFEST.MF") || holds(b"AndroidManifest.xml") {
        FileKind::Program("application/java-archive")
    } else if !holds(b"[Content_Types].xml") {
        FileKind::Known(ZIP)
    } else if holds(b"word/") {
        FileKind::Known("application/vnd.openxmlformats-officedocument.wordprocessingml.document")
    } else if holds(b"xl/") {
        FileKind::Known("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    } else if holds(b"ppt/") {
        FileKind::Known("application/vnd.openxmlformats-officedocument.presentationml.presentation")
    } else {
        FileKind::Known(ZIP)
    }
}

/// Whether it begins with a tag, or has one near its start that makes a page of it.
fn is_markup(head: &[u8]) -> bool {
    let start = &head[..head.len().min(MARKUP_BYTES_MAX)];
    let has = |mark: &[u8]| start.windows(mark.len()).any(|window| window.eq_ignore_ascii_case(mark));
    MARKUP.iter().any(|mark| has(mark)) || begins_with_tag(start.trim_ascii_start())
}

fn begins_with_tag(text: &[u8]) -> bool {
    match text {
        [b'<', b'!' | b'?', ..] => true,
        [b'<', rest @ ..] if rest.first().is_some_and(u8::is_ascii_alphabetic) => {
            let end = rest.iter().position(|byte| *byte == b'>').unwrap_or(rest.len());
            let inner = &rest[..end];
            // A log may begin with somebody's address.
            let is_address = inner.contains(&b'@')
                && inner.iter().all(|byte| byte.is_ascii_alphanumeric() || b"@.+-_".contains(byte));
            !is_address
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests;
