//! A fake of a paid service: it looks at what it is asked, and answers as the test says.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, Response, StatusCode};

use super::*;
use crate::endpoint::MAX_ANSWER;

/// What the fake was asked last: its first line, its headers, its body.
type Question = (String, HeaderMap, Vec<u8>);

#[derive(Clone, Default)]
struct Asked(Arc<Mutex<Option<Question>>>);

/// A fake that answers everything so, after so long.
async fn fake(status: u16, answer: impl Into<Vec<u8>>, after: Duration) -> (SocketAddr, Asked) {
    let (asked, answer) = (Asked::default(), answer.into());
    let kept = asked.clone();
    let app = Router::new().fallback(move |request: Request| {
        let (kept, answer) = (kept.clone(), answer.clone());
        async move {
            let (head, body) = request.into_parts();
            let body = axum::body::to_bytes(body, 1 << 20).await.expect("a body").to_vec();
            let line = format!("{} {}", head.method, head.uri.path());
            *kept.0.lock().expect("a fake panicked") = Some((line, head.headers, body));
            tokio::time::sleep(after).await;
            let status = StatusCode::from_u16(status).expect("a status");
            let answering = Response::builder().status(status).header("location", "/elsewhere");
            answering.body(axum::body::Body::from(answer)).expect("an answer")
        }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let at = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, app).await });
    (at, asked)
}

fn allowing() -> Rules {
    Rules { allow: vec!["127.0.0.1".into()], ..Rules::default() }
}

fn service(at: SocketAddr, key_file: &str) -> Service {
    let url = format!("http://{at}/v1/audio/transcriptions");
    Service::new(&allowing(), &url, "whisper-1", key_file).expect("a service")
}

async fn transcribed(status: u16, answer: impl Into<Vec<u8>>) -> Result<Vec<Said>, String> {
    let (at, _) = fake(status, answer, Duration::ZERO).await;
    let said = service(at, "").transcribe(b"RIFF".to_vec(), 10.0, Duration::from_secs(20)).await;
    said.map_err(|error| error.to_string())
}

const TWO: &str = r#"{"task": "transcribe", "language": "chinese", "duration": 10.0, "text": "免費領取 禮包", "segments": [
    {"id": 0, "start": 0.0, "end": 2.5, "text": " 免費 領取", "avg_logprob": -0.2, "no_speech_prob": 0.01},
    {"id": 1, "start": 2.5, "end": 10.02, "text": "禮包"}, {"id": 2, "start": 9.0, "end": 9.5, "text": " ♪ "}]}"#;

#[tokio::test]
async fn the_sound_is_sent_as_the_service_expects_it_and_its_segments_come_back() {
    let (at, asked) = fake(200, TWO, Duration::ZERO).await;
    let folder = std::env::temp_dir().join(format!("postlink-key-{}", std::process::id()));
    std::fs::write(&folder, "sk-secret\n").expect("writes");
    let service = service(at, folder.to_str().expect("a path"));
    std::fs::remove_file(&folder).expect("removes");
    let wav = b"RIFF\x00\xff\r\n--WAVE".to_vec();
    let said = service.transcribe(wav.clone(), 10.0, Duration::from_secs(20)).await.expect("a transcript");
    assert_eq!(
        said,
        [
            Said { from_s: 0.0, until_s: 2.5, text: "免費 領取".into(), confidence: Some((-0.2_f64).exp()) },
            Said { from_s: 2.5, until_s: 10.0, text: "禮包".into(), confidence: None },
        ]
    );
    assert_eq!(service.name(), "whisper-1 at 127.0.0.1");

    let (line, headers, body) = asked.0.lock().expect("the fake panicked").take().expect("it was asked");
    assert_eq!(line, "POST /v1/audio/transcriptions");
    assert_eq!(headers["authorization"], "Bearer sk-secret");
    assert!(headers["content-type"].to_str().is_ok_and(|kind| kind.starts_with("multipart/form-data; boundary=")));
    let holds = |part: &[u8]| body.windows(part.len()).any(|window| window == part);
    for (name, value) in
        [("model", "whisper-1"), ("response_format", "verbose_json"), ("timestamp_granularities[]", "segment")]
    {
        let names = [name.to_owned(), name.replace('[', "%5B").replace(']', "%5D")];
        assert!(names.iter().any(|name| holds(format!("name=\"{name}\"\r\n\r\n{value}\r\n").as_bytes())), "{name}");
    }
    assert!(holds(b"name=\"file\"; filename=\"sound.wav\"\r\nContent-Type: audio/wav\r\n\r\nRIFF"));
    assert!(holds(&wav));
}

#[tokio::test]
async fn an_answer_that_cannot_be_believed_is_refused_in_words_and_never_repeated() {
    let segment = |start: &str, end: &str| format!(r#"{{"start": {start}, "end": {end}, "text": "免费"}}"#);
    let segments = |all: &[String]| format!(r#"{{"segments": [{}]}}"#, all.join(","));
    for (answer, word) in [
        ("sk-secret is no key".to_owned(), "not the JSON"),
        ("[".repeat(100_000), "not the JSON"),
        (r#"{"text": "免费"}"#.to_owned(), "no segments"),
        (r#"{"text": "免费", "segments": []}"#.to_owned(), "when they were said"),
        (segments(&[segment("NaN", "1")]), "not the JSON"),
        (segments(&[segment("1e999", "1")]), "not the JSON"),
        (segments(&[segment("null", "1")]), "not the JSON"),
        (segments(&[segment("-1", "1")]), "outside"),
        (segments(&[segment("2", "1")]), "outside"),
        (segments(&[segment("11", "12")]), "outside"),
        (segments(&[segment("1", "99")]), "outside"),
        (segments(&[segment("3", "4"), segment("1", "2")]), "order of time"),
        (segments(&vec![segment("1", "1"); MAX_SEGMENTS + 1]), "too many"),
        (format!(r#"{{"segments": [{{"start": 0, "end": 1, "text": "{}"}}]}}"#, "免".repeat(MAX_TEXT + 1)), "too long"),
        (" ".repeat(MAX_ANSWER + 1), "too long"),
    ] {
        let error = transcribed(200, answer).await.expect_err(word);
        assert!(error.contains(word) && error.contains("127.0.0.1"), "{word}: {error}");
        assert!(!error.contains("sk-secret"), "{error}");
    }
    assert_eq!(transcribed(200, r#"{"text": "", "segments": []}"#).await, Ok(Vec::new()));
}

#[tokio::test]
async fn a_refusal_says_what_to_do_and_no_redirect_is_followed() {
    for (status, word) in
        [(500, "later"), (401, "speech_key_file"), (307, "sends to"), (404, "v1/audio"), (204, "later")]
    {
        let error = transcribed(status, "sk-secret").await.expect_err("a refusal");
        assert!(error.contains(&status.to_string()) && error.contains(word), "{error}");
        assert!(!error.contains("sk-secret"), "{error}");
    }
}

#[tokio::test]
async fn a_service_that_is_late_away_or_forbidden_is_told() {
    let (at, asked) = fake(200, TWO, Duration::from_secs(20)).await;
    let ask = |service: Service| async move {
        service.transcribe(b"RIFF".to_vec(), 10.0, Duration::from_secs(2)).await.expect_err("no answer").to_string()
    };
    let late = ask(service(at, "")).await;
    assert!(late.contains("within 2 seconds") || late.contains("timed out"), "{late}");
    *asked.0.lock().expect("the fake panicked") = None;
    let url = format!("http://{at}/");
    let forbidden = ask(Service::new(&Rules::default(), &url, "whisper-1", "").expect("a service")).await;
    assert!(forbidden.contains("guard refused"), "{forbidden}");
    assert!(asked.0.lock().expect("the fake panicked").is_none(), "nothing was sent");
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let nobody = listener.local_addr().expect("an address");
    drop(listener);
    let away = ask(service(nobody, "")).await;
    assert!(away.contains("was not reached"), "{away}");
}

#[test]
fn an_address_or_a_key_that_will_not_do_is_refused_at_once() {
    let refusal = |url: &str, key: &str| Service::new(&Rules::default(), url, "m", key).err().expect(url).to_string();
    assert!(refusal("asr.example", "").contains("speech_url"));
    assert!(refusal("ftp://asr.example/", "").contains("not http"));
    let named = refusal("https://me:sk-secret@asr.example/", "");
    assert!(named.contains("speech_key_file") && !named.contains("sk-secret"), "{named}");
    assert!(refusal("https://asr.example/", "/nowhere/key").contains("/nowhere/key"));
    let key = std::env::temp_dir().join(format!("postlink-bad-key-{}", std::process::id()));
    for text in ["", "two words", "键"] {
        std::fs::write(&key, text).expect("writes");
        let refused = refusal("https://asr.example/", key.to_str().expect("a path"));
        assert!(refused.contains("no single word"), "{refused}");
    }
    std::fs::write(&key, "sk-secret").expect("writes");
    let open = refusal("http://asr.example/", key.to_str().expect("a path"));
    assert!(open.contains("use https") && !open.contains("sk-secret"), "{open}");
    std::fs::remove_file(&key).expect("removes");
}
