//! `invoke.*`: the cost of one invocation in this process, with a stubbed store, without HTTP and JSON.

use std::hint::black_box;
use std::sync::Barrier;
use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow, ensure};
use clap::{Args, ValueEnum as _};

use crate::Bench;
use crate::data::BANK;
use crate::processes::{output, this_program};
use crate::report::progress;
use crate::rounds::{interleaved, median};
use crate::stubbed::{Operation, Sandbox, facts, on_this_thread};
use crate::trace::{self, Threads};

/// Invocations before the measurement.
pub(crate) const WARM_UP: u32 = 2_000;
const TIMED: u32 = 20_000;
const COUNTED: u32 = 10_000;

/// Invokes on the main thread, while strace counts.
#[derive(Args, Debug)]
pub(crate) struct Invocations {
    #[arg(value_enum)]
    operation: Operation,
    count: u32,
    /// Adds a screener, which is called.
    #[arg(long)]
    screened: bool,
}

pub(crate) fn measure(bench: &mut Bench) -> anyhow::Result<()> {
    if !bench.report.wants(|name| name.starts_with("invoke.")) {
        return Ok(());
    }
    progress("invoke: the component is compiled");
    let sandbox = Sandbox::new()?;
    for (name, operation) in [
        ("invoke.instantiate_us", Operation::Instantiate),
        ("invoke.put_kyc_check_us", Operation::Put),
        ("invoke.get_kyc_checks_20_us", Operation::Get20),
    ] {
        if bench.report.wants(|wanted| wanted == name) {
            bench.report.tell(name, median_us(&sandbox, operation, TIMED)?)?;
        }
    }
    for (calls, faults, operation) in [
        ("invoke.syscalls_per_request", "invoke.faults_per_request", Operation::Put),
        ("invoke.get_20_syscalls_per_request", "invoke.get_20_faults_per_request", Operation::Get20),
    ] {
        if bench.report.wants(|wanted| wanted == calls) {
            bench.report.tell(calls, calls_per_request(bench, operation)?)?;
        }
        if bench.report.wants(|wanted| wanted == faults) {
            bench.report.tell(faults, faults_per_request(&sandbox, operation)?)?;
        }
    }
    if bench.report.wants(|wanted| wanted.ends_with("two_threads_over_one")) {
        progress("invoke: one thread and two, in turn");
        // Order of the subjects: arithmetic on one thread and on two, invocations on one thread and on two.
        let rounds = interleaved(bench.rounds, 4, |subject| {
            let work = if subject < 2 { Work::Arithmetic } else { Work::Invocations };
            per_second(&sandbox, work, subject % 2 + 1)
        })?;
        bench.report.tell("invoke.machine_two_threads_over_one", rounds.ratio(1, 0)?)?;
        bench.report.tell("invoke.two_threads_over_one", rounds.ratio(3, 2)?)?;
    }
    Ok(())
}

impl Invocations {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let sandbox = if self.screened { Sandbox::of(&[BANK])? } else { Sandbox::new()? };
        on_this_thread()?.block_on(invoke(&sandbox, self.operation, self.count))
    }
}

async fn invoke(sandbox: &Sandbox, operation: Operation, count: u32) -> anyhow::Result<()> {
    for _ in 0..count {
        sandbox.invoke(operation, facts(operation)).await?;
    }
    Ok(())
}

/// The median time of this many invocations.
pub(crate) fn median_us(sandbox: &Sandbox, operation: Operation, timed: u32) -> anyhow::Result<f64> {
    let times = on_this_thread()?.block_on(async {
        invoke(sandbox, operation, WARM_UP).await?;
        let mut times = Vec::with_capacity(timed as usize);
        for _ in 0..timed {
            let facts = facts(operation);
            let begun = Instant::now();
            sandbox.invoke(operation, facts).await?;
            times.push(begun.elapsed().as_secs_f64() * 1e6);
        }
        anyhow::Ok(times)
    })?;
    median(times)
}

/// The difference between a long run and a short one, which removes the cost of start and end.
fn calls_per_request(bench: &Bench, operation: Operation) -> anyhow::Result<f64> {
    progress("invoke: system calls are counted");
    let name = operation.to_possible_value().context("an operation has a name")?.get_name().to_owned();
    let calls = |count: u32| {
        let mut program = this_program()?;
        program.arg("invocations").arg(&name).arg(count.to_string());
        let counts = bench.folder.path().join("strace.txt");
        output(&mut trace::counted(&program, Threads::Main, &counts))?;
        trace::total(&counts)
    };
    let (short, long) = (calls(WARM_UP)?, calls(WARM_UP + COUNTED)?);
    Ok((long - short) / f64::from(COUNTED))
}

fn faults_per_request(sandbox: &Sandbox, operation: Operation) -> anyhow::Result<f64> {
    on_this_thread()?.block_on(async {
        invoke(sandbox, operation, WARM_UP).await?;
        let before = minor_faults()?;
        invoke(sandbox, operation, COUNTED).await?;
        Ok((minor_faults()? - before) / f64::from(COUNTED))
    })
}

/// Minor page faults of this thread so far.
fn minor_faults() -> anyhow::Result<f64> {
    let stat = std::fs::read_to_string("/proc/thread-self/stat").context("cannot read the thread's statistics")?;
    // The name in parentheses may contain anything. After it, the state is the first field, and minflt the eighth.
    let (_, fields) = stat.rsplit_once(") ").context("a thread has a name")?;
    Ok(fields.split(' ').nth(7).context("a thread has faults")?.parse()?)
}

/// The work of the threads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Work {
    /// Arithmetic, which shares nothing between threads.
    Arithmetic,
    /// addKycCheck in one sandbox.
    Invocations,
}

/// The work that this many threads do in a second.
fn per_second(sandbox: &Sandbox, work: Work, threads: usize) -> anyhow::Result<f64> {
    const TIME: Duration = Duration::from_secs(1);
    let together = Barrier::new(threads);
    let work = || -> anyhow::Result<f64> {
        let runtime = on_this_thread()?;
        let batch = |count| match work {
            Work::Arithmetic => {
                arithmetic(count);
                anyhow::Ok(())
            }
            Work::Invocations => runtime.block_on(invoke(sandbox, Operation::Put, count)),
        };
        batch(WARM_UP)?;
        together.wait();
        let begun = Instant::now();
        let mut done = 0.0;
        while begun.elapsed() < TIME {
            batch(100)?;
            done += 100.0;
        }
        Ok(done / begun.elapsed().as_secs_f64())
    };
    let rates: anyhow::Result<Vec<f64>> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().map(|worker| worker.join().map_err(|_| anyhow!("a thread panicked"))?).collect()
    });
    let rates = rates?;
    ensure!(rates.len() == threads, "every thread has worked");
    Ok(rates.into_iter().sum())
}

/// Does this many units of a few microseconds.
fn arithmetic(count: u32) {
    for round in 0..count {
        black_box(
            (0..10_000_u64).fold(u64::from(round), |state, number| (state ^ number).rotate_left(5).wrapping_mul(31)),
        );
    }
}
