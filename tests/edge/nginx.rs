//! nginx before the server, with TLS, from the very block of `docs/proxies.md`.

use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use reqwest::ClientBuilder;
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};

use super::forwarded::{PASSWORD, log_in, register};
use crate::support::TestApp;
use crate::support::tls::{Files, Pair};

const MANUAL: &str = include_str!("../../docs/proxies.md");

/// A running nginx, which is killed when this is dropped.
struct Nginx {
    child: Child,
    files: Files,
    folder: TempDir,
}

/// The block of the manual in this language.
fn block(language: &str) -> &'static str {
    let begin = format!("```{language}\n");
    MANUAL.split(&begin).nth(1).expect("a block").split("```").next().expect("its end")
}

/// The block of the manual with these replacements, each of which must be in it.
fn replaced(block: &str, replacements: &[(&str, String)]) -> String {
    replacements.iter().fold(block.to_owned(), |block, (there, instead)| {
        assert!(block.contains(there), "{there} is not in the manual");
        block.replace(there, instead)
    })
}

impl Nginx {
    /// Starts nginx at this address, with the server behind it.
    async fn start(listen: SocketAddr, server: SocketAddr, pair: &Pair) -> Self {
        let (files, folder) = (Files::of(pair), crate::support::folder().unwrap());
        let path = |path: &Path| path.to_str().unwrap().to_owned();
        let server = replaced(
            block("nginx"),
            &[
                ("listen 443 ssl", format!("listen {listen} ssl")),
                ("server 127.0.0.1:8080", format!("server {server}")),
                ("/etc/ssl/bank.example/chain.pem", path(&files.certificate())),
                ("/etc/ssl/bank.example/key.pem", path(&files.key())),
            ],
        );
        let here = path(folder.path());
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|kind| format!("{kind}_temp_path {here}/{kind};\n"))
            .concat();
        let config = format!(
            "daemon off;\nmaster_process off;\npid {here}/pid;\nerror_log stderr;\nevents {{}}\n\
             http {{\naccess_log off;\n{temporary}{server}}}\n"
        );
        std::fs::write(folder.path().join("nginx.conf"), config).unwrap();
        let path = format!("{}:/usr/sbin", std::env::var("PATH").unwrap());
        let mut command = Command::new("nginx");
        command.env("PATH", path).args(["-p", &here, "-e", "stderr", "-c", "nginx.conf"]).stdout(Stdio::null());
        let mut child = command.kill_on_drop(true).spawn().expect("nginx is installed by make test-tools");
        while TcpStream::connect(listen).await.is_err() {
            assert!(child.try_wait().unwrap().is_none(), "nginx has ended");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Self { child, files, folder }
    }
}

/// An address of this machine with a free port.
async fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap()
}

async fn text(client: ClientBuilder, url: &str) -> String {
    client.build().unwrap().get(url).send().await.unwrap().text().await.unwrap()
}

/// The settings of the manual, for a proxy at that URL.
fn settings(url: &str) -> [(&'static str, String); 2] {
    let manual = block("toml");
    assert!(manual.contains("public_url = \"https://bank.example\"\n"), "{manual}");
    let proxies = manual.split("trusted_proxies = [\"").nth(1).and_then(|rest| rest.split("\"]").next()).unwrap();
    [("OBP_HOST_PUBLIC_URL", url.to_owned()), ("OBP_HOST_TRUSTED_PROXIES", proxies.to_owned())]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_nginx_cookies_are_secure_and_links_and_documents_name_the_public_url() {
    let (pair, listen) = (Pair::new(), free_address().await);
    let url = format!("https://{listen}");
    for (is_configured, settings) in [(true, settings(&url).to_vec()), (false, vec![])] {
        let settings: Vec<_> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let app = TestApp::with(&settings).await;
        let nginx = Nginx::start(listen, app.address, &pair).await;
        let page = pair.client().build().unwrap().get(format!("{url}/sign-in")).send().await.unwrap();
        let cookie = page.headers()["set-cookie"].to_str().unwrap().to_owned();
        let is_secure = cookie.starts_with("__Host-visitor=") && cookie.contains("; Secure");
        assert_eq!(is_secure, is_configured, "{cookie}");

        // A form is accepted from the public URL, and from no other origin.
        let (name, _) = cookie.split_once(';').unwrap();
        let page = page.text().await.unwrap();
        let token = page.split("name=\"form_token\" value=\"").nth(1).unwrap().split('"').next().unwrap();
        for (origin, accepted) in [(url.as_str(), true), ("https://evil.example", false)] {
            let form = format!("form_token={token}&username=stranger&password=wrong");
            let request = pair.client().build().unwrap().post(format!("{url}/sign-in")).header("Origin", origin);
            let request = request.header("Cookie", name).header("Content-Type", "application/x-www-form-urlencoded");
            let status = request.body(form).send().await.unwrap().status().as_u16();
            assert_eq!(status, if accepted { 401 } else { 403 }, "{origin}");
        }

        let explorer = text(pair.client(), &format!("{url}/?operation=createUser")).await;
        assert_eq!(explorer.contains(&format!("{url}/obp/v3.1.0/users")), is_configured, "the curl line");
        assert_eq!(explorer.contains(&format!("http://{listen}/")), !is_configured, "the curl line");
        let openapi = text(pair.client(), &format!("{url}/openapi.json")).await;
        assert_eq!(openapi.contains(&format!(r#""servers":[{{"url":"{url}"}}]"#)), is_configured);
        let swagger = text(pair.client(), &format!("{url}/obp/v3.1.0/resource-docs/v3.1.0/swagger")).await;
        let swagger: serde_json::Value = serde_json::from_str(&swagger).unwrap();
        let expected = if is_configured { serde_json::json!(listen.to_string()) } else { serde_json::Value::Null };
        assert_eq!(swagger["host"], expected);
        let schemes = if is_configured { serde_json::json!(["https"]) } else { serde_json::json!(["http", "https"]) };
        assert_eq!(swagger["schemes"], schemes);
        nginx.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_nginx_failed_logins_are_counted_by_the_client_address() {
    let (pair, listen) = (Pair::new(), free_address().await);
    let url = format!("https://{listen}");
    let from = |address: &str| pair.client().local_address(address.parse::<IpAddr>().unwrap());
    for (is_configured, settings) in [(true, settings(&url).to_vec()), (false, vec![])] {
        let settings: Vec<_> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let app = TestApp::with(&settings).await;
        register(&app).await;
        let nginx = Nginx::start(listen, app.address, &pair).await;
        for _ in 0..6 {
            // The stranger also invents an address.
            assert_eq!(log_in(from("127.0.0.2"), &url, Some("127.0.0.3"), "wrong").await, 401);
        }
        assert_eq!(log_in(from("127.0.0.2"), &url, None, PASSWORD).await, 401, "the stranger's address is locked");
        let status = log_in(from("127.0.0.3"), &url, None, PASSWORD).await;
        // The control: without the settings all clients have the proxy's address.
        assert_eq!(status == 201, is_configured, "{status}");
        nginx.end().await;
    }
}

impl Nginx {
    async fn end(mut self) {
        self.child.kill().await.unwrap();
        drop((self.files, self.folder));
    }
}
