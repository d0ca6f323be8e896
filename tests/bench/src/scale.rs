//! `scale.*`: the time of a request with a thousand times as many records in the store.

use anyhow::Context as _;

use crate::Bench;
use crate::data::{Customers, MANY, fill};
use crate::load::Load;
use crate::processes::{Server, Told};
use crate::report::progress;
use crate::rounds::interleaved;
use crate::servers::{Kind, of_store};

/// A tenth of the records belong to customers with one record.
const fn customers(records: u64) -> Customers {
    Customers { one: records / 10, many: records * 9 / 10 / MANY }
}

const THOUSAND: Customers = customers(1_000);
const MILLION: Customers = customers(1_000_000);
const SMALL: usize = 0;
const LARGE: usize = 1;

pub(crate) fn measure(bench: &mut Bench) -> anyhow::Result<()> {
    if !bench.report.wants(|name| name.starts_with("scale.")) {
        return Ok(());
    }
    progress("scale: a store gets a thousand records, another a million");
    let start = |name: &str, customers: Customers| {
        let data = bench.folder.path().join(name);
        fill(&data, customers)?;
        anyhow::Ok((customers, Server::start(&mut of_store(Kind::Sandboxed, &data)?)?))
    };
    let servers = [start("scale-small", THOUSAND)?, start("scale-large", MILLION)?];
    for (name, method, path) in [
        ("scale.get_1", "GET", "/customers/one-{customer}/kyc_checks"),
        ("scale.put", "PUT", "/banks/bench.bank/customers/many-{customer}/kyc_check/{id}"),
    ] {
        if !bench.report.wants(|wanted| wanted.starts_with(name)) {
            continue;
        }
        progress(&format!("{name}: few records and many, in turn"));
        let median_us = |subject: usize, seconds| {
            let (customers, server) = servers.get(subject).context("no such server")?;
            let customers = if method == "GET" { customers.one } else { customers.many };
            let load = Load { method, path, customers, connections: 1, seconds };
            Ok(load.run(bench.folder.path(), server.address)?.median_us)
        };
        for subject in [SMALL, LARGE] {
            median_us(subject, 1)?;
        }
        let rounds = interleaved(bench.rounds, servers.len(), |subject| median_us(subject, 2))?;
        bench.report.tell(&format!("{name}.rows_1e6_over_1e3"), rounds.ratio(LARGE, SMALL)?)?;
        bench.report.tell(&format!("{name}.rows_1e6_us"), rounds.median(LARGE)?)?;
    }
    servers.into_iter().try_for_each(|(_, server)| server.stop(Told::ByInput))
}
