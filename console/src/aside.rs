//! Work that takes a core and memory, beside what answers requests: little of it side by side, and few who wait for it.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::web::failure::Failure;

/// Turns for one kind of such work.
pub(crate) struct Aside {
    turns: Arc<Semaphore>,
    /// Of those whose turn it is, and of those who wait.
    places: Arc<Semaphore>,
}

/// A turn, until this is dropped.
pub(crate) struct Turn {
    _turn: OwnedSemaphorePermit,
    _place: OwnedSemaphorePermit,
}

impl Aside {
    pub(crate) fn new(at_once: usize, waiting: usize) -> Self {
        Self { turns: Arc::new(Semaphore::new(at_once)), places: Arc::new(Semaphore::new(at_once + waiting)) }
    }

    #[cfg(test)]
    pub(crate) fn has_room(&self) -> bool {
        self.places.available_permits() > 0
    }

    /// Waits for a turn; [`Failure::Busy`] at once where too many wait.
    pub(crate) async fn turn(&self) -> Result<Turn, Failure> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| Failure::Busy)?;
        let turn = Arc::clone(&self.turns).acquire_owned().await.expect("internal error: nobody closes it");
        Ok(Turn { _turn: turn, _place: place })
    }

    /// What comes of the work, when its turn has come. The turn ends with the work, also where whoever asked is gone.
    pub(crate) async fn done<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Failure> {
        let turn = self.turn().await?;
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(turn);
            done
        });
        done.await.map_err(|_| Failure::bad("again"))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn so_many_are_at_work_so_many_wait_and_nobody_else() {
        let aside = Arc::new(Aside::new(1, 1));
        let (goes_on, waits) = mpsc::channel::<()>();
        let begin = |work: Box<dyn FnOnce() + Send>| {
            let aside = Arc::clone(&aside);
            tokio::spawn(async move { aside.done(work).await })
        };
        let (begun, begins) = tokio::sync::oneshot::channel();
        let first = begin(Box::new(move || {
            begun.send(()).expect("somebody listens");
            waits.recv().expect("somebody says so");
        }));
        begins.await.expect("begins");
        let second = begin(Box::new(|| ()));
        while aside.has_room() {
            tokio::task::yield_now().await;
        }
        assert!(matches!(aside.done(|| ()).await, Err(Failure::Busy)), "a third");
        // Whoever asked for the first is gone: its turn is not over.
        first.abort();
        assert!(first.await.is_err_and(|error| error.is_cancelled()));
        assert!(matches!(aside.done(|| ()).await, Err(Failure::Busy)));
        goes_on.send(()).expect("it waits");
        second.await.expect("ends").expect("is done");
        aside.done(|| ()).await.expect("there is room again");
    }
}
