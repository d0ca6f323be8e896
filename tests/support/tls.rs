//! Certificates for tests, and clients that trust only them.

use std::fs::Permissions;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::Arc;

use reqwest::{Certificate, ClientBuilder};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// A self-signed certificate for 127.0.0.1, and its key.
pub struct Pair {
    pub certificate: String,
    pub key: String,
    der: CertificateDer<'static>,
}

impl Pair {
    pub fn new() -> Self {
        let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).expect("a certificate");
        let (certificate, key) = (made.cert.pem(), made.signing_key.serialize_pem());
        Self { certificate, key, der: made.cert.der().clone() }
    }

    /// A client that trusts only this certificate. The server chooses the HTTP version.
    pub fn client(&self) -> ClientBuilder {
        let certificate = Certificate::from_pem(self.certificate.as_bytes()).expect("a certificate");
        reqwest::Client::builder().tls_certs_only([certificate])
    }

    /// A connection that offers these protocols. The test writes the bytes.
    pub async fn connect(&self, address: SocketAddr, protocols: &[&str]) -> std::io::Result<TlsStream<TcpStream>> {
        self.secure(TcpStream::connect(address).await?, protocols).await
    }

    /// The same as [`Pair::connect`], over that stream.
    pub async fn secure(&self, stream: TcpStream, protocols: &[&str]) -> std::io::Result<TlsStream<TcpStream>> {
        let address = stream.peer_addr()?;
        let mut roots = RootCertStore::empty();
        roots.add(self.der.clone()).expect("a certificate");
        let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .expect("the provider knows TLS");
        let mut config = config.with_root_certificates(roots).with_no_client_auth();
        config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
        TlsConnector::from(Arc::new(config)).connect(address.ip().into(), stream).await
    }
}

/// The files from which a server reads a pair.
pub struct Files {
    folder: TempDir,
}

impl Files {
    pub fn of(pair: &Pair) -> Self {
        let files = Self { folder: crate::support::folder().expect("a folder") };
        files.write(&pair.certificate, &pair.key);
        files
    }

    pub fn write(&self, certificate: &str, key: &str) {
        for (path, text) in [(self.certificate(), certificate), (self.key(), key)] {
            std::fs::write(path, text).expect("it is written");
        }
        std::fs::set_permissions(self.key(), Permissions::from_mode(0o600)).expect("it is this user's");
    }

    pub fn certificate(&self) -> PathBuf {
        self.folder.path().join("chain.pem")
    }

    pub fn key(&self) -> PathBuf {
        self.folder.path().join("key.pem")
    }

    /// The environment of a server that uses the files, and `more`.
    pub fn settings(&self, more: &[(&str, &str)]) -> Vec<(String, String)> {
        let text = |path: PathBuf| path.into_os_string().into_string().expect("text");
        let mut settings = vec![
            ("OBP_HOST_TLS__CERTIFICATE".to_owned(), text(self.certificate())),
            ("OBP_HOST_TLS__KEY".to_owned(), text(self.key())),
        ];
        settings.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        settings
    }
}
