//! Single requests, each on its own connection, for set-up and checks. `load.rs` makes the load.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context as _, ensure};

use crate::data::TOKEN;

/// Longer than any request here takes.
const PATIENCE: Duration = Duration::from_secs(30);

/// A response.
#[derive(Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Headers in the order of the response.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

/// A request that is sent and not answered yet.
#[derive(Debug)]
pub(crate) struct Asked(TcpStream);

/// Sends a request as the user of the data. The path is below `/obp/v3.1.0`. The connection is closed after the response.
pub(crate) fn ask(address: SocketAddr, method: &str, path: &str, body: &str) -> anyhow::Result<Asked> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE).context("cannot connect")?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let length = body.len();
    let request = format!(
        "{method} /obp/v3.1.0{path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nDirectLogin: token={TOKEN}\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes())?;
    Ok(Asked(stream))
}

impl Asked {
    /// Waits for the response.
    pub(crate) fn answer(mut self) -> anyhow::Result<Answer> {
        let mut text = String::new();
        self.0.read_to_string(&mut text).context("no answer")?;
        let (head, body) = text.split_once("\r\n\r\n").context("an answer has a head")?;
        let (status, headers) = head.split_once("\r\n").context("an answer has headers")?;
        let status = status.split(' ').nth(1).context("an answer has a status")?.parse()?;
        let headers = headers.split("\r\n").filter_map(|line| line.split_once(": "));
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Ok(Answer { status, headers, body: body.to_owned() })
    }
}

/// Sends a GET that must succeed.
pub(crate) fn get(address: SocketAddr, path: &str) -> anyhow::Result<Answer> {
    let answer = ask(address, "GET", path, "")?.answer()?;
    ensure!(answer.status == 200, "GET {path} is answered {} {}", answer.status, answer.body);
    Ok(answer)
}
