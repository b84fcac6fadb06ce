//! Packs of one's own: what is refused, in which words, and how one begins. No browser is needed here.

use postlink_tests::postlink::{Postlink, Run};

/// A folder with a new pack `acme` in `packs`.
fn begun() -> Postlink {
    let postlink = Postlink::new().unwrap();
    let run = postlink.run(&["policy", "new", "acme", "--in", "packs"]).unwrap();
    assert_eq!(run.code, Some(0), "{run:?}");
    postlink
}

fn lint(postlink: &Postlink) -> Run {
    postlink.run(&["policy", "lint", "--policies", "packs"]).unwrap()
}

/// The new pack with one text of one file replaced.
fn changed(file: &str, from: &str, to: &str) -> Postlink {
    let postlink = begun();
    let path = postlink.folder().join("packs/acme").join(file);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{from} is not in {file}");
    std::fs::write(path, text.replacen(from, to, 1)).unwrap();
    postlink
}

/// That lint names the fault in one line, with the file, the line and all of these words.
#[track_caller]
fn faulty(postlink: &Postlink, words: &[&str]) {
    let run = lint(postlink);
    assert_eq!(run.code, Some(3), "{run:?}");
    let told: Vec<_> = run.stdout.lines().filter(|line| line.starts_with("acme/") && line.contains(".toml:")).collect();
    let [line] = told[..] else { panic!("one line is wanted:\n{}", run.stdout) };
    for word in words {
        assert!(line.contains(word), "`{word}` is not in: {line}");
    }
}

#[test]
fn the_built_in_packs_are_without_fault_and_every_case_comes_out() {
    let postlink = Postlink::new().unwrap();
    let run = postlink.run(&["policy", "lint"]).unwrap();
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stdout.ends_with("nothing is wrong\n"), "{}", run.stdout);
    let run = postlink.run(&["policy", "test"]).unwrap();
    assert!(run.code == Some(0) && run.stdout.contains(", 0 faults"), "{run:?}");
}

#[test]
fn a_new_pack_and_a_further_rule_are_accepted_as_they_are() {
    let postlink = begun();
    let more = ["policy", "new", "acme/gift-is-missing", "--check", "gift-mismatch", "--in", "packs"];
    assert_eq!(postlink.run(&more).unwrap().code, Some(0));
    let run = lint(&postlink);
    assert!(run.code == Some(0) && run.stdout.contains("7 packs"), "{run:?}");
    let run = postlink.run(&["policy", "test", "acme", "--policies", "packs"]).unwrap();
    assert!(run.code == Some(0) && run.stdout == "4 cases, 0 faults\n", "{run:?}");
    let run = postlink.run(&["policy", "explain", "acme/gift-is-missing", "--policies", "packs"]).unwrap();
    for words in ["judges     gift-mismatch, from confidence medium on", "our-policy#1", "suspected breach"] {
        assert!(run.stdout.contains(words), "`{words}` is not in:\n{}", run.stdout);
    }
    let run = postlink.run(&more).unwrap();
    assert!(run.code == Some(2) && run.stderr.contains("is there already"), "{run:?}");
}

#[test]
fn a_case_that_comes_out_otherwise_is_named() {
    let postlink = changed("rules/our-first-rule.toml", "\"S3\"", "\"S2\"");
    let run = postlink.run(&["policy", "test", "--policies", "packs"]).unwrap();
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stdout.contains("acme/our-first-rule: plainly so: expected"), "{}", run.stdout);
    let postlink = changed("cases/our-first-rule.toml", "\"high\"", "\"low\"");
    let run = postlink.run(&["policy", "test", "acme", "--policies", "packs"]).unwrap();
    assert!(run.code == Some(1) && run.stdout.contains("2 cases, 1 faults"), "{run:?}");
}

#[test]
fn what_is_wrong_in_a_pack_is_told_in_one_line_with_what_was_meant() {
    let rule = "rules/our-first-rule.toml";
    faulty(
        &changed(rule, "price-mismatch", "price-mismach"),
        &[rule, ":5:", "no check", "did you mean `price-mismatch`?"],
    );
    faulty(&changed(rule, "\"dearer-than-advertised\"", "\"dearer\""), &[rule, "no note `dearer`"]);
    faulty(&changed(rule, "severity", "severty"), &[rule, "unknown field `severty`", "did you mean `severity`?"]);
    faulty(
        &changed(rule, "our-policy#1", "our-policy#2"),
        &[rule, "no `our-policy#2`", "did you mean `our-policy#1`?"],
    );
    faulty(
        &changed(rule, "in_force = { from = ", "in_force = { until = 1999-12-31, from = "),
        &[rule, "before it begins"],
    );
    faulty(
        &changed("pack.toml", "\"cn-internet-ads\"", "\"cn-internet-ad\""),
        &["pack.toml", "did you mean `cn-internet-ads`?"],
    );
    faulty(&changed("pack.toml", "\"cn-internet-ads\"", "\"acme\""), &["pack.toml", "inherit in a ring: acme → acme"]);
    faulty(
        &changed("notes/en.toml", "basis", "bases"),
        &["notes/en.toml", "includes `bases`", "did you mean `basis`?"],
    );
}

#[test]
fn two_rules_in_force_on_one_day_and_rules_that_replace_each_other_are_told() {
    let second = ["policy", "new", "acme/our-second-rule", "--in", "packs"];
    let with = |first: &str, then: &str| {
        let postlink = begun();
        assert_eq!(postlink.run(&second).unwrap().code, Some(0));
        for (rule, line) in [("our-first-rule", first), ("our-second-rule", then)] {
            let path = postlink.folder().join(format!("packs/acme/rules/{rule}.toml"));
            let text = std::fs::read_to_string(&path).unwrap();
            std::fs::write(path, format!("{text}{line}\n")).unwrap();
        }
        postlink
    };
    faulty(
        &with("", ""),
        &["our-first-rule.toml:5:", "`our-second-rule` judges `price-mismatch` as well", "both are in force on"],
    );
    assert_eq!(lint(&with("", "replaces = [\"our-first-rule\"]")).code, Some(0));
    let ring = with("replaces = [\"our-second-rule\"]", "replaces = [\"acme/our-first-rule\"]");
    faulty(&ring, &["replace each other in a ring"]);
}

#[test]
fn what_is_no_folder_of_packs_is_refused() {
    let refused = |write: &dyn Fn(&Postlink), words: &[&str]| {
        let postlink = Postlink::new().unwrap();
        std::fs::create_dir_all(postlink.folder().join("packs/acme")).unwrap();
        write(&postlink);
        let run = lint(&postlink);
        assert_eq!(run.code, Some(3), "{run:?}");
        for word in words {
            assert!(run.stderr.contains(word), "`{word}` is not in:\n{}", run.stderr);
        }
        assert!(run.stderr.lines().count() == 1 && !run.stderr.contains("panicked"), "{}", run.stderr);
    };
    refused(&|_| {}, &["packs holds no pack"]);
    refused(
        &|at| drop(at.write("packs/acme/pack.toml", vec![b'#'; 10 << 20]).unwrap()),
        &["pack.toml has 10485760 bytes"],
    );
    refused(&|at| drop(at.write("packs/acme/pack.toml", b"title = \"\xc3\xe2\"").unwrap()), &["is not UTF-8"]);
    let run = Postlink::new().unwrap().run(&["policy", "lint", "--policies", "nowhere"]).unwrap();
    assert!(
        run.code == Some(3) && run.stderr.contains("nowhere") && run.stderr.contains("names a folder of packs"),
        "{run:?}"
    );
}

#[test]
fn a_built_in_rule_that_is_laid_over_changes_the_version_that_violations_name() {
    let postlink = Postlink::new().unwrap();
    let built_in = postlink_tests::repository::root().join("policies/packs/cn-internet-ads/rules/gift-differs.toml");
    let rule = std::fs::read_to_string(built_in).unwrap().replacen("\"S3\"", "\"S1\"", 1);
    postlink.write("packs/cn-internet-ads/rules/gift-differs.toml", rule).unwrap();
    let run = postlink.run(&["policy", "explain", "cn-internet-ads/gift-differs", "--policies", "packs"]).unwrap();
    assert!(run.code == Some(0) && run.stdout.contains("severity   S1"), "{run:?}");
    // Its cases are the built-in ones, and say S3.
    let run = postlink.run(&["policy", "test", "cn-internet-ads", "--policies", "packs"]).unwrap();
    assert!(run.code == Some(1) && run.stdout.contains("cn-internet-ads/gift-differs"), "{run:?}");
}

#[test]
fn a_rule_or_a_check_that_is_not_there_is_named_with_the_one_that_was_meant() {
    let postlink = Postlink::new().unwrap();
    let run = postlink.run(&["policy", "explain", "gift-difers"]).unwrap();
    assert!(run.code == Some(2) && run.stderr.contains("did you mean `gift-differs`?"), "{run:?}");
    let run = postlink.run(&["policy", "new", "acme", "--check", "gift-mismach", "--in", "packs"]).unwrap();
    assert!(run.code == Some(2) && run.stderr.contains("did you mean `gift-mismatch`?"), "{run:?}");
    let run = postlink.run(&["policy", "new", "Acme Rules", "--in", "packs"]).unwrap();
    assert!(run.code == Some(2) && run.stderr.contains("small letters"), "{run:?}");
    let run = postlink.run(&["policy", "test", "acme"]).unwrap();
    assert!(run.code == Some(2) && run.stderr.contains("known are cn-internet-ads"), "{run:?}");
}
