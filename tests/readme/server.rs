//! The built server at its first start, with a data folder and a database of its own.

use std::{
    fs,
    io::{BufRead, BufReader},
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
};

use uuid::Uuid;

pub struct Server {
    child: Child,
    /// Kept open: a server whose output nobody reads any more must not fail over it.
    _output: BufReader<ChildStdout>,
    address: String,
    folder: PathBuf,
}

impl Server {
    /// Starts in a new folder that the database account can reach too; returns once it listens.
    pub fn start() -> Self {
        let folder = Path::new("/tmp").join(format!("aureole-readme-{}", Uuid::new_v4().simple()));
        fs::create_dir(&folder).expect("/tmp is there for everybody");
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).expect("it is ours");
        let listen = free_address();
        let mut command = Command::new(env!("CARGO_BIN_EXE_aureole"));
        // No variable is set but the address, as the README promises; so neither are those of
        // whoever runs the tests.
        command.env_clear().env("LISTEN_ADDR", &listen);
        for name in ["PATH", "AUREOLE_POSTGRES_BIN"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        let mut child =
            command.current_dir(&folder).stdout(Stdio::piped()).spawn().expect("cargo has built the binary");
        let mut output = BufReader::new(child.stdout.take().expect("it was asked for"));
        wait_until_it_listens(&mut output);
        Self { child, _output: output, address: format!("http://{listen}"), folder }
    }

    pub fn address(&self) -> &str {
        &self.address
    }

    /// Where the server runs; its data is in `data`.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Asks the server to end, and waits for it.
    pub fn stop(mut self) {
        let pid = i32::try_from(self.child.id()).expect("a process id is an int");
        // SAFETY: kill touches no memory, and the child has not been waited for.
        unsafe { libc::kill(pid, libc::SIGTERM) };
        let status = self.child.wait().expect("it is our child");
        assert!(status.success(), "the server ended with {status}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail only when the server has ended already; its database ends with it.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("some port is free");
    listener.local_addr().expect("it is bound").to_string()
}

/// The server says how to get a token once it listens.
fn wait_until_it_listens(output: &mut impl BufRead) {
    let mut said = String::new();
    while !said.contains("first token:") {
        let length = output.read_line(&mut said).expect("its output is text");
        assert!(length > 0, "the server ended early:\n{said}");
    }
}
