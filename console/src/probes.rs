//! What is looked at from outside while the program works: `/metrics`, `/healthz` and `/readyz`.
//!
//! `/healthz` says that the process answers; an orchestrator that hears nothing starts it anew. `/readyz` says whether what
//! it rests on can be reached, each by its name; a process that is not ready is left alone, and given no work.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use tokio::sync::{Mutex, Semaphore};
use tokio::time::Instant;

/// How long one question may take: less than orchestrators wait for the answer to all of them.
const PATIENCE: Duration = Duration::from_millis(2_500);
/// How long an answer is good: whoever asks oftener burdens nobody.
const GOOD_FOR: Duration = Duration::from_secs(1);
/// Requests answered side by side; more are told to come again.
const MOST_AT_ONCE: usize = 32;

type Answer = Pin<Box<dyn Future<Output = Result<(), String>> + Send>>;

/// Asks whether one thing can be reached; an error says why not, and holds no secret.
type Question = Box<dyn Fn() -> Answer + Send + Sync>;

/// What is told, and by whom.
pub struct Probes {
    metrics: Box<dyn Fn() -> String + Send + Sync>,
    questions: Vec<(&'static str, Question)>,
    answered: Mutex<Option<(Instant, BTreeMap<&'static str, String>)>>,
    at_once: Semaphore,
}

impl Probes {
    /// `metrics` writes them in the text format of Prometheus.
    pub fn new(metrics: impl Fn() -> String + Send + Sync + 'static) -> Self {
        Self {
            metrics: Box::new(metrics),
            questions: Vec::new(),
            answered: Mutex::new(None),
            at_once: Semaphore::new(MOST_AT_ONCE),
        }
    }

    /// With one more thing that must be reached before this process is ready.
    #[must_use]
    pub fn rests_on<F>(mut self, what: &'static str, ask: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<(), String>> + Send + 'static,
    {
        self.questions.push((what, Box::new(move || Box::pin(ask()))));
        self
    }

    /// What each thing answered: `ok`, or why it cannot be reached.
    async fn ask(&self) -> BTreeMap<&'static str, String> {
        let mut answered = self.answered.lock().await;
        if let Some((_, answers)) = answered.as_ref().filter(|(at, _)| at.elapsed() < GOOD_FOR) {
            return answers.clone();
        }
        let asked = self.questions.iter().map(|(what, ask)| async move {
            let said = match tokio::time::timeout(PATIENCE, ask()).await {
                Ok(Ok(())) => "ok".to_owned(),
                Ok(Err(why)) => why,
                Err(_) => format!("no answer within {} ms", PATIENCE.as_millis()),
            };
            (*what, said)
        });
        let answers: BTreeMap<_, _> = futures_util::future::join_all(asked).await.into_iter().collect();
        *answered = Some((Instant::now(), answers.clone()));
        answers
    }
}

/// The three addresses, which ask nobody who they are.
pub fn routes(probes: Arc<Probes>) -> Router {
    let own = Router::new().route("/metrics", get(metrics)).route("/readyz", get(ready)).with_state(probes);
    own.merge(alive())
}

/// That the process answers: of what it does, and when it visits whom, strangers are told nothing.
pub(crate) fn alive() -> Router {
    Router::new().route("/healthz", get(async || "ok\n"))
}

async fn metrics(State(probes): State<Arc<Probes>>) -> Response {
    let Ok(_turn) = probes.at_once.try_acquire() else { return StatusCode::SERVICE_UNAVAILABLE.into_response() };
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], (probes.metrics)()).into_response()
}

async fn ready(State(probes): State<Arc<Probes>>) -> Response {
    let Ok(_turn) = probes.at_once.try_acquire() else { return StatusCode::SERVICE_UNAVAILABLE.into_response() };
    let answers = probes.ask().await;
    let ready = answers.values().all(|said| said == "ok");
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(answers)).into_response()
}

#[cfg(test)]
mod tests;
