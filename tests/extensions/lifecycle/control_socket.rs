//! The socket through which commands talk to a running server.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;

use super::{SCREENER, screened, text};
use crate::support::operator::{Operator, example, said};

#[tokio::test]
async fn the_control_socket_is_private_to_the_operator_and_belongs_to_one_server() {
    // The path is longer than the address of a socket may be.
    let operator = Operator::at(&"deep/".repeat(40)).await;
    let socket = operator.data.join("control.sock");
    assert!(text(&socket).len() > 108);
    let killed = operator.serve().await;
    killed.kill().await;
    assert!(socket.exists(), "the control: the file is still there");
    let server = operator.serve().await;
    assert_eq!(fs::metadata(&socket).unwrap().permissions().mode() & 0o777, 0o600);
    operator.add(&example(SCREENER)).await;
    assert!(screened(&server).await);

    let second = said(&["serve", "--listen", "127.0.0.1:0", "--data", text(&operator.data)]).await;
    assert!(second.code == 1 && second.err.contains("another server"), "{second:?}");
    assert_eq!(operator.extension(&["remove", SCREENER]).await.code, 0);
    assert!(!screened(&server).await, "the server still receives the commands");

    let near = operator.elsewhere("near");
    std::os::unix::fs::symlink(&operator.data, &near).unwrap();
    for garbage in [&b"\n"[..], b"{}\n", b"\xff\xfe\0\n", b"\"format_the_disk\"\n", &[b'x'; 8192]] {
        let mut stream = UnixStream::connect(near.join("control.sock")).await.unwrap();
        // The server reads at most the longest possible question, so the write can fail.
        let _ = stream.write_all(garbage).await;
        let mut answer = String::new();
        BufReader::new(&mut stream).read_line(&mut answer).await.unwrap();
        assert!(answer.starts_with("{\"refused\":\"not a question: ") && answer.ends_with("}\n"), "{answer:?}");
    }
    let mute = UnixStream::connect(near.join("control.sock")).await.unwrap();
    assert_eq!(operator.extension(&["list"]).await.out, "no extensions\n");
    drop(mute);
    assert!(!screened(&server).await);
}
