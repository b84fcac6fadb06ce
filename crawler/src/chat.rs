//! A language model that is asked one question: OpenAI's `/v1/chat/completions`, which many others speak as well.
//!
//! What is asked leaves this machine.

use std::time::Duration;

use reqwest::RequestBuilder;
use reqwest::header::CONTENT_TYPE;
use serde::{Deserialize, Serialize};

use crate::endpoint::{AskError, Endpoint, ServiceError, Settings};
use crate::guard::Rules;

/// Characters of an answer that is to be a short one.
const MAX_TEXT: usize = 4_000;

static SETTINGS: Settings = Settings {
    url: "judge.url",
    key_file: "judge.key_file",
    timeout: "judge.timeout_secs",
    path: "/v1/chat/completions",
    not_understood: "look at `judge.model`",
    too_large: "the question is too long for it: ask another model",
};

/// A model to ask.
pub struct Chat {
    endpoint: Endpoint,
    model: String,
}

#[derive(Serialize)]
struct Question<'a> {
    model: &'a str,
    /// The same question should get the same answer.
    temperature: f64,
    messages: [Message<'a>; 2],
}

#[derive(Serialize)]
struct Message<'a> {
    role: &'a str,
    content: &'a str,
}

#[derive(Deserialize)]
struct Answer {
    choices: Vec<Choice>,
}

#[derive(Deserialize)]
struct Choice {
    message: Reply,
}

#[derive(Deserialize)]
struct Reply {
    content: String,
}

impl Chat {
    /// `key_file` is empty where the service asks for no key.
    pub fn new(rules: &Rules, url: &str, model: &str, key_file: &str) -> Result<Self, ServiceError> {
        Ok(Self { endpoint: Endpoint::new(rules, url, key_file, &SETTINGS)?, model: model.to_owned() })
    }

    /// Who is asked, for the record: the model and its host.
    pub fn name(&self) -> String {
        format!("{} at {}", self.model, self.endpoint.host())
    }

    /// What it answers to a question, told beforehand how to.
    pub async fn ask(&self, how: &str, question: &str, limit: Duration) -> Result<String, AskError> {
        let messages = [Message { role: "system", content: how }, Message { role: "user", content: question }];
        let question = Question { model: &self.model, temperature: 0.0, messages };
        let question = serde_json::to_vec(&question).expect("internal error: a question is plain data");
        let fill = |request: RequestBuilder| Ok(request.header(CONTENT_TYPE, "application/json").body(question));
        let answer = self.endpoint.post(limit, fill).await?;
        let unbelievable = |why| self.endpoint.unbelievable(why);
        let answer: Answer =
            serde_json::from_slice(&answer).map_err(|_| unbelievable("it is not the JSON of a chat"))?;
        let reply = answer.choices.into_iter().next().ok_or_else(|| unbelievable("it has no choices"))?.message.content;
        if reply.chars().count() > MAX_TEXT {
            return Err(unbelievable("it is too long"));
        }
        Ok(reply)
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::extract::State;
    use axum::routing::post;

    use super::*;

    /// A fake of a paid service that answers everything so, and keeps what it was asked.
    async fn fake(answer: &'static str) -> (Chat, tokio::sync::mpsc::UnboundedReceiver<serde_json::Value>) {
        let (sender, asked) = tokio::sync::mpsc::unbounded_channel();
        let app = Router::new()
            .route(
                "/v1/chat/completions",
                post(move |State(sender): State<tokio::sync::mpsc::UnboundedSender<_>>, body: String| async move {
                    sender.send(serde_json::from_str(&body).expect("JSON")).expect("the test listens");
                    answer
                }),
            )
            .with_state(sender);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let at = listener.local_addr().expect("an address");
        tokio::spawn(async move { axum::serve(listener, app).await });
        let rules = Rules { allow: vec!["127.0.0.1".into()], ..Rules::default() };
        let chat = Chat::new(&rules, &format!("http://{at}/v1/chat/completions"), "judge-1", "").expect("a service");
        (chat, asked)
    }

    #[tokio::test]
    async fn a_question_is_asked_as_services_expect_it_and_the_reply_comes_back() {
        let (chat, mut asked) =
            fake(r#"{"choices": [{"index": 0, "message": {"role": "assistant", "content": "{\"upheld\": true}"}}]}"#)
                .await;
        let reply = chat.ask("Answer in JSON.", "Is it so?", Duration::from_secs(20)).await.expect("a reply");
        assert_eq!(reply, r#"{"upheld": true}"#);
        assert_eq!(chat.name(), "judge-1 at 127.0.0.1");
        let question = asked.recv().await.expect("it was asked");
        assert_eq!((&question["model"], &question["temperature"]), (&"judge-1".into(), &0.0.into()));
        assert_eq!(question["messages"][1]["content"], "Is it so?");
    }

    #[tokio::test]
    async fn what_is_no_reply_is_refused_in_words() {
        for (answer, word) in [("<html>", "not the JSON of a chat"), (r#"{"choices": []}"#, "no choices")] {
            let (chat, _asked) = fake(answer).await;
            let error = chat.ask("", "", Duration::from_secs(20)).await.expect_err(word).to_string();
            assert!(error.contains(word) && error.contains("127.0.0.1"), "{error}");
        }
    }

    #[test]
    fn an_address_that_cannot_be_asked_is_named_with_its_setting() {
        let error = Chat::new(&Rules::default(), "ftp://a.test/", "m", "").err().expect("it is refused").to_string();
        assert!(error.contains("`judge.url` `ftp://a.test/`"), "{error}");
    }
}
