//! How fast Aureole is on this machine, beside Postgres alone: `cargo bench --bench load`.
//!
//! Everything runs here and over loopback: a server in a release build with its own durable
//! Postgres in a temporary folder, the load, and `pgbench` inserting into the same table. It ends
//! by itself and leaves nothing behind. `-- --help` lists the options.

mod load;
mod pgbench;
mod plan;
mod seed;
mod server;
mod table;
mod wire;

use std::{path::PathBuf, time::Duration};

use clap::Parser;

/// How fast Aureole is on this machine, beside Postgres alone.
#[derive(Parser)]
#[command(bin_name = "cargo bench --bench load --")]
struct Options {
    /// Seconds of each measurement, after one more to warm up.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// Chats in the database.
    #[arg(long, default_value_t = 100_000)]
    chats: i32,
    /// Only measurements whose name holds this.
    #[arg(long, default_value = "")]
    only: String,
    /// Where to make the temporary folder: on the disk whose speed is of interest.
    #[arg(long, default_value = "/tmp")]
    folder: PathBuf,
    /// Cargo says so when it measures; without it, it only wants to know whether this builds.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() {
    let options = Options::parse();
    if !options.bench {
        println!("nothing measured: use cargo bench --bench load");
        return;
    }
    // One thread is enough to keep a server busy, and leaves the other cores to it.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a process can have a runtime").block_on(async {
        tokio::select! {
            () = measure(&options) => {}
            _ = tokio::signal::ctrl_c() => eprintln!("stopped"),
        }
    });
}

async fn measure(options: &Options) {
    let length = Duration::from_secs(options.seconds.max(1));
    let server = server::Server::start(&options.folder).await;
    let scene = seed::Scene::set(&server, options.chats).await;
    let rows = plan::carry_out(&server, &scene, length, &options.only).await;
    table::print(&rows);
    server.stop().await;
}
