//! The locks of users: those of operators, which last, and those of failed logins, which are logged.

use std::process::Stdio;

use reqwest::Client;
use serde_json::Value;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use crate::support::operator::{Operator, said};
use crate::support::process::{Server, obp_host};

const PASSWORD: &str = "Abcdefg12!";

/// A running server with the user kim+1, and its operator.
struct Bank {
    operator: Operator,
    server: Server,
}

impl Bank {
    async fn open() -> Self {
        let operator = Operator::new().await;
        let server = operator.serve().await;
        let body =
            format!(r#"{{"email":"a@b","username":"kim+1","password":"{PASSWORD}","first_name":"","last_name":""}}"#);
        let request = Client::new().post(server.url("/users")).header("Content-Type", "application/json").body(body);
        assert_eq!(request.send().await.unwrap().status(), 201);
        Self { operator, server }
    }

    /// Logs in. Returns the token, or the refusal.
    async fn log_in(&self, password: &str) -> Result<String, String> {
        let header = format!(r#"username="kim+1", password="{password}", consumer_key="key-1""#);
        let request = Client::new().post(format!("{}/my/logins/direct", self.server.url)).header("DirectLogin", header);
        let answer: Value = serde_json::from_str(&request.send().await.unwrap().text().await.unwrap()).unwrap();
        answer["token"].as_str().map(str::to_owned).ok_or_else(|| answer["message"].as_str().unwrap().to_owned())
    }

    /// The status of a call with this token.
    async fn status(&self, token: &str) -> u16 {
        let request = Client::new().get(self.server.url("/users/current"));
        request.header("DirectLogin", format!("token={token}")).send().await.unwrap().status().as_u16()
    }

    /// Runs `obp-host user …`, which must succeed. Returns its JSON.
    async fn user(&self, arguments: &[&str]) -> Value {
        let data = self.operator.data.to_str().unwrap();
        let said = said(&[&["user"], arguments, &["--data", data, "--json"]].concat()).await;
        assert_eq!(said.code, 0, "{said:?}");
        serde_json::from_str(&said.out).unwrap()
    }

    /// Runs `obp-host user password kim+1` with this input. Returns the exit code and the message.
    async fn set_password(&self, input: &str) -> (i32, String) {
        let mut command = Command::new(obp_host());
        command.args(["user", "password", "kim+1", "--data"]).arg(&self.operator.data);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).await.unwrap();
        let output = child.wait_with_output().await.unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.code().unwrap(), String::from_utf8(said).unwrap())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_locks_and_unlocks_a_user_while_the_server_runs() {
    let bank = Bank::open().await;
    let token = bank.log_in(PASSWORD).await.unwrap();
    assert_eq!(bank.status(&token).await, 200);
    for command in ["lock", "disable"] {
        let locked = bank.user(&[command, "kim+1"]).await;
        assert_eq!((&locked["disabled"], &locked["tokens"]), (&Value::from(true), &Value::from(0)), "{locked}");
        assert_eq!(bank.status(&token).await, 401);
        let refusal = bank.log_in(PASSWORD).await.unwrap_err();
        assert!(refusal.starts_with("OBP-20013: ") && refusal.contains("An operator has locked it"), "{refusal}");
        // A stranger does not learn of the lock.
        assert!(bank.log_in("wrong").await.unwrap_err().starts_with("OBP-20004: "));
        let unlocked = bank.user(&["unlock", "kim+1"]).await;
        assert_eq!((&unlocked["disabled"], &unlocked["failed_logins"]), (&Value::from(false), &Value::from(0)));
        // Tokens that were revoked stay revoked.
        assert_eq!(bank.status(&token).await, 401);
        assert_eq!(bank.status(&bank.log_in(PASSWORD).await.unwrap()).await, 200);
    }
    let users = bank.user(&["list"]).await;
    let users: Vec<_> =
        users["users"].as_array().unwrap().iter().map(|user| user["username"].as_str().unwrap()).collect();
    assert_eq!(users, ["ada", "kim", "kim+1", "lee", "root"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_revokes_tokens_and_sets_a_password() {
    let bank = Bank::open().await;
    let tokens = [bank.log_in(PASSWORD).await.unwrap(), bank.log_in(PASSWORD).await.unwrap()];
    assert_eq!(bank.user(&["revoke", "kim+1"]).await["revoked_tokens"], 2);
    assert_eq!([bank.status(&tokens[0]).await, bank.status(&tokens[1]).await], [401, 401]);
    let token = bank.log_in(PASSWORD).await.unwrap();

    let (code, said) = bank.set_password("Abc \n").await;
    assert!(code == 1 && said.contains("OBP-30207: ") && said.contains("It has 4 characters"), "{code}: {said}");
    assert_eq!(bank.status(&token).await, 200, "a password that is refused changes nothing");
    let (code, said) = bank.set_password("Ünïcode \"12\n").await;
    assert!(code == 0 && said.contains("1 token revoked"), "{code}: {said}");
    assert_eq!(bank.status(&token).await, 401);
    assert!(bank.log_in(PASSWORD).await.unwrap_err().starts_with("OBP-20004: "));
    bank.log_in("Ünïcode \\\"12").await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_about_no_user_or_no_store_changes_nothing() {
    let operator = Operator::new().await;
    let data = operator.data.to_str().unwrap();
    for command in ["lock", "unlock", "password", "revoke"] {
        let said = said(&["user", command, "kom", "--data", data]).await;
        assert!(said.code == 1 && said.err.contains("no user has the name \"kom\""), "{command}: {said:?}");
    }
    let nowhere = operator.elsewhere("nothing");
    let said = said(&["user", "list", "--data", nowhere.to_str().unwrap()]).await;
    assert!(said.code == 1 && said.err.contains("there is no store") && !nowhere.exists(), "{said:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_lock_of_failed_logins_is_logged_with_its_user_and_address() {
    let bank = Bank::open().await;
    for _ in 0..5 {
        bank.log_in("wrong").await.unwrap_err();
    }
    assert!(!bank.operator.log().contains("failed logins lock"), "five failures lock no user");
    bank.log_in("wrong").await.unwrap_err();
    bank.operator.logged("failed logins lock", 1).await;
    let log = bank.operator.log();
    let line = log.lines().find(|line| line.contains("failed logins lock")).unwrap();
    for words in ["kim+1", "127.0.0.1", "seconds=60", "failures=6"] {
        assert!(line.contains(words), "{words}: {line}");
    }
    assert!(!log.contains("wrong"), "the log has no passwords");
}
