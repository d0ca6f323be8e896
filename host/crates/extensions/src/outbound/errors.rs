//! Maps errors of the network to error codes of `wasi:http`. An extension gets the code and no text: the libraries' texts name
//! internal addresses and certificates.

use std::error::Error as StdError;
use std::io::{self, ErrorKind};
use std::iter::successors;

use tokio_rustls::rustls;
use wasmtime_wasi_http::Error;

use super::pacing::NotConnected;

/// The code for a reply that ended too early.
pub(super) fn broken_off(error: &reqwest::Error) -> Error {
    match code(error) {
        Error::ConnectionTerminated => Error::HttpResponseIncomplete,
        other => other,
    }
}

/// The code for a request that failed.
pub(super) fn code(error: &reqwest::Error) -> Error {
    if error.is_dns() {
        return Error::DnsError { rcode: None, info_code: None };
    }
    let unknown = if error.is_connect() {
        if error.is_timeout() { Error::ConnectionTimeout } else { Error::DestinationUnavailable }
    } else {
        Error::HttpProtocolError
    };
    causes(error).find_map(known).unwrap_or(unknown)
}

/// The first of an error's causes that is of that type.
pub(super) fn cause<'a, T: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a T> {
    causes(error).find_map(|cause| cause.downcast_ref())
}

/// An error and its causes.
fn causes<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    successors(Some(error), |error| below(*error))
}

/// The cause of an error. An error of [`io`] does not give the error it was made of as its source.
fn below<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    match error.downcast_ref().and_then(io::Error::get_ref) {
        Some(inner) => Some(inner as &(dyn StdError + 'static)),
        None => error.source(),
    }
}

fn known(error: &(dyn StdError + 'static)) -> Option<Error> {
    if error.is::<NotConnected>() {
        return Some(Error::ConnectionTimeout);
    }
    if let Some(error) = error.downcast_ref() {
        return of_hyper(error);
    }
    if let Some(error) = error.downcast_ref() {
        return Some(of_tls(error));
    }
    error.downcast_ref().and_then(of_io)
}

fn of_hyper(error: &hyper::Error) -> Option<Error> {
    match error {
        error if error.is_parse_too_large() => Some(Error::HttpResponseHeaderSectionSize(None)),
        error if error.is_parse() => Some(Error::HttpProtocolError),
        error if error.is_incomplete_message() => Some(Error::HttpResponseIncomplete),
        error if error.is_closed() || error.is_canceled() => Some(Error::ConnectionTerminated),
        _ => None,
    }
}

fn of_tls(error: &rustls::Error) -> Error {
    match error {
        rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented => Error::TlsCertificateError,
        rustls::Error::AlertReceived(alert) => {
            Error::TlsAlertReceived { alert_id: Some(u8::from(*alert)), alert_message: None }
        }
        _ => Error::TlsProtocolError,
    }
}

fn of_io(error: &io::Error) -> Option<Error> {
    match error.kind() {
        ErrorKind::ConnectionRefused => Some(Error::ConnectionRefused),
        ErrorKind::ConnectionReset
        | ErrorKind::ConnectionAborted
        | ErrorKind::BrokenPipe
        | ErrorKind::NotConnected
        | ErrorKind::UnexpectedEof => Some(Error::ConnectionTerminated),
        ErrorKind::TimedOut => Some(Error::ConnectionTimeout),
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => Some(Error::DestinationIpUnroutable),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use rustls::{AlertDescription, CertificateError};

    use super::*;

    fn found(error: &(dyn StdError + 'static)) -> String {
        format!("{:?}", causes(error).find_map(known))
    }

    #[test]
    fn the_causes_of_io_errors_are_found() {
        let tls = |error| io::Error::other(io::Error::new(ErrorKind::InvalidData, error));
        let untrusted = tls(rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer));
        assert_eq!(found(&untrusted), "Some(TlsCertificateError)");
        let alert = tls(rustls::Error::AlertReceived(AlertDescription::HandshakeFailure));
        assert_eq!(found(&alert), "Some(TlsAlertReceived { alert_id: Some(40), alert_message: None })");
        assert_eq!(found(&tls(rustls::Error::DecryptError)), "Some(TlsProtocolError)");
        assert_eq!(found(&io::Error::other(NotConnected)), "Some(ConnectionTimeout)");
        assert_eq!(found(&io::Error::from(ErrorKind::ConnectionReset)), "Some(ConnectionTerminated)");
        assert_eq!(found(&io::Error::other("nothing known")), "None");
    }
}
