//! The size of the long tests.

/// Whether the long form of the tests runs: `FAULTS_FULL=1`.
pub fn is_full() -> bool {
    std::env::var_os("FAULTS_FULL").is_some_and(|value| value == "1")
}

/// The sample in `make test`, and the full size in the long form.
pub fn sized<T>(sample: T, full: T) -> T {
    if is_full() { full } else { sample }
}
