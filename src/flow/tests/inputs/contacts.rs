//! Addresses and phone numbers.

use super::*;

#[test]
fn e_mail_addresses() {
    check(
        &of(FieldKind::Email),
        &[
            ("Ann.Lee+chat@Example.COM", "Ann.Lee+chat@example.com"),
            ("<ann@example.com>", "ann@example.com"),
            ("mailto:ann@example.com", "ann@example.com"),
            ("ann@münchen.example", "ann@xn--mnchen-3ya.example"),
        ],
    );
    let long = format!("{}@example.com", "a".repeat(65));
    let bad = [
        "ann",
        "ann@",
        "@example.com",
        "ann@localhost",
        "ann@example",
        "a..b@example.com",
        ".a@example.com",
        "a@b@example.com",
        "ann lee@example.com",
        "ann@-a.example",
        "ann@a..example",
        "ann@10.0.0.1",
        "ann@[10.0.0.1]",
        "ann@exa%6dple.com",
        "\"ann\"@example.com",
        "ann@example.com, bob@example.com",
        "ann@example.c",
        &long,
    ];
    for words in bad {
        check(&of(FieldKind::Email), &[(words, "")]);
    }
}

#[test]
fn phone_numbers_come_out_in_one_form() {
    check(
        &of(FieldKind::Phone),
        &[
            ("+44 (0)20 7946-0123", "+442079460123"),
            ("0044 20.7946/0123", "+442079460123"),
            ("+1 (212) 555-0123", "+12125550123"),
            ("+49 89 636-48018", "+498963648018"),
            ("+44 20 7946 012", ""),
            ("+999 20 7946 0123", ""),
            ("020 7946 0123", ""),
            ("12345", ""),
            ("1234567890123456", ""),
            ("+", ""),
            ("++4412345", ""),
            ("44+12345", ""),
            ("+44 20 7946 0123 ext 5", ""),
            ("tel:+442079460123", "+442079460123"),
            ("+1 800 FLOWERS", ""),
            ("call me", ""),
        ],
    );
}

#[test]
fn a_known_country_needs_no_country_code() {
    let phone = |words: &str, country: &str| {
        let taken = input::take(&of(FieldKind::Phone), &text(words), Some(country));
        taken.ok().map(|taken| taken.normal)
    };
    assert_eq!(phone("020 7946 0123", "GB").as_deref(), Some("+442079460123"));
    assert_eq!(phone("(212) 555-0123", "us").as_deref(), Some("+12125550123"));
    assert_eq!(phone("+49 89 63648018", "GB").as_deref(), Some("+498963648018"));
    assert_eq!(phone("020 7946 0123", "nowhere"), None);
}

#[test]
fn web_addresses() {
    check(
        &of(FieldKind::Url),
        &[
            ("https://Example.com/a?b=c#d", "https://example.com/a?b=c#d"),
            ("http://localhost:8080", "http://localhost:8080/"),
            ("example.com", "https://example.com/"),
            ("example.com:81/x", "https://example.com:81/x"),
            ("ftp://example.com", ""),
            ("javascript:alert(1)", ""),
            ("javascript://example.com/%0aalert(1)", ""),
            ("https://user:secret@example.com", ""),
            ("https://bank.example@evil.example", ""),
            ("https://", ""),
            ("example", ""),
            ("two words.com", ""),
        ],
    );
}
