//! `start.*`: the time from the start of the product's process to its first response, with and without the files of an earlier start.

use std::time::Instant;

use crate::processes::{Server, Told};
use crate::report::progress;
use crate::rounds::interleaved;
use crate::{Bench, client, servers};

/// The least number of measurements of cold and of warm starts.
const ROUNDS_MIN: u16 = 7;
const COLD: usize = 0;
const WARM: usize = 1;

pub(crate) fn measure(bench: &mut Bench) -> anyhow::Result<()> {
    if !bench.report.wants(|name| name.starts_with("start.")) {
        return Ok(());
    }
    progress("start: on a fresh data folder, and again, in turn");
    let used = tempfile::tempdir_in(bench.folder.path())?;
    // All warm starts use this folder. Its first start does not count.
    first_answer_ms(used.path())?;
    let rounds = interleaved(bench.rounds.max(ROUNDS_MIN), 2, |subject| {
        if subject == WARM {
            return first_answer_ms(used.path());
        }
        let fresh = tempfile::tempdir_in(bench.folder.path())?;
        first_answer_ms(fresh.path())
    })?;
    bench.report.tell("start.warm_ms", rounds.median(WARM)?)?;
    bench.report.tell("start.cold_ms", rounds.median(COLD)?)
}

fn first_answer_ms(data: &std::path::Path) -> anyhow::Result<f64> {
    let mut command = servers::product(data)?;
    let begun = Instant::now();
    let server = Server::start(&mut command)?;
    client::get(server.address, "/root")?;
    let taken = begun.elapsed();
    // A regular end, so that the server leaves all its files.
    server.stop(Told::BySignal)?;
    Ok(taken.as_secs_f64() * 1e3)
}
