//! How a webhook knows that it is us: its secret signs each message (Standard Webhooks 1.0, symmetric).

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use ring::hmac;
use storage::outbox::ToSend;

/// Bytes of a secret.
const LEAST: usize = 24;
const MOST: usize = 64;

/// What signs: one secret, or two while one follows the other.
pub(super) struct Secrets(Vec<hmac::Key>);

impl Secrets {
    /// That of the configuration, or those of a file, one a line. What is wrong is said without them.
    pub(super) fn read(secret: &str, file: &Path) -> Result<Self, String> {
        let text = match (secret.is_empty(), file.as_os_str().is_empty()) {
            (false, true) => secret.to_owned(),
            (true, false) => std::fs::read_to_string(file).map_err(|error| {
                format!("read the secret in {}: {error}; name a file as `secret_file`", file.display())
            })?,
            _ => return Err("name either a `secret` or a `secret_file`".to_owned()),
        };
        let keys =
            text.lines().map(str::trim).filter(|line| !line.is_empty()).map(key).collect::<Result<Vec<_>, _>>()?;
        if keys.is_empty() { Err("there is no secret in its file".to_owned()) } else { Ok(Self(keys)) }
    }

    /// What goes with an event at a moment.
    pub(super) fn headers(&self, event: &ToSend, now: DateTime<Utc>) -> [(&'static str, String); 3] {
        let (id, at) = (&event.event_id, now.timestamp());
        let signed = format!("{id}.{at}.{}", event.body);
        let signature = |key: &hmac::Key| format!("v1,{}", STANDARD.encode(hmac::sign(key, signed.as_bytes())));
        let signatures: Vec<_> = self.0.iter().map(signature).collect();
        [("webhook-id", id.clone()), ("webhook-timestamp", at.to_string()), ("webhook-signature", signatures.join(" "))]
    }
}

fn key(secret: &str) -> Result<hmac::Key, String> {
    let wrong = || format!("a secret is `whsec_` and {LEAST} to {MOST} bytes in base64");
    let bytes = STANDARD.decode(secret.strip_prefix("whsec_").ok_or_else(wrong)?).map_err(|_| wrong())?;
    if !(LEAST..=MOST).contains(&bytes.len()) {
        return Err(wrong());
    }
    Ok(hmac::Key::new(hmac::HMAC_SHA256, &bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(id: &str, body: &str) -> ToSend {
        ToSend { event_id: id.into(), kind: "done".into(), body: body.into(), attempts: 0 }
    }

    /// The example of the specification's own libraries.
    #[test]
    fn a_message_is_signed_as_the_specification_has_it() {
        let secrets = Secrets::read("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", Path::new("")).expect("a secret");
        let now = DateTime::from_timestamp(1_614_265_330, 0).expect("a moment");
        let headers = secrets.headers(&event("msg_p5jXN8AQM9LWM0D4loKWxJek", "{\"test\": 2432232314}"), now);
        assert_eq!(headers[2].1, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert_eq!((headers[0].1.as_str(), headers[1].1.as_str()), ("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330"));
    }

    #[test]
    fn two_secrets_sign_both_and_what_is_none_is_refused_without_being_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("secrets");
        let secret = |byte: u8| format!("whsec_{}", STANDARD.encode([byte; 24]));
        std::fs::write(&file, format!("{}\n\n{}\n", secret(1), secret(2))).expect("writes");
        let headers = Secrets::read("", &file).expect("two").headers(&event("a", "{}"), DateTime::UNIX_EPOCH);
        assert_eq!(headers[2].1.split(' ').count(), 2);
        let short = format!("whsec_{}", STANDARD.encode([7; 23]));
        for wrong in [short.as_str(), "bm9wcmVmaXg", "whsec_?"] {
            let refused = Secrets::read(wrong, Path::new("")).err().expect("no secret");
            assert!(refused.contains("24 to 64 bytes") && !refused.contains(wrong), "{refused}");
        }
        assert!(Secrets::read("", Path::new("")).is_err() && Secrets::read(&secret(1), &file).is_err());
    }
}
