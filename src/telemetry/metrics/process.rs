//! What this process takes of the machine, under the names that all programs use for it. Its browsers are processes of their
//! own: what they take is told by the container, or by whatever looks at the machine.

use procfs::process::Process;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;

use super::told::{By, Telling};

/// Name, kind, what it says.
const ALL: [(&str, &str, &str); 6] = [
    ("process_cpu_seconds", "counter", "User and system CPU time of this process"),
    ("process_resident_memory_bytes", "gauge", "Resident memory of this process"),
    ("process_open_fds", "gauge", "Open files, connections and pipes"),
    ("process_max_fds", "gauge", "How many of them there can be"),
    ("process_threads", "gauge", "Threads of this process"),
    ("process_start_time_seconds", "gauge", "When it began, in seconds since 1970"),
];

pub(super) fn tell(telling: &mut Telling) {
    for (name, kind, says) in ALL {
        let total = if kind == "counter" { "_total" } else { "" };
        telling.about(By::Both, format!("{name}{total}"), kind, &[], says);
    }
    telling.registry().register_collector(Box::new(Own));
}

/// Looks when it is asked.
#[derive(Debug)]
struct Own;

impl Collector for Own {
    fn encode(&self, mut encoder: DescriptorEncoder) -> Result<(), std::fmt::Error> {
        // Where the system does not tell, nothing is told.
        let Some(numbers) = look() else { return Ok(()) };
        for ((name, kind, says), number) in ALL.into_iter().zip(numbers) {
            let Some(number) = number else { continue };
            if kind == "counter" {
                let counter = ConstCounter::new(number);
                counter.encode(encoder.encode_descriptor(name, says, None, counter.metric_type())?)?;
            } else {
                let gauge = ConstGauge::new(number);
                gauge.encode(encoder.encode_descriptor(name, says, None, gauge.metric_type())?)?;
            }
        }
        Ok(())
    }
}

/// In the order of `ALL`.
fn look() -> Option<[Option<f64>; 6]> {
    let own = Process::myself().ok()?;
    let stat = own.stat().ok()?;
    let ticks = procfs::ticks_per_second() as f64;
    let most = own.limits().ok().and_then(|limits| match limits.max_open_files.soft_limit {
        procfs::process::LimitValue::Value(most) => Some(most as f64),
        procfs::process::LimitValue::Unlimited => None,
    });
    let began = procfs::boot_time_secs().ok().map(|boot| boot as f64 + stat.starttime as f64 / ticks);
    Some([
        Some((stat.utime + stat.stime) as f64 / ticks),
        Some((stat.rss * procfs::page_size()) as f64),
        own.fd_count().ok().map(|count| count as f64),
        most,
        Some(stat.num_threads as f64),
        began,
    ])
}
