//! `aureole healthcheck`: for containers without curl.

use std::{
    io::{Read, Write},
    net::{IpAddr, SocketAddr, TcpStream},
    time::Duration,
};

use super::Problem;
use crate::config::Config;

const TIMEOUT: Duration = Duration::from_secs(3);

/// Asks `/health/ready` of the server that listens here.
pub fn run(config: &Config) -> Result<(), Problem> {
    let mut address = config.listen_addr;
    if address.ip().is_unspecified() {
        address = SocketAddr::new(IpAddr::from([127, 0, 0, 1]), address.port());
    }
    let answer =
        ask(address).map_err(|error| Problem::new(format!("nobody answers at {address}: {error}")))?;
    if answer.starts_with("HTTP/1.1 200") {
        return Ok(());
    }
    Err(Problem::new(format!("not ready: {}", answer.lines().next().unwrap_or_default())))
}

fn ask(address: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, TIMEOUT)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    write!(stream, "GET /health/ready HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.take(4096).read_to_string(&mut answer)?;
    Ok(answer)
}
