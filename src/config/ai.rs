//! The model that AI steps and virtual agents ask.

use secrecy::SecretString;
use url::Url;

use super::{
    ConfigError, check_url,
    source::{Source, malformed},
};

/// An endpoint that speaks OpenAI's chat completions.
#[derive(Clone, Debug)]
pub struct Ai {
    /// The base that `chat/completions` is added to.
    pub api_url: Url,
    pub api_key: Option<SecretString>,
    /// For steps and agents that name none.
    pub model: Option<String>,
}

pub(super) fn read(source: &Source) -> Result<Option<Ai>, ConfigError> {
    let api_key = source.checked("AI_API_KEY", check_key)?.map(SecretString::from);
    let model = source.text("AI_MODEL");
    let Some(api_url) = source.checked("AI_API_URL", check_address)? else {
        return Ok(None);
    };
    let api_url = api_url.parse().map_err(|_| malformed("AI_API_URL", ADDRESS))?;
    Ok(Some(Ai { api_url, api_key, model }))
}

const ADDRESS: &str = "it is an address such as https://api.openai.com/v1";

fn check_address(value: &str) -> Result<(), &'static str> {
    check_url(value).map_err(|_| ADDRESS)?;
    let url = Url::parse(value).map_err(|_| ADDRESS)?;
    // The address prints; what proves who is asking must not.
    if url.username().is_empty() && url.password().is_none() {
        Ok(())
    } else {
        Err("it holds a user name or password; the key goes into AI_API_KEY")
    }
}

/// It must fit into a header.
fn check_key(value: &str) -> Result<(), &'static str> {
    if value.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(())
    } else {
        Err("it is letters, digits and signs without spaces")
    }
}
