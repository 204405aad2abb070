//! Finding the Postgres server programs, of the version that the data asks for.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf, absolute};
use std::process::Command;

use super::StartError;

/// The oldest major version that Aureole's SQL is written for.
const MAJOR_MIN: u32 = 15;

/// Where packages put the programs: folder, beginning of a name in it, and the rest.
const PLACES: [(&str, &str, &str); 7] = [
    ("/usr/lib/postgresql", "", "bin"),
    ("/usr", "pgsql-", "bin"),
    ("/usr/lib", "postgresql", "bin"),
    ("/usr/libexec", "postgresql", ""),
    ("/usr/local", "pgsql", "bin"),
    ("/opt/homebrew/opt", "postgresql@", "bin"),
    ("/usr/local/opt", "postgresql@", "bin"),
];

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Binaries {
    pub(super) folder: PathBuf,
    pub(super) major: u32,
}

impl Binaries {
    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The programs for the cluster in `data`, or for a new one when it has no version yet.
    pub(super) fn choose(chosen: Option<&Path>, data: &Path) -> Result<Self, StartError> {
        let candidates = match chosen {
            Some(folder) => {
                // The programs are started from the root folder.
                let folder = absolute(folder).map_err(StartError::folder("find", folder))?;
                let found = Self::at(&folder);
                vec![found.map_err(|problem| StartError::BadBinaries { folder, problem })?]
            }
            None => installed(),
        };
        pick(candidates, cluster_major(data)?, data)
    }

    fn at(folder: &Path) -> Result<Self, String> {
        let postgres = folder.join("postgres");
        if !folder.join("initdb").is_file() {
            return Err("there is no program initdb in it".to_owned());
        }
        let output = Command::new(&postgres)
            .arg("--version")
            .output()
            .map_err(|error| format!("cannot run {}: {error}", postgres.display()))?;
        let major = parse_major(&String::from_utf8_lossy(&output.stdout))
            .ok_or_else(|| format!("{} does not tell its version", postgres.display()))?;
        if major < MAJOR_MIN {
            return Err(format!("it is version {major}, and {MAJOR_MIN} is the oldest that will do"));
        }
        Ok(Self { folder: folder.to_owned(), major })
    }
}

fn pick(mut candidates: Vec<Binaries>, cluster: Option<u32>, data: &Path) -> Result<Binaries, StartError> {
    candidates.sort_by_key(|found| found.major);
    let Some(newest) = candidates.last() else {
        return Err(StartError::NotInstalled { hint: install_hint() });
    };
    let Some(cluster) = cluster else {
        return Ok(newest.clone());
    };
    let versions: Vec<String> = candidates.iter().map(|found| found.major.to_string()).collect();
    candidates.into_iter().find(|found| found.major == cluster).ok_or_else(|| StartError::WrongMajor {
        folder: data.to_owned(),
        cluster,
        installed: versions.join(", "),
    })
}

/// One folder per major version; the first one found stands for it.
fn installed() -> Vec<Binaries> {
    let mut by_major = BTreeMap::new();
    for folder in packaged_folders().into_iter().chain(path_folders()) {
        if let Ok(found) = Binaries::at(&folder) {
            by_major.entry(found.major).or_insert(found);
        }
    }
    by_major.into_values().collect()
}

fn packaged_folders() -> Vec<PathBuf> {
    let mut folders = Vec::new();
    for (parent, prefix, rest) in PLACES {
        for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
            if entry.file_name().to_string_lossy().starts_with(prefix) {
                let folder = entry.path().join(rest);
                if folder.join("postgres").is_file() {
                    folders.push(folder);
                }
            }
        }
    }
    folders
}

/// A `postgres` on PATH is often a link; its library lies beside the real one.
fn path_folders() -> Vec<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .filter_map(|folder| folder.join("postgres").canonicalize().ok())
        .filter_map(|postgres| postgres.parent().map(Path::to_owned))
        .collect()
}

fn cluster_major(data: &Path) -> Result<Option<u32>, StartError> {
    let path = data.join("PG_VERSION");
    match fs::read_to_string(&path) {
        // Versions before 10 had two numbers; the first is enough to refuse them.
        Ok(text) => Ok(leading_number(text.trim())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(StartError::folder("read", path)(error)),
    }
}

/// From `postgres (Postgres) 17.2 (Debian ...)`, also `18beta1`.
fn parse_major(version: &str) -> Option<u32> {
    leading_number(version.split(") ").nth(1)?)
}

fn leading_number(text: &str) -> Option<u32> {
    let end = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    text[..end].parse().ok()
}

fn install_hint() -> String {
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    if cfg!(target_os = "macos") {
        "run `brew install postgresql@17`".to_owned()
    } else {
        hint_for(&release).to_owned()
    }
}

fn hint_for(os_release: &str) -> &'static str {
    let families = os_release
        .lines()
        .filter_map(|line| line.strip_prefix("ID=").or(line.strip_prefix("ID_LIKE=")))
        .flat_map(|value| value.trim_matches('"').split(' '));
    for family in families {
        match family {
            "debian" | "ubuntu" => return "run `apt-get install postgresql`",
            "fedora" | "rhel" | "centos" => return "run `dnf install postgresql-server`",
            "alpine" => return "run `apk add postgresql`",
            "arch" => return "run `pacman -S postgresql`",
            "suse" | "opensuse" => return "run `zypper install postgresql-server`",
            _ => {}
        }
    }
    "install the PostgreSQL server with the package manager"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(major: u32) -> Binaries {
        Binaries { folder: PathBuf::from(format!("/pg/{major}")), major }
    }

    #[test]
    fn a_new_cluster_takes_the_newest_version() {
        let picked = pick(vec![found(17), found(15)], None, Path::new("/d"));
        assert_eq!(picked.expect("one fits"), found(17));
    }

    #[test]
    fn an_existing_cluster_takes_its_own_version_or_none() {
        let picked = pick(vec![found(17), found(15)], Some(15), Path::new("/d"));
        assert_eq!(picked.expect("one fits"), found(15));
        let error = pick(vec![found(17), found(15)], Some(16), Path::new("/d"));
        let message = error.expect_err("none fits").to_string();
        assert!(message.contains("made by PostgreSQL 16"), "{message}");
        assert!(message.contains("installed is 15, 17"), "{message}");
    }

    #[test]
    fn nothing_installed_says_what_to_install() {
        let message = pick(Vec::new(), None, Path::new("/d")).expect_err("nothing there").to_string();
        assert!(message.contains("install"), "{message}");
        assert!(message.contains("DATABASE_URL"), "{message}");
        assert_eq!(
            hint_for("NAME=x\nID=pop\nID_LIKE=\"ubuntu debian\"\n"),
            "run `apt-get install postgresql`"
        );
    }

    #[test]
    fn versions_are_read_as_the_programs_print_them() {
        let debian = "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n";
        assert_eq!(parse_major(debian), Some(15));
        assert_eq!(parse_major("postgres (PostgreSQL) 18beta1\n"), Some(18));
        assert_eq!(parse_major("something else"), None);
    }
}
