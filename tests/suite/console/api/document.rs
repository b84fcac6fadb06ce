//! The document: what others make of it, and whether the API is as it says, asked by a program that tries to break it.

use std::process::Command;

use anyhow::Result;
use postlink_tests::postlink::program;
use postlink_tests::repository;
use serde_json::{Value, json};

use super::{Program, World, tool, written};

/// What is refused although the schema lets it through: a violation that this case has not, a rejection without a reason, a key that
/// came before; a part that a picture has not; an address that may not be told; a week that no year has, or a page that was never given out.
const REFUSED: &str = "\
[[operations]]
include-operation-id = [\"decide\", \"pauseSweep\", \"resumeSweep\", \"cancelSweep\"]
checks.positive_data_acceptance.expected-statuses = [\"2xx\", 404, 409, 422]

[[operations]]
include-operation-id = \"getEvidence\"
checks.positive_data_acceptance.expected-statuses = [\"2xx\", 404, 416]

[[operations]]
include-operation-id = \"exportBundle\"
checks.positive_data_acceptance.expected-statuses = [\"2xx\", 404]

[[operations]]
include-operation-id = [\"addWebhook\", \"sendComplaints\", \"sendConversions\", \"sendTouchpoints\"]
checks.positive_data_acceptance.expected-statuses = [\"2xx\", 422]

[[operations]]
include-operation-id = [\"listComplaints\", \"getRates\", \"getTraffic\"]
checks.positive_data_acceptance.expected-statuses = [\"2xx\", 400]
";

#[tokio::test(flavor = "multi_thread")]
async fn the_document_that_is_served_is_the_one_that_is_kept_and_others_read_it() -> Result<()> {
    let world = World::patient().await?;
    let served = Program::new(&world.served.url, None).get("/openapi.json")?;
    assert_eq!(served.text(), std::fs::read_to_string(repository::root().join("console/openapi.json"))?);
    let path = world.postlink.folder().join("openapi.json");
    written(&path, &served.body)?;
    let read = Command::new(tool("openapi-spec-validator")).arg(&path).output()?;
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stdout));
    // Every operation is named, told, and says who may, what comes back and what is refused.
    let document = served.json();
    let mut ids: Vec<&str> = Vec::new();
    for operation in
        document["paths"].as_object().expect("paths").values().filter_map(Value::as_object).flat_map(|one| one.values())
    {
        let id = operation["operationId"].as_str().expect("an id");
        assert!(operation["summary"].is_string() && operation["security"].is_array(), "{id}");
        let responses = operation["responses"].as_object().expect("responses");
        assert!(responses.contains_key("500") && responses.keys().any(|status| status.starts_with('2')), "{id}");
        assert_eq!(operation["security"] == json!([]), !responses.contains_key("401"), "{id}");
        ids.push(id);
    }
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), super::refused::operations(&world)?.len(), "each has its own: {ids:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_is_as_its_document_says() -> Result<()> {
    let world = World::patient().await?;
    let scopes = model::account::Role::Admin.scopes();
    let program = world.program("admin", scopes)?;
    let token = program.token().expect("it has one");
    let kept = world.of_ad("x");
    // With names that are there, and with any.
    let named = format!(
        "[parameters]\n\"path.case\" = \"{}\"\n\"path.sha256\" = \"{}\"\n\"path.name\" = \"all-nightly\"\n\"path.id\" = \"x\"\n",
        kept.case, kept.sha256
    );
    for (name, names) in [("named", named.as_str()), ("guessed", "")] {
        let path = world.postlink.write(&format!("{name}.toml"), format!("{names}\n{REFUSED}"))?;
        let output = Command::new(tool("schemathesis"))
            .arg("--config-file")
            .arg(path)
            .args(["run", &format!("{}/api/v1/openapi.json", world.served.url), "--header"])
            .arg(format!("Authorization: {token}"))
            .args([
                "--max-examples",
                "25",
                "--seed",
                "20261128",
                "--no-color",
                "--warnings",
                "off",
                "--request-timeout",
                "60",
            ])
            .args(["--generation-database", "none"])
            .current_dir(world.postlink.folder())
            .output()?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{name}:\n{said}\n{}", String::from_utf8_lossy(&output.stderr));
        assert!(said.contains("No issues found"), "{name}:\n{said}");
        // Seen with `--no-capture`.
        println!("{said}");
    }
    Ok(())
}

/// The lines of docs/api.md, as somebody would type them.
#[tokio::test(flavor = "multi_thread")]
async fn the_example_of_the_guide_works_as_it_stands() -> Result<()> {
    let world = World::patient().await?;
    let guide = std::fs::read_to_string(repository::root().join("docs/api.md"))?;
    let example = guide.split("```sh\n").nth(1).and_then(|rest| rest.split("```").next()).expect("an example");
    let output = Command::new("bash")
        .args(["-euc", &example.replace("--tenant feed", "--tenant one")])
        .current_dir(world.postlink.folder())
        .env("CONSOLE", &world.served.url)
        .env("PATH", format!("{}:/usr/bin:/bin", program()?.parent().expect("a folder").display()))
        .stdin(std::process::Stdio::null())
        .output()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    let list: Value = serde_json::from_str(said.lines().last().unwrap_or_default())?;
    assert_eq!(super::ids(&list).len(), 3, "{said}");
    Ok(())
}
