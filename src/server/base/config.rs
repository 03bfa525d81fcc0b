//! The configuration: flags and environment variables, parsed once into typed values.
//!
//! All problems are reported together. `Debug` shows no secret. Whatever is empty is not set: compose makes an empty
//! variable of a `${X}` that nobody gave.

mod entries;
mod judges;
mod options;

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
    str::FromStr,
};

use axum::http::Uri;
use ipnet::IpNet;
use secrecy::{ExposeSecret, SecretString};

pub use self::options::Options;
use self::{
    entries::Entries,
    judges::{judge_database, judge_graph_url, judge_graph_version},
};
use super::{limits::Limits, telemetry};
use crate::domain::{
    Millis,
    ids::IntegrationId,
    integration::{GRAPH_VERSION, clean_pasted},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Switch {
    On,
    Off,
}

impl FromStr for Switch {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "on" => Ok(Self::On),
            "off" => Ok(Self::Off),
            other => Err(format!("{other:?} is neither on nor off")),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    Text,
    Json,
}

impl FromStr for LogFormat {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            other => Err(format!("{other:?} is neither text nor json")),
        }
    }
}

const LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 3000);
const GRAPH_URL: &str = "https://graph.facebook.com";

/// A span of time in milliseconds, written `1s`, `250ms`, `2m` or a bare number of seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Duration(pub Millis);

impl FromStr for Duration {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let (number, unit) = text.find(|c: char| c.is_ascii_alphabetic()).map_or((text, "s"), |at| text.split_at(at));
        let factor = match unit {
            "ms" => 1.0,
            "s" => 1000.0,
            "m" => 60_000.0,
            _ => return Err(format!("{text:?} is not a span of time: write 1s, 250ms or 0")),
        };
        let number: f64 =
            number.trim().parse().map_err(|_| format!("{text:?} is not a span of time: write 1s, 250ms or 0"))?;
        if !(0.0..=3600.0).contains(&(number * factor / 1000.0)) {
            return Err(format!("{text:?} is not between 0 and one hour"));
        }
        #[expect(clippy::cast_possible_truncation, reason = "at most one hour, checked above")]
        Ok(Self((number * factor).round() as Millis))
    }
}

/// The one Meta app of a whole deployment.
#[derive(Clone, Debug)]
pub struct DeploymentApp {
    pub app_id: String,
    pub app_secret: SecretString,
    pub verify_token: SecretString,
}

/// The parsed configuration.
#[derive(Clone, Debug)]
pub struct Config {
    pub listen: SocketAddr,
    /// Without a slash at its end.
    pub public_url: String,
    /// Whether the public URL is on this very machine: only what names this machine is answered, the sandbox is on.
    pub local: bool,
    /// Whether browsers reach us by https: cookies are then `Secure` with the `__Host-` prefix.
    pub https: bool,
    pub trusted_proxies: Vec<IpNet>,
    pub data_dir: PathBuf,
    pub database_url: SecretString,
    pub secret_key: Option<SecretString>,
    pub secret_key_file: Option<PathBuf>,
    /// The files that secrets were read from.
    pub secret_files: Vec<PathBuf>,
    pub graph_url: String,
    pub graph_version: String,
    pub deployment_app: Option<DeploymentApp>,
    pub sandbox: bool,
    pub rate_per_number: u32,
    pub quiet_time: Millis,
    pub answer_freshness: Millis,
    pub check_timeout: std::time::Duration,
    /// How long a call to the Graph API may take.
    pub call_timeout: Millis,
    /// How many pages of the website's chat may wait for news at once.
    pub visitor_polls: usize,
    /// How often an open stream looks again whether it may go on.
    pub stream_recheck: std::time::Duration,
    /// How long a part of the server may be in one step before the server counts as not ready.
    pub stuck_after: std::time::Duration,
    /// How long PostgreSQL may take for a statement.
    pub statement_timeout: std::time::Duration,
    /// The name of this node among those on one PostgreSQL.
    pub node_name: String,
    /// A filter that was found to be one.
    pub log: String,
    pub log_format: LogFormat,
    pub metrics_token: Option<SecretString>,
    pub limits: Limits,
}

/// Everything that is wrong with the configuration.
#[derive(Debug, thiserror::Error)]
#[error("the configuration cannot be used:{}", .0.iter().map(|p| format!("\n  - {p}")).collect::<String>())]
pub struct ConfigError(pub Vec<String>);

impl Config {
    /// Parses the options.
    ///
    /// # Errors
    /// With every problem found, not only the first.
    pub fn parse(options: Options) -> Result<Self, ConfigError> {
        let mut entries = Entries::default();
        let listen =
            entries.read("PARLANCE_LISTEN", &options.listen, LISTEN, "an address and port like 127.0.0.1:3000");
        let public_url = entries.text(options.public_url).unwrap_or_else(|| format!("http://{listen}"));
        let public_url = public_url.trim_end_matches('/').to_owned();
        let (local, https) = judge_public_url(&public_url, &mut entries.problems);
        let trusted_proxies = parse_proxies(&options.trusted_proxies, &mut entries.problems);
        let data_dir = PathBuf::from(entries.text(Some(options.data_dir)).unwrap_or_else(|| "./data".to_owned()));
        let secret_key = entries.secret("PARLANCE_SECRET_KEY", options.secret_key, None);
        let secret_key_file = entries.key_file(secret_key.is_some(), options.secret_key_file);
        let database_url = entries
            .secret("PARLANCE_DATABASE_URL", options.database_url, options.database_url_file)
            .unwrap_or_else(|| format!("sqlite://{}", data_dir.join("parlance.db").display()).into());
        let has_key = secret_key.is_some() || secret_key_file.is_some();
        judge_database(database_url.expose_secret(), has_key, &mut entries.problems);
        let (graph_url, graph_version) = parse_graph(&mut entries, options.graph_url, options.graph_version);
        let deployment_app = entries.deployment_app(
            options.whatsapp_app_id,
            (options.whatsapp_app_secret, options.whatsapp_app_secret_file),
            (options.whatsapp_verify_token, options.whatsapp_verify_token_file),
        );
        let sandbox = entries.text(options.sandbox).unwrap_or_else(|| if local { "on" } else { "off" }.to_owned());
        let sandbox = entries.read("PARLANCE_SANDBOX", &sandbox, Switch::Off, "on or off");
        let rate_per_number = parse_rate(&mut entries, &options.rate_per_number);
        let quiet_time = entries.span("PARLANCE_QUIET_TIME", &options.quiet_time, 1000);
        let answer_freshness = entries.span("PARLANCE_ANSWER_FRESHNESS", &options.answer_freshness, 5 * 60_000);
        let check_timeout = entries.span("PARLANCE_CHECK_TIMEOUT", &options.check_timeout, 10_000);
        let call_timeout = entries.span("PARLANCE_CALL_TIMEOUT", &options.call_timeout, 20_000);
        let visitor_polls =
            entries.read("PARLANCE_VISITOR_POLLS", &options.visitor_polls, 500, "a whole number like 500");
        if call_timeout < 100 {
            entries.problems.push("PARLANCE_CALL_TIMEOUT must be at least 100ms".to_owned());
        }
        let stream_recheck = entries.span("PARLANCE_STREAM_RECHECK", &options.stream_recheck, 15_000);
        let stuck_after = entries.span("PARLANCE_STUCK_AFTER", &options.stuck_after, 60_000);
        let statement_timeout = entries.span("PARLANCE_STATEMENT_TIMEOUT", &options.statement_timeout, 30_000);
        if statement_timeout < 100 {
            entries.problems.push("PARLANCE_STATEMENT_TIMEOUT must be at least 100ms".to_owned());
        }
        let node_name = entries.text(options.node_name).unwrap_or_else(entries::machine_name);
        let (log, log_format) = parse_log(&mut entries, options.log, &options.log_format);
        let metrics_token = entries.secret("PARLANCE_METRICS_TOKEN", options.metrics_token, options.metrics_token_file);
        let limits = Limits::parse(&options.limits, &mut entries.problems);
        if !entries.problems.is_empty() {
            return Err(ConfigError(entries.problems));
        }
        Ok(Self {
            listen,
            public_url,
            local,
            https,
            trusted_proxies,
            data_dir,
            database_url,
            secret_key,
            secret_key_file,
            secret_files: entries.secret_files,
            graph_url,
            graph_version,
            deployment_app,
            sandbox: sandbox == Switch::On,
            rate_per_number,
            quiet_time,
            answer_freshness,
            check_timeout: std::time::Duration::from_millis(check_timeout.unsigned_abs()),
            call_timeout,
            visitor_polls,
            stream_recheck: std::time::Duration::from_millis(stream_recheck.unsigned_abs().max(100)),
            stuck_after: std::time::Duration::from_millis(stuck_after.unsigned_abs()),
            statement_timeout: std::time::Duration::from_millis(statement_timeout.unsigned_abs()),
            node_name,
            log,
            log_format,
            metrics_token,
            limits,
        })
    }

    /// Whether nobody but who uses this machine can reach us: set-up then asks for no code, and `/metrics` for no token. The
    /// address alone does not say it: others come by another interface, or by a proxy.
    #[must_use]
    pub fn is_private(&self) -> bool {
        self.local && self.listen.ip().is_loopback() && self.trusted_proxies.is_empty()
    }

    /// How long a worker may hold deliveries or a turn before others claim them (60 s).
    #[must_use]
    pub const fn lease(&self) -> Millis {
        self.call_timeout * 3
    }

    /// How long a turn is a worker's own without being renewed (20 s).
    #[must_use]
    pub const fn turn_lease(&self) -> Millis {
        self.call_timeout
    }

    /// How long a message may be `sending` (45 s): longer than the call may take, with room for the claim's commit.
    #[must_use]
    pub const fn send_lease(&self) -> Millis {
        self.call_timeout * 9 / 4
    }

    /// How long a chatbot may take to be loaded and to answer (30 s). The lease of its turn is renewed meanwhile.
    #[must_use]
    pub fn engine_patience(&self) -> std::time::Duration {
        std::time::Duration::from_millis((self.call_timeout * 3 / 2).unsigned_abs())
    }

    /// How long a report may yet tell the fate of a message that was interrupted, before later ones go out (60 s).
    #[must_use]
    pub const fn grace(&self) -> Millis {
        self.call_timeout * 3
    }

    /// The webhook address of an integration.
    #[must_use]
    pub fn callback_url(&self, integration_id: IntegrationId) -> String {
        format!("{}/api/whatsapp/webhook/{integration_id}", self.public_url)
    }
}

/// Whether the host of an address, without its port, is this very machine. Names that DNS could answer for are not.
#[must_use]
pub fn is_loopback(host: &str) -> bool {
    let bare = host.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(host);
    bare.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok_and(|ip| ip.to_canonical().is_loopback())
}

fn judge_public_url(url: &str, problems: &mut Vec<String>) -> (bool, bool) {
    let parsed = url.parse::<Uri>().ok();
    let scheme = parsed.as_ref().and_then(Uri::scheme_str);
    let host = parsed.as_ref().and_then(Uri::host);
    match (scheme, host) {
        (Some("http" | "https"), Some(host)) if parsed.as_ref().is_some_and(|u| matches!(u.path(), "" | "/")) => {
            (is_loopback(host), scheme == Some("https"))
        }
        _ => {
            problems
                .push(format!("PARLANCE_PUBLIC_URL {url:?} must look like https://chat.example.com, without a path"));
            (false, false)
        }
    }
}

fn parse_proxies(texts: &[String], problems: &mut Vec<String>) -> Vec<IpNet> {
    let mut nets = Vec::new();
    for text in texts.iter().map(|t| clean_pasted(t)).filter(|t| !t.is_empty()) {
        match text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from)) {
            Ok(net) => nets.push(net),
            Err(_) => problems.push(format!("PARLANCE_TRUSTED_PROXIES: {text:?} is neither an address nor a network")),
        }
    }
    nets
}

fn parse_graph(entries: &mut Entries, url: String, version: String) -> (String, String) {
    let url = entries.text(Some(url)).unwrap_or_else(|| GRAPH_URL.to_owned()).trim_end_matches('/').to_owned();
    judge_graph_url(&url, &mut entries.problems);
    let version = entries.text(Some(version)).unwrap_or_else(|| GRAPH_VERSION.to_owned());
    judge_graph_version(&version, &mut entries.problems);
    (url, version)
}

fn parse_rate(entries: &mut Entries, entry: &str) -> u32 {
    let rate = entries.read("PARLANCE_RATE_PER_NUMBER", entry, 80, "a whole number like 80");
    if !(1..=100_000_000).contains(&rate) {
        entries.problems.push("PARLANCE_RATE_PER_NUMBER must be at least 1".to_owned());
    }
    rate
}

fn parse_log(entries: &mut Entries, filter: String, format: &str) -> (String, LogFormat) {
    let filter = entries.text(Some(filter)).unwrap_or_else(|| "info".to_owned());
    entries.problems.extend(telemetry::judge(&filter).err());
    (filter, entries.read("PARLANCE_LOG_FORMAT", format, LogFormat::Text, "text or json"))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::{Config, Duration, Options};

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        options: Options,
    }

    fn parse(args: &[&str]) -> Result<Config, String> {
        let line =
            Line::try_parse_from(std::iter::once("parlance").chain(args.iter().copied())).map_err(|e| e.to_string())?;
        Config::parse(line.options).map_err(|e| e.to_string())
    }

    #[test]
    fn tells_local_from_public() {
        let local = parse(&[]).unwrap();
        assert!(local.local && local.sandbox && !local.https);
        let public = parse(&["--public-url", "https://chat.example.com/"]).unwrap();
        assert!(!public.local && !public.sandbox && public.https);
        assert_eq!(public.public_url, "https://chat.example.com");
        assert!(parse(&["--public-url", "http://[::1]:3000"]).unwrap().local);
        assert!(local.is_private() && !public.is_private());
        // Listening everywhere without a name of its own is no secret place, and so is what a proxy stands before.
        assert!(!parse(&["--listen", "0.0.0.0:3000"]).unwrap().local);
        let everywhere = parse(&["--listen", "0.0.0.0:3000", "--public-url", "http://localhost:3000"]).unwrap();
        assert!(everywhere.local && !everywhere.is_private());
        let behind = parse(&["--trusted-proxies", "127.0.0.1"]).unwrap();
        assert!(behind.local && !behind.is_private());
    }

    #[test]
    fn reports_all_problems_together() {
        let problems = parse(&[
            "--public-url",
            "chat.example.com/x",
            "--trusted-proxies",
            "10.0.0.0/8,nonsense",
            "--database-url",
            "postgres://localhost/x",
            "--whatsapp-app-id",
            "1",
        ])
        .unwrap_err();
        for part in ["PUBLIC_URL", "nonsense", "SECRET_KEY", "belong together"] {
            assert!(problems.contains(part), "{part} is missing in {problems}");
        }
    }

    #[test]
    fn reads_spans_of_time() {
        for (text, millis) in [("1s", 1000), ("0", 0), ("250ms", 250), ("1.5s", 1500), ("2m", 120_000)] {
            assert_eq!(text.parse::<Duration>().unwrap().0, millis, "{text}");
        }
        assert!("soon".parse::<Duration>().is_err());
        assert!("-1s".parse::<Duration>().is_err());
    }
}
