//! Where root's clusters go, given that Postgres runs as another account.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;

use aureole::postgres::{Embedded, EmbeddedSettings, StartError};

use crate::harness::{Folder, is_root};

/// Settings for a data folder that only root can get to; `None` when that
/// cannot be set up.
fn behind_a_closed_door(folder: &Folder) -> Option<EmbeddedSettings> {
    if !is_root() {
        eprintln!("not checked: an ordinary account shares its own folders with Postgres");
        return None;
    }
    fs::set_permissions(&folder.0, fs::Permissions::from_mode(0o700)).unwrap();
    Some(folder.settings())
}

#[test]
fn a_chosen_folder_out_of_reach_is_refused_by_name() {
    let folder = Folder::new();
    let Some(settings) = behind_a_closed_door(&folder) else {
        return;
    };
    let error = Embedded::start(&settings).unwrap_err();
    let StartError::Unreachable { barrier, .. } = &error else {
        panic!("{error}");
    };
    assert_eq!(barrier, &folder.0);
    assert!(error.to_string().contains("chmod"), "{error}");
}

#[test]
fn the_default_folder_out_of_reach_gets_a_cluster_elsewhere_and_keeps_it() {
    let folder = Folder::new();
    let Some(mut settings) = behind_a_closed_door(&folder) else {
        return;
    };
    settings.data_dir_is_default = true;
    let first = Embedded::start(&settings).unwrap();
    let location = first.location().to_owned();
    let note = first.note().unwrap().to_owned();
    drop(first);
    let second = Embedded::start(&settings).map(|embedded| embedded.location().to_owned());
    let left = fs::read_dir(folder.0.join("data")).unwrap().count();

    fs::remove_dir_all(&location).unwrap();
    let third = Embedded::start(&settings);
    // Stays when somebody's own database is in it.
    let _ = fs::remove_dir("/var/lib/aureole");

    assert_eq!(location.parent(), Some(Path::new("/var/lib/aureole")));
    assert!(note.contains(location.to_str().unwrap()), "{note}");
    assert_eq!(second.unwrap(), location);
    assert_eq!(left, 2, "only the pointer and the lock");
    // A new, empty database would hide that the old one is gone.
    assert!(matches!(third, Err(StartError::LostCluster { .. })));
}

#[test]
fn root_keeps_its_data_folder_and_gives_away_only_the_cluster() {
    if !is_root() {
        eprintln!("not checked: an ordinary account gives nothing away");
        return;
    }
    let folder = Folder::new();
    let data_dir = folder.0.join("data");
    fs::create_dir(&data_dir).unwrap();
    fs::set_permissions(&data_dir, fs::Permissions::from_mode(0o700)).unwrap();
    let embedded = Embedded::start(&folder.settings()).unwrap();

    let outer = data_dir.metadata().unwrap();
    assert_eq!((outer.uid(), outer.mode() & 0o777), (0, 0o711));
    let inner = embedded.location().metadata().unwrap();
    assert_ne!(inner.uid(), 0);
    assert_eq!(inner.mode() & 0o777, 0o700);
}
