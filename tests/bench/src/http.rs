//! `http.*`: requests through the whole server, sandboxed, native and bare in turn, and their system calls.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use anyhow::ensure;

use crate::client::{Answer, ask};
use crate::data::{BANK, Customers, check_body, fill};
use crate::load::Load;
use crate::processes::{Server, Told};
use crate::report::progress;
use crate::rounds::interleaved;
use crate::servers::{Kind, bare, of_store};
use crate::trace::{self, Threads};
use crate::{Bench, client};

pub(crate) const CUSTOMERS: Customers = Customers { one: 1_000, many: 100 };
const GET_1: &str = "/customers/one-00000007/kyc_checks";
const GET_20: &str = "/customers/many-00000007/kyc_checks";
const CONNECTIONS: u16 = 64;
/// Seconds of load, or of idling, while the system calls are counted.
const COUNTED_SECONDS: u16 = 5;

/// A comparison of the sandboxed server with others.
#[derive(Clone, Copy)]
pub(crate) struct Case {
    /// Part of the figures' names: `http.NAME.…`
    name: &'static str,
    method: &'static str,
    path: &'static str,
    over_bare: bool,
}

const CASES: [Case; 3] = [
    Case { name: "get_1", method: "GET", path: GET_1, over_bare: true },
    Case { name: "get_20", method: "GET", path: GET_20, over_bare: false },
    PUT,
];

/// addKycCheck.
pub(crate) const PUT: Case = Case {
    name: "put",
    method: "PUT",
    path: "/banks/bench.bank/customers/many-{customer}/kyc_check/{id}",
    over_bare: false,
};

pub(crate) fn measure(bench: &mut Bench) -> anyhow::Result<()> {
    for case in CASES {
        let stem = format!("http.{}.", case.name);
        if bench.report.wants(|name| name.starts_with(&stem) && !name.contains("syscalls")) {
            compare(bench, case)?;
        }
    }
    if bench.report.wants(|name| name.contains("syscalls") && name.starts_with("http.")) {
        count_calls(bench)?;
    }
    Ok(())
}

impl Case {
    pub(crate) fn load(&self, seconds: u16) -> Load<'static> {
        let Self { method, path, .. } = *self;
        Load { method, path, customers: CUSTOMERS.many, connections: CONNECTIONS, seconds }
    }
}

fn compare(bench: &mut Bench, case: Case) -> anyhow::Result<()> {
    progress(&format!("http.{}: stores are filled, servers started", case.name));
    let folder = bench.folder.path();
    let start = |kind: Kind, name: &str| {
        let data = folder.join(format!("http-{}-{name}", case.name));
        fill(&data, CUSTOMERS)?;
        Server::start(&mut of_store(kind, &data)?)
    };
    let mut servers = vec![start(Kind::Sandboxed, "sandboxed")?, start(Kind::Native, "native")?];
    let addresses: Vec<_> = servers.iter().map(|server| server.address).collect();
    if let [sandboxed, native] = addresses.as_slice() {
        answer_alike(*sandboxed, *native)?;
        if case.over_bare {
            servers.push(bare(*sandboxed, case.path)?);
        }
    }
    for server in &servers {
        case.load(1).run(folder, server.address)?;
    }
    progress(&format!("http.{}: {} servers in turn, {} rounds", case.name, servers.len(), bench.rounds));
    let rounds = interleaved(bench.rounds, servers.len(), |subject| match servers.get(subject) {
        Some(server) => Ok(case.load(2).run(folder, server.address)?.per_second),
        None => anyhow::bail!("no such server"),
    })?;
    servers.into_iter().try_for_each(|server| server.stop(Told::ByInput))?;
    let mut tell = |what: &str, value| bench.report.tell(&format!("http.{}.{what}", case.name), value);
    tell("wasm_over_native", rounds.ratio(0, 1)?)?;
    if case.over_bare {
        tell("over_bare_hyper", rounds.ratio(0, 2)?)?;
        tell("bare_hyper_rps", rounds.median(2)?)?;
    }
    tell("wasm_rps", rounds.median(0)?)?;
    tell("native_rps", rounds.median(1)?)
}

/// Checks that two servers answer the same bytes over the same data. Otherwise a comparison of their speed means nothing.
pub(crate) fn answer_alike(one: SocketAddr, other: SocketAddr) -> anyhow::Result<()> {
    let put = |bank: &str, id: &str| format!("/banks/{bank}/customers/one-00000003/kyc_check/{id}");
    let long = "x".repeat(45);
    for (method, path, status) in [
        ("GET", GET_1.to_owned(), 200),
        ("GET", GET_20.to_owned(), 200),
        ("GET", "/customers/missing/kyc_checks".to_owned(), 404),
        ("PUT", put(BANK, "alike"), 200),
        ("GET", "/customers/one-00000003/kyc_checks".to_owned(), 200),
        ("PUT", put(BANK, &long), 400),
        ("PUT", put("nowhere", "alike"), 404),
    ] {
        let body = if method == "PUT" { check_body()? } else { String::new() };
        let answer = |server| anyhow::Ok(without_random_headers(ask(server, method, &path, &body)?.answer()?));
        let (one, other) = (answer(one)?, answer(other)?);
        ensure!(one.status == status, "{method} {path} is answered {one:?}");
        ensure!(one == other, "{method} {path} is answered {one:?} and {other:?}");
    }
    Ok(())
}

/// The response without the headers that differ in each request.
fn without_random_headers(mut answer: Answer) -> Answer {
    answer.headers.retain(|(name, _)| !["correlation-id", "date"].contains(&name.to_ascii_lowercase().as_str()));
    answer
}

/// System calls per request: those of a server under load minus those of an idle one, over the answered requests.
fn count_calls(bench: &mut Bench) -> anyhow::Result<()> {
    progress("http: system calls are counted");
    let folder = bench.folder.path();
    let data = folder.join("syscalls");
    fill(&data, CUSTOMERS)?;
    // The first start leaves files behind, which all compared servers then have.
    calls(folder, &data, None)?;
    let (idle, _) = calls(folder, &data, None)?;
    for (name, connections) in [("http.get_1.syscalls", CONNECTIONS), ("http.get_1.syscalls_1_connection", 1)] {
        let load = Load { method: "GET", path: GET_1, customers: 1, connections, seconds: COUNTED_SECONDS };
        let (loaded, requests) = calls(bench.folder.path(), &data, Some(load))?;
        bench.report.tell(name, (loaded - idle) / requests)?;
    }
    Ok(())
}

/// The system calls of a server from start to end, and the requests of the load.
fn calls(folder: &Path, data: &Path, load: Option<Load<'_>>) -> anyhow::Result<(f64, f64)> {
    let counts = folder.join("strace.txt");
    let server = Server::start(&mut trace::counted(&of_store(Kind::Sandboxed, data)?, Threads::All, &counts))?;
    client::get(server.address, GET_1)?;
    let requests = match load {
        Some(load) => load.run(folder, server.address)?.requests,
        None => {
            std::thread::sleep(Duration::from_secs(COUNTED_SECONDS.into()));
            0.0
        }
    };
    server.stop(Told::ByInput)?;
    Ok((trace::total(&counts)?, requests))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use obp_host::ambient::Ambient;
    use obp_host::app::{self, App, compile, extensions_in_process, open_store};
    use tokio::net::TcpListener;

    use super::*;
    use crate::data::config;
    use crate::servers::native_api;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn sandboxed_and_native_rules_answer_the_same_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let mut addresses = Vec::new();
        for native in [false, true] {
            let data = folder.path().join(format!("native-{native}"));
            let filled = data.clone();
            tokio::task::spawn_blocking(move || fill(&filled, Customers { one: 8, many: 8 })).await.unwrap().unwrap();
            let config = config(&data).unwrap();
            let (store, runtime) = (open_store(&config).unwrap(), compile(&config).unwrap());
            let extensions = extensions_in_process(&config).unwrap();
            let mut app = App::new(config, store, runtime, Ambient::system(), extensions).unwrap();
            if native {
                app.api = native_api(&app).unwrap();
            }
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            addresses.push(listener.local_addr().unwrap());
            tokio::spawn(app::serve(Arc::new(app), listener, std::future::pending()));
        }
        tokio::task::spawn_blocking(move || answer_alike(addresses[0], addresses[1])).await.unwrap().unwrap();
    }
}
