//! One request and its whole answer, over a connection of its own. For set-up and single requests; load is `load.rs`.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context as _, ensure};

use crate::data::TOKEN;

/// Nothing that is asked for here takes longer.
const PATIENCE: Duration = Duration::from_secs(30);

/// An answer.
#[derive(Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// In the order of the wire.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

/// A request that has been sent.
#[derive(Debug)]
pub(crate) struct Asked(TcpStream);

/// Sends a request by the user of the data; the path is below `/obp/v3.1.0`. The connection is closed after the answer.
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
    /// Waits for the answer.
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

/// A GET that must succeed.
pub(crate) fn get(address: SocketAddr, path: &str) -> anyhow::Result<Answer> {
    let answer = ask(address, "GET", path, "")?.answer()?;
    ensure!(answer.status == 200, "GET {path} is answered {} {}", answer.status, answer.body);
    Ok(answer)
}
