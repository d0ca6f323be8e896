//! The number of files and sockets that this process may open.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::store_options;
use crate::config::Config;

/// Files of a connection to the database: the database, its log, and the index of the log.
const FILES_PER_READER: usize = 3;
/// Files of everything else: components, sockets of commands and providers, the runtime.
const OTHER_FILES: usize = 128;

/// Raises the limit of open files as far as the system allows. Logs a warning if it is too low for the configured limits.
pub fn raise_file_limit(config: &Config) {
    let allowed = getrlimit(Resource::Nofile).maximum;
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: allowed, maximum: allowed }) {
        tracing::warn!(%error, "cannot raise the limit of open files");
    }
    let Some(files) = getrlimit(Resource::Nofile).current else { return };
    let needed = files_needed(config);
    if files < needed as u64 {
        tracing::warn!(
            "the server may open {files} files, and needs {needed} for `limits.connections_max` = {}: raise the hard limit \
             (`ulimit -Hn`, `LimitNOFILE=`), or lower `limits.connections_max`",
            config.limits.connections_max
        );
    }
}

fn files_needed(config: &Config) -> usize {
    config.limits.connections_max + store_options(config).readers_max * FILES_PER_READER + OTHER_FILES
}
