//! Compiles third parties' components, away from the threads that serve and, in a server, away from its process: a component
//! that makes the compiler run away costs a process of its own, which may use so much memory and time and no more.

use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use rustix::process::{Resource, Rlimit, Signal, set_parent_process_death_signal, setrlimit};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Command;
use wasmtime::component::Component;

use super::failure::in_one_line;
use super::sandbox::{self, Compiled, Sandbox};
use ::sandbox::cache::{Cache, load_own};

/// What the compiling process is called by: `obp-host` and this.
pub const ARGUMENT: &str = "compile-extension";
/// Of the machine code that it hands over, in bytes: what the cache would keep.
const CODE_BYTES_MAX: u64 = 256 << 20;
/// Of what it says when it fails.
const WORDS_BYTES_MAX: u64 = 4 << 10;

/// Where components are compiled.
pub struct Compiler {
    isolation: Isolation,
    open_cache: Box<dyn Fn() -> Option<Cache> + Send + Sync>,
    cache: OnceLock<Option<Arc<Cache>>>,
}

/// Of what a [`Compiler`] compiles.
#[derive(Clone, Debug)]
pub enum Isolation {
    /// On a thread for such work, without limits: for tests, and for components that are one's own.
    Thread,
    /// In a process of its own, of that program, which is `obp-host`.
    Process(PathBuf, Limits),
}

/// What the compiling process may use.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How long it may take, in seconds, of the clock and of one processor.
    pub seconds_max: u64,
    /// Private memory that it may write to, in bytes.
    pub data_bytes_max: u64,
}

impl Limits {
    /// Enough for components of 64 MiB.
    pub const DEFAULT: Self = Self { seconds_max: 300, data_bytes_max: 3 << 30 };
}

impl Isolation {
    /// In a process of this very program, also if another one has taken its place on the disk.
    #[must_use]
    pub fn of_this_program() -> Self {
        Self::Process(PathBuf::from("/proc/self/exe"), Limits::DEFAULT)
    }
}

impl Compiler {
    /// Compiles there what is not in the cache, which is opened when something is to be compiled.
    #[must_use]
    pub fn new(isolation: Isolation, cache: impl Fn() -> Option<Cache> + Send + Sync + 'static) -> Self {
        Self { isolation, open_cache: Box::new(cache), cache: OnceLock::new() }
    }

    fn cache(&self) -> Option<Arc<Cache>> {
        self.cache.get_or_init(|| (self.open_cache)().map(Arc::new)).clone()
    }

    /// The component, from the cache or compiled.
    ///
    /// # Errors
    /// If it cannot be compiled, or not within the limits: the reason, in one line.
    pub(super) async fn compile(&self, sandbox: &Arc<Sandbox>, component: Vec<u8>) -> Result<Compiled, String> {
        let (sandbox, cache) = (Arc::clone(sandbox), self.cache());
        let component = Arc::new(component);
        let kept = {
            let (sandbox, cache, component) = (Arc::clone(&sandbox), cache.clone(), Arc::clone(&component));
            off_thread(move || Ok(cache.and_then(|cache| cache.find(sandbox.engine(), &component)))).await?
        };
        let (compiled, fresh) = match (kept, &self.isolation) {
            (Some(kept), _) => (kept, false),
            (None, Isolation::Thread) => {
                let (sandbox, component) = (Arc::clone(&sandbox), Arc::clone(&component));
                (off_thread(move || Component::new(sandbox.engine(), &*component)).await?, true)
            }
            (None, Isolation::Process(program, limits)) => {
                let code = in_process(program, *limits, &component).await?;
                let sandbox = Arc::clone(&sandbox);
                (off_thread(move || load_own(sandbox.engine(), &code)).await?, true)
            }
        };
        off_thread(move || {
            if let Some(cache) = cache.filter(|_| fresh) {
                cache.put(sandbox.engine(), &component, &compiled);
            }
            sandbox.link(compiled)
        })
        .await
    }
}

async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> wasmtime::Result<T> + Send + 'static,
) -> Result<T, String> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done.map_err(|error| in_one_line(&format!("{error:#}"))),
        Err(error) => Err(error.to_string()),
    }
}

/// The machine code of a component, made by a process of its own.
async fn in_process(program: &PathBuf, limits: Limits, component: &[u8]) -> Result<Vec<u8>, String> {
    let mut command = Command::new(program);
    let Limits { seconds_max, data_bytes_max } = limits;
    command.arg0("obp-host").arg(ARGUMENT).args([seconds_max, data_bytes_max].map(|max| max.to_string()));
    command.env_clear().env("RAYON_NUM_THREADS", "1");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let failed = |error: std::io::Error| format!("the process that compiles it: {error}");
    let mut process = command.spawn().map_err(failed)?;
    let mut input = process.stdin.take();
    let feed = async move {
        if let Some(input) = &mut input {
            // Where the process ends before it has read everything, its own words say why.
            let _ = input.write_all(component).await;
        }
        drop(input);
    };
    let (code, words) = (process.stdout.take(), process.stderr.take());
    let all = async { tokio::join!(feed, read(code, CODE_BYTES_MAX), read(words, WORDS_BYTES_MAX), process.wait()) };
    let ended = tokio::time::timeout(Duration::from_secs(seconds_max), all).await;
    let ((), code, words, status) = ended.map_err(|_| format!("compiling it took more than {seconds_max} s"))?;
    let (code, status) = (code.map_err(failed)?, status.map_err(failed)?);
    if code.len() as u64 > CODE_BYTES_MAX {
        return Err(format!("its machine code has more than {CODE_BYTES_MAX} bytes"));
    }
    if status.success() {
        return Ok(code);
    }
    let words = in_one_line(&String::from_utf8_lossy(&words.unwrap_or_default()));
    Err(if words.is_empty() { format!("compiling it ended with {status}") } else { words })
}

/// What comes out of a pipe, and at most one byte more than `max`; then the pipe is closed.
async fn read(pipe: Option<impl AsyncRead + Unpin>, max: u64) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if let Some(pipe) = pipe {
        pipe.take(max + 1).read_to_end(&mut bytes).await?;
    }
    Ok(bytes)
}

/// What the compiling process does: a component in, machine code out. Limits itself first, and does not outlive its server.
///
/// # Errors
/// If the limits cannot be set, or the component cannot be read or compiled.
pub fn work(mut input: impl std::io::Read, limits: Limits) -> anyhow::Result<Vec<u8>> {
    set_parent_process_death_signal(Some(Signal::KILL))?;
    let limit = |max| Rlimit { current: Some(max), maximum: Some(max) };
    setrlimit(Resource::Data, limit(limits.data_bytes_max))?;
    setrlimit(Resource::Cpu, limit(limits.seconds_max))?;
    setrlimit(Resource::Core, limit(0))?;
    rustix::process::nice(10)?;
    let engine = sandbox::compiling_engine().map_err(|error| anyhow::anyhow!("{error:#}"))?;
    let mut component = Vec::new();
    input.read_to_end(&mut component)?;
    engine.precompile_component(&component).map_err(|error| anyhow::anyhow!("{error:#}"))
}
