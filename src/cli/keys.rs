//! What a server with its own database makes for itself at its first start, in the data folder:
//! the key that encrypts stored secrets, and the administrator's client. Both files are mode 600.

use std::{
    fs::{self, File},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
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
    if is_in_file(config) {
        let keys = read_keys(&key_file(config))?;
        use_keys(config, if keys.is_empty() { replace_keys(config, Vec::new())? } else { keys });
    }
    Ok(())
}

/// Whether the key that encrypts stored secrets is one that we made.
pub fn is_in_file(config: &Config) -> bool {
    matches!(config.database, Database::Embedded { .. }) && config.secret_key.is_none()
}

/// Puts a new key before the present one, unless that was done and not brought to its end. From now on
/// the new one seals, and both open.
pub fn add_key(config: &mut Config) -> Result<(), Problem> {
    let keys = read_keys(&key_file(config))?;
    use_keys(config, if keys.len() > 1 { keys } else { replace_keys(config, keys)? });
    Ok(())
}

/// Forgets the keys that nothing is sealed with any more.
pub fn drop_other_keys(path: &Path) -> Result<(), Problem> {
    match read_keys(path)?.first() {
        Some(key) => write_private(path, key.expose_secret()),
        None => Ok(()),
    }
}

/// Where such keys are kept.
pub fn key_file(config: &Config) -> PathBuf {
    config.data_dir.path.join(KEY_FILE)
}

fn use_keys(config: &mut Config, keys: Vec<SecretString>) {
    let mut keys = keys.into_iter();
    config.secret_key = keys.next();
    config.other_secret_keys.extend(keys);
}

/// Writes a new key and these after it.
fn replace_keys(config: &Config, former: Vec<SecretString>) -> Result<Vec<SecretString>, Problem> {
    let mut keys = vec![BASE64_STANDARD.encode(secret::random_bytes::<32>()).into()];
    keys.extend(former);
    let lines: Vec<&str> = keys.iter().map(SecretString::expose_secret).collect();
    write_private(&key_file(config), &lines.join("\n"))?;
    Ok(keys)
}

/// One key a line: the first seals, all open.
fn read_keys(path: &Path) -> Result<Vec<SecretString>, Problem> {
    let lines = read(path)?.unwrap_or_default();
    let keys: Vec<SecretString> = lines.lines().map(|line| line.trim().into()).collect();
    let is_key =
        |key: &SecretString| BASE64_STANDARD.decode(key.expose_secret()).is_ok_and(|bytes| bytes.len() == 32);
    if !keys.iter().all(is_key) {
        return Err(spoilt(path, "it does not hold 32 bytes in base64 on each line"));
    }
    Ok(keys)
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
        fs::rename(&beside, path)?;
        // Else the former file may be back after a power cut, when what it opened is sealed anew.
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
    };
    write().map_err(|error| Problem::new(format!("could not write {}: {error}", path.display())))
}
