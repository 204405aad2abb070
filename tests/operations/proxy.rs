//! A way to the database that can be cut, as a network is.

use std::path::{Path, PathBuf};

use sqlx::postgres::PgConnectOptions;
use tokio::{
    net::{TcpListener, TcpStream, UnixStream},
    sync::watch,
};

use crate::support::database::TestDatabase;

pub struct Proxy {
    open: watch::Sender<bool>,
    /// The database, by way of this.
    pub url: String,
}

impl Proxy {
    pub async fn before(database: &TestDatabase) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (open, state) = watch::channel(true);
        let target = Target::of(&database.options);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(carry(client, target.clone(), state.clone()));
            }
        });
        let options = &database.options;
        let url = format!(
            "postgres://{}@127.0.0.1:{port}/{}?sslmode=disable",
            options.get_username(),
            options.get_database().unwrap(),
        );
        Self { open, url }
    }

    /// From now on nothing gets through, and nobody is told: connections hang.
    pub fn cut(&self) {
        self.open.send_replace(false);
    }

    pub fn mend(&self) {
        self.open.send_replace(true);
    }
}

#[derive(Clone)]
enum Target {
    Socket(PathBuf),
    Port(String, u16),
}

impl Target {
    fn of(options: &PgConnectOptions) -> Self {
        let (host, port) = (options.get_host(), options.get_port());
        match options.get_socket() {
            Some(folder) => Self::Socket(folder.join(format!(".s.PGSQL.{port}"))),
            None if host.starts_with('/') => Self::Socket(Path::new(host).join(format!(".s.PGSQL.{port}"))),
            None => Self::Port(host.to_owned(), port),
        }
    }
}

/// Connections that were cut stay so; those that come meanwhile wait.
async fn carry(mut client: TcpStream, target: Target, mut state: watch::Receiver<bool>) {
    let _ = state.wait_for(|open| *open).await;
    let copy = async {
        match target {
            Target::Socket(path) => {
                let mut server = UnixStream::connect(path).await?;
                tokio::io::copy_bidirectional(&mut client, &mut server).await
            }
            Target::Port(host, port) => {
                let mut server = TcpStream::connect((host, port)).await?;
                tokio::io::copy_bidirectional(&mut client, &mut server).await
            }
        }
    };
    tokio::select! {
        _ = copy => return,
        _ = state.wait_for(|open| !open) => {}
    }
    // Held open without a word until the way is mended; then it breaks.
    let _ = state.wait_for(|open| *open).await;
}
