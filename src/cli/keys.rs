//! What a server with its own database makes for itself at its first start, in the data folder:
//! the key that encrypts stored secrets, and the administrator's client. Both files are mode 600.

use std::{
    fs::{self, File},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Problem;
use crate::{
    config::{AdminClient, Config, Database},
    service::auth::secret,
};

const ADMIN_FILE: &str = "admin-client.json";
const KEY_FILE: &str = "secret.key";

#[derive(Serialize, Deserialize)]
struct StoredClient {
    client_id: String,
    client_secret: String,
}

/// Completes the configuration with the key that is kept in the data folder of a database of our own;
/// with `DATABASE_URL` it came from the environment.
pub fn load_secret_key(config: &mut Config) -> Result<(), Problem> {
    if matches!(config.database, Database::Embedded { .. }) && config.secret_key.is_none() {
        config.secret_key = Some(secret_key(&config.data_dir.path.join(KEY_FILE))?);
    }
    Ok(())
}

/// Completes the configuration with everything that is kept in the data folder. True: the
/// administrator's client was made just now, and must be shown once.
pub fn complete(config: &mut Config) -> Result<bool, Problem> {
    load_secret_key(config)?;
    if matches!(config.database, Database::Url { .. }) || config.admin_client.is_some() {
        return Ok(false);
    }
    let path = config.data_dir.path.join(ADMIN_FILE);
    let (stored, is_new) = match read(&path)? {
        Some(json) => {
            (serde_json::from_str(&json).map_err(|error| spoilt(&path, &error.to_string()))?, false)
        }
        None => (make_client(&path)?, true),
    };
    let StoredClient { client_id: id, client_secret } = stored;
    config.admin_client = Some(AdminClient { id, secret: client_secret.into() });
    Ok(is_new)
}

fn make_client(path: &Path) -> Result<StoredClient, Problem> {
    let made = StoredClient {
        client_id: Uuid::new_v4().to_string(),
        client_secret: secret::random().expose_secret().to_owned(),
    };
    write_private(path, &serde_json::to_string_pretty(&made)?)?;
    Ok(made)
}

fn secret_key(path: &Path) -> Result<SecretString, Problem> {
    if let Some(key) = read(path)? {
        let key = key.trim();
        return match BASE64_STANDARD.decode(key) {
            Ok(bytes) if bytes.len() == 32 => Ok(key.into()),
            _ => Err(spoilt(path, "it holds no 32 bytes in base64")),
        };
    }
    let key = BASE64_STANDARD.encode(secret::random_bytes::<32>());
    write_private(path, &key)?;
    Ok(key.into())
}

fn spoilt(path: &Path, problem: &str) -> Problem {
    Problem::new(format!("{} is not understood: {problem}", path.display()))
}

fn read(path: &Path) -> Result<Option<String>, Problem> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Problem::new(format!("could not read {}: {error}", path.display()))),
    }
}

/// Writes beside, then renames: a crash leaves a whole file or none.
fn write_private(path: &Path, text: &str) -> Result<(), Problem> {
    let beside = path.with_extension("new");
    let write = || {
        let mut file: File =
            File::options().create(true).write(true).truncate(true).mode(0o600).open(&beside)?;
        file.write_all(text.as_bytes())?;
        file.write_all(b"\n")?;
        file.sync_all()?;
        fs::rename(&beside, path)
    };
    write().map_err(|error| Problem::new(format!("could not write {}: {error}", path.display())))
}
