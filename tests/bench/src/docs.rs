//! `docs.*`: the time of a request for all resource docs.

use std::time::Instant;

use crate::processes::{Server, Told};
use crate::report::progress;
use crate::rounds::median;
use crate::{Bench, client, servers};

const FIGURE: &str = "docs.resource_docs_ms";
/// The docs are built once. The figure counts the requests after that.
const WARM_UP: usize = 20;
const TIMED: usize = 200;

pub(crate) fn measure(bench: &mut Bench) -> anyhow::Result<()> {
    if !bench.report.wants(|name| name == FIGURE) {
        return Ok(());
    }
    progress("docs: all resource docs, one request after another");
    let data = tempfile::tempdir_in(bench.folder.path())?;
    let server = Server::start(&mut servers::product(data.path())?)?;
    let mut times = Vec::with_capacity(TIMED);
    for count in 0..WARM_UP + TIMED {
        let begun = Instant::now();
        client::get(server.address, "/resource-docs/v3.1.0/obp")?;
        if count >= WARM_UP {
            times.push(begun.elapsed().as_secs_f64() * 1e3);
        }
    }
    server.stop(Told::BySignal)?;
    bench.report.tell(FIGURE, median(times)?)
}
