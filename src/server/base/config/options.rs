//! The options of the command line, each with its environment variable.

use clap::Args;
use secrecy::SecretString;

use crate::domain::integration::GRAPH_VERSION;

/// Options of every command, as typed. All are texts, which [`crate::server::base::config::Config::parse`] reads: what clap reads itself can neither be
/// empty nor be reported together with the rest.
#[derive(Clone, Debug, Args)]
pub struct Options {
    /// Where to listen.
    #[arg(long, env = "PARLANCE_LISTEN", default_value = "127.0.0.1:3000", global = true)]
    pub listen: String,
    /// The address that providers and browsers use [default: http:// and the listening address].
    #[arg(long, env = "PARLANCE_PUBLIC_URL", global = true)]
    pub public_url: Option<String>,
    /// Addresses or networks of proxies whose X-Forwarded-For counts, separated by commas.
    #[arg(long, env = "PARLANCE_TRUSTED_PROXIES", value_delimiter = ',', global = true)]
    pub trusted_proxies: Vec<String>,
    /// Folder of the database and the key.
    #[arg(long, env = "PARLANCE_DATA_DIR", default_value = "./data", global = true)]
    pub data_dir: String,
    /// sqlite://path or postgres://… [default: sqlite://{data}/parlance.db].
    #[arg(long, env = "PARLANCE_DATABASE_URL", hide_env_values = true, global = true)]
    pub database_url: Option<SecretString>,
    /// A file that holds it.
    #[arg(long, env = "PARLANCE_DATABASE_URL_FILE", global = true)]
    pub database_url_file: Option<String>,
    /// The key that seals secrets at rest, 64 hex digits [default: {data}/secret.key, made at first start].
    #[arg(long, env = "PARLANCE_SECRET_KEY", hide_env_values = true, global = true)]
    pub secret_key: Option<SecretString>,
    /// A file that holds that key.
    #[arg(long, env = "PARLANCE_SECRET_KEY_FILE", global = true)]
    pub secret_key_file: Option<String>,
    /// Base address of the Graph API for `cloud` integrations.
    #[arg(long, env = "PARLANCE_GRAPH_URL", default_value = "https://graph.facebook.com", global = true)]
    pub graph_url: String,
    /// Version of the Graph API.
    #[arg(long, env = "PARLANCE_GRAPH_VERSION", default_value = GRAPH_VERSION, global = true)]
    pub graph_version: String,
    /// App id of one Meta app for the whole deployment.
    #[arg(long, env = "PARLANCE_WHATSAPP_APP_ID", global = true)]
    pub whatsapp_app_id: Option<String>,
    /// App secret of that app.
    #[arg(long, env = "PARLANCE_WHATSAPP_APP_SECRET", hide_env_values = true, global = true)]
    pub whatsapp_app_secret: Option<SecretString>,
    /// A file that holds it.
    #[arg(long, env = "PARLANCE_WHATSAPP_APP_SECRET_FILE", global = true)]
    pub whatsapp_app_secret_file: Option<String>,
    /// Verify token of that app's callback.
    #[arg(long, env = "PARLANCE_WHATSAPP_VERIFY_TOKEN", hide_env_values = true, global = true)]
    pub whatsapp_verify_token: Option<SecretString>,
    /// A file that holds it.
    #[arg(long, env = "PARLANCE_WHATSAPP_VERIFY_TOKEN_FILE", global = true)]
    pub whatsapp_verify_token_file: Option<String>,
    /// The WhatsApp simulator, on or off [default: on when the public URL is loopback].
    #[arg(long, env = "PARLANCE_SANDBOX", global = true)]
    pub sandbox: Option<String>,
    /// Messages per second and business number.
    #[arg(long, env = "PARLANCE_RATE_PER_NUMBER", default_value = "80", global = true)]
    pub rate_per_number: String,
    /// How long a burst must pause before the bot answers it once, such as 1s, 500ms or 0.
    #[arg(long, env = "PARLANCE_QUIET_TIME", default_value = "1s", global = true)]
    pub quiet_time: String,
    /// How old a message may be for the bot to answer it when an integration is switched on again, such as 5m.
    #[arg(long, env = "PARLANCE_ANSWER_FRESHNESS", default_value = "5m", global = true)]
    pub answer_freshness: String,
    /// How long one call of a connection test may take, such as 10s.
    #[arg(long, env = "PARLANCE_CHECK_TIMEOUT", default_value = "10s", global = true)]
    pub check_timeout: String,
    /// How long a call to the Graph API may take. Leases last longer in proportion; tests shorten both together.
    #[arg(long, env = "PARLANCE_CALL_TIMEOUT", default_value = "20s", hide = true, global = true)]
    pub call_timeout: String,
    /// How many pages of the website's chat may wait for news at once. Each holds a connection.
    #[arg(long, env = "PARLANCE_VISITOR_POLLS", default_value = "500", hide = true, global = true)]
    pub visitor_polls: String,
    /// What anybody may take at once, as name=value, for tests and drills: see `limits.rs`.
    #[arg(long, env = "PARLANCE_LIMITS", value_delimiter = ',', hide = true, global = true)]
    pub limits: Vec<String>,
    /// How often an open stream of events looks again whether its person may still see them, should nothing tell it before.
    #[arg(long, env = "PARLANCE_STREAM_RECHECK", default_value = "15s", hide = true, global = true)]
    pub stream_recheck: String,
    /// How long a part of the server may be in one step before the server counts as not ready.
    #[arg(long, env = "PARLANCE_STUCK_AFTER", default_value = "1m", hide = true, global = true)]
    pub stuck_after: String,
    /// How long PostgreSQL may take for a statement.
    #[arg(long, env = "PARLANCE_STATEMENT_TIMEOUT", default_value = "30s", hide = true, global = true)]
    pub statement_timeout: String,
    /// The name of this node among those on one PostgreSQL; it should outlive a restart [default: the machine's name].
    #[arg(long, env = "PARLANCE_NODE_NAME", hide = true, global = true)]
    pub node_name: Option<String>,
    /// What to log: a level or a tracing filter.
    #[arg(long, env = "PARLANCE_LOG", default_value = "info", global = true)]
    pub log: String,
    /// How to log: text, or json for machines.
    #[arg(long, env = "PARLANCE_LOG_FORMAT", default_value = "text", global = true)]
    pub log_format: String,
    /// Bearer token for /metrics; without it only a loopback public URL shows them.
    #[arg(long, env = "PARLANCE_METRICS_TOKEN", hide_env_values = true, global = true)]
    pub metrics_token: Option<SecretString>,
    /// A file that holds it.
    #[arg(long, env = "PARLANCE_METRICS_TOKEN_FILE", global = true)]
    pub metrics_token_file: Option<String>,
}
