//! A file that a stranger sends: its name is safe to store, to show and to send back, and its bytes are
//! judged alike however they come in.
//!
//! An input is a name and, below the first line, the bytes.
#![no_main]

use aureole_fuzz::{
    api::disposition::disposition,
    domain::{
        file_kind::Sniffer,
        file_name::{NAME_CHARACTERS_MAX, runnable_ending, safe_name},
    },
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let end = input.iter().position(|byte| *byte == b'\n').unwrap_or(input.len());
    let (name, bytes) = input.split_at(end);
    check_name(&String::from_utf8_lossy(name));

    let mut whole = Sniffer::default();
    whole.read(bytes);
    let mut pieces = Sniffer::default();
    let size = usize::from(name.first().copied().unwrap_or(1)).max(1);
    bytes.chunks(size).for_each(|piece| pieces.read(piece));
    assert_eq!(whole.kind(), pieces.kind(), "judged by its pieces");
});

fn check_name(sent: &str) {
    let name = safe_name(sent);
    assert!(!name.is_empty() && name.chars().count() <= NAME_CHARACTERS_MAX);
    assert!(!name.contains(|one: char| one.is_control() || "/\\<>:\"|?*".contains(one)), "{name:?}");
    assert!(!name.ends_with('.') && name.trim() == name, "{name:?}");
    assert_eq!(safe_name(&name), name, "a second pass changes it");
    let _ = runnable_ending(&name);

    let header = disposition(&name);
    assert!(header.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{header}");
    // One quoted name, and one in full without a quote.
    assert_eq!(header.matches('"').count(), 2, "{header}");
    assert!(header.starts_with("attachment; filename=\""), "{header}");
}
