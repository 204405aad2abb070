//! Where attachments are kept, and which kinds are taken.

use super::{
    ConfigError,
    source::{Source, malformed},
};

/// What the operator decided about attachments.
#[derive(Clone, Debug)]
pub struct Attachments {
    pub store: AttachmentStore,
    /// Media types that are taken.
    pub types: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttachmentStore {
    /// Beside everything else, so that one backup is a whole one.
    Database,
    /// In the folder `attachments` under `DATA_DIR`.
    File,
}

/// What people send to a support desk, and no browser runs.
const TYPES: [&str; 18] = [
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "image/heic",
    "image/bmp",
    "application/pdf",
    "text/plain",
    "application/zip",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "application/vnd.oasis.opendocument.text",
    "audio/mpeg",
    "audio/wav",
    "audio/ogg",
    "video/mp4",
    "video/webm",
];
/// Parts of the names of what may run; such files are refused whatever is configured.
const RUNNING: [&str; 7] = ["html", "svg", "xml", "script", "executable", "java-archive", "msdownload"];

pub(super) fn read(source: &Source) -> Result<Attachments, ConfigError> {
    let store = match source.text("ATTACHMENT_STORE").as_deref() {
        None => AttachmentStore::Database,
        Some("file") => AttachmentStore::File,
        Some(_) => return Err(malformed("ATTACHMENT_STORE", "it is file, or nothing for the database")),
    };
    let types: Vec<String> = source.list("ATTACHMENT_TYPES")?;
    let types: Vec<String> = types.iter().map(|one| one.to_ascii_lowercase()).collect();
    for one in &types {
        let is_type = one.split('/').count() == 2 && !one.starts_with('/') && !one.ends_with('/');
        if !is_type || one.contains(['*', ' ', ';']) {
            return Err(malformed("ATTACHMENT_TYPES", "it is media types such as image/png,application/pdf"));
        }
        let is_office = one.contains("officedocument") || one.contains("opendocument");
        if !is_office && RUNNING.iter().any(|part| one.contains(part)) {
            return Err(malformed("ATTACHMENT_TYPES", "it names what may run in a browser or on a computer"));
        }
    }
    let types = if types.is_empty() { TYPES.map(str::to_owned).to_vec() } else { types };
    Ok(Attachments { store, types })
}
