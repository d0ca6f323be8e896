//! `memory.*`: the product's resident set, idle and with the largest number of live invocations.
//!
//! Each invocation waits for a stub of a meeting provider, which answers only when all requests have arrived.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use anyhow::{Context as _, ensure};

use crate::data::{BANK, Customers, fill};
use crate::processes::{Server, Told, memory_mib};
use crate::report::progress;
use crate::{Bench, client, servers};

/// The default of `limits.requests_in_flight_max`.
const AT_ONCE: usize = 256;
/// The server waits five seconds for a provider.
const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) fn measure(bench: &mut Bench) -> anyhow::Result<()> {
    if bench.report.wants(|name| name.starts_with("memory.idle")) {
        progress("memory: idle");
        let data = bench.folder.path().join("memory-idle");
        for name in ["memory.idle_first_start_mib", "memory.idle_mib"] {
            bench.report.tell(name, idle_mib(&data)?)?;
        }
    }
    if bench.report.wants(|name| name.starts_with("memory.256")) {
        progress("memory: 256 invocations wait for a provider");
        let (resident, peak) = with_all_waiting(&bench.folder.path().join("memory-256"))?;
        bench.report.tell("memory.256_in_flight_mib", resident)?;
        bench.report.tell("memory.256_in_flight_peak_mib", peak)?;
    }
    Ok(())
}

/// The resident set after the first response.
fn idle_mib(data: &Path) -> anyhow::Result<f64> {
    let server = Server::start(&mut servers::product(data)?)?;
    client::get(server.address, "/root")?;
    let found = memory_mib(server.pid(), "VmRSS")?;
    server.stop(Told::BySignal)?;
    Ok(found)
}

/// The resident set and its peak.
fn with_all_waiting(data: &Path) -> anyhow::Result<(f64, f64)> {
    fill(data, Customers { one: 1, many: 1 })?;
    // The first start compiles the component.
    idle_mib(data)?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let provider = [
        ("OBP_HOST_MEETINGS__ENABLED", "true".to_owned()),
        ("OBP_HOST_MEETINGS__PROVIDERS__TOKBOX__KIND", "tokbox".to_owned()),
        ("OBP_HOST_MEETINGS__PROVIDERS__TOKBOX__API_KEY", "4711".to_owned()),
        ("OBP_HOST_MEETINGS__PROVIDERS__TOKBOX__SECRET", "bench".to_owned()),
        ("OBP_HOST_MEETINGS__PROVIDERS__TOKBOX__BASE_URL", format!("http://{}", listener.local_addr()?)),
    ];
    let server = Server::start(servers::product(data)?.envs(provider))?;
    let (all_wait, waiting) = channel();
    let (go, going) = channel::<()>();
    // The thread is not joined: with too few requests it waits until this program ends.
    std::thread::spawn(move || stand_in(&listener, &all_wait, &going));
    let body = r#"{"provider_id":"tokbox","purpose_id":"onboarding"}"#;
    let asked: anyhow::Result<Vec<_>> =
        (0..AT_ONCE).map(|_| client::ask(server.address, "POST", &format!("/banks/{BANK}/meetings"), body)).collect();
    let asked = asked?;
    waiting.recv_timeout(PATIENCE).context("not all invocations came to wait for the provider")??;
    let found = (memory_mib(server.pid(), "VmRSS")?, memory_mib(server.pid(), "VmHWM")?);
    go.send(()).context("the provider has ended")?;
    for asked in asked {
        let answer = asked.answer()?;
        ensure!(answer.status == 201, "a meeting is answered {} {}", answer.status, answer.body);
    }
    server.stop(Told::BySignal)?;
    Ok(found)
}

/// Accepts all requests, reports it, and answers them on a signal.
fn stand_in(listener: &TcpListener, all_wait: &Sender<anyhow::Result<()>>, going: &Receiver<()>) {
    let asked: anyhow::Result<Vec<_>> = (0..AT_ONCE).map(|_| request(listener)).collect();
    let (streams, said) = match asked {
        Ok(streams) => (streams, Ok(())),
        Err(error) => (Vec::new(), Err(error)),
    };
    if all_wait.send(said).is_err() || going.recv().is_err() {
        return;
    }
    const BODY: &str = r#"[{"session_id":"1_MX40NzExfn4"}]"#;
    let length = BODY.len();
    for mut stream in streams {
        // A client that has closed its connection reports the error itself.
        let _ = write!(
            stream,
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{BODY}"
        );
    }
}

/// The next connection, after its whole request has arrived.
fn request(listener: &TcpListener) -> anyhow::Result<TcpStream> {
    let (mut stream, _) = listener.accept()?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut read = Vec::new();
    let mut bytes = [0; 1024];
    while !read.ends_with(b"archiveMode=manual") {
        let count = stream.read(&mut bytes)?;
        ensure!(count > 0, "the server aborted its request to the provider");
        read.extend_from_slice(bytes.get(..count).unwrap_or_default());
    }
    Ok(stream)
}
