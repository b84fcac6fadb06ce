//! A key that a program keeps: the message goes to its standard input, the signature comes from its standard output.
//!
//! With it a key can stay in a token (PKCS#11) or with a service (KMS). The signature is checked before it is used.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::{KeyError, PublicKey, Signer, Signing};

/// A token asks its owner, a service is far away: neither takes longer.
const LIMIT: Duration = Duration::from_secs(60);

/// Bytes of a signature; ours have at most 72.
const LONGEST: u64 = 4_096;

pub(super) struct Command {
    program: String,
    arguments: Vec<String>,
    public_key: PublicKey,
}

impl Command {
    pub(super) fn new(program: &str, arguments: &[String], public_key: PublicKey) -> Self {
        Self { program: program.to_owned(), arguments: arguments.to_vec(), public_key }
    }

    async fn ask(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        let failed = |why: String| KeyError::Program { program: self.program.clone(), why };
        let mut child = tokio::process::Command::new(&self.program)
            .args(&self.arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| failed(format!("it cannot be started: {error}")))?;
        let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(failed("it has no input and output".into()));
        };
        let talk = async {
            // A program that does not read to the end may still sign.
            let _ = input.write_all(message).await;
            drop(input);
            let mut signature = Vec::new();
            output.take(LONGEST).read_to_end(&mut signature).await?;
            std::io::Result::Ok((signature, child.wait().await?))
        };
        let talked = tokio::time::timeout(LIMIT, talk).await;
        let talked = talked.map_err(|_| failed(format!("it said nothing within {} seconds", LIMIT.as_secs())))?;
        let (signature, status) = talked.map_err(|error| failed(error.to_string()))?;
        if !status.success() {
            return Err(failed(format!("it ended with {status}")));
        }
        if !self.public_key.has_signed(message, &signature) {
            return Err(failed("what it wrote is no signature by the public key that is configured".into()));
        }
        Ok(signature)
    }
}

impl Signer for Command {
    fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    fn sign<'a>(&'a self, message: &'a [u8]) -> Signing<'a> {
        Box::pin(self.ask(message))
    }
}
