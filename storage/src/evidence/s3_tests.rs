//! Blobs in a bucket: every fault of the service is waited out within bounds, or told; nothing half written is ever seen.

use chrono::DateTime;

use super::*;
use crate::suite::s3::{FAULTS, Fault, Proxy, Service};

fn evidence(text: &str) -> Evidence {
    // Long enough that a half of it arrives in a piece of its own.
    let bytes = text.repeat(50_000).into_bytes();
    Evidence::new("page picture", "image/webp", bytes, DateTime::UNIX_EPOCH)
}

fn open(bucket: &Bucket) -> Blobs {
    Blobs::open(&bucket.into()).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fault_that_passes_is_waited_out() {
    let service = Service::start();
    let (direct, proxy) = (open(&service.bucket()), Proxy::before(service.address()));
    let through = open(&proxy.bucket());
    for fault in FAULTS {
        let artefact = evidence(&format!("{fault:?}"));
        proxy.fail(fault, 1);
        let (kept, _) = through.keep(&artefact).await.unwrap_or_else(|error| panic!("keep, {fault:?}: {error}"));
        assert_eq!(direct.read(kept.id).await.unwrap(), artefact.bytes(), "{fault:?}");
        proxy.fail(fault, 1);
        let read = through.read(kept.id).await.unwrap_or_else(|error| panic!("read, {fault:?}: {error}"));
        assert_eq!(read, artefact.bytes(), "{fault:?}");
        proxy.fail(fault, 1);
        assert!(through.has(&kept).await.unwrap_or_else(|error| panic!("has, {fault:?}: {error}")), "{fault:?}");
        proxy.mend();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fault_that_stays_is_told_within_bounds_and_leaves_nothing_half_written() {
    let service = Service::start();
    let (direct, proxy) = (open(&service.bucket()), Proxy::before(service.address()));
    let through = open(&proxy.bucket());
    for fault in [Fault::InternalError, Fault::SlowDown, Fault::Silence, Fault::Reset, Fault::PartOfTheRequest] {
        let artefact = evidence(&format!("{fault:?}"));
        proxy.fail(fault, usize::MAX);
        proxy.asked();
        let begun = std::time::Instant::now();
        let error = through.keep(&artefact).await.expect_err("the service does not answer").to_string();
        assert!(error.contains("s3://evidence/of/postlink/evidence/sha256/"), "{error}");
        assert!(error.contains("is the service up"), "{error}");
        assert!(begun.elapsed().as_secs() < 12, "{fault:?} took {:?}", begun.elapsed());
        assert!((2..=8).contains(&proxy.asked()), "{fault:?}");
        proxy.mend();
        let absent = direct.read(artefact.id()).await.expect_err("nothing was kept");
        assert!(matches!(absent, StoreError::Unreadable { .. }), "{fault:?}: {absent}");
        through.keep(&artefact).await.unwrap();
        assert_eq!(direct.read(artefact.id()).await.unwrap(), artefact.bytes());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_never_comes_whole_is_no_evidence() {
    let service = Service::start();
    let proxy = Proxy::before(service.address());
    let through = open(&proxy.bucket());
    let (kept, _) = through.keep(&evidence("picture")).await.unwrap();
    for fault in [Fault::PartOfTheAnswer, Fault::AnswerLost] {
        proxy.fail(fault, usize::MAX);
        let error = through.read(kept.id).await.expect_err("never whole");
        assert!(matches!(error, StoreError::Bucket { .. }), "{fault:?}: {error}");
    }
    proxy.fail(Fault::AnswerGarbled, usize::MAX);
    let error = through.read(kept.id).await.expect_err("never right");
    assert!(matches!(error, StoreError::Changed { .. }), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_there_is_never_written_over_and_a_lost_race_is_harmless() {
    let service = Service::start();
    let blobs = open(&service.bucket());
    let artefact = evidence("picture");
    let all = (0..8).map(|_| blobs.keep(&artefact));
    for kept in futures_util::future::join_all(all).await {
        assert_eq!(kept.unwrap().0.id, artefact.id());
    }
    // Somebody who may write to the bucket changes it behind our back.
    let path = blob_path(artefact.id());
    blobs.objects.put(&path.as_str().into(), "pictura".into()).await.unwrap();
    let error = blobs.keep(&artefact).await.expect_err("it was changed");
    assert!(matches!(error, StoreError::Changed { .. }), "{error}");
    assert!(matches!(blobs.read(artefact.id()).await, Err(StoreError::Changed { .. })));
    assert_eq!(blobs.fetch(&path).await.unwrap(), b"pictura");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bucket_that_is_not_there_is_named() {
    let service = Service::start();
    let blobs = open(&Bucket { url: "s3://elsewhere/".into(), ..service.bucket() });
    let error = blobs.keep(&evidence("picture")).await.expect_err("no such bucket").to_string();
    assert!(error.contains("s3://elsewhere/") && error.contains("NoSuchBucket"), "{error}");
}
