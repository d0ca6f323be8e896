//! Compiles third-party components outside the request threads. A server compiles in a child process: a component may make the
//! compiler use too much, and the child has limits of memory and time.

use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use rustix::process::{Resource, Rlimit, Signal, set_parent_process_death_signal, setrlimit};
use sandbox::cache::{Cache, load_own};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Command;
use wasmtime::Engine;
use wasmtime::component::Component;

use super::extension_sandbox::{self, Compiled, ExtensionSandbox};
use super::failure::in_one_line;

/// The argument of `obp-host` that starts the compiling process.
pub const ARGUMENT: &str = "compile-extension";
/// The most bytes of machine code that the compiling process may return. The cache keeps no more.
const CODE_BYTES_MAX: u64 = 256 << 20;
/// The most bytes of its error message.
const MESSAGE_BYTES_MAX: u64 = 4 << 10;

/// Compiles components, or loads them from the cache.
pub struct Compiler {
    isolation: Isolation,
    open_cache: Box<dyn Fn() -> Option<Cache> + Send + Sync>,
    cache: OnceLock<Option<Arc<Cache>>>,
}

/// The place where a [`Compiler`] compiles.
#[derive(Clone, Debug)]
pub enum Isolation {
    /// A thread of this process, without limits. For tests, and for components that the operator trusts.
    Thread,
    /// A child process that runs this program, which is `obp-host`, within these limits.
    Process(PathBuf, CompilerLimits),
}

/// The limits of the compiling process.
#[derive(Clone, Copy, Debug)]
pub struct CompilerLimits {
    /// The time that it may take, in seconds. Applies to the clock and to the processor time.
    pub seconds_max: u64,
    /// Its private writable memory, in bytes.
    pub data_bytes_max: u64,
}

impl CompilerLimits {
    /// Enough for components of 64 MiB.
    pub const DEFAULT: Self = Self { seconds_max: 300, data_bytes_max: 3 << 30 };
}

impl Isolation {
    /// A child process of the running program, even if its file was replaced.
    #[must_use]
    pub fn of_this_program() -> Self {
        Self::Process(PathBuf::from("/proc/self/exe"), CompilerLimits::DEFAULT)
    }
}

impl Compiler {
    /// A compiler with that isolation. The cache is opened for the first component.
    #[must_use]
    pub fn new(isolation: Isolation, cache: impl Fn() -> Option<Cache> + Send + Sync + 'static) -> Self {
        Self { isolation, open_cache: Box::new(cache), cache: OnceLock::new() }
    }

    fn cache(&self) -> Option<Arc<Cache>> {
        self.cache.get_or_init(|| (self.open_cache)().map(Arc::new)).clone()
    }

    /// Loads the component from the cache, or compiles it.
    ///
    /// # Errors
    /// The reason in one line, if it cannot be compiled within the limits.
    pub(super) async fn compile(
        &self,
        sandbox: &Arc<ExtensionSandbox>,
        component: Vec<u8>,
    ) -> Result<Compiled, String> {
        let (sandbox, cache) = (Arc::clone(sandbox), self.cache());
        let component = Arc::new(component);
        let kept = {
            let (sandbox, cache, component) = (Arc::clone(&sandbox), cache.clone(), Arc::clone(&component));
            off_thread(move || Ok(cache.and_then(|cache| cache.find(sandbox.engine(), &component)))).await?
        };
        let (compiled, fresh) = match kept {
            Some(kept) => (kept, false),
            None => (self.compile_afresh(sandbox.engine().clone(), Arc::clone(&component)).await?, true),
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

impl Compiler {
    /// Compiles a component as a server does, and keeps nothing. Links no imports and makes no instance.
    ///
    /// # Errors
    /// The reason in one line, if the engine refuses the component, or it cannot be compiled within the limits.
    pub async fn check(&self, component: Vec<u8>) -> Result<(), String> {
        let engine = off_thread(extension_sandbox::compiling_engine).await?;
        self.compile_afresh(engine, Arc::new(component)).await.map(drop)
    }

    async fn compile_afresh(&self, engine: Engine, component: Arc<Vec<u8>>) -> Result<Component, String> {
        match &self.isolation {
            Isolation::Thread => off_thread(move || Component::new(&engine, &*component)).await,
            Isolation::Process(program, limits) => {
                let code = in_process(program, *limits, &component).await?;
                off_thread(move || load_own(&engine, &code)).await
            }
        }
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

/// Compiles a component in a child process. Returns the machine code.
async fn in_process(program: &PathBuf, limits: CompilerLimits, component: &[u8]) -> Result<Vec<u8>, String> {
    let mut command = Command::new(program);
    let CompilerLimits { seconds_max, data_bytes_max } = limits;
    command.arg0("obp-host").arg(ARGUMENT).args([seconds_max, data_bytes_max].map(|max| max.to_string()));
    command.env_clear().env("RAYON_NUM_THREADS", "1");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let failed = |error: std::io::Error| format!("the process that compiles it: {error}");
    let mut process = command.spawn().map_err(failed)?;
    let mut input = process.stdin.take();
    let feed = async move {
        if let Some(input) = &mut input {
            // If the process ends before it has read everything, its error message has the reason.
            let _ = input.write_all(component).await;
        }
        drop(input);
    };
    let (code, message) = (process.stdout.take(), process.stderr.take());
    let all =
        async { tokio::join!(feed, read(code, CODE_BYTES_MAX), read(message, MESSAGE_BYTES_MAX), process.wait()) };
    let ended = tokio::time::timeout(Duration::from_secs(seconds_max), all).await;
    let ((), code, message, status) = ended.map_err(|_| format!("compiling it took more than {seconds_max} s"))?;
    let (code, status) = (code.map_err(failed)?, status.map_err(failed)?);
    if code.len() as u64 > CODE_BYTES_MAX {
        return Err(format!("its machine code has more than {CODE_BYTES_MAX} bytes"));
    }
    if status.success() {
        return Ok(code);
    }
    let message = in_one_line(&String::from_utf8_lossy(&message.unwrap_or_default()));
    Err(if message.is_empty() { format!("compiling it ended with {status}") } else { message })
}

/// Reads at most `max + 1` bytes of a pipe, and closes it.
async fn read(pipe: Option<impl AsyncRead + Unpin>, max: u64) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if let Some(pipe) = pipe {
        pipe.take(max + 1).read_to_end(&mut bytes).await?;
    }
    Ok(bytes)
}

/// The work of the compiling process: reads a component and returns machine code. It limits itself first, and ends with its
/// server.
///
/// # Errors
/// If the limits cannot be set, or the component cannot be read or compiled.
pub fn work(mut input: impl std::io::Read, limits: CompilerLimits) -> anyhow::Result<Vec<u8>> {
    set_parent_process_death_signal(Some(Signal::KILL))?;
    let limit = |max| Rlimit { current: Some(max), maximum: Some(max) };
    setrlimit(Resource::Data, limit(limits.data_bytes_max))?;
    setrlimit(Resource::Cpu, limit(limits.seconds_max))?;
    setrlimit(Resource::Core, limit(0))?;
    rustix::process::nice(10)?;
    let engine = extension_sandbox::compiling_engine().map_err(|error| anyhow::anyhow!("{error:#}"))?;
    let mut component = Vec::new();
    input.read_to_end(&mut component)?;
    engine.precompile_component(&component).map_err(|error| anyhow::anyhow!("{error:#}"))
}
