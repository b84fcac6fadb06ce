//! Files as others write them, and files that lie about their lengths.

use std::process::Command;

use super::*;
use model::label::Aigc;

/// The field, as its guides write it.
const FIELD: &str = r#"{"Label":"1","ContentProducer":"001191440300","ProduceID":"p-1","ReservedCode1":"","ContentPropagator":"","PropagateID":"q-2"}"#;

fn expected() -> Aigc {
    let some = |text: &str| Some(text.to_owned());
    Aigc {
        label: some("1"),
        content_producer: some("001191440300"),
        produce_id: some("p-1"),
        content_propagator: some(""),
        propagate_id: some("q-2"),
    }
}

fn labels(bytes: Vec<u8>) -> Vec<Label> {
    let file = Evidence::new("creative a", "application/octet-stream", bytes, DateTime::UNIX_EPOCH);
    let (labels, kept) = of_file(&file, DateTime::UNIX_EPOCH);
    for label in &labels {
        let (Label::Aigc { file: of, evidence, .. } | Label::C2pa { file: of, evidence, .. }) = label else {
            panic!("metadata has no words: {label:?}");
        };
        assert_eq!(*of, file.id());
        assert!(kept.iter().any(|kept| kept.id() == *evidence), "the metadata is kept");
    }
    labels
}

#[track_caller]
fn holds_the_field(bytes: Vec<u8>, what: &str) {
    match &labels(bytes)[..] {
        [Label::Aigc { field, .. }] => assert_eq!(*field, expected(), "{what}"),
        other => panic!("{what}: {other:?}"),
    }
}

fn boxed(kind: &[u8; 4], inner: &[u8]) -> Vec<u8> {
    [&u32::try_from(inner.len() + 8).expect("short").to_be_bytes(), &kind[..], inner].concat()
}

/// A store with one manifest: a claim in CBOR, and an action.
fn store() -> Vec<u8> {
    let described = |uuid: &[u8], name: &str| boxed(b"jumd", &[uuid, &[0; 12], &[3], name.as_bytes(), &[0]].concat());
    let cbor =
        |name: &str, content: &[u8]| boxed(b"jumb", &[described(b"cbor", name), boxed(b"cbor", content)].concat());
    let source = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia";
    let mut action = b"\xa1\x71digitalSourceType\x78".to_vec();
    action.push(u8::try_from(source.len()).expect("short"));
    action.extend_from_slice(source.as_bytes());
    let assertions = boxed(b"jumb", &[described(b"c2as", "c2pa.assertions"), cbor("c2pa.actions", &action)].concat());
    let claim =
        cbor("c2pa.claim", b"\xa2\x6fclaim_generator\x69maker/1.0\x74claim_generator_info\x81\xa1\x64name\x65Maker");
    let manifest = boxed(b"jumb", &[described(b"c2ma", "urn:uuid:1"), assertions, claim].concat());
    boxed(b"jumb", &[described(b"c2pa", "c2pa"), manifest].concat())
}

#[track_caller]
fn holds_the_manifest(bytes: Vec<u8>, what: &str) {
    match &labels(bytes)[..] {
        [Label::C2pa { generators, source_types, .. }] => {
            assert_eq!(generators, &["maker/1.0", "Maker"], "{what}");
            assert!(source_types.len() == 1 && source_types[0].ends_with("/trainedAlgorithmicMedia"), "{what}");
        }
        other => panic!("{what}: {other:?}"),
    }
}

fn png(chunks: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, data) in chunks {
        file.extend(u32::try_from(data.len()).expect("short").to_be_bytes());
        file.extend([&kind[..], data, &[0; 4]].concat());
    }
    file
}

fn jpeg(segments: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut file = vec![0xff, 0xd8];
    for (mark, data) in segments {
        file.extend([0xff, *mark]);
        file.extend(u16::try_from(data.len() + 2).expect("short").to_be_bytes());
        file.extend(data);
    }
    file.extend([0xff, 0xda, 0, 2, 0xff, 0xd9]);
    file
}

/// An EXIF block whose second directory holds this comment.
fn exif(comment: &[u8]) -> Vec<u8> {
    let length = u32::try_from(comment.len()).expect("short").to_le_bytes();
    let one = |tag: u16, kind: u16, count: [u8; 4], value: u32| {
        [&1_u16.to_le_bytes()[..], &tag.to_le_bytes(), &kind.to_le_bytes(), &count, &value.to_le_bytes(), &[0; 4]]
            .concat()
    };
    let (first, second) = (one(0x8769, 4, 1_u32.to_le_bytes(), 26), one(0x9286, 7, length, 44));
    [b"II\x2a\0\x08\0\0\0".to_vec(), first, second, comment.to_vec()].concat()
}

fn xmp() -> Vec<u8> {
    let field = FIELD.replace('"', "&quot;");
    format!("http://ns.adobe.com/xap/1.0/\0<x:xmpmeta><rdf:Description TC260:AIGC=\"{field}\"/></x:xmpmeta>")
        .into_bytes()
}

/// Files that hold the field, by what they are.
fn with_the_field() -> Vec<(&'static str, Vec<u8>)> {
    let outer = format!(r#"{{"AIGC":{FIELD}}}"#);
    let quoted = format!(r#"{{"AIGC":"{}"}}"#, FIELD.replace('"', "\\\""));
    let wide: Vec<u8> = outer.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let text = |name: &str, between: &str, text: &str| format!("{name}\0{between}{text}").into_bytes();
    let riff = |kind: &[u8; 4], data: Vec<u8>| {
        let length = u32::try_from(data.len()).expect("short").to_le_bytes();
        [b"RIFF\0\0\0\0WEBP".to_vec(), kind.to_vec(), length.to_vec(), data].concat()
    };
    let box_of_its_own = boxed(b"moov", &boxed(b"udta", &boxed(b"AIGC", FIELD.as_bytes())));
    vec![
        ("a text chunk", png(&[(b"IHDR", vec![0; 13]), (b"tEXt", text("AIGC", "", FIELD))])),
        ("a text chunk of another name", png(&[(b"tEXt", text("Comment", "", &outer))])),
        ("an international text chunk", png(&[(b"iTXt", text("AIGC", "\0\0\0\0", FIELD))])),
        ("JSON within JSON", png(&[(b"tEXt", text("Comment", "", &quoted))])),
        ("EXIF in a PNG", png(&[(b"eXIf", exif(&[b"ASCII\0\0\0", outer.as_bytes()].concat()))])),
        ("EXIF in a JPEG", jpeg(&[(0xe1, [b"Exif\0\0".to_vec(), exif(&[b"UNICODE\0", &wide[..]].concat())].concat())])),
        ("XMP in a JPEG", jpeg(&[(0xe0, vec![0; 14]), (0xe1, xmp())])),
        ("a comment in a JPEG", jpeg(&[(0xfe, outer.clone().into_bytes())])),
        ("EXIF in a WebP", riff(b"EXIF", exif(&[b"ASCII\0\0\0", outer.as_bytes()].concat()))),
        ("XMP in a WebP", riff(b"XMP ", xmp())),
        ("a box in an MP4", [boxed(b"ftyp", b"isom"), box_of_its_own].concat()),
    ]
}

/// Files that hold the manifest, by what they are.
fn with_the_manifest() -> Vec<(&'static str, Vec<u8>)> {
    let (store, cut) = (store(), 100);
    let part = |order: u32, part: &[u8]| {
        (0xeb, [b"JP".to_vec(), 1_u16.to_be_bytes().to_vec(), order.to_be_bytes().to_vec(), part.to_vec()].concat())
    };
    let rest = [&store[..8], &store[cut..]].concat();
    let uuid =
        [&b"\xd8\xfe\xc3\xd6\x1b\x0e\x48\x3c\x92\x97\x58\x28\x87\x7e\xc4\x81\0\0\0\0manifest\0"[..], &[0; 8], &store];
    vec![
        ("a PNG", png(&[(b"caBX", store.clone())])),
        ("a JPEG", jpeg(&[part(1, &store)])),
        ("a JPEG in two parts", jpeg(&[part(1, &store[..cut]), part(2, &rest)])),
        ("an MP4", [boxed(b"ftyp", b"isom"), boxed(b"uuid", &uuid.concat())].concat()),
    ]
}

#[test]
fn the_field_is_found_wherever_it_may_stand() {
    for (what, file) in with_the_field() {
        holds_the_field(file, what);
    }
}

#[test]
fn the_manifest_is_found_with_its_maker_and_its_source() {
    for (what, file) in with_the_manifest() {
        holds_the_manifest(file, what);
    }
}

#[test]
fn ffmpegs_metadata_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let value = format!("AIGC={FIELD}");
    let comment = format!("comment={{\"AIGC\":{FIELD}}}");
    for (name, more) in [
        ("keys.mp4", &["-movflags", "use_metadata_tags", "-metadata", &value][..]),
        ("keys.mov", &["-movflags", "use_metadata_tags", "-metadata", &value]),
        ("comment.mp4", &["-metadata", &comment]),
    ] {
        let path = folder.path().join(name);
        let made = Command::new("ffmpeg")
            .args(["-v", "error", "-f", "lavfi", "-i", "color=c=gray:s=64x64:r=2:d=1"])
            .args(more)
            .arg(&path)
            .status();
        assert!(made.expect("ffmpeg is there: scripts/setup installs it").success());
        holds_the_field(std::fs::read(&path).expect("a film"), name);
    }
}

#[test]
fn what_holds_no_label_has_none() {
    for text in
        ["AIGC", "AIGC {}", r#"AIGC {"Label": 1"#, r#"AIGC {"Other": "1"}"#, r#"{"Label":"1"}"#, "AIGC大赛 {报名}"]
    {
        let file = png(&[(b"tEXt", format!("Comment\0{text}").into_bytes())]);
        assert_eq!(labels(file), [], "{text}");
    }
    assert_eq!(labels(png(&[(b"caBX", boxed(b"jumb", &boxed(b"jumd", &[0; 20])))])), []);
    assert_eq!(labels(Vec::new()), []);
    assert_eq!(labels(b"GIF89a".to_vec()), []);
    let deep = format!("AIGC{}", r#"{"a":"#.repeat(5_000));
    assert_eq!(labels(png(&[(b"tEXt", format!("Comment\0{deep}").into_bytes())])), []);
}

#[test]
fn files_that_break_off_or_lie_about_their_lengths_do_no_harm() {
    let mut state = 1_u64;
    let mut next = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).expect("fits")
    };
    for (_, file) in with_the_field().into_iter().chain(with_the_manifest()) {
        for end in 0..file.len() {
            labels(file[..end].to_vec());
        }
        for _ in 0..2_000 {
            let mut broken = file.clone();
            for _ in 0..=next() % 4 {
                let at = next() % broken.len();
                broken[at] = [0, 1, 0x7f, 0xff][next() % 4];
            }
            labels(broken);
        }
    }
    // Boxes in boxes, as deep as the file is long, and as many as fit.
    let nest = (0..20_000)
        .fold(Vec::new(), |inner: Vec<u8>, _| if inner.len() < 60_000 { boxed(b"moov", &inner) } else { inner });
    labels([boxed(b"ftyp", b"isom"), nest].concat());
    labels([boxed(b"ftyp", b"isom"), boxed(b"free", b"").repeat(100_000)].concat());
}
