//! Certificates that the browser refused, and therefore does not give away: the server is asked for them once more.
//!
//! Hands are shaken as far as the certificates, and then the connection is ended: nothing is sent to a server that nobody believes.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use fast_socks5::client::{Config, Socks5Stream};
use model::chain::Hop;
use model::evidence::Evidence;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::{ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use url::Url;

use super::{LONGEST, MOST, write_down};

const BOUND: Duration = Duration::from_secs(5);
/// Hops of one visit that are asked for.
const MOST_HOPS: usize = 3;

/// Looks at the certificates of hops at which they were refused, through the guard.
pub(crate) async fn look_at(hops: &mut [Hop], proxy: SocketAddr, at: DateTime<Utc>) -> Vec<Evidence> {
    let refused = |hop: &&mut Hop| hop.error.as_ref().is_some_and(|why| why.starts_with("net::ERR_CERT_"));
    let mut kept = Vec::new();
    for hop in hops.iter_mut().filter(refused).take(MOST_HOPS) {
        let Ok(url) = Url::parse(&hop.url) else { continue };
        if let Ok(Some(chain)) = timeout(BOUND, shown(&url, proxy)).await {
            kept.extend(write_down(hop, &chain, at));
        }
    }
    kept
}

/// What a server shows.
async fn shown(url: &Url, proxy: SocketAddr) -> Option<Vec<Vec<u8>>> {
    let (host, port) = (url.host_str()?.to_owned(), url.port_or_known_default()?);
    let name = ServerName::try_from(host.clone()).ok()?;
    let provider = Arc::new(ring::default_provider());
    let looking = Arc::new(Looking { provider: Arc::clone(&provider), shown: Mutex::default() });
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .ok()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::clone(&looking) as Arc<dyn ServerCertVerifier>)
        .with_no_client_auth();
    let stream = Socks5Stream::connect(proxy, host, port, Config::default()).await.ok()?;
    // It never succeeds: whoever looks says no.
    TlsConnector::from(Arc::new(config)).connect(name, stream).await.err()?;
    let shown = std::mem::take(&mut *looking.shown.lock().unwrap_or_else(PoisonError::into_inner));
    (!shown.is_empty()).then_some(shown)
}

/// Takes note of certificates, and believes none.
#[derive(Debug)]
struct Looking {
    provider: Arc<CryptoProvider>,
    shown: Mutex<Vec<Vec<u8>>>,
}

impl ServerCertVerifier for Looking {
    fn verify_server_cert(
        &self,
        own: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let all = std::iter::once(own).chain(others).filter(|der| der.len() <= LONGEST).take(MOST);
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = all.map(|der| der.to_vec()).collect();
        Err(no())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(no())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(no())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

fn no() -> Error {
    Error::General("it is looked at only".into())
}
