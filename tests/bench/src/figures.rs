//! The list of all figures: name, unit, aim and meaning. `docs/benchmarks.md` describes how each is measured.

/// A figure of the benchmark.
#[derive(Debug)]
pub(crate) struct Figure {
    pub(crate) name: &'static str,
    pub(crate) unit: &'static str,
    pub(crate) aim: Aim,
    /// The meaning, in one line for `--list`.
    pub(crate) meaning: &'static str,
}

/// The aim of a figure.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Aim {
    /// At most this value.
    AtMost(f64),
    /// None per request. Fewer than one in twenty requests do not count: the ticker causes them.
    Zero,
    /// At least this value.
    AtLeast(f64),
    /// No aim: the figure helps to interpret the others.
    Context,
}

impl Aim {
    /// Whether a value reaches the aim. `None` if there is no aim.
    pub(crate) fn reached(self, value: f64) -> Option<bool> {
        match self {
            Self::AtMost(most) => Some(value <= most),
            Self::Zero => Some(value < 0.05),
            Self::AtLeast(least) => Some(value >= least),
            Self::Context => None,
        }
    }
}

impl std::fmt::Display for Aim {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::AtMost(most) => write!(to, "<= {most}"),
            Self::Zero => write!(to, "0"),
            Self::AtLeast(least) => write!(to, ">= {least}"),
            Self::Context => write!(to, "-"),
        }
    }
}

const fn figure(name: &'static str, unit: &'static str, aim: Aim, meaning: &'static str) -> Figure {
    Figure { name, unit, aim, meaning }
}

use Aim::{AtLeast, AtMost, Context, Zero};

/// All figures, in the order of measurement.
pub(crate) const FIGURES: &[Figure] = &[
    figure("invoke.instantiate_us", "us", AtMost(5.0), "a fresh instance, made and dropped"),
    figure("invoke.put_kyc_check_us", "us", AtMost(12.0), "a whole invocation of addKycCheck, the store stubbed"),
    figure("invoke.get_kyc_checks_20_us", "us", AtMost(25.0), "the same of getKycChecks with 20 records"),
    figure("invoke.syscalls_per_request", "calls", Zero, "system calls of a warm addKycCheck"),
    figure("invoke.faults_per_request", "faults", Zero, "page faults of a warm addKycCheck"),
    figure("invoke.get_20_syscalls_per_request", "calls", Context, "system calls of a warm getKycChecks, 20 records"),
    figure("invoke.get_20_faults_per_request", "faults", Context, "page faults of a warm getKycChecks, 20 records"),
    figure(
        "invoke.machine_two_threads_over_one",
        "ratio",
        Context,
        "the same of plain arithmetic: the limit of the machine",
    ),
    figure("invoke.two_threads_over_one", "ratio", AtLeast(1.8), "invocations/s on two threads over one"),
    figure("http.get_1.wasm_over_native", "ratio", AtLeast(0.75), "requests/s of getKycChecks, one record"),
    figure("http.get_1.over_bare_hyper", "ratio", AtLeast(0.4), "the same over hyper answering from memory"),
    figure("http.get_1.wasm_rps", "requests/s", Context, "requests/s of the sandboxed server, used in these ratios"),
    figure("http.get_1.native_rps", "requests/s", Context, "requests/s of the native rules, used in these ratios"),
    figure("http.get_1.bare_hyper_rps", "requests/s", Context, "requests/s of bare hyper, used in these ratios"),
    figure("http.get_20.wasm_over_native", "ratio", AtLeast(0.85), "requests/s of getKycChecks, 20 records"),
    figure("http.get_20.wasm_rps", "requests/s", Context, "requests/s of the sandboxed server, used in this ratio"),
    figure("http.get_20.native_rps", "requests/s", Context, "requests/s of the native rules, used in this ratio"),
    figure("http.put.wasm_over_native", "ratio", AtLeast(0.95), "requests/s of addKycCheck"),
    figure("http.put.wasm_rps", "requests/s", Context, "requests/s of the sandboxed server, used in this ratio"),
    figure("http.put.native_rps", "requests/s", Context, "requests/s of the native rules, used in this ratio"),
    figure("http.get_1.syscalls", "calls", AtMost(8.0), "system calls of the server a request, 64 connections"),
    figure("http.get_1.syscalls_1_connection", "calls", Context, "the same with one connection"),
    figure("docs.resource_docs_ms", "ms", AtMost(5.0), "all resource docs, from connecting to the end of the answer"),
    figure("extension.screening_us", "us", AtMost(15.0), "what one accepting screener in Rust adds to an addKycCheck"),
    figure(
        "extension.count_10_over_0",
        "ratio",
        AtLeast(0.98),
        "addKycCheck/s, ten extensions of other banks over none",
    ),
    figure(
        "commit.grouped_over_single",
        "ratio",
        AtLeast(8.0),
        "durable writes/s, 64 writers, in batches over one each",
    ),
    figure("commit.grouped_per_s", "writes/s", Context, "durable writes/s in batches, used in this ratio"),
    figure("commit.single_per_s", "writes/s", Context, "durable writes/s with a transaction each, used in this ratio"),
    figure("scale.get_1.rows_1e6_over_1e3", "ratio", AtMost(1.2), "median latency of a read, by rows in the store"),
    figure("scale.get_1.rows_1e6_us", "us", Context, "median latency with a million rows, used in this ratio"),
    figure("scale.put.rows_1e6_over_1e3", "ratio", AtMost(1.2), "median latency of a write, by rows in the store"),
    figure("scale.put.rows_1e6_us", "us", Context, "median latency with a million rows, used in this ratio"),
    figure("memory.idle_first_start_mib", "MiB", Context, "resident set of a start that compiles the component"),
    figure("memory.idle_mib", "MiB", AtMost(60.0), "resident set after the first answer"),
    figure("memory.256_in_flight_mib", "MiB", AtMost(160.0), "resident set with 256 invocations alive"),
    figure("memory.256_in_flight_peak_mib", "MiB", Context, "its peak until then"),
    figure("start.warm_ms", "ms", AtMost(60.0), "start to first answer, the compiled component cached"),
    figure("start.cold_ms", "ms", AtMost(1500.0), "start to first answer on a fresh data folder"),
];

#[cfg(test)]
mod tests {
    use super::FIGURES;

    #[test]
    fn the_document_has_every_figure_with_its_unit_and_its_aim() {
        let document = include_str!("../../../docs/benchmarks.md");
        for figure in FIGURES {
            let row = format!("| `{}` | {} | {} |", figure.name, figure.unit, figure.aim);
            assert!(document.contains(&row), "docs/benchmarks.md has no row that begins {row}");
        }
    }
}
