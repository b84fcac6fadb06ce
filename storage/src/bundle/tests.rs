//! A bundle holds as it was made; whatever is done to any of its files is noticed, and the file is named.

use super::*;
use crate::verify::Trust;

const FILES: [(&str, &[u8]); 3] = [(HEAD, b"{\"cases\": []}"), ("index.html", b"<p>index"), ("certs/a.txt", b"leaf")];

fn bundle(to: &Path) {
    let mut draft = Draft::begin(to).unwrap();
    for (name, bytes) in FILES {
        draft.put(name, bytes).unwrap();
    }
    draft.publish(&[]).unwrap();
}

/// The lines that say what is wrong.
fn faults(folder: &Path) -> Vec<String> {
    let checked = verify(folder, &Trust::default()).unwrap();
    let failed = checked.steps.into_iter().filter(|step| step.outcome == Outcome::Fails);
    failed.flat_map(|step| step.told).collect()
}

#[test]
fn a_bundle_holds_as_it_was_made_and_says_what_nobody_can_check() {
    let dir = tempfile::tempdir().unwrap();
    let to = dir.path().join("new/bundle");
    bundle(&to);
    assert_eq!(faults(&to), [""; 0]);
    let checked = verify(&to, &Trust::default()).unwrap();
    let unproven: Vec<_> = checked.steps.iter().filter(|step| step.outcome == Outcome::NotChecked).collect();
    assert_eq!(unproven.len(), 3, "that it is not signed, not stamped and in no log is said: {unproven:?}");
    assert_eq!(std::fs::read_dir(to.parent().unwrap()).unwrap().count(), 1, "nothing is left beside it");
}

#[test]
fn one_flipped_bit_of_any_file_is_noticed_and_named() {
    let dir = tempfile::tempdir().unwrap();
    let to = dir.path().join("bundle");
    bundle(&to);
    for name in archive::files_below(&to).unwrap() {
        let path = to.join(&name);
        let whole = std::fs::read(&path).unwrap();
        for at in 0..whole.len() {
            let mut flipped = whole.clone();
            flipped[at] ^= 1;
            std::fs::write(&path, flipped).unwrap();
            let faults = faults(&to);
            assert!(faults.iter().any(|fault| fault.contains(&name)), "byte {at} of {name}: {faults:?}");
        }
        std::fs::write(&path, whole).unwrap();
    }
    assert_eq!(faults(&to), [""; 0]);
}

#[test]
fn a_file_that_is_gone_added_swapped_or_a_link_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let to = dir.path().join("bundle");
    bundle(&to);
    let aside = dir.path().join("aside");
    for name in [HEAD, SUMS, SUM_OF_SUMS, "index.html"] {
        std::fs::rename(to.join(name), &aside).unwrap();
        assert!(faults(&to).iter().any(|fault| fault.contains(name)), "{name} is gone");
        std::os::unix::fs::symlink(&aside, to.join(name)).unwrap();
        let linked = faults(&to).iter().any(|fault| fault.contains(name));
        assert!(linked || name.starts_with(SUMS), "{name} is a link");
        std::fs::remove_file(to.join(name)).unwrap();
        std::fs::rename(&aside, to.join(name)).unwrap();
    }
    std::fs::write(to.join("certs/more"), "more").unwrap();
    assert!(faults(&to).iter().any(|fault| fault.contains("certs/more")));
    std::fs::remove_file(to.join("certs/more")).unwrap();
    std::fs::write(to.join("index.html"), "leaf").unwrap();
    std::fs::write(to.join("certs/a.txt"), "<p>index").unwrap();
    let swapped = faults(&to);
    assert!(["index.html", "certs/a.txt"].iter().all(|name| swapped.iter().any(|fault| fault.contains(name))));
}

#[test]
fn a_bundle_in_one_file_is_the_same_bundle() {
    let dir = tempfile::tempdir().unwrap();
    let to = dir.path().join("bundle.zip");
    bundle(&to);
    let unpacked = unpack(&to).unwrap();
    assert_eq!(faults(unpacked.path()), [""; 0]);
    let mut names: Vec<_> = FILES.iter().map(|(name, _)| (*name).to_owned()).collect();
    names.extend([SUMS.to_owned(), SUM_OF_SUMS.to_owned()]);
    names.sort();
    assert_eq!(archive::files_below(unpacked.path()).unwrap(), names);
    let whole = std::fs::read(&to).unwrap();
    std::fs::write(&to, &whole[..whole.len() - 9]).unwrap();
    assert!(matches!(unpack(&to), Err(BundleError::Archive { .. })));
}

#[test]
fn an_archive_cannot_write_outside_of_its_folder() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("evil.zip");
    let mut archive = zip::ZipWriter::new(std::fs::File::create(&file).unwrap());
    let options = zip::write::SimpleFileOptions::default();
    archive.start_file("../evil", options).unwrap();
    archive.write_all(b"evil").unwrap();
    archive.finish().unwrap();
    assert!(matches!(unpack(&file), Err(BundleError::Name(_))));
}

#[test]
fn nothing_is_overwritten_and_no_name_leads_out() {
    let dir = tempfile::tempdir().unwrap();
    assert!(matches!(Draft::begin(dir.path()), Err(BundleError::There(_))));
    let mut draft = Draft::begin(&dir.path().join("bundle")).unwrap();
    for name in ["../x", "/x", "", "a\nb", "a\\b"] {
        assert!(matches!(draft.put(name, b""), Err(BundleError::Name(_))), "{name:?}");
    }
    drop(draft);
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "a draft that is given up leaves nothing");
}
