//! A fleet that is cut off: a worker from its network, and every worker from room on the disk. What was lost is told, and done.

use std::time::Duration;

use postlink_tests::network::Network;
use postlink_tests::small_disk::SmallDisk;

use super::struck::Fleet;
use super::*;

const HOSTS: usize = 4;
const PAGES: usize = 3;
const EACH: usize = 1;

const FLEET: &str = "[fleet]\nat_once = 1\nlease_secs = 20\ngrace_secs = 2\nretry_secs = 1\n\
                     [evidence]\npackages = false\nmin_free_bytes = 4000000\n";

/// Megabytes that a run of this test keeps, several times over.
const ROOM: u32 = 64;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_without_a_network_and_workers_without_room_lose_no_ad() {
    if !Network::may() {
        eprintln!("NOT RUN: networks and mounts need the rights of an administrator");
        return;
    }
    let network = Network::new().unwrap();
    let mut fleet = Fleet::at(network.here, HOSTS, PAGES, FLEET).await;
    let disk = SmallDisk::at(&fleet.hosts.postlink.folder().join("out"), ROOM).unwrap();
    fleet.begin_sweep(HOSTS, PAGES, EACH);
    fleet.serve("centre");
    fleet.work_in(&network, "at a cable");
    fleet.until_cases(1).await;

    network.pull().unwrap();
    let pulled = Instant::now();
    fleet.work("beside it");
    fleet.until_cases(4).await;
    // What the first one had begun is granted again when its lease is over, and no sooner.
    tokio::time::sleep(Duration::from_secs(24).saturating_sub(pulled.elapsed())).await;
    network.plug_in().unwrap();

    disk.fill().unwrap();
    fleet.until_said(&["at a cable", "beside it"], "No job is taken").await;
    disk.clear().unwrap();
    let lost = fleet.ends_well(HOSTS, PAGES, EACH).await;
    assert!(lost >= 1, "what was begun without a network is told as lost: {lost}");
}
