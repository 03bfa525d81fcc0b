//! The rules of ARCHITECTURE.md that no compiler knows: who may import whom, what every file and every query must have.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

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

/// Tables whose rows belong to a workspace.
const OF_A_WORKSPACE: [&str; 26] = [
    "memberships",
    "invitations",
    "api_tokens",
    "chatbots",
    "knowledge_items",
    "integrations",
    "contacts",
    "identities",
    "contact_fields",
    "contact_values",
    "conversations",
    "messages",
    "attempts",
    "message_statuses",
    "parked_statuses",
    "webhook_counts",
    "delivery_routes",
    "events",
    "erasures",
    "audit_entries",
    "episodes",
    "releases",
    "labels",
    "conversation_labels",
    "notes",
    "mentions",
];

/// Queries that do not ask for one workspace, with the reason. Each is a piece of its text.
const ACROSS_WORKSPACES: &[(&str, &str, &str)] = &[
    (
        "account.rs",
        "where m.user_id = $1 and u.disabled_at is null and m.disabled_at is null order by m.created_at, m",
        "finds out in which workspaces somebody is",
    ),
    ("account.rs", "where email = $1 and disabled_at is null and exists", "whoever belongs to nothing cannot sign in"),
    (
        "account.rs",
        "and password_hash = $2 and disabled_at is null and exists",
        "whoever belongs to nothing cannot sign in",
    ),
    ("member.rs", "workspace_id <> $1 and user_id = $2", "whether somebody belongs to another workspace: yes or no"),
    ("invitation.rs", "where i.token_hash = $1", "finds out where a link leads to"),
    ("invitation.rs", "delete from invitations where expires_at", "what is too old goes, everywhere"),
    ("person.rs", "role from memberships where user_id = $1", "finds out in which workspaces somebody is"),
    ("person.rs", "set disabled_at = null where user_id", "the operator lets somebody in everywhere"),
    ("person.rs", "delete from memberships where user_id = $1", "the operator takes somebody out of everything"),
    ("person.rs", "$1 is null or w.name = $1", "the operator's list, on the command line only"),
    ("token.rs", "$1 is null or t.user_id = $1", "the operator's list, on the command line only"),
    ("token.rs", "where user_id = $1 and revoked_at", "whoever is disabled is let in nowhere"),
    ("token.rs", "where token_hash = $1", "finds out whose token it is"),
    ("token.rs", "set last_used_at", "by the id that was just found by the token"),
    ("website.rs", "where i.id = $1 and i.channel = 'web'", "the public chat page names only the integration"),
    ("integration.rs", "where i.id = $1", "the webhook's path names only the integration"),
    ("integration.rs", "where i.external_key = $1 and i.app_proven", "the deployment-wide app serves all workspaces"),
    ("integration.rs", "where i.account_key = $1 and i.app_proven", "the deployment-wide app serves all workspaces"),
    (
        "dead_letter.rs",
        "from integrations i cross join",
        "gives back to the queue what was nobody's; who gets it, routing says",
    ),
    ("integration.rs", "where i.id > $1 order by i.id", "a change of the key seals all secrets anew"),
    ("integration.rs", "where account_key = $1 and id <> $2", "whose subscription at Meta may not end: yes or no"),
    ("erasure.rs", "from erasures order by", "the sweep erases what is left, everywhere"),
    ("change.rs", "from integrations where erasing", "the sweep erases what is left, everywhere"),
    ("activity.rs", "set answer_due_at = $3, answered_seq", "held answers go within their own workspace"),
    ("activity.rs", "It waited too long", "the sweep withdraws what waited too long, everywhere"),
    ("health.rs", "check_due_at <= $1 limit 1", "whether a worker has something to do"),
    ("health.rs", "set check_due_at = $2", "a worker takes what is due anywhere"),
    ("delivery.rs", "delete from delivery_routes where", "what is too old goes, everywhere"),
    ("turn.rs", "set answer_lease = $1", "a worker takes what is due anywhere"),
    ("turn.rs", "where answer_lease is not null", "after a crash, everywhere"),
    ("turn.rs", "and answer_lease = $1", "a claim took them anywhere"),
    ("assigning.rs", "from releases order by", "the sweep takes back what anybody had who is gone"),
    ("label.rs", "where deleted_at is not null order by", "the upkeep takes off what is deleted anywhere"),
    ("waiting.rs", "not exists (select 1 from contacts k", "a condition of statements that name it"),
    ("snooze.rs", "snoozed_until <= $1 limit 1", "whether a worker has something to do"),
    ("snooze.rs", "order by snoozed_until limit $2", "the sweep opens what is due anywhere"),
    ("idle.rs", "from chatbots b cross join", "the sweep gives back what is idle anywhere"),
    ("idle.rs", "returning workspace_id, id", "of what was just given back"),
    ("node.rs", "uuid_send(answer_lease)", "after a crash of a node, everywhere"),
    ("node.rs", "uuid_send(lease)", "after a crash of a node, everywhere"),
    ("turn.rs", "select min(answer_due_at)", "when a worker wakes up"),
    ("turn.rs", "answer_lease_until <= $1 limit 1", "whether a worker has something to do"),
    ("turn.rs", "update conversations set answer_due_at = $1", "the clock is everybody's"),
    ("turn.rs", "update conversations set answer_lease_until = $1", "the clock is everybody's"),
    ("queue.rs", "next_attempt_at > $1 or lease_until > $1", "the clock is everybody's"),
    ("event.rs", "select created_at from events order by id desc", "a time, no row"),
    ("queue.rs", "select i.id from integrations i where i.id > $1", "a worker sends what is due anywhere"),
    ("queue.rs", "select 1 from messages where state = 'queued' order", "whether a worker has something to do"),
    ("attempt.rs", "delete from attempts where", "what is too old goes, everywhere"),
    ("activity.rs", "where i.deleted_at is not null limit", "each within its own workspace"),
    ("queue.rs", "m.id, m.conversation_id from messages m", "one integration's, found before"),
    ("queue.rs", "not exists (select 1 from messages e", "of the same conversation"),
    ("queue.rs", "set state = 'unknown'", "leases run out anywhere"),
    ("queue.rs", "set lease_until = 0 where state = 'sending'", "after a crash, everywhere"),
    ("queue.rs", "select (select count(*) from messages", "metrics of the whole server"),
    ("queue.rs", "lease_until <= $1 limit 1", "whether a worker has something to do"),
    ("status.rs", "select distinct p.workspace_id", "the sweep joins each row within its own workspace"),
    ("status.rs", "delete from parked_statuses where created_at", "what is too old goes, everywhere"),
    ("event.rs", "order by id desc limit 1", "a place in the stream, no row"),
    ("event.rs", "order by xact desc, id desc limit 1", "a place in the stream, no row"),
    ("event.rs", "select xact, id from events order by xact, id limit 1", "a place in the stream, no row"),
    ("event.rs", "delete from events where", "what is too old goes, everywhere"),
];

/// Whether the text names a table of a workspace as one that it reads or writes.
fn touches_a_workspace(sql: &str) -> bool {
    let words: Vec<&str> = sql.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|w| !w.is_empty()).collect();
    words.windows(2).any(|w| matches!(w[0], "from" | "join" | "into" | "update") && OF_A_WORKSPACE.contains(&w[1]))
}

/// Whether it asks for the workspace, or writes it into a new row.
fn names_its_workspace(sql: &str) -> bool {
    ["workspace_id = $", "workspace_id = v.column1", "workspace_id = w.column1"].iter().any(|key| sql.contains(key))
        || sql.starts_with("insert into") && sql.contains("workspace_id,")
}

/// A code in which statements that are put together with a list of channels or a condition are one text, as the database gets them.
fn glued(code: &str) -> String {
    let lists = ["known_channels!()", "provided_channels!()", "heard!()"];
    let mut whole = code.to_owned();
    for list in lists {
        let pieces: Vec<String> = whole.split(list).map(str::to_owned).collect();
        whole = pieces
            .into_iter()
            .reduce(|before, after| {
                let start = before.trim_end().strip_suffix("\",").map(str::to_owned);
                let rest = after.strip_prefix(',').and_then(|a| a.trim_start().strip_prefix('"').map(str::to_owned));
                match (start, rest) {
                    (Some(start), Some(rest)) => format!("{start}(){rest}"),
                    _ => format!("{before}{list}{after}"),
                }
            })
            .unwrap_or_default();
    }
    whole
}

/// The text of a statement that is built around a list of values, up to what follows the list.
fn whole_statement(sql: &str, after: &str) -> String {
    let mut whole = sql.to_owned();
    for (_, part, _) in source::literals(after) {
        whole.push_str(part);
        if part.starts_with(')') {
            break;
        }
    }
    whole
}

#[test]
fn every_query_carries_the_workspace() {
    let mut unused: Vec<(&str, &str)> = ACROSS_WORKSPACES.iter().map(|(file, text, _)| (*file, *text)).collect();
    let mut broken = Vec::new();
    let mut seen = 0;
    for source in source::all().iter().filter(|s| s.path.starts_with("src/server/store/")) {
        let file = source.path.rsplit('/').next().unwrap().to_owned();
        let code = glued(&source.code());
        for (before, sql, after) in source::literals(&code) {
            // The head of a macro, whose callers add the condition; and such a condition.
            let is_head = after.trim_start_matches([',', ' ', '\n']).starts_with("$tail");
            let is_tail = before.trim_end().ends_with("select!(") && sql.starts_with("where ");
            if is_head && !sql.contains(" where ") || !is_tail && !touches_a_workspace(sql) {
                continue;
            }
            seen += 1;
            let is_built = before.trim_end().ends_with("QueryBuilder::new(") || sql.ends_with("from (");
            // What is put together begins with the workspace.
            let begins_with_it =
                is_built && sql.ends_with(".workspace_id = ") && after.contains("push_bind(workspace_id)");
            let sql = &if is_built { whole_statement(sql, after) } else { sql.to_owned() };
            if begins_with_it || names_its_workspace(sql) {
                continue;
            }
            let known = ACROSS_WORKSPACES.iter().find(|(at, text, _)| *at == file && sql.contains(text));
            match known {
                Some((at, text, _)) => unused.retain(|entry| *entry != (*at, *text)),
                None => broken.push(format!("{file}: {sql}")),
            }
        }
    }
    assert!(broken.is_empty(), "queries without a workspace:\n{}", broken.join("\n"));
    assert!(unused.is_empty(), "exceptions that nothing needs any more: {unused:?}");
    assert!(seen > 80, "only {seen} queries found");
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
