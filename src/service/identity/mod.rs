//! Who a visitor is, by the word of the site that the visitor is signed in to: identity tokens.

pub mod secret;
