//! Settings as tools and people leave them: empty, quoted, with a line end, in files, and several wrong ones at once.

use std::{fs, process::Command};

use axum::http::{Method, StatusCode};
use clap::{Args, CommandFactory, Parser};
use secrecy::ExposeSecret;
use tempfile::TempDir;

use super::{
    app::{Database, TestApp},
    on_both_databases,
};
use crate::server::{
    base::config::{Config, LogFormat, Options},
    channel::whatsapp::signature,
};

on_both_databases!(
    an_empty_app_of_the_whole_deployment_takes_nothing,
    people_are_told_whether_meta_can_reach_the_server,
);

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    options: Options,
}

fn parse<T: AsRef<str>>(flags: &[T]) -> Result<Config, String> {
    let line = ["parlance"].into_iter().chain(flags.iter().map(AsRef::as_ref));
    let line = Line::try_parse_from(line).map_err(|error| format!("clap refuses it: {error}"))?;
    Config::parse(line.options).map_err(|error| error.to_string())
}

/// The names of all flags that are settings.
fn settings() -> Vec<String> {
    let command = Options::augment_args(Line::command());
    let all = command.get_arguments().filter(|arg| arg.get_env().is_some());
    let mut names: Vec<String> = all.map(|arg| arg.get_long().unwrap().to_owned()).collect();
    names.sort_unstable();
    names.dedup();
    assert!(names.len() > 20, "{names:?}");
    names
}

#[test]
fn whatever_is_empty_is_not_set() {
    let unset = format!("{:?}", parse::<&str>(&[]).unwrap());
    for name in settings() {
        for empty in ["", "  ", "\r\n", "\"\"", "' '"] {
            let config = parse(&[format!("--{name}={empty}")]);
            assert_eq!(config.map(|c| format!("{c:?}")), Ok(unset.clone()), "--{name}={empty:?}");
        }
    }
    let all: Vec<String> = settings().iter().map(|name| format!("--{name}=")).collect();
    assert_eq!(format!("{:?}", parse(&all).unwrap()), unset);
}

/// Run by the test below, in an environment of its own.
#[test]
fn what_the_environment_says() {
    let config = parse::<&str>(&[]).unwrap();
    match std::env::var("EXPECTED").as_deref() {
        Ok("nothing") => assert!(config.deployment_app.is_none() && config.secret_key.is_none() && config.local),
        Ok("values") => {
            assert_eq!(config.deployment_app.unwrap().app_secret.expose_secret(), "shhh");
            assert_eq!(config.rate_per_number, 7);
        }
        _ => {}
    }
}

#[test]
fn the_environment_is_read_alike() {
    let run = |expected: &str, values: &[(&str, &str)]| {
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", "tests::settings::what_the_environment_says"]).env("EXPECTED", expected);
        for arg in Options::augment_args(Line::command()).get_arguments() {
            child.envs(arg.get_env().map(|name| (name, "")));
        }
        let output = child.envs(values.iter().copied()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success() && said.contains("1 passed"), "{expected}: {said}");
    };
    run("nothing", &[]);
    run(
        "values",
        &[
            ("PARLANCE_WHATSAPP_APP_ID", " 4711\n"),
            ("PARLANCE_WHATSAPP_APP_SECRET", "\"shhh\"\r\n"),
            ("PARLANCE_WHATSAPP_VERIFY_TOKEN", "'open sesame'"),
            ("PARLANCE_RATE_PER_NUMBER", "\"7\""),
        ],
    );
}

#[test]
fn spaces_quotes_and_line_ends_do_not_count() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("secret");
    fs::write(&file, "from a file").unwrap();
    let file = file.display().to_string();
    let key = "5a".repeat(32);
    for (name, value, with) in [
        ("listen", "127.0.0.1:3333", ""),
        ("public-url", "https://chat.example.com", ""),
        ("trusted-proxies", "10.0.0.0/8,192.0.2.1", ""),
        ("data-dir", "/var/lib/parlance", ""),
        ("database-url", "sqlite:///srv/parlance.db", ""),
        ("database-url-file", &file, "impossible"),
        ("secret-key", &key, ""),
        ("secret-key-file", &file, ""),
        ("graph-url", "https://graph.example.com/x/", ""),
        ("graph-version", "v27.0", ""),
        ("whatsapp-app-id", "4711", "app"),
        ("whatsapp-app-secret", "shhh", "app"),
        ("whatsapp-app-secret-file", &file, "app"),
        ("whatsapp-verify-token", "open sesame", "app"),
        ("whatsapp-verify-token-file", &file, "app"),
        ("sandbox", "off", ""),
        ("rate-per-number", "7", ""),
        ("quiet-time", "250ms", ""),
        ("answer-freshness", "2m", ""),
        ("check-timeout", "3s", ""),
        ("call-timeout", "4s", ""),
        ("log", "info,parlance=debug", ""),
        ("log-format", "json", ""),
        ("metrics-token", "let me see", ""),
        ("metrics-token-file", &file, ""),
    ] {
        let others: &[(&str, &str)] = match with {
            "app" => &[("whatsapp-app-id", "1"), ("whatsapp-app-secret", "2"), ("whatsapp-verify-token", "3")],
            _ => &[],
        };
        let others: Vec<String> = others
            .iter()
            .filter(|(other, _)| *other != name && name != format!("{other}-file"))
            .map(|(name, value)| format!("--{name}={value}"))
            .collect();
        let read = |value: &str| {
            let config = parse(&[&others[..], &[format!("--{name}={value}")]].concat());
            config.map(|c| {
                let app = c.deployment_app.as_ref().map(|a| {
                    [a.app_id.clone(), a.app_secret.expose_secret().into(), a.verify_token.expose_secret().into()]
                });
                let secrets =
                    [&c.secret_key, &c.metrics_token].map(|s| s.as_ref().map(|s| s.expose_secret().to_owned()));
                format!("{c:?} {app:?} {secrets:?} {}", c.database_url.expose_secret())
            })
        };
        let plain = read(value);
        if with != "impossible" {
            assert!(plain.is_ok() && plain != read(""), "--{name}={value}: {plain:?}");
        }
        for around in [("  ", "\r\n"), ("\"", "\""), (" '", "' ")] {
            assert_eq!(read(&format!("{}{value}{}", around.0, around.1)), plain, "--{name}");
        }
    }
}

#[test]
fn all_problems_are_told_together() {
    let wrong = [
        ("listen", "localhost", "PARLANCE_LISTEN \"localhost\" is not an address and port"),
        ("public-url", "chat.example.com", "PARLANCE_PUBLIC_URL"),
        ("trusted-proxies", "10.0.0.0/8,me", "PARLANCE_TRUSTED_PROXIES: \"me\""),
        ("database-url", "mysql://x", "PARLANCE_DATABASE_URL must begin"),
        ("graph-url", "graph.facebook.com", "PARLANCE_GRAPH_URL \"graph.facebook.com\" must look like https://"),
        ("graph-version", "26.0", "PARLANCE_GRAPH_VERSION \"26.0\" must look like v26.0"),
        ("whatsapp-app-id", "4711", "belong together"),
        ("sandbox", "maybe", "PARLANCE_SANDBOX \"maybe\" is not on or off"),
        ("rate-per-number", "fast", "PARLANCE_RATE_PER_NUMBER \"fast\""),
        ("quiet-time", "soon", "PARLANCE_QUIET_TIME \"soon\""),
        ("answer-freshness", "2h", "PARLANCE_ANSWER_FRESHNESS \"2h\""),
        ("check-timeout", "-1s", "PARLANCE_CHECK_TIMEOUT \"-1s\""),
        ("call-timeout", "1ms", "PARLANCE_CALL_TIMEOUT must be at least"),
        ("log", "info,parlance=loud", "PARLANCE_LOG \"info,parlance=loud\""),
        ("log-format", "xml", "PARLANCE_LOG_FORMAT \"xml\""),
        ("metrics-token-file", "/no/such/file", "PARLANCE_METRICS_TOKEN_FILE /no/such/file cannot be read"),
    ];
    let flags: Vec<String> = wrong.iter().map(|(name, value, _)| format!("--{name}={value}")).collect();
    let told = parse(&flags).unwrap_err();
    for (_, _, words) in wrong {
        assert!(told.contains(words), "{words} is missing in {told}");
    }
    assert_eq!(told.lines().count(), wrong.len() + 1, "{told}");
    for url in ["graph.facebook.com", "https://", "ftp://graph.facebook.com", "https://graph.facebook.com/?x=y"] {
        assert!(parse(&[format!("--graph-url={url}")]).is_err(), "{url}");
    }
    for version in ["25.0", "v25", "v", "v.0", "v26.", "latest", "v26.0/x"] {
        assert!(parse(&[format!("--graph-version={version}")]).is_err(), "{version}");
    }
}

#[test]
fn secrets_may_stand_in_files() {
    let folder = TempDir::new().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let (secret, token) = (file("secret", " \"shhh\"\n"), file("token", "open sesame\r\n"));
    let database = file("database", "sqlite:///srv/chat.db\n");
    let app = [
        "--whatsapp-app-id=4711".to_owned(),
        format!("--whatsapp-app-secret-file={secret}"),
        format!("--whatsapp-verify-token-file={token}"),
        format!("--database-url-file={database}"),
        format!("--metrics-token-file={token}"),
        "--log-format=json".to_owned(),
    ];
    let config = parse(&app).unwrap();
    let deployment = config.deployment_app.unwrap();
    assert_eq!(deployment.app_secret.expose_secret(), "shhh");
    assert_eq!(deployment.verify_token.expose_secret(), "open sesame");
    assert_eq!(config.database_url.expose_secret(), "sqlite:///srv/chat.db");
    assert_eq!(config.metrics_token.unwrap().expose_secret(), "open sesame");
    assert_eq!(config.log_format, LogFormat::Json);
    let both = parse(&[format!("--metrics-token-file={token}"), "--metrics-token=x".to_owned()]).unwrap_err();
    assert!(both.contains("PARLANCE_METRICS_TOKEN and PARLANCE_METRICS_TOKEN_FILE are both set"), "{both}");
    let empty = parse(&[format!("--metrics-token-file={}", file("empty", " \n"))]).unwrap_err();
    assert!(empty.contains("is empty"), "{empty}");
    // What stands in the file is told to nobody.
    assert!(!both.contains("sesame") && !empty.contains("sesame"));
}

async fn an_empty_app_of_the_whole_deployment_takes_nothing(database: Database) {
    let empty = ["--whatsapp-app-id=", "--whatsapp-app-secret=", "--whatsapp-verify-token="];
    let app = TestApp::start_with(database, &empty).await;
    app.number().await;
    let body = r#"{"object":"whatsapp_business_account","entry":[]}"#;
    let url = format!("{}/api/whatsapp/webhook", app.url);
    let post = app.http.request(Method::POST, &url).header(signature::HEADER, signature::sign(b"", body.as_bytes()));
    assert_eq!(post.body(body).send().await.unwrap().status(), StatusCode::NOT_FOUND);
    let asked = format!("{url}?hub.mode=subscribe&hub.challenge=1&hub.verify_token=");
    assert_eq!(app.http.get(asked).send().await.unwrap().status(), StatusCode::NOT_FOUND);
    assert_eq!(app.count("select count(*) from deliveries").await, 0);
}

async fn people_are_told_whether_meta_can_reach_the_server(database: Database) {
    for (address, why) in [
        (None, Some("local")),
        (Some("http://192.168.1.20:3000"), Some("private")),
        (Some("https://chat.corp.internal"), Some("private")),
        (Some("http://chat.example.com"), Some("no_https")),
        (Some("https://chat.example.com"), None),
    ] {
        let flags: Vec<&str> = address.iter().flat_map(|address| ["--public-url", address]).collect();
        let app = TestApp::start_with(database, &flags).await;
        let session = app.ok("session/current", serde_json::json!({})).await;
        assert_eq!(session["cannot_reach"].as_str(), why, "{address:?}");
        if let Some(address) = address {
            assert_eq!(session["public_url"], address);
        }
    }
}
