//! A run that was cut off goes on where it stopped.

use std::time::{Duration, Instant};

use postlink_tests::postlink::Run;

use super::{HONEST, QUICK, Stage, ad, text};

const HOSTS: [&str; 4] = ["one.test", "two.test", "three.test", "four.test"];

/// Four ads, examined one after the other.
async fn stage() -> Stage {
    let config = QUICK.replace("[check]", "[check]\nat_once = 1");
    let stage = Stage::of_pages(&HOSTS.map(|host| (host, HONEST)), &config).await;
    stage.ads(HOSTS.map(|host| ad(host, &format!("http://{host}/"))).concat());
    stage
}

fn asked(stage: &Stage, host: &str) -> usize {
    stage.site.requests().iter().filter(|request| request.host == host).count()
}

/// Which of the ads a run says it examined.
fn examined(run: &Run) -> Vec<&'static str> {
    HOSTS.into_iter().filter(|host| run.stderr.contains(&format!("Examined ad `{host}`"))).collect()
}

/// That the folder holds all cases and verifies.
#[track_caller]
fn whole(stage: &Stage) {
    let ids: Vec<_> = stage.cases("out").iter().map(|case| text(case, "/ad_id").to_owned()).collect();
    assert_eq!(ids, HOSTS);
    let verified = stage.verify("out");
    assert_eq!(verified.code, Some(0), "{}{}", verified.stdout, verified.stderr);
    for host in HOSTS {
        let report = std::fs::read_to_string(stage.path("out/report.html")).unwrap();
        assert!(report.contains(&format!("case-{host}")), "{host} is not in the report");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_run_goes_on_where_it_stopped_and_again_means_everything_again() {
    let stage = stage().await;
    let mut running = stage.start("out", &[]);
    running.says("Examined ad `two.test`").unwrap();
    let killed = running.kill().unwrap();
    assert_eq!(killed.code, None, "{}", killed.stderr);
    let finished = examined(&killed);
    assert!(finished.starts_with(&["one.test", "two.test"]) && finished.len() < 4, "{finished:?}");
    // It could not end its browser: that is the price of SIGKILL. The next run sweeps up after it.
    let orphans = stage.postlink.left_running();
    let verified = stage.verify("out");
    assert_eq!(verified.code, Some(0), "what is finished holds: {}{}", verified.stdout, verified.stderr);

    let before = HOSTS.map(|host| asked(&stage, host));
    let run = stage.check("out");
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stderr.contains(&format!("{} of 4 ads are finished already", finished.len())), "{}", run.stderr);
    assert!(!orphans.is_empty(), "the killed run's browser was to be found");
    let left_now = stage.postlink.left_running();
    assert!(orphans.iter().all(|orphan| !left_now.contains(orphan)), "{orphans:?} are swept up, not {left_now:?}");
    let left: Vec<_> = HOSTS.into_iter().filter(|host| !finished.contains(host)).collect();
    assert_eq!(examined(&run), left);
    for (host, before) in HOSTS.into_iter().zip(before) {
        assert_eq!(asked(&stage, host) > before, left.contains(&host), "{host} was asked {before} times before");
    }
    whole(&stage);

    let before = HOSTS.map(|host| asked(&stage, host));
    let run = stage.check("out");
    assert_eq!((run.code, examined(&run).len()), (Some(0), 0), "nothing is left to do: {}", run.stderr);
    assert_eq!(HOSTS.map(|host| asked(&stage, host)), before);

    let run = stage.start("out", &["--again"]).end().unwrap();
    assert_eq!((run.code, examined(&run).len()), (Some(0), 4), "{}", run.stderr);
    for (host, before) in HOSTS.into_iter().zip(before) {
        assert!(asked(&stage, host) > before, "{host} was not visited again");
    }
    whole(&stage);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interrupted_run_ends_its_browser_keeps_what_is_finished_and_says_how_to_go_on() {
    let stage = stage().await;
    let mut running = stage.start("out", &[]);
    running.says("Examined ad `one.test`").unwrap();
    for second in [stage.check("out"), stage.verify("out")] {
        assert_eq!(second.code, Some(2), "two in one folder would be in each other's way: {}", second.stderr);
        assert!(second.stderr.contains("wait until it has ended"), "{}", second.stderr);
    }
    let began = Instant::now();
    running.interrupt().unwrap();
    let run = running.end().unwrap();
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(began.elapsed() < Duration::from_secs(10), "it took {:?} to end", began.elapsed());
    assert!(run.stderr.contains("interrupted") && run.stderr.contains("run it again"), "{}", run.stderr);
    assert_eq!(stage.postlink.left_running(), [0; 0], "its browser is left behind");
    let verified = stage.verify("out");
    assert_eq!(verified.code, Some(0), "{}{}", verified.stdout, verified.stderr);
    assert!(stage.cases("out").iter().any(|case| text(case, "/ad_id") == "one.test"));
    assert_eq!(stage.check("out").code, Some(0));
    whole(&stage);
}
