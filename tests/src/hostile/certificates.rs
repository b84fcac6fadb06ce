//! Certificates that no client should accept, made when they are needed.

use std::sync::Arc;

use anyhow::{Context, Result};
use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{ServerConfig, version};

/// Which certificate is shown depends on the name that is asked for.
#[derive(Debug)]
struct Shown {
    self_signed: Arc<CertifiedKey>,
    expired: Arc<CertifiedKey>,
    wrong_host: Arc<CertifiedKey>,
}

impl ResolvesServerCert for Shown {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let shown = match hello.server_name()?.split('.').next()? {
            "expired" => &self.expired,
            "wrong-host" => &self.wrong_host,
            // No certificate at all: the handshake ends in an alert.
            "no-certificate" => return None,
            _ => &self.self_signed,
        };
        Some(Arc::clone(shown))
    }
}

/// Accepts TLS connections to `*.tls.hostile.test`.
pub(super) fn acceptor() -> Result<TlsAcceptor> {
    let shown = Shown {
        self_signed: made("*.tls.hostile.test", 2100)?,
        expired: made("*.tls.hostile.test", 2020)?,
        wrong_host: made("www.elsewhere.test", 2100)?,
    };
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[&version::TLS12, &version::TLS13])?
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(shown));
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// A certificate that signs itself, good for one name until the end of a year.
fn made(name: &str, last_year: i32) -> Result<Arc<CertifiedKey>> {
    let mut asked = CertificateParams::new([name.to_owned()])?;
    asked.not_before = date_time_ymd(2019, 1, 1);
    asked.not_after = date_time_ymd(last_year, 12, 31);
    let key = KeyPair::generate()?;
    let certificate = asked.self_signed(&key)?;
    let key = PrivateKeyDer::try_from(key.serialize_der()).map_err(|why| anyhow::anyhow!("{why}"))?;
    let signing = ring::sign::any_supported_type(&key).context("a key that was just made")?;
    Ok(Arc::new(CertifiedKey::new(vec![certificate.der().clone()], signing)))
}
