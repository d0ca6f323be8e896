//! `extension.*`: the cost of a screener for the requests that it screens, and of extensions for all other requests.

use anyhow::ensure;

use crate::Bench;
use crate::data::{BANK, config, fill};
use crate::http::{CUSTOMERS, PUT};
use crate::invoke::{WARM_UP, median_us};
use crate::processes::{Server, Told};
use crate::report::progress;
use crate::rounds::interleaved;
use crate::screeners;
use crate::servers::{Kind, of_store};
use crate::stubbed::{Operation, Sandbox};

const SCREENING: &str = "extension.screening_us";
const COUNT: &str = "extension.count_10_over_0";
/// Timed invocations of each kind in a round.
const TIMED: u32 = 10_000;

pub(crate) fn measure(bench: &mut Bench) -> anyhow::Result<()> {
    if bench.report.wants(|name| name == SCREENING) {
        let added = screening_us(bench.rounds)?;
        bench.report.tell(SCREENING, added)?;
    }
    if bench.report.wants(|name| name == COUNT) {
        let ratio = count_10_over_0(bench)?;
        bench.report.tell(COUNT, ratio)?;
    }
    Ok(())
}

/// Measures like `invoke.put_kyc_check_us`, with and without a screener in turn.
fn screening_us(rounds: u16) -> anyhow::Result<f64> {
    progress("extension: a put with a screener and one without, in turn");
    let sandboxes = [Sandbox::new()?, Sandbox::of(&[BANK])?];
    let measured = interleaved(rounds, sandboxes.len(), |subject| match sandboxes.get(subject) {
        Some(sandbox) => median_us(sandbox, Operation::Put, TIMED),
        None => anyhow::bail!("no such sandbox"),
    })?;
    let asked = u64::from(rounds) * u64::from(WARM_UP + TIMED);
    let answered = sandboxes.each_ref().map(Sandbox::answers_of_extensions);
    ensure!(answered == [0, asked], "the screener must answer {asked} times, and answered {answered:?}");
    measured.difference(1, 0)
}

/// Measures like `http.put`, with two servers. One of them has ten screeners of other banks.
fn count_10_over_0(bench: &Bench) -> anyhow::Result<f64> {
    progress("extension: stores are filled, servers started");
    let folder = bench.folder.path();
    let start = |extensions: u8| {
        let data = folder.join(format!("extension-{extensions}"));
        fill(&data, CUSTOMERS)?;
        for number in 0..extensions {
            screeners::put(&config(&data)?.extensions_folder(), &format!("other.bank.{number}"))?;
        }
        Server::start(&mut of_store(Kind::Sandboxed, &data)?)
    };
    let servers = [start(0)?, start(10)?];
    for server in &servers {
        PUT.load(1).run(folder, server.address)?;
    }
    progress(&format!("extension: ten extensions and none, in turn, {} rounds", bench.rounds));
    let rounds = interleaved(bench.rounds, servers.len(), |subject| match servers.get(subject) {
        Some(server) => Ok(PUT.load(2).run(folder, server.address)?.per_second),
        None => anyhow::bail!("no such server"),
    })?;
    servers.into_iter().try_for_each(|server| server.stop(Told::ByInput))?;
    rounds.ratio(1, 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stubbed::{facts, on_this_thread};

    #[test]
    fn only_the_screener_of_the_bank_is_called() {
        for (banks, asked) in [(&[BANK, "other.bank.1"][..], 3), (&["other.bank.1"], 0)] {
            let sandbox = Sandbox::of(banks).unwrap();
            let runtime = on_this_thread().unwrap();
            for _ in 0..3 {
                runtime.block_on(sandbox.invoke(Operation::Put, facts(Operation::Put))).unwrap();
            }
            assert_eq!(sandbox.answers_of_extensions(), asked);
        }
    }
}
