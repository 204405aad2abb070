//! The header that gives a download its name.

use std::fmt::Write as _;

/// The name twice (RFC 6266): in ASCII for clients that know no better, and in full.
pub fn disposition(name: &str) -> String {
    let plain =
        |one: char| if matches!(one, ' '..='~') && !matches!(one, '"' | '\\' | '%') { one } else { '_' };
    let ascii: String = name.chars().map(plain).collect();
    let mut line = format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''");
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            line.push(char::from(byte));
        } else {
            write!(line, "%{byte:02X}").expect("writing to a String cannot fail");
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::disposition;

    #[test]
    fn a_name_cannot_leave_its_quotes() {
        assert_eq!(
            disposition("a\"; filename=\"b\\%41 é.txt"),
            "attachment; filename=\"a_; filename=_b__41 _.txt\"; \
             filename*=UTF-8''a%22%3B%20filename%3D%22b%5C%2541%20%C3%A9.txt"
        );
    }
}
