//! Content in base64, read where it stands in the body: a copy of it may be large.

use std::{borrow::Cow, fmt};

use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use serde::{Deserialize, Deserializer, de::Visitor};

use crate::api::error::ApiError;

/// Characters that are read at once; a multiple of four.
const STRETCH: usize = 256 * 1024;

static BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Base64, perhaps inside a `data:` URL.
pub struct Encoded<'a>(Cow<'a, str>);

impl fmt::Debug for Encoded<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Encoded({} characters)", self.0.len())
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Encoded<'a> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct Borrowing;

        impl<'de> Visitor<'de> for Borrowing {
            type Value = Encoded<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
                formatter.write_str("text in base64")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Encoded<'de>, E> {
                Ok(Encoded(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Encoded<'de>, E> {
                Ok(Encoded(Cow::Owned(text.to_owned())))
            }
        }

        input.deserialize_str(Borrowing)
    }
}

impl Encoded<'_> {
    /// What it stands for, stretch by stretch.
    pub fn stretches(&self) -> impl Iterator<Item = Result<Vec<u8>, ApiError>> {
        let text = match self.0.get(..5) {
            Some(scheme) if scheme.eq_ignore_ascii_case("data:") => {
                self.0.split_once(',').map_or("", |(_, data)| data)
            }
            _ => &self.0,
        };
        // Padding is only right at the end, and line breaks mean nothing anywhere.
        let text = text.trim_end().trim_end_matches('=').as_bytes();
        let mut rest = text.iter().copied().filter(|byte| !byte.is_ascii_whitespace());
        std::iter::from_fn(move || {
            let stretch: Vec<u8> = rest.by_ref().take(STRETCH).collect();
            if stretch.is_empty() {
                return None;
            }
            let malformed = |_| ApiError::bad_request("data_base64 is not base64");
            Some(BASE64.decode(stretch).map_err(malformed))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(json: &str) -> Option<Vec<u8>> {
        let encoded: Encoded = serde_json::from_str(json).expect("a string");
        let stretches: Result<Vec<Vec<u8>>, ApiError> = encoded.stretches().collect();
        stretches.ok().map(|stretches| stretches.concat())
    }

    #[test]
    fn base64_is_read_however_clients_write_it() {
        for json in [
            r#""aGk+Pz8/""#,
            r#""aGk\u002BPz8\/""#,
            r#""data:text/plain;base64,aGk+Pz8/""#,
            r#""DATA:;base64,aGk+\r\nPz8/\r\n""#,
        ] {
            assert_eq!(decoded(json).as_deref(), Some(&b"hi>???"[..]), "{json}");
        }
        assert_eq!(decoded(r#""aGk=""#).as_deref(), Some(&b"hi"[..]));
        assert_eq!(decoded(r#""aGk""#).as_deref(), Some(&b"hi"[..]));
        assert_eq!(decoded(r#""""#).as_deref(), Some(&b""[..]));
        for json in [r#""a""#, r#""aG=k""#, r#""a*b+""#, r#""é""#] {
            assert_eq!(decoded(json), None, "{json}");
        }
    }

    #[test]
    fn stretches_join_without_a_seam() {
        let bytes: Vec<u8> = (0..=250).cycle().take(STRETCH * 2).collect();
        let json = format!("\"{}\"", BASE64.encode(&bytes));
        assert_eq!(decoded(&json), Some(bytes));
    }
}
