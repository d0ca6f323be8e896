//! Processes that the benchmark starts and always ends. A server that is dropped is killed by its process id.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use anyhow::{Context as _, bail, ensure};

/// A file in the folder of this program.
pub(crate) fn beside(name: &str) -> anyhow::Result<PathBuf> {
    let program = std::env::current_exe().context("where this program is")?;
    Ok(program.with_file_name(name))
}

/// This program in another role.
pub(crate) fn this_program() -> anyhow::Result<Command> {
    Ok(Command::new(std::env::current_exe().context("where this program is")?))
}

/// Runs a command to its end and returns its standard output.
pub(crate) fn output(command: &mut Command) -> anyhow::Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let done = command.stdin(Stdio::null()).output();
    let done = done.with_context(|| format!("cannot run {name}; scripts/bench-tools.sh installs what is needed"))?;
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    let complaint = String::from_utf8_lossy(&done.stderr);
    ensure!(done.status.success(), "{name} failed ({}): {said}{complaint}", done.status);
    Ok(said)
}

/// A running server.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    /// Kept open, so that the server can always write.
    _said: BufReader<ChildStdout>,
    pub(crate) address: SocketAddr,
}

impl Server {
    /// Starts a command that prints `listening on http://ADDRESS`, and waits for this line.
    pub(crate) fn start(command: &mut Command) -> anyhow::Result<Self> {
        let configured = std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("OBP_HOST_"));
        let configured: Vec<_> = configured.map(|(name, _)| name).collect();
        let given: Vec<_> = command.get_envs().map(|(name, _)| name.to_owned()).collect();
        for name in configured.iter().filter(|name| !given.contains(name)) {
            command.env_remove(name);
        }
        let name = command.get_program().to_string_lossy().into_owned();
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot run {name}; `make bench` builds and installs what is needed"))?;
        let stdout = child.stdout.take().context("its output");
        let listening = stdout.and_then(|stdout| {
            let mut said = BufReader::new(stdout);
            Ok((listening(&mut said)?, said))
        });
        match listening {
            Ok((address, said)) => Ok(Self { child, _said: said, address }),
            Err(error) => {
                let _ = child.kill();
                let _ = child.wait();
                Err(error.context(format!("{name} did not start")))
            }
        }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Ends the server and waits for it. The servers of this program end with their standard input, so they also end if
    /// this program is killed. The product ends on a signal.
    pub(crate) fn stop(mut self, told: Told) -> anyhow::Result<()> {
        drop(self.child.stdin.take());
        if let Told::BySignal = told {
            output(Command::new("kill").arg(self.pid().to_string()))?;
        }
        let ended = self.child.wait().context("waiting for a server")?;
        ensure!(ended.success(), "a server ended with {ended}");
        Ok(())
    }
}

/// The way to end a server.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Told {
    /// Closes its standard input.
    ByInput,
    /// Sends SIGTERM.
    BySignal,
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both calls fail without harm if the server has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The address in the line `listening on …`.
fn listening(said: &mut BufReader<ChildStdout>) -> anyhow::Result<SocketAddr> {
    let mut line = String::new();
    while said.read_line(&mut line)? > 0 {
        if let Some(address) = line.trim_end().strip_prefix("listening on http://") {
            return address.parse().context("the address it listens at");
        }
        line.clear();
    }
    bail!("the server ended before it listened")
}

/// A field of `/proc/PID/status`, in MiB.
pub(crate) fn memory_mib(pid: u32, field: &str) -> anyhow::Result<f64> {
    let path = Path::new("/proc").join(pid.to_string()).join("status");
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let line = text.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB")).with_context(|| format!("no {field}"))?;
    Ok(kib.parse::<f64>()? / 1024.0)
}
