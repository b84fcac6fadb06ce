//! `serve` tells others: each event comes to each of them, whoever is broken, slow or killed, or it is seen that it does not.

use std::collections::BTreeMap;

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_event_comes_to_all_who_want_it_and_what_does_not_is_seen_and_sent_again() {
    let (folder, listener, broker) = (Folder::new().await, Listener::start().await, nats::Server::start());
    drop(broker.courier().await);
    let feed = "attempts = 3\nfirst_wait_secs = 1\ntimeout_secs = 10";
    let hooks: [(String, &[&str]); 6] = [
        (listener.url("/slow"), &["decided"]),
        (listener.url("/good"), &[]),
        (listener.url("/some"), &["decided", "error"]),
        (listener.url("/busy"), &[]),
        (listener.url("/moody"), &[]),
        (listener.url("/gone"), &["error"]),
    ];
    let serve = folder.serve(&broker, feed, &hooks);
    let all = folder.events;
    until("everything is told", || {
        let count = |path| listener.heard(path).len();
        let tried = count("/busy") >= 2 * all && count("/moody") == 3 * all && count("/slow") == 3;
        tried && listener.events("/good") == all && listener.events("/some") == 2 && count("/gone") == 1
    });
    ends(serve);

    // Who hears over the web believes it by its signature, and both ways tell the same.
    let good = listener.heard("/good");
    let signed: Vec<_> = good.iter().map(|one| json!({ "headers": one.headers, "body": one.body })).collect();
    let mut kinds = verified(&signed);
    kinds.sort();
    kinds.dedup();
    assert_eq!(kinds, ["decided", "done", "error", "violation"]);
    let mut of_web: Vec<_> = good.iter().map(|one| (one.id.clone(), one.body.clone())).collect();
    let on_stream = broker.events().await;
    assert!(on_stream.iter().all(|(subject, _, body)| {
        let event: Event = serde_json::from_str(body).unwrap();
        *subject == format!("postlink.event.{}", event.what.kind())
    }));
    let mut of_stream: Vec<_> = on_stream.into_iter().map(|(_, id, body)| (id, body)).collect();
    of_web.sort();
    of_stream.sort();
    of_web.dedup();
    assert_eq!(of_web, of_stream);

    // What asked to be left alone was, and what is tried again is tried later and later, with the same bytes.
    for (path, least) in [("/busy", [4.0, 0.0]), ("/moody", [0.7, 1.4])] {
        for tries in by_id(&listener.heard(path)).values() {
            for (pair, least) in tries.windows(2).zip(least) {
                let between = (pair[1].at - pair[0].at).as_secs_f64();
                assert!(between > least - 0.1, "{path}: {between} s");
                assert_eq!(pair[0].body, pair[1].body);
            }
        }
    }

    // What nobody tries any more is seen, and is sent when somebody says so.
    let listed = folder.runs(&["outbox", "list", "--dead"]);
    assert_eq!(listed.matches(": dead after 3 attempts: it answered with status 502").count(), all, "{listed}");
    assert_eq!(listed.matches(": dead after 1 attempts: it answered with status 410").count(), 1, "{listed}");
    assert_eq!(listed.matches("did not answer within 10 seconds").count(), 1, "{listed}");
    let doctor = folder.run(&["doctor", "--config", "my.toml"]).stdout;
    assert!(doctor.contains(&format!("; {} events did not come to their destinations", all + 2)), "{doctor}");
    assert!(doctor.contains("webhook 127.0.0.1:") && doctor.contains("the stream POSTLINK_EVENTS"), "{doctor}");
    listener.be_well();
    let moody = listed.lines().find(|line| line.ends_with(&format!("0 waiting, {all} dead"))).unwrap();
    let moody = moody.split(": ").next().unwrap();
    let said = folder.runs(&["outbox", "retry", "--to", moody]);
    assert_eq!(said, format!("{all} deliveries are tried again\n"));
    let serve = folder.serve(&broker, feed, &hooks);
    until("the dead are told", || listener.heard("/moody").len() == 4 * all);
    ends(serve);
    let listed = folder.runs(&["outbox", "list"]);
    assert!(!listed.contains("502") && listed.contains("status 410"), "{listed}");
    assert_eq!(listener.heard("/good").len(), good.len(), "what was confirmed is not sent again");
    assert_eq!(folder.postlink.run(&["verify", "out"]).unwrap().code, Some(0));
}

fn by_id(heard: &[Heard]) -> BTreeMap<&str, Vec<&Heard>> {
    heard.iter().fold(BTreeMap::new(), |mut all, one| {
        all.entry(one.id.as_str()).or_insert_with(Vec::new).push(one);
        all
    })
}

/// Killed between the case and the telling, as every run of `check` ends; then between telling and its confirmation.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_told_and_not_confirmed_when_it_was_killed_is_told_again_under_the_same_id() {
    let (folder, listener, broker) = (Folder::new().await, Listener::start().await, nats::Server::start());
    drop(broker.courier().await);
    let hooks: [(String, &[&str]); 2] = [(listener.url("/held"), &[]), (listener.url("/good"), &[])];
    let serve = folder.serve(&broker, "timeout_secs = 300", &hooks);
    until("one is told, and one holds its answer", || {
        listener.events("/held") == folder.events && listener.events("/good") == folder.events
    });
    let before = listener.heard("/held");
    assert_eq!(before.len(), folder.events, "who is slow is not told again meanwhile, and holds up nobody");
    serve.kill().unwrap();
    listener.be_well();
    let serve = folder.serve(&broker, "timeout_secs = 300", &hooks);
    until("it is told again", || listener.heard("/held").len() == 2 * folder.events);
    ends(serve);
    for tries in by_id(&listener.heard("/held")).values() {
        assert_eq!((tries.len(), &tries[0].body), (2, &tries[1].body));
    }
    assert_eq!(folder.runs(&["outbox", "list"]), "", "everything is confirmed");
    assert_eq!(broker.events().await.len(), folder.events, "the stream has each once");
}

#[tokio::test]
async fn what_cannot_be_told_or_decided_is_refused_in_words() {
    let folder = Folder::new().await;
    let serve = |hook: &str| {
        folder.postlink.write("my.toml", format!("[[webhooks]]\n{hook}\n")).unwrap();
        folder.run(&["serve", "--config", "my.toml"])
    };
    for (hook, words) in [
        ("url = \"https://a.test/\"", "`secret_file`"),
        ("url = \"https://a.test/\"\nsecret = \"geheim\"", "24 to 64 bytes in base64"),
        ("url = \"ftp://a.test/\"\nsecret = \"SECRET\"", "is no address that can be asked"),
        ("url = \"https://a.test/\"\nsecret = \"SECRET\"\nevents = [\"found\"]", "done, error, violation, decided"),
    ] {
        let run = serve(&hook.replace("SECRET", SECRET));
        assert!(run.code == Some(3) && run.stderr.contains(words), "{run:?}");
        assert!(!run.stderr.contains("geheim") && !run.stderr.contains(SECRET), "{run:?}");
    }
    for (arguments, words) in [
        (&["decide", "cheap", "--by", "Li"][..], "--confirm"),
        (&["decide", "cheap", "--confirm"], "--by"),
        (&["decide", "cheap", "--confirm", "--again", "--by", "Li"], "cannot be used with"),
        (&["decide", "cheap", "--violation", "99", "--confirm", "--by", "Li"], "has no violation 99"),
        (&["decide", "nobody", "--confirm", "--by", "Li"], "no ad `nobody`"),
    ] {
        let run = folder.run(arguments);
        assert!(run.code == Some(2) && run.stderr.contains(words), "{run:?}");
    }
    assert_eq!(folder.runs(&["outbox", "list"]), "");
    assert_eq!(folder.postlink.run(&["verify", "out"]).unwrap().code, Some(0));
}
