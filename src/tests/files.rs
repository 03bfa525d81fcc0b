//! Who can read what lies on the disk: the service, whatever the umask is and under whatever user a command ran, and nobody else.

use std::{
    fs::{self, Permissions},
    os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink},
    path::{Path, PathBuf},
    process::Command,
};

use clap::Parser;
use tempfile::TempDir;

use crate::server::{
    app::{
        serve::{self, concerns::concerns},
        state::AppState,
    },
    base::{
        clock::Clock,
        config::{Config, Options},
    },
    pipeline::faults::Faults,
    sandbox::Delays,
    service::keys,
    store::postgres::in_the_clear,
};

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    options: Options,
}

fn config(flags: &[String]) -> Config {
    let line = ["parlance".to_owned()].into_iter().chain(flags.iter().cloned());
    Config::parse(Line::parse_from(line).options).unwrap()
}

fn in_folder(data: &Path) -> Vec<String> {
    vec![format!("--data-dir={}", data.display()), "--sandbox=on".to_owned()]
}

async fn open(flags: &[String]) -> AppState {
    serve::open(config(flags), Clock::System, Faults::default(), Delays::none()).await.unwrap()
}

async fn close(state: &AppState) {
    state.close(std::time::Duration::from_secs(5)).await;
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// The files of a folder with their modes.
fn modes(folder: &Path) -> Vec<(String, u32)> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<(String, u32)> =
        entries.map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), mode(&path))).collect();
    found.sort();
    found
}

const FILES: [&str; 7] = [
    "parlance.db",
    "parlance.db-shm",
    "parlance.db-wal",
    "sandbox.db",
    "sandbox.db-shm",
    "sandbox.db-wal",
    "secret.key",
];

fn all_private() -> Vec<(String, u32)> {
    FILES.map(|name| (name.to_owned(), 0o600)).to_vec()
}

/// Run by the test below under umasks of its own, too.
#[tokio::test]
async fn what_is_made_is_for_its_owner() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("above/data");
    let state = open(&in_folder(&data)).await;
    assert_eq!((mode(&data), modes(&data)), (0o700, all_private()));
    close(&state).await;
}

#[test]
fn the_umask_does_not_matter() {
    for umask in ["000", "022", "077"] {
        let child = Command::new("sh")
            .args(["-c", "umask $1; shift; exec \"$@\"", "sh", umask])
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", "tests::files::what_is_made_is_for_its_owner"])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&child.stdout).into_owned();
        assert!(child.status.success() && said.contains("1 passed"), "{umask}: {said}");
    }
}

#[tokio::test]
async fn what_was_made_before_is_tightened() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let first = open(&in_folder(&data)).await;
    // As an older version left them, and a crash: the side files are still there.
    for name in FILES {
        set_mode(&data.join(name), 0o666);
    }
    set_mode(&data, 0o777);
    let second = open(&in_folder(&data)).await;
    assert_eq!(mode(&data), 0o700);
    // A key is not changed without being asked: a container may have mounted it.
    let expected: Vec<(String, u32)> =
        FILES.map(|name| (name.to_owned(), if name == "secret.key" { 0o666 } else { 0o600 })).to_vec();
    assert_eq!(modes(&data), expected);
    let heard = concerns(&second.config);
    assert_eq!(heard.len(), 1, "{heard:?}");
    assert!(heard[0].contains("secret.key") && heard[0].contains("chmod 600"), "{heard:?}");
    close(&first).await;
    close(&second).await;
}

#[tokio::test]
async fn a_database_elsewhere_is_private_too() {
    let folder = TempDir::new().unwrap();
    let elsewhere = folder.path().join("chat.db");
    fs::write(&elsewhere, "").unwrap();
    set_mode(&elsewhere, 0o644);
    let url = format!("--database-url=sqlite://{}", elsewhere.display());
    let state = open(&[format!("--data-dir={}", folder.path().join("data").display()), url]).await;
    for name in ["chat.db", "chat.db-wal", "chat.db-shm"] {
        assert_eq!(mode(&folder.path().join(name)), 0o600, "{name}");
    }
    close(&state).await;
}

#[test]
fn a_folder_with_other_things_in_it_is_left_as_it_is() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("index.html"), "somebody else's").unwrap();
    set_mode(folder.path(), 0o755);
    crate::server::base::files::make_private_folder(folder.path()).unwrap();
    assert_eq!(mode(folder.path()), 0o755);
    let heard = concerns(&config(&in_folder(folder.path())));
    assert!(heard.iter().any(|words| words.contains("Others can look into the data folder")), "{heard:?}");
    fs::remove_file(folder.path().join("index.html")).unwrap();
    crate::server::base::files::make_private_folder(folder.path()).unwrap();
    assert_eq!(mode(folder.path()), 0o700);
    assert_eq!(concerns(&config(&in_folder(folder.path()))), Vec::<String>::new());
}

#[tokio::test]
async fn a_loose_key_file_warns_and_stops_nothing() {
    let folder = TempDir::new().unwrap();
    let file = |name: &str, text: &str, mode: u32| -> PathBuf {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        set_mode(&path, mode);
        path
    };
    let key = file("key", &format!(" \"{}\"\r\n", "5a".repeat(32)), 0o444);
    let metrics = file("metrics", "let me see\n", 0o640);
    let mut flags = in_folder(&folder.path().join("data"));
    flags.push(format!("--secret-key-file={}", key.display()));
    flags.push(format!("--metrics-token-file={}", metrics.display()));
    let state = open(&flags).await;
    let heard = concerns(&state.config);
    assert_eq!(heard.len(), 2, "{heard:?}");
    for (path, words) in [(&key, "mode 444"), (&metrics, "mode 640")] {
        let named = path.display().to_string();
        assert!(heard.iter().any(|h| h.contains(&named) && h.contains(words)), "{named} in {heard:?}");
    }
    close(&state).await;
    set_mode(&key, 0o400);
    set_mode(&metrics, 0o600);
    assert_eq!(concerns(&config(&flags)), Vec::<String>::new());
}

#[tokio::test]
async fn a_change_of_the_key_keeps_owner_group_and_mode() {
    let folder = TempDir::new().unwrap();
    let (real, link) = (folder.path().join("real.key"), folder.path().join("link.key"));
    fs::write(&real, "5a".repeat(32)).unwrap();
    set_mode(&real, 0o440);
    symlink(&real, &link).unwrap();
    // Only root can give a file away, and only for root it matters.
    let owner = if rustix::process::geteuid().is_root() { (4711, 4712) } else { owner_of(&real) };
    chown(&real, Some(owner.0), Some(owner.1)).unwrap();
    let mut flags = in_folder(&folder.path().join("data"));
    flags.push(format!("--secret-key-file={}", link.display()));
    let state = open(&flags).await;
    keys::rotate(&state).await.unwrap();
    assert_eq!((owner_of(&real), mode(&real)), (owner, 0o440));
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink(), "the link was replaced by a file");
    let lines = fs::read_to_string(&real).unwrap();
    assert!(lines.lines().count() == 2 && lines.contains(&"5a".repeat(32)), "there is no new key");
    assert_eq!(modes(folder.path()).len(), 3, "something was left behind");
    close(&state).await;
}

fn owner_of(path: &Path) -> (u32, u32) {
    let found = fs::metadata(path).unwrap();
    (found.uid(), found.gid())
}

#[tokio::test]
async fn what_root_makes_belongs_to_the_owner_of_the_folder() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    fs::create_dir(&data).unwrap();
    let root = rustix::process::geteuid().is_root();
    let owner = if root { (4711, 4712) } else { owner_of(&data) };
    chown(&data, Some(owner.0), Some(owner.1)).unwrap();
    let state = open(&in_folder(&data)).await;
    for name in FILES {
        assert_eq!(owner_of(&data.join(name)), owner, "{name}");
    }
    let heard = concerns(&state.config);
    assert_eq!(heard.iter().any(|words| words.contains("belongs to user 4711")), root, "{heard:?}");
    close(&state).await;
}

#[test]
fn a_way_to_postgresql_that_may_be_open_is_told() {
    for (url, mode) in [
        ("postgres://chat:secret@db.example.com/chat", Some("prefer")),
        ("postgresql://db/chat?sslmode=disable", Some("disable")),
        ("postgres://192.0.2.7:5433/chat?sslmode=allow", Some("allow")),
        ("postgres://[2001:db8::7]/chat", Some("prefer")),
        ("postgres://db.example.com/chat?sslmode=require", None),
        ("postgres://db.example.com/chat?sslmode=verify-full", None),
        ("postgres://localhost/chat?sslmode=disable", None),
        ("postgres://127.0.0.1/chat", None),
        ("postgres://[::1]/chat", None),
        ("postgres:///chat?host=/run/postgresql", None),
        ("postgres://%2Frun%2Fpostgresql/chat", None),
        ("sqlite:///srv/chat.db", None),
    ] {
        assert_eq!(in_the_clear(url).map(|travel| travel.mode), mode, "{url}");
    }
    let flags =
        ["--database-url=postgres://chat:secret@db.example.com/chat", "--secret-key=5a"].map(str::to_owned).to_vec();
    let heard = concerns(&config(&flags)).join("\n");
    assert!(heard.contains("PostgreSQL on db.example.com") && heard.contains("sslmode=verify-full"), "{heard}");
    assert!(!heard.contains("secret@"), "{heard}");
}
