//! The rules of ARCHITECTURE.md that no compiler knows: who may import whom, what every file and every query must have.

mod workspaces;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use self::workspaces::OF_A_WORKSPACE;
use super::source::{self, Source};

/// Who may import what. The first line that begins a module's name counts; a module may always import what is inside it.
/// Of the server, each line uses only what stands above it: the rooms stand on floors.
const RULES: [(&str, &[&str]); 20] = [
    ("domain", &[]),
    ("error", &["domain", "texts"]),
    ("texts", &["domain"]),
    ("ui", &["domain", "error", "texts", "api"]),
    // Inside of function bodies also the server: see `api_imports_the_server_inside_of_functions_only`.
    ("api", &["domain", "error", "server::auth", "server::service"]),
    ("server::base", &["domain"]),
    ("server::store", &["domain", "server::base"]),
    ("server::channel", &["domain", "texts", "server::base"]),
    ("server::engine", &["domain"]),
    (
        "server::sandbox",
        &["domain", "server::base", "server::channel::whatsapp::signature", "server::channel::whatsapp::wire"],
    ),
    (
        "server::error",
        &["error", "server::base", "server::engine", "server::sandbox::SandboxError", "server::store::StoreError"],
    ),
    ("server::writer", &["domain", "server::base", "server::store"]),
    (
        "server::service",
        &[
            "domain",
            "error",
            "texts",
            "server::base",
            "server::store",
            "server::channel",
            "server::engine",
            "server::sandbox",
            "server::error",
            "server::writer",
        ],
    ),
    (
        "server::pipeline",
        &[
            "domain",
            "error",
            "server::base",
            "server::store",
            "server::channel",
            "server::engine",
            "server::error",
            "server::writer",
            "server::service",
        ],
    ),
    (
        "server::auth",
        &["domain", "error", "server::base", "server::store", "server::error", "server::writer", "server::service"],
    ),
    ("server::live", &["domain", "server::base", "server::store", "server::service"]),
    (
        "server::http",
        &[
            "domain",
            "error",
            "texts",
            "server::base",
            "server::channel::whatsapp::signature",
            "server::store::StoreError",
            "server::store::event",
            // Readiness writes, and metrics count: both ask the tables themselves.
            "server::store::delivery",
            "server::store::queue",
            "server::store::throttle",
            "server::error",
            "server::service",
            "server::pipeline",
            "server::auth",
            "server::live",
        ],
    ),
    // The only place that knows the pages.
    ("server::app", &["domain", "error", "texts", "ui", "server"]),
    ("main", &["server::app::cli"]),
    ("", &["api", "domain", "error", "texts", "ui", "server"]),
];

fn is_in(target: &str, module: &str) -> bool {
    target == module || target.strip_prefix(module).is_some_and(|rest| rest.starts_with("::"))
}

#[test]
fn everyone_imports_only_what_they_may() {
    let mut broken = Vec::new();
    for source in source::all().iter().filter(|s| !s.is_test()) {
        let module = source.module();
        let (home, allowed) = RULES.iter().find(|(home, _)| home.is_empty() || is_in(&module, home)).unwrap();
        for import in source.imports() {
            let own = if home.is_empty() { module.as_str() } else { home };
            let fine = is_in(&import.target, own) || allowed.iter().any(|may| is_in(&import.target, may));
            if !fine {
                broken.push(format!("{}: {}", source.path, import.target));
            }
        }
    }
    assert!(broken.is_empty(), "forbidden imports:\n{}", broken.join("\n"));
}

/// The room of a module: the folder or file below `src/server` that it is in.
fn room(module: &str) -> Option<&str> {
    module.strip_prefix("server::").and_then(|rest| rest.split("::").next())
}

/// Whatever the rules allow: the rooms of the server can be put in an order in which each uses only those before it.
#[test]
fn the_rooms_of_the_server_know_no_circle() {
    let mut uses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for source in source::all().iter().filter(|s| !s.is_test()) {
        let module = source.module();
        let Some(from) = room(&module) else { continue };
        let imports = source.imports();
        let others = imports.iter().filter_map(|i| room(&i.target)).filter(|to| *to != from).map(str::to_owned);
        uses.entry(from.to_owned()).or_default().extend(others);
    }
    assert!(uses.len() >= 12 && uses["app"].len() >= 9, "{uses:?}");
    while let Some(lowest) = uses.iter().find(|(_, used)| used.is_empty()).map(|(name, _)| name.clone()) {
        uses.remove(&lowest);
        uses.values_mut().for_each(|used| used.retain(|other| *other != lowest));
    }
    assert!(uses.is_empty(), "rooms that use each other in a circle, or stand on one: {uses:#?}");
}

#[test]
fn api_imports_the_server_inside_of_functions_only() {
    for source in source::all().iter().filter(|s| s.path.starts_with("src/api/")) {
        for import in source.imports().iter().filter(|i| is_in(&i.target, "server")) {
            assert!(import.inside, "{}: {} would reach the browser's build", source.path, import.target);
        }
    }
}

#[test]
fn domain_and_ui_know_no_server_libraries() {
    let forbidden =
        ["sqlx::", "tokio::", "reqwest::", "tower::", "chacha20poly1305::", "argon2::", "std::fs", "std::net"];
    for source in source::all().iter().filter(|s| s.path.starts_with("src/domain/") || s.path.starts_with("src/ui/")) {
        let code = source.code();
        for library in forbidden {
            assert!(!code.contains(library), "{} uses {library}", source.path);
        }
        if source.path.starts_with("src/domain/") {
            assert!(!code.contains("leptos") && !code.contains("SystemTime"), "{} is not pure", source.path);
        }
    }
}

/// The first statement of every server function says who may call it.
#[test]
fn every_server_function_begins_with_who_is_asking() {
    let mut seen = 0;
    for source in source::all().iter().filter(|s| s.path.starts_with("src/api/")) {
        let code = source.code();
        for function in code.split("#[server(prefix").skip(1) {
            let (name, _) = function.split_once("async fn ").unwrap().1.split_once('(').unwrap();
            let (_, body) = function.split_once("ApiError> {\n").unwrap();
            let mut statements = body.split(';').map(str::trim).filter(|s| !s.starts_with("use "));
            let first = statements.next().unwrap();
            let checks = [
                "= authorise(Permission::",
                "= authenticated()",
                "= in_person()",
                "= auth::in_person()",
                "= anyone()",
                "= auth::anyone()",
            ];
            assert!(checks.iter().any(|check| first.contains(check)), "{}: {name} begins with {first}", source.path);
            let for_all = first.contains("anyone()");
            let public = ["src/api/setup.rs", "src/api/invitations.rs"].contains(&source.path.as_str());
            assert_eq!(for_all, public, "{name}: who may call it?");
            seen += 1;
        }
    }
    assert_eq!(seen, super::api_contract::operations().len());
}

#[test]
fn every_file_says_what_it_is_for_and_stays_short() {
    for source in source::all() {
        assert!(source.text.starts_with("//! "), "{} has no header", source.path);
        let lines = source.text.lines().count();
        assert!(lines <= 500, "{} has {lines} lines", source.path);
    }
}

/// Both migrations have the same tables with the same columns in the same order.
#[test]
fn both_engines_have_the_same_tables() {
    let tables = |engine: &str| -> BTreeMap<String, Vec<String>> {
        let folder = source::root().join("migrations").join(engine);
        let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
        files.sort();
        let sql: String = files.iter().map(|f| fs::read_to_string(f).unwrap()).collect();
        let mut found = BTreeMap::new();
        for table in sql.split("create table ").skip(1) {
            let (name, body) = table.split_once(" (\n").unwrap();
            let body = body.split("\n)").next().unwrap();
            let words = body.lines().filter_map(|line| line.split_whitespace().next());
            let columns = words.filter(|w| !matches!(*w, "--" | "primary" | "foreign" | "unique" | "unique("));
            found.insert(name.to_owned(), columns.map(str::to_owned).collect::<Vec<String>>());
        }
        for change in sql.split("alter table ").skip(1) {
            let words: Vec<&str> = change.split([' ', '\n', ';']).take(4).collect();
            match words[..] {
                [table, "add", "column", column] => found.get_mut(table).unwrap().push(column.to_owned()),
                [table, "drop", "column", column] => found.get_mut(table).unwrap().retain(|known| known != column),
                [_, "rename", "to", _] | [_, "drop", "constraint", _] => {}
                _ => panic!("what does {words:?} change?"),
            }
        }
        found
    };
    let (sqlite, postgres) = (tables("sqlite"), tables("postgres"));
    assert!(sqlite.len() > 20 && OF_A_WORKSPACE.iter().all(|t| sqlite.contains_key(*t)));
    assert_eq!(sqlite, postgres);
}

/// What somebody asks for is written as their work (`Services::transact`), or the audit log would say that the server did it.
#[test]
fn use_cases_say_who_acts() {
    let rooms = ["src/server/service/", "src/server/auth/sign_in", "src/server/auth/mod"];
    let mut seen = 0;
    for source in source::all().iter().filter(|s| rooms.iter().any(|room| s.path.starts_with(room))) {
        let code: String = source.code().split_whitespace().collect();
        assert!(!code.contains(".writer.write(Priority::Interactive"), "{}: who acts?", source.path);
        seen += code.matches(".transact(").count();
    }
    assert!(seen > 20, "{seen}");
}

/// Nothing takes back what is on record.
#[test]
fn the_audit_log_only_grows() {
    for source in source::all().iter().filter(|s| !s.is_test()) {
        for (_, sql, _) in source::literals(&source.code()) {
            let changes = ["update audit_entries", "delete from audit_entries", "into audit_entries as"];
            assert!(!changes.iter().any(|change| sql.contains(change)), "{}: {sql}", source.path);
        }
    }
}

/// The keys of a section, with their values.
fn section(file: &str, name: &str) -> BTreeMap<String, String> {
    let text = fs::read_to_string(source::root().join(file)).unwrap();
    let (_, rest) = text.split_once(&format!("[{name}]\n")).unwrap_or_else(|| panic!("{file} has no {name}"));
    let lines = rest.lines().take_while(|line| !line.starts_with('['));
    let pairs = lines.filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(" = "));
    pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

#[test]
fn the_site_options_stand_the_same_in_both_files() {
    let embedded = section("Leptos.toml", "package.metadata.leptos");
    let building = section("Cargo.toml", "package.metadata.leptos");
    assert!(embedded.len() >= 4, "{embedded:?}");
    for (key, value) in &embedded {
        assert_eq!(building.get(key), Some(value), "{key}");
    }
}

/// A rule that nothing falls under is a rule that no longer protects anything.
#[test]
fn every_rule_is_about_something() {
    let sources = source::all();
    let modules: Vec<String> = sources.iter().map(Source::module).collect();
    for (home, _) in RULES {
        assert!(home.is_empty() || modules.iter().any(|m| is_in(m, home)), "no module {home}");
    }
}
