//! The steps of writing a case, by name, so that a test can stop the process at each. In the program they are nothing.

/// Says that a step is reached.
#[cfg(not(test))]
pub(crate) const fn reach(_step: &str) {}

#[cfg(test)]
pub(crate) use stopping::{reach, stop_at};

#[cfg(test)]
mod stopping {
    use std::path::PathBuf;
    use std::sync::Mutex;

    /// The step, how many times it is passed before, and the file that says that it was reached.
    static STOP: Mutex<Option<(String, usize, PathBuf)>> = Mutex::new(None);

    /// The process will do nothing more once it has come to this step so many times: whoever started it kills it there.
    pub(crate) fn stop_at(step: &str, passes: usize, told: PathBuf) {
        *STOP.lock().unwrap() = Some((step.to_owned(), passes, told));
    }

    pub(crate) fn reach(step: &str) {
        let mut stop = STOP.lock().unwrap();
        let Some((wanted, passes, told)) = &mut *stop else { return };
        if wanted != step {
            return;
        }
        if *passes > 0 {
            *passes -= 1;
            return;
        }
        std::fs::write(told, step).unwrap();
        // Holding the lock: nobody else gets past a step either.
        loop {
            std::thread::park();
        }
    }
}
