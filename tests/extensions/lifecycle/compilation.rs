//! Extensions are compiled in a process of their own, with limits.

use std::fs;

use obp_host::app;
use obp_host::extensions::compiler::{CompilerLimits, Isolation};
use obp_host::extensions::outbound::OutboundClients;
use tokio::process::Command;

use super::{SCREENER, screened, text};
use crate::support::app::config;
use crate::support::operator::{Operator, example, laborious, with_component};
use crate::support::process::{Server, obp_host};

/// The child processes of a server.
fn children(server: &Server) -> Vec<String> {
    let tasks = fs::read_dir(format!("/proc/{}/task", server.pid())).unwrap();
    let of_task = |task: std::io::Result<fs::DirEntry>| fs::read_to_string(task.unwrap().path().join("children"));
    let all: String = tasks.filter_map(|task| of_task(task).ok()).collect();
    all.split_whitespace().map(str::to_owned).collect()
}

/// Whether the process runs. A zombie does not count.
fn runs(process: &str) -> bool {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"));
    stat.is_ok_and(|stat| !stat.rsplit(')').next().unwrap().starts_with(" Z"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_old_set_serves_while_a_process_that_ends_with_the_server_compiles_the_new_one() {
    let operator = Operator::new().await;
    let new = with_component(SCREENER, &operator.elsewhere("new"), &laborious(SCREENER), &[]);
    for how in ["-TERM", "-KILL"] {
        let server = operator.serve().await;
        if how == "-TERM" {
            operator.add(&example(SCREENER)).await;
        }
        let add = async { operator.extension(&["add", "--replace", text(&new)]).await };
        let meanwhile = async {
            let compiles = loop {
                if let [process] = &children(&server)[..] {
                    break process.clone();
                }
                tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            };
            for _ in 0..20 {
                assert!(screened(&server).await);
            }
            assert!(runs(&compiles), "the compilation ended before the requests");
            let kill = Command::new("kill").args([how, &server.pid().to_string()]).status().await.unwrap();
            assert!(kill.success());
            server.ended().await;
            while runs(&compiles) {
                tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            }
        };
        let (told, ()) = tokio::join!(add, meanwhile);
        assert!(told.code == 1 && told.err.contains("the server ended before it answered"), "{told:?}");
        // The next command repairs the unfinished work of this one.
        let told = operator.extension(&["add", "--replace", text(&example(SCREENER))]).await;
        assert_eq!(told.code, 0, "{told:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_component_that_exceeds_the_limits_of_compilation_is_refused() {
    let folder = crate::support::folder().unwrap();
    with_component(SCREENER, folder.path(), &laborious(SCREENER), &[]);
    let config = config(&[("OBP_HOST_EXTENSIONS__FOLDER", text(folder.path()))]);
    for (limits, reason) in [
        (CompilerLimits { seconds_max: 1, ..CompilerLimits::DEFAULT }, "compiling it "),
        // No component compiles with so little memory.
        (CompilerLimits { data_bytes_max: 64 << 20, ..CompilerLimits::DEFAULT }, "Cannot allocate memory"),
    ] {
        let isolation = Isolation::Process(obp_host(), limits);
        let extensions = app::extensions(&config, isolation, OutboundClients::default()).unwrap();
        extensions.start().await.unwrap();
        let set = extensions.current();
        let refused = set.not_loaded().first().unwrap();
        assert!(refused.path.ends_with("expired-documents/extension.toml") && refused.line == Some(3), "{refused}");
        assert!(refused.reason.contains(reason), "{refused}");
        assert!(set.extensions().is_empty());
    }
}
