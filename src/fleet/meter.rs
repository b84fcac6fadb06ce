//! What a job takes: processor time of this process and the browsers below it, bytes, and time.

use std::collections::HashMap;
use std::time::Instant;

use model::evidence::EvidenceId;

use crate::pipeline::Visited;
use crate::round::Took;

/// Read when a job begins.
pub(super) struct Meter {
    began: Instant,
    cpu_ms: f64,
}

impl Meter {
    pub(super) fn start() -> Self {
        Self { began: Instant::now(), cpu_ms: cpu_ms() }
    }

    /// What was taken since; processor time is shared out evenly over the jobs that are under way.
    pub(super) fn took(&self, visited: &Visited, at_once: u32) -> Took {
        // Of a visit that was confirmed cheaply, what the cheap look fetched.
        let marks = || visited.chains.iter().filter_map(|chain| chain.reconfirmed.as_ref());
        let is_new = |id: EvidenceId| marks().next().is_none() || marks().any(|mark| mark.evidence.contains(&id));
        let all = visited.kept.all().filter(|evidence| is_new(evidence.id()));
        let bytes: usize = all.map(|evidence| evidence.bytes().len()).sum();
        Took {
            cpu_ms: (cpu_ms() - self.cpu_ms).max(0.0) / f64::from(at_once.max(1)),
            bytes: bytes as f64,
            ms: self.began.elapsed().as_secs_f64() * 1_000.0,
        }
    }
}

/// Milliseconds of this process and all below it; 0 where the system does not tell.
fn cpu_ms() -> f64 {
    let Ok(folders) = std::fs::read_dir("/proc") else { return 0.0 };
    let mut processes: HashMap<u32, (u32, u64)> = HashMap::new();
    for folder in folders.flatten() {
        let id = folder.file_name().to_str().and_then(|name| name.parse().ok());
        let Some(id) = id else { continue };
        if let Some(read) = std::fs::read_to_string(folder.path().join("stat")).ok().as_deref().and_then(stat) {
            processes.insert(id, read);
        }
    }
    let ours = std::process::id();
    let below = |id: &u32| {
        let mut at = *id;
        // No chain of parents is longer.
        for _ in 0..64 {
            if at == ours {
                return true;
            }
            match processes.get(&at) {
                Some((parent, _)) if *parent != 0 => at = *parent,
                _ => return false,
            }
        }
        false
    };
    let ticks: u64 = processes.iter().filter(|(id, _)| below(id)).map(|(_, (_, ticks))| ticks).sum();
    // The unit of /proc, on every Linux there is.
    ticks as f64 * 10.0
}

/// Parent, and ticks in user and system, its ended children's with them. The name before may hold anything.
fn stat(text: &str) -> Option<(u32, u64)> {
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = fields.get(11..15)?.iter().filter_map(|field| field.parse::<u64>().ok()).sum();
    Some((fields.get(1)?.parse().ok()?, ticks))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_brackets_does_not_shift_the_fields() {
        let text = "7 (a) b) S 3 7 7 0 -1 0 1 2 3 4 10 20 30 40 20 0 1";
        assert_eq!(stat(text), Some((3, 100)));
    }

    #[test]
    fn work_takes_processor_time() {
        let before = cpu_ms();
        let until = Instant::now() + std::time::Duration::from_millis(200);
        let mut sum = 0_u64;
        while Instant::now() < until {
            sum = std::hint::black_box(sum.wrapping_add(1));
        }
        assert!(cpu_ms() - before >= 20.0);
    }
}
