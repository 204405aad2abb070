//! Guards against the embedded database being used by accident.

use std::env;

use super::StartError;

/// Variables of Postgres's own client library that say "use that server".
const CONNECTION_VARIABLES: [&str; 12] = [
    "PGHOST",
    "PGHOSTADDR",
    "PGPORT",
    "PGDATABASE",
    "PGUSER",
    "PGPASSWORD",
    "PGPASSFILE",
    "PGSERVICE",
    "PGSERVICEFILE",
    "PGSSLMODE",
    "PGSSLROOTCERT",
    "PGOPTIONS",
];

/// Call when `DATABASE_URL` is unset: whoever sets `PGHOST` has a server in
/// mind, and would look for the data there.
pub fn refuse_connection_variables() -> Result<(), StartError> {
    refuse(|name| env::var_os(name).is_some_and(|value| !value.is_empty()))
}

fn refuse(is_set: impl Fn(&str) -> bool) -> Result<(), StartError> {
    let set: Vec<&str> = CONNECTION_VARIABLES.into_iter().filter(|name| is_set(name)).collect();
    if set.is_empty() {
        return Ok(());
    }
    let verb = if set.len() == 1 { "is" } else { "are" };
    Err(StartError::ConnectionVariables { variables: format!("{} {verb}", set.join(", ")) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connection_variables_are_named_in_the_refusal() {
        assert!(refuse(|_| false).is_ok());
        let message =
            refuse(|name| name == "PGHOST" || name == "PGUSER").expect_err("two are set").to_string();
        assert!(message.starts_with("PGHOST, PGUSER are set but DATABASE_URL is not"), "{message}");
    }
}
