//! `aureole backup` and `aureole restore`.

use std::path::{Path, PathBuf};

use sqlx::postgres::PgPoolOptions;

use super::{Problem, block_on, database, database::Opened, keys};
use crate::{
    clock::{Clock as _, SystemClock},
    config::Config,
    service::{
        backup::{self, Restored, Written},
        secrets::Vault,
    },
    store::Pool,
};

fn attachments(config: &Config) -> PathBuf {
    config.data_dir.path.join("attachments")
}

/// Connections that are not taken for a server's.
fn pool(database: &Opened) -> Pool {
    let options = database.options().application_name("aureole backup");
    PgPoolOptions::new().max_connections(2).connect_lazy_with(options)
}

/// Writes everything into a new file, whether or not servers run.
pub fn write(file: &Path) -> Result<(), Problem> {
    let mut config = Config::load()?;
    let database = database::open(&config)?;
    keys::load_secret_key(&mut config)?;
    let key_id = Vault::new(config.secret_key.as_ref(), &[]).key_id();
    let written = block_on(async {
        let now = SystemClock.now();
        Ok(backup::write(&pool(&database), key_id.clone(), &attachments(&config), file, now).await?)
    })?;
    let Written { bytes, tables, files, missing } = written;
    println!("{}: {bytes} bytes, {tables} tables, {files} files", file.display());
    println!("SECRET_KEY is not in it; keep that apart{}", named(key_id.as_deref()));
    for blob in missing {
        eprintln!(
            "the file {} of an attachment is missing in {}",
            blob.simple(),
            attachments(&config).display()
        );
    }
    Ok(())
}

fn named(key_id: Option<&str>) -> String {
    key_id.map_or_else(String::new, |id| format!(" (its id is {id})"))
}

/// Fills an empty database from a file; with `replace`, one that is not empty.
pub fn restore(file: &Path, replace: bool) -> Result<(), Problem> {
    let mut config = Config::load()?;
    let database = database::open(&config)?;
    if matches!(database, Opened::Running(_)) {
        return Err(Problem::new("a server runs on this data folder; stop it first"));
    }
    keys::load_secret_key(&mut config)?;
    let restored = block_on(async {
        let now = SystemClock.now();
        Ok(backup::restore(&pool(&database), &attachments(&config), file, replace, now).await?)
    })?;
    let Restored { manifest, rows, files } = restored;
    println!("{}: {rows} rows, {files} files, as of {}", file.display(), manifest.made_at);
    let vault = Vault::new(config.secret_key.as_ref(), &config.other_secret_keys);
    if let Some(id) = manifest.key_id.filter(|id| !vault.opens(id)) {
        eprintln!(
            "its secrets were sealed with another SECRET_KEY (its id is {id}); they count as absent until \
             that one is set{}",
            vault.key_id().map_or_else(String::new, |id| format!(" in place of {id}")),
        );
    }
    Ok(())
}
