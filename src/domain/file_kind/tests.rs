//! Disguises, formats, and text that comes in pieces.

use proptest::prelude::*;

use super::*;

fn kind(bytes: &[u8]) -> FileKind {
    let mut sniffer = Sniffer::default();
    sniffer.read(bytes);
    sniffer.kind()
}

#[test]
fn markup_is_seen_whatever_stands_before_it() {
    for page in [
        "<!DOCTYPE html><p>hi",
        "\u{feff}  \r\n<HTML>",
        "<svg xmlns='http://www.w3.org/2000/svg'/>",
        "<?xml version='1.0'?><svg/>",
        "<p>words",
        "<a href='x'>",
        "just words <ScRiPt>alert(1)</script>",
        "\u{1}\u{2}<html>",
        "<!-- %PDF-1.7 --><body>",
        "%PDF-1.7\n<script>alert(1)</script>",
        "BM<svg onload=alert(1)>",
    ] {
        assert_eq!(kind(page.as_bytes()), FileKind::Markup, "{page}");
    }
    assert_eq!(kind(b"GIF89a\x00\x00/*<script>*/"), FileKind::Markup);
    assert_eq!(kind(b"\x00\x00<html>"), FileKind::Markup);
}

#[test]
fn text_is_text_even_when_it_begins_like_something_else() {
    for text in
        ["BM is not always a picture", "MZ, a town", "ID3 tags", "a < b", "<ada@example.com> wrote:", "CWS"]
    {
        assert_eq!(kind(text.as_bytes()), FileKind::Known(PLAIN_TEXT), "{text}");
    }
    assert_eq!(kind("naïve,报告\r\n1,2\r\n".as_bytes()), FileKind::Known(PLAIN_TEXT));
    assert_eq!(kind(b"caf\xe9"), FileKind::Unknown);
    assert_eq!(kind(b"h\0i\0"), FileKind::Unknown);
    assert_eq!(kind(b"half a character: \xc3"), FileKind::Unknown);
}

#[test]
fn scripts_and_programs_are_not_let_in_as_something_else() {
    assert_eq!(kind(b"#!/bin/sh\nrm -rf /"), FileKind::Script);
    assert_eq!(
        kind(b"MZ\x90\x00\x03\x00"),
        FileKind::Program("application/vnd.microsoft.portable-executable")
    );
    let mut elf = b"\x7fELF\x02\x01\x01\x00".to_vec();
    elf.resize(64, 0);
    assert!(matches!(kind(&elf), FileKind::Program(_)));
    let mut jar = b"PK\x03\x04\x14\x00\x08\x08\x08\x00".to_vec();
    jar.resize(30, 0);
    jar.extend_from_slice(b"META-INF/MANIFEST.MF");
    assert!(matches!(kind(&jar), FileKind::Program(_)));
}

#[test]
fn formats_are_known_by_their_bytes() {
    let packed = |names: &[&str]| {
        let mut archive = Vec::new();
        for name in names {
            archive.extend_from_slice(b"PK\x03\x04");
            archive.resize(archive.len() + 26, 0);
            archive.extend_from_slice(name.as_bytes());
        }
        archive
    };
    for (bytes, expected) in [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(), "image/png"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF".to_vec(), "image/jpeg"),
        (b"RIFF\0\0\0\0WAVEfmt ".to_vec(), "audio/wav"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec(), "image/heic"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3".to_vec(), "application/pdf"),
        (b"%PDF-1.4\n1 0 obj".to_vec(), "application/pdf"),
        (packed(&["a.txt"]), "application/zip"),
        (
            packed(&["[Content_Types].xml", "_rels/.rels", "docProps/app.xml", "xl/workbook.xml"]),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        (
            packed(&["word/document.xml", "[Content_Types].xml"]),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
    ] {
        assert_eq!(kind(&bytes), FileKind::Known(expected), "{expected}");
    }
    assert_eq!(kind(b"\xff\xfe junk, then %PDF-1.7"), FileKind::Unknown);
}

proptest! {
    #[test]
    fn pieces_make_no_difference(bytes in prop::collection::vec(any::<u8>(), 0..200), cut in 1usize..7) {
        let mut sniffer = Sniffer::default();
        for piece in bytes.chunks(cut) {
            sniffer.read(piece);
        }
        prop_assert_eq!(sniffer.kind(), kind(&bytes));
    }

    #[test]
    fn text_in_pieces_stays_text(text in "[a-zé报👩 ]{0,60}", cut in 1usize..5) {
        let mut sniffer = Sniffer::default();
        for piece in text.as_bytes().chunks(cut) {
            sniffer.read(piece);
        }
        prop_assert_eq!(sniffer.kind(), FileKind::Known(PLAIN_TEXT));
    }

    #[test]
    fn archives_of_any_shape_are_judged_without_a_panic(tail in prop::collection::vec(any::<u8>(), 0..400)) {
        kind(&[&b"PK\x03\x04"[..], &tail].concat());
        let named = [&b"PK\x03\x04\0\0\0\0\0\0\0\0\0\0"[..], &tail[..tail.len().min(12)], &[0; 12], b"[Content_Types].xml", &tail].concat();
        kind(&named);
    }
}
