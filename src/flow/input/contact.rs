//! E-mail addresses, phone numbers and web addresses.

use url::{Host, Url};

const EMAIL_BYTES_MAX: usize = 254;
const LOCAL_PART_BYTES_MAX: usize = 64;
/// Fifteen digits, and room for what people put between them.
const PHONE_BYTES_MAX: usize = 40;

/// One mailbox at a named host, as mail servers in use accept it; the host in its ASCII form.
pub(super) fn email(words: &str) -> Option<String> {
    let words = words.strip_prefix("mailto:").unwrap_or(words);
    let words = words.strip_prefix('<').and_then(|words| words.strip_suffix('>')).unwrap_or(words);
    let (local, domain) = words.rsplit_once('@')?;
    let is_dotted_atom = local.split('.').all(|atom| !atom.is_empty())
        && local.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&byte));
    if !is_dotted_atom || local.len() > LOCAL_PART_BYTES_MAX {
        return None;
    }
    let domain = domain_name(domain)?;
    let email = format!("{local}@{domain}");
    (email.len() <= EMAIL_BYTES_MAX).then_some(email)
}

/// A public-looking name: two labels or more, the last of them no number.
fn domain_name(text: &str) -> Option<String> {
    if text.contains(['%', '[', ']', '_']) {
        return None;
    }
    let Host::Domain(name) = Host::parse(text).ok()? else { return None };
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let (rest, last) = name.rsplit_once('.')?;
    let is_name = rest.split('.').all(is_label)
        && is_label(last)
        && last.len() >= 2
        && !last.bytes().all(|byte| byte.is_ascii_digit());
    is_name.then_some(name)
}

/// A number that can be called, in E.164 form. Without a country code it belongs to `country`.
pub(super) fn phone(words: &str, country: Option<&str>) -> Option<String> {
    let words = words.strip_prefix("tel:").unwrap_or(words);
    let is_separator = |c: char| c.is_whitespace() || matches!(c, '-' | '.' | '/' | '(' | ')' | '\u{2013}');
    let is_written_so =
        words.strip_prefix('+').unwrap_or(words).chars().all(|c| c.is_ascii_digit() || is_separator(c));
    if !is_written_so || words.len() > PHONE_BYTES_MAX {
        return None;
    }
    // Where no country is known, this is how most of the world dials abroad.
    let international = words.strip_prefix("00").map(|rest| format!("+{rest}"));
    let country = country.and_then(|country| country.to_ascii_uppercase().parse().ok());
    let number = phonenumber::parse(country, international.as_deref().unwrap_or(words)).ok()?;
    phonenumber::is_valid(&number).then(|| number.format().mode(phonenumber::Mode::E164).to_string())
}

/// An http or https address; people leave the scheme out.
pub(super) fn url(words: &str) -> Option<String> {
    if words.contains(char::is_whitespace) {
        return None;
    }
    let url = if words.contains("://") {
        Url::parse(words).ok()?
    } else {
        let host = words.split(['/', '?', '#', ':']).next().unwrap_or_default();
        domain_name(host)?;
        Url::parse(&format!("https://{words}")).ok()?
    };
    let is_web = matches!(url.scheme(), "http" | "https") && url.has_host();
    // A user name in front of the host serves only to deceive.
    let is_plain = url.username().is_empty() && url.password().is_none();
    (is_web && is_plain).then(|| url.into())
}
