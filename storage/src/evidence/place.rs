//! Where blobs lie: in a folder, or in a bucket of an S3 service.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use object_store::aws::{AmazonS3Builder, Checksum, S3ConditionalPut};
use object_store::local::LocalFileSystem;
use object_store::prefix::PrefixStore;
use object_store::{ClientOptions, Error, ObjectStore, RetryConfig};

use crate::store::StoreError;

/// A folder, or a bucket.
#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    Folder(PathBuf),
    Bucket(Bucket),
}

/// A bucket of an S3 service, and how to get in.
#[derive(Clone, PartialEq)]
pub struct Bucket {
    /// `s3://bucket/prefix`.
    pub url: String,
    /// `https://host`; empty for Amazon's own of the region.
    pub endpoint: String,
    pub region: String,
    pub access_key: String,
    pub secret_key: String,
    /// Of temporary keys; empty for others.
    pub session_token: String,
    pub patience: Patience,
}

/// How long a service is waited for, and how often it is asked again.
#[derive(Clone, Debug, PartialEq)]
pub struct Patience {
    pub connect: Duration,
    /// Without a byte from the service.
    pub silence: Duration,
    /// After the first attempt.
    pub retries: usize,
    /// How long one attempt may take; after as long, nothing is tried again.
    pub together: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            silence: Duration::from_secs(30),
            retries: 5,
            together: Duration::from_secs(120),
        }
    }
}

/// Before the second attempt; each pause after it is twice as long, up to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

impl Patience {
    /// Asks until there is an answer, or patience ends. What the service says for certain is an answer.
    pub(super) async fn ask<T, F>(&self, mut ask: impl FnMut() -> F) -> Result<T, Error>
    where
        F: Future<Output = Result<T, Error>>,
    {
        let (begun, mut pause) = (Instant::now(), FIRST_PAUSE);
        for _ in 0..self.retries {
            match ask().await {
                Err(error @ Error::Generic { .. }) if begun.elapsed() < self.together => {
                    tracing::debug!(%error, "Asking the service of the evidence again");
                }
                certain => return certain,
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
        ask().await
    }
}

/// Says where it is and never how to get in.
impl std::fmt::Debug for Bucket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bucket").field("url", &self.url).field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

impl From<&Path> for Place {
    fn from(folder: &Path) -> Self {
        Self::Folder(folder.to_owned())
    }
}

impl From<&PathBuf> for Place {
    fn from(folder: &PathBuf) -> Self {
        Self::Folder(folder.clone())
    }
}

impl From<&Bucket> for Place {
    fn from(bucket: &Bucket) -> Self {
        Self::Bucket(bucket.clone())
    }
}

/// Opens a folder, making what is missing of it.
pub(super) fn folder(dir: &Path) -> Result<Arc<dyn ObjectStore>, StoreError> {
    for folder in ["evidence/sha256", "evidence/cases"] {
        let path = dir.join(folder);
        std::fs::create_dir_all(&path).map_err(|source| StoreError::Folder { path, source })?;
    }
    Ok(Arc::new(files(dir)?))
}

/// The files of a folder that is there; nothing is made.
pub(super) fn files(dir: &Path) -> Result<LocalFileSystem, StoreError> {
    let files = LocalFileSystem::new_with_prefix(dir);
    Ok(files.map_err(|source| StoreError::Keep { path: dir.to_owned(), source })?.with_fsync(true))
}

/// Makes a client of the bucket; nothing is asked of the service yet.
pub(super) fn bucket(bucket: &Bucket) -> Result<Arc<dyn ObjectStore>, StoreError> {
    // An error says that somebody chose before, which is as good.
    rustls::crypto::ring::default_provider().install_default().ok();
    let (name, prefix) = bucket.parts().ok_or_else(|| StoreError::NoBucket(bucket.url.clone()))?;
    let Patience { connect, silence, together, .. } = bucket.patience;
    let client = ClientOptions::new()
        .with_connect_timeout(connect)
        .with_read_timeout(silence)
        .with_timeout(together)
        .with_allow_http(bucket.endpoint.starts_with("http://"));
    // It asks again where it cannot know whether that is right; `Patience` knows that it is: the same name has the same bytes.
    let retry = RetryConfig { max_retries: 0, ..RetryConfig::default() };
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(name)
        .with_region(&bucket.region)
        .with_access_key_id(&bucket.access_key)
        .with_secret_access_key(&bucket.secret_key)
        .with_conditional_put(S3ConditionalPut::ETagMatch)
        // The service refuses bytes that did not come as they were sent.
        .with_checksum_algorithm(Checksum::SHA256)
        .with_client_options(client)
        .with_retry(retry);
    if !bucket.endpoint.is_empty() {
        builder = builder.with_endpoint(&bucket.endpoint);
    }
    if !bucket.session_token.is_empty() {
        builder = builder.with_token(&bucket.session_token);
    }
    let client = builder.build().map_err(|source| StoreError::Bucket { path: PathBuf::from(&bucket.url), source })?;
    Ok(Arc::new(PrefixStore::new(client, prefix)))
}

impl Bucket {
    /// The name of the bucket, and what stands before the name of each blob.
    fn parts(&self) -> Option<(&str, &str)> {
        let path = self.url.strip_prefix("s3://")?;
        let (name, prefix) = path.split_once('/').unwrap_or((path, ""));
        (!name.is_empty()).then_some((name, prefix.trim_end_matches('/')))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(url: &str) -> Bucket {
        Bucket {
            url: url.into(),
            endpoint: String::new(),
            region: "us-east-1".into(),
            access_key: "AKIA".into(),
            secret_key: "very-secret".into(),
            session_token: String::new(),
            patience: Patience::default(),
        }
    }

    #[test]
    fn a_bucket_is_named_with_or_without_a_prefix() {
        assert_eq!(at("s3://b").parts(), Some(("b", "")));
        assert_eq!(at("s3://b/").parts(), Some(("b", "")));
        assert_eq!(at("s3://b/a/c/").parts(), Some(("b", "a/c")));
        for wrong in ["", "s3://", "b/a", "https://b/"] {
            let error = bucket(&at(wrong)).expect_err("is no bucket").to_string();
            assert!(error.contains("s3://bucket/prefix"), "{error}");
        }
    }

    #[test]
    fn a_bucket_never_tells_its_keys() {
        let told = format!("{:?}", at("s3://b/a"));
        assert!(told.contains("s3://b/a") && !told.contains("secret") && !told.contains("AKIA"), "{told}");
    }
}
