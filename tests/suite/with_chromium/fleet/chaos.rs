//! A fleet is struck: workers, the centre, the broker and the database are killed, frozen and robbed. Every ad has exactly one
//! case in the end, no host was visited by two at once, and every attempt that was lost is to be seen.

use std::time::Duration;

use super::struck::Fleet;
use super::*;

const HOSTS: usize = 6;
const PAGES: usize = 3;
const EACH: usize = 2;

const FLEET: &str =
    "[fleet]\nat_once = 2\nlease_secs = 30\ngrace_secs = 2\nretry_secs = 1\n[evidence]\npackages = false\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_strikes_a_fleet_every_ad_has_one_case_and_no_host_two_visitors() {
    let mut fleet = Fleet::at(LOOPBACK, HOSTS, PAGES, FLEET).await;
    fleet.begin_sweep(HOSTS, PAGES, EACH);
    fleet.serve("first centre");
    fleet.serve("second centre");
    fleet.work("worker-1");
    fleet.work("worker-2");

    fleet.until_cases(2).await;
    fleet.kill("worker-1");
    fleet.work("worker-3");
    fleet.until_cases(6).await;
    // A worker that is frozen past its lease comes back with what counts for nothing.
    fleet.processes["worker-2"].signal("STOP").unwrap();
    let frozen = Instant::now();
    fleet.kill("first centre");
    fleet.serve("third centre");
    fleet.broker.kill();
    fleet.broker.lose_its_disk();
    tokio::time::sleep(Duration::from_secs(2)).await;
    fleet.broker.up_again();
    fleet.until_cases(12).await;
    fleet.database.down();
    tokio::time::sleep(Duration::from_secs(2)).await;
    fleet.database.up();
    tokio::time::sleep(Duration::from_secs(36).saturating_sub(frozen.elapsed())).await;
    fleet.processes["worker-2"].signal("CONT").unwrap();
    let lost = fleet.ends_well(HOSTS, PAGES, EACH).await;
    assert!(lost >= 2, "the killed worker's jobs and the frozen one's are told as lost: {lost}");
}
