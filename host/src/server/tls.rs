//! TLS 1.2 and 1.3: loads and reloads the certificate and its key from PEM files. Opens no socket.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::rustls::crypto::{CryptoProvider, aws_lc_rs};
use tokio_rustls::rustls::pki_types::pem::{self, PemObject as _};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{ClientHello, ParsedCertificate, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_rustls::rustls::{self, InconsistentKeys, ServerConfig};
use tokio_rustls::{Accept, TlsAcceptor};

/// The protocols for ALPN, the preferred one first.
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// A certificate or key that cannot be used, with the correction. Never shows the content of a file.
#[derive(Debug, Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("cannot read {}: {source}; `{setting}` must name a file that this user may read", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The key of the configuration that names it.
        setting: &'static str,
        /// The operating system's reason.
        source: std::io::Error,
    },
    /// A file is not PEM, or contains something else.
    #[error("{} holds no {wanted}; `{setting}` must name a PEM file that has it between {marks}", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
        /// The key of the configuration that names it.
        setting: &'static str,
        /// The expected content.
        wanted: &'static str,
        /// The first and last line of the expected content.
        marks: &'static str,
    },
    /// A certificate of the chain is not valid.
    #[error("certificate {number} in {} cannot be read ({reason}); request the chain again from its issuer", path.display())]
    Certificate {
        /// The file.
        path: PathBuf,
        /// Its number in the chain; the first is 1.
        number: usize,
        /// The library's reason.
        reason: rustls::Error,
    },
    /// The key is of an unknown kind, or damaged.
    #[error("the private key in {} cannot be used; it must be an RSA, ECDSA or Ed25519 key", path.display())]
    Key {
        /// The file.
        path: PathBuf,
    },
    /// The key belongs to another certificate.
    #[error(
        "the private key in {} is not that of the first certificate in {}; \
         `tls.certificate` must begin with the server's own certificate, and `tls.key` belong to it",
        key.display(),
        certificate.display()
    )]
    Mismatch {
        /// The file of the chain.
        certificate: PathBuf,
        /// The file of the key.
        key: PathBuf,
    },
    /// The library rejects its own settings: a programming error.
    #[error("TLS cannot be set up: {0}")]
    Setup(#[from] rustls::Error),
}

/// Encrypts connections.
pub struct Tls {
    acceptor: TlsAcceptor,
    pair: Arc<Pair>,
}

impl Tls {
    /// Reads a certificate chain and its private key.
    ///
    /// # Errors
    /// If a file cannot be read or used, or the two do not belong together.
    pub fn load(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let current = RwLock::new(read(certificate, key, &provider)?);
        let pair = Arc::new(Pair { certificate: certificate.to_owned(), key: key.to_owned(), current });
        let config = ServerConfig::builder_with_provider(provider).with_protocol_versions(&[&TLS13, &TLS12])?;
        let mut config = config.with_no_client_auth().with_cert_resolver(Arc::clone(&pair) as _);
        config.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).to_vec();
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), pair })
    }

    /// Reloads both files. New connections use the new pair; open ones keep theirs.
    ///
    /// # Errors
    /// The same errors as [`Tls::load`]. The old pair then stays in use.
    pub fn reload(&self) -> Result<(), TlsError> {
        let provider = self.acceptor.config().crypto_provider();
        let new = read(&self.pair.certificate, &self.pair.key, provider)?;
        *self.pair.current.write().unwrap_or_else(PoisonError::into_inner) = new;
        Ok(())
    }

    pub(super) fn accept<S: AsyncRead + AsyncWrite + Unpin>(&self, stream: S) -> Accept<S> {
        self.acceptor.accept(stream)
    }
}

/// A certificate and its key, which can be replaced at run time.
struct Pair {
    certificate: PathBuf,
    key: PathBuf,
    current: RwLock<Arc<CertifiedKey>>,
}

impl fmt::Debug for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pair").field("certificate", &self.certificate).field("key", &self.key).finish_non_exhaustive()
    }
}

impl ResolvesServerCert for Pair {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

fn read(certificate: &Path, key: &Path, provider: &CryptoProvider) -> Result<Arc<CertifiedKey>, TlsError> {
    let chain = read_chain(certificate)?;
    let private = read_key(key)?;
    CertifiedKey::from_der(chain, private, provider).map(Arc::new).map_err(|error| match error {
        rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => {
            TlsError::Mismatch { certificate: certificate.to_owned(), key: key.to_owned() }
        }
        _ => TlsError::Key { path: key.to_owned() },
    })
}

fn read_chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let bytes = read_file(path, "tls.certificate")?;
    let chain: Vec<_> = CertificateDer::pem_slice_iter(&bytes).collect::<Result<_, _>>().unwrap_or_default();
    if chain.is_empty() {
        return Err(TlsError::Missing {
            path: path.to_owned(),
            setting: "tls.certificate",
            wanted: "certificate",
            marks: "`-----BEGIN CERTIFICATE-----` and `-----END CERTIFICATE-----`",
        });
    }
    for (index, certificate) in chain.iter().enumerate() {
        ParsedCertificate::try_from(certificate).map_err(|reason| TlsError::Certificate {
            path: path.to_owned(),
            number: index + 1,
            reason,
        })?;
    }
    Ok(chain)
}

fn read_key(path: &Path) -> Result<PrivateKeyDer<'static>, TlsError> {
    let bytes = read_file(path, "tls.key")?;
    PrivateKeyDer::from_pem_slice(&bytes).map_err(|_: pem::Error| TlsError::Missing {
        path: path.to_owned(),
        setting: "tls.key",
        wanted: "private key that is not encrypted",
        marks: "`-----BEGIN PRIVATE KEY-----` and `-----END PRIVATE KEY-----`",
    })
}

fn read_file(path: &Path, setting: &'static str) -> Result<Vec<u8>, TlsError> {
    std::fs::read(path).map_err(|source| TlsError::Unreadable { path: path.to_owned(), setting, source })
}
