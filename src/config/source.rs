//! Reads one variable at a time; an empty one counts as unset.

use std::str::FromStr;

use super::ConfigError;

pub(super) fn malformed(name: &'static str, problem: &str) -> ConfigError {
    ConfigError::Malformed { name, problem: problem.to_owned() }
}

pub(super) struct Source<'a>(pub(super) &'a dyn Fn(&str) -> Option<String>);

impl Source<'_> {
    pub(super) fn text(&self, name: &'static str) -> Option<String> {
        (self.0)(name).filter(|value| !value.is_empty())
    }

    pub(super) fn checked(
        &self,
        name: &'static str,
        check: fn(&str) -> Result<(), &'static str>,
    ) -> Result<Option<String>, ConfigError> {
        let value = self.text(name);
        if let Some(value) = &value {
            check(value).map_err(|problem| malformed(name, problem))?;
        }
        Ok(value)
    }

    pub(super) fn parsed<T: FromStr<Err: ToString>>(
        &self,
        name: &'static str,
        default: T,
    ) -> Result<T, ConfigError> {
        match self.text(name) {
            None => Ok(default),
            Some(value) => value.parse().map_err(|error: T::Err| malformed(name, &error.to_string())),
        }
    }

    pub(super) fn positive(&self, name: &'static str, default: u64) -> Result<u64, ConfigError> {
        match self.parsed(name, default)? {
            0 => Err(malformed(name, "it is 1 or more")),
            number => Ok(number),
        }
    }

    pub(super) fn list<T: FromStr<Err: ToString>>(&self, name: &'static str) -> Result<Vec<T>, ConfigError> {
        let value = self.text(name).unwrap_or_default();
        let items = value.split(',').map(str::trim).filter(|item| !item.is_empty());
        items.map(|item| item.parse().map_err(|error: T::Err| malformed(name, &error.to_string()))).collect()
    }
}
