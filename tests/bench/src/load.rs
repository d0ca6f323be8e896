//! The load, made by Debian's wrk on the machine of the server. A run fails if one response is not a success.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context as _, ensure};

use crate::data::{TOKEN, check_body};
use crate::processes::output;

/// The request that is repeated.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Load<'a> {
    pub(crate) method: &'a str,
    /// A path below `/obp/v3.1.0`. It may contain `{customer}` and `{id}`, which `load.lua` replaces.
    pub(crate) path: &'a str,
    /// The number of customers for `{customer}`.
    pub(crate) customers: u64,
    pub(crate) connections: u16,
    pub(crate) seconds: u16,
}

/// The result of a run.
#[derive(Debug, PartialEq)]
pub(crate) struct Done {
    pub(crate) requests: f64,
    pub(crate) per_second: f64,
    pub(crate) median_us: f64,
}

impl Load<'_> {
    /// Runs the load against this server. `folder` takes the script.
    pub(crate) fn run(self, folder: &Path, server: SocketAddr) -> anyhow::Result<Done> {
        static RUNS: AtomicU64 = AtomicU64::new(0);
        let script = folder.join("load.lua");
        if !script.exists() {
            std::fs::write(&script, include_str!("load.lua")).context("cannot write the script of the load")?;
        }
        let run = format!("run-{}", RUNS.fetch_add(1, Ordering::Relaxed));
        let said = output(
            Command::new("wrk")
                .args(["--threads", "1", "--timeout", "10s"])
                .args(["--connections", &self.connections.to_string()])
                .args(["--duration", &format!("{}s", self.seconds)])
                .args([
                    "--header",
                    &format!("DirectLogin: token={TOKEN}"),
                    "--header",
                    "Content-Type: application/json",
                ])
                .arg("--script")
                .arg(&script)
                .arg(format!("http://{server}/"))
                .arg("--")
                .args([self.method, &format!("/obp/v3.1.0{}", self.path), &self.customers.to_string(), &run])
                .arg(check_body()?),
        )?;
        read(&said).with_context(|| format!("{} {}: wrk said: {said}", self.method, self.path))
    }
}

/// Reads the line that the script writes.
fn read(said: &str) -> anyhow::Result<Done> {
    let line = said.lines().find_map(|line| line.strip_prefix("done ")).context("no result")?;
    let mut fields = line.split(' ');
    let mut next = |name: &str| -> anyhow::Result<f64> {
        let value = fields.next().and_then(|field| field.strip_prefix(name)?.strip_prefix('='));
        Ok(value.with_context(|| format!("no {name}"))?.parse()?)
    };
    let (requests, duration_us, median_us) = (next("requests")?, next("duration_us")?, next("median_us")?);
    for error in ["not_2xx", "connect", "read", "write", "timeout"] {
        let count = next(error)?;
        ensure!(count == 0.0, "{count} requests failed ({error})");
    }
    ensure!(requests > 0.0 && duration_us > 0.0, "nothing was answered");
    Ok(Done { requests, per_second: requests * 1e6 / duration_us, median_us })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_run_without_an_error_counts() {
        let said = |not_2xx, read| {
            format!(
                "Running\ndone requests=10 duration_us=2000000 median_us=7 not_2xx={not_2xx} connect=0 read={read} write=0 timeout=0\n"
            )
        };
        assert_eq!(read(&said(0, 0)).unwrap(), Done { requests: 10.0, per_second: 5.0, median_us: 7.0 });
        assert_eq!(read(&said(3, 0)).unwrap_err().to_string(), "3 requests failed (not_2xx)");
        assert_eq!(read(&said(0, 1)).unwrap_err().to_string(), "1 requests failed (read)");
        assert!(read("Running\n").is_err());
        assert!(read("done requests=10 median_us=7\n").is_err());
    }
}
