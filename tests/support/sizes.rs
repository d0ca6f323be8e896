//! The size of the long tests.

/// This many in `make test`, and that many with `FAULTS_FULL=1`.
pub fn sized(sample: usize, full: usize) -> usize {
    if std::env::var_os("FAULTS_FULL").is_some_and(|value| value == "1") { full } else { sample }
}
