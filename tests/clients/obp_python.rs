//! The public client `obp` (PyPI: obp-python) on a fresh server: from an empty store to a visible account.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::process::Command;

use crate::support::process::{Server, obp_host};

const PASSWORD: &str = "Abcdefg12!";

/// The options of `adduser`.
const USER: [(&str, &str); 5] = [
    ("--username", "alice"),
    ("--email", "alice@example.com"),
    ("--password", PASSWORD),
    ("--firstname", "Alice"),
    ("--lastname", "A"),
];

/// The options of `addbank`.
const BANK: [(&str, &str); 9] = [
    ("--bank-id", "bank.1"),
    ("--full-name", "The Bank"),
    ("--short-name", "Bank"),
    ("--logo-url", "http://l"),
    ("--website-url", "http://w"),
    ("--swift_bic", "S"),
    ("--national-identifier", "N"),
    ("--bank-routing-scheme", "OBP"),
    ("--bank-routing-address", "bank.1"),
];

/// The options of `addcustomer`.
const CUSTOMER: [(&str, &str); 24] = [
    ("--bank-id", "bank.1"),
    ("--username", "alice"),
    ("--customer-number", "1"),
    ("--legal-name", "Alice A"),
    ("--title", "Dr"),
    ("--mobile-number", "1"),
    ("--email", "a@example.com"),
    ("--face-image-url", "http://f"),
    ("--face-image-date", "2017-09-19T00:00:00Z"),
    ("--birthdate", "1990-01-01T00:00:00Z"),
    ("--relationship-status", "single"),
    ("--number-of-dependants", "1"),
    ("--dob-dependants", "2015-01-01T00:00:00Z"),
    ("--credit-rating-rating", "A"),
    ("--credit-rating-source", "S"),
    ("--credit-rating-currency", "EUR"),
    ("--credit-limit-currency", "EUR"),
    ("--credit-limit-amount", "10"),
    ("--highest-education-attained", "school"),
    ("--employment-status", "employed"),
    ("--kyc-status", "true"),
    ("--last-ok-date", "2017-09-19T00:00:00Z"),
    ("--branch-id", "1"),
    ("--name-suffix", "Sr"),
];

/// The options of `addaccount`, except the user id.
const ACCOUNT: [(&str, &str); 6] = [
    ("--accountid", "account-1"),
    ("--label", "Label"),
    ("--type", "CURRENT"),
    ("--currency", "EUR"),
    ("--branchid", "1234"),
    ("--bankid", "bank.1"),
];

/// The client, which `scripts/test-tools.sh` installs in cargo's target folder.
fn obp() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let obp = test.ancestors().nth(3).unwrap().join("test-tools/bin/obp");
    assert!(obp.exists(), "{} is missing: run the tests by `make test`, or `make test-tools` first", obp.display());
    obp
}

/// A user at a terminal: the server, the home folder and the settings of the client so far.
struct Person<'a> {
    server: &'a Server,
    home: &'a Path,
    settings: Vec<(&'static str, String)>,
}

impl Person<'_> {
    /// Runs a command of the client, which must succeed, and returns its output.
    async fn obp(&self, arguments: &[&str]) -> String {
        let output = Command::new(obp())
            .args(arguments)
            .env("HOME", self.home)
            .env("XDG_CONFIG_HOME", self.home)
            .env("OBP_API_HOST", &self.server.url)
            .envs(self.settings.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .output()
            .await
            .unwrap();
        let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "obp {arguments:?}: {text}");
        text
    }

    /// Runs a command of the client with options.
    async fn obp_with(&self, command: &str, options: &[(&str, &str)]) -> String {
        let options = options.iter().flat_map(|(name, value)| [*name, *value]);
        self.obp(&std::iter::once(command).chain(options).collect::<Vec<_>>()).await
    }
}

/// The output of an admin command.
async fn admin(data: &Path, arguments: &[&str]) -> String {
    let output = Command::new(obp_host()).args(arguments).arg("--data").arg(data).output().await.unwrap();
    assert!(output.status.success(), "obp-host {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The text between `name` and the next quote, single or double.
fn after<'a>(text: &'a str, name: &str) -> &'a str {
    let (_, rest) = text.split_once(name).unwrap_or_else(|| panic!("no {name} in {text}"));
    rest.split(['"', '\'']).next().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_public_client_gets_from_an_empty_server_to_an_account() {
    let home = tempfile::tempdir().unwrap();
    let data = tempfile::tempdir().unwrap();
    let server = Server::serve(data.path()).await;
    // Both commands run while the server runs. The second one precedes the user's registration.
    let consumer = admin(data.path(), &["consumer", "create", "--json", "--name", "obp-python"]).await;
    admin(data.path(), &["super-admin", "add", "alice"]).await;

    let mut alice = Person { server: &server, home: home.path(), settings: vec![] };
    assert!(alice.obp_with("adduser", &USER).await.contains(r#""username":"alice""#));

    alice.settings.push(("OBP_USERNAME", "alice".to_owned()));
    alice.settings.push(("OBP_PASSWORD", PASSWORD.to_owned()));
    alice.settings.push(("OBP_CONSUMER_KEY", after(&consumer, r#""key":""#).to_owned()));
    let token = alice.obp(&["getauth"]).await;
    alice.settings.push(("OBP_AUTH_TOKEN", after(&token, "'token': '").to_owned()));

    let user_id = after(&alice.obp(&["getuserid"]).await, "'user_id': '").to_owned();
    assert_eq!(user_id.len(), 36, "{user_id}");
    alice.settings.push(("OBP_USER_ID", user_id.clone()));

    alice.obp(&["addrole", "--role-name", "CanCreateBank"]).await;
    alice.obp_with("addbank", &BANK).await;
    assert!(alice.obp(&["getbanks"]).await.contains("bank.1"));

    for role in ["CanCreateCustomer", "CanCreateUserCustomerLink"] {
        alice.obp(&["addrole", "--role-name", role, "--bank-id", "bank.1"]).await;
    }
    let customer = alice.obp_with("addcustomer", &CUSTOMER).await;
    let customer_id = after(&customer, r#""customer_id":""#).to_owned();
    alice
        .obp(&["linkusertocustomer", "--bank-id", "bank.1", "--user-id", &user_id, "--customer-id", &customer_id])
        .await;

    alice.obp_with("addaccount", &[&ACCOUNT[..], &[("--userid", &user_id)]].concat()).await;
    assert!(alice.obp(&["getaccountsheld", "--bank-id", "bank.1"]).await.contains("account-1"));
    assert!(
        alice.obp(&["getaccountbyid", "--bank-id", "bank.1", "--account-id", "account-1"]).await.contains("account-1")
    );
    assert!(server.stop().await.success(), "the server ends without an error");
}
