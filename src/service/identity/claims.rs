//! What the claims of an identity token say about its user.

use serde_json::{Map, Value};

use super::{IdentityError, token::TokenProblem};
use crate::{
    domain::profile::{IdentitySettings, Overwrite},
    store::identity_user::UserClaims,
};

/// Characters of a subject and of an e-mail address; both are keys of an index.
const KEY_CHARACTERS_MAX: usize = 320;
/// Characters of any other claim that a user gets; the rest is cut.
const TEXT_CHARACTERS_MAX: usize = 320;

/// Fields of a user that a claim may fill: text that describes, and nothing that the server goes by.
const FIELDS: [&str; 30] = [
    "name",
    "firstname",
    "surname",
    "initials",
    "title",
    "emailaddress",
    "email2",
    "email3",
    "phonenumber",
    "phonenumber_preferred",
    "sitephonenumber",
    "homenumber",
    "mobilenumber",
    "mobilenumber2",
    "whatsapp_number",
    "login",
    "notes",
    "other1",
    "other2",
    "other3",
    "other4",
    "other5",
    "department",
    "sitetimezone",
    "lang",
    "site_name",
    "client_name",
    "azureoid",
    "third_party_id",
    "matching_value",
];

/// A token's claims, as far as the profile goes by them.
pub(super) struct Claims {
    pub subject: Option<String>,
    /// The site has checked it, or says nothing else.
    pub email: Option<String>,
    /// Never empty.
    pub name: String,
    mapped: Vec<(String, String, Overwrite)>,
}

impl Claims {
    pub fn read(claims: &Map<String, Value>, settings: &IdentitySettings) -> Result<Self, IdentityError> {
        let subject = text(claims, "sub").filter(|_| settings.matches_subject);
        let is_checked =
            claims.get("email_verified").is_none_or(|checked| checked != false && checked != "false");
        let email = text(claims, "email").filter(|email| is_checked && email.contains('@'));
        if subject.iter().chain(&email).any(|key| key.chars().count() > KEY_CHARACTERS_MAX) {
            return Err(TokenProblem::Malformed.into());
        }
        let name = text(claims, "name").or_else(|| {
            let parts = ["given_name", "family_name"].map(|part| text(claims, part));
            let name = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
            Some(name).filter(|name| !name.is_empty())
        });
        let name = name.or_else(|| email.clone()).or_else(|| subject.clone()).ok_or(IdentityError::Nobody)?;
        let name = cut(&name);
        if subject.is_none() && email.is_none() {
            return Err(IdentityError::Nobody);
        }
        let mapped = settings.mappings.iter().filter(|one| FIELDS.contains(&one.field.as_str()));
        // An address that the site has not checked may be anybody's.
        let mapped = mapped.filter(|one| is_checked || one.field != "emailaddress");
        let mapped = mapped
            .filter_map(|one| Some((one.field.clone(), cut(&text(claims, &one.claim)?), one.overwrite)))
            .collect();
        Ok(Self { subject, email, name, mapped })
    }

    /// All that is known, for a user who is made; a mapping wins over the usual claim.
    pub fn for_new(&self) -> UserClaims {
        let mut fields = vec![("name".to_owned(), self.name.clone(), Overwrite::Always)];
        fields.extend(self.email.clone().map(|email| ("emailaddress".to_owned(), email, Overwrite::Always)));
        let mapped = self.mapped.iter().cloned();
        fields.extend(mapped.map(|(field, value, _)| (field, value, Overwrite::Always)));
        UserClaims { subject: self.subject.clone(), fields }
    }

    /// What a user who exists gets.
    pub fn for_known(&self) -> UserClaims {
        UserClaims { subject: self.subject.clone(), fields: self.mapped.clone() }
    }
}

fn cut(text: &str) -> String {
    text.chars().take(TEXT_CHARACTERS_MAX).collect()
}

/// A claim as text; numbers and truth values count, lists and objects do not, nor does nothing.
fn text(claims: &Map<String, Value>, name: &str) -> Option<String> {
    let text = match claims.get(name)? {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Bool(is_so) => is_so.to_string(),
        Value::Null | Value::Array(_) | Value::Object(_) => return None,
    };
    Some(text).filter(|text| !text.is_empty())
}
