//! What each function of the store promises, on both databases: one connection, no server around it.

mod conversations;
mod deliveries;
mod events;
mod listing;
mod people;
mod queue;
mod statuses;

use sqlx::AssertSqlSafe;
use tempfile::TempDir;

use super::{
    app::{Database, START},
    database::fresh_database,
    on_both_databases,
};
use crate::{
    domain::{
        bearing::Bearing,
        channel::Channel,
        chatbot::{Chatbot, EngineKind, SmallTalk},
        contact::{IdentityKind, Recipient},
        content::Content,
        ids::{ChatbotId, ContactId, ConversationId, MessageId, UserId, WorkspaceId},
        integration::Provider,
        message::{Author, MessageState},
        role::Role,
    },
    server::{
        base::clock::mint_id,
        store::{
            Conn, Dialect, Line, Store, StoreError,
            account::{self, UserRow},
            chatbot,
            contact::{self, Identity, Profile},
            conversation::{self, Arrival, Place},
            integration::{self, HealthRow, IntegrationRow, Settings},
            message::{self, NewMessage, Thread},
            on,
        },
    },
};

on_both_databases!(
    sqlite_is_set_up_to_keep_what_it_confirmed,
    opening_again_changes_nothing,
    a_database_of_another_version_is_refused_with_words,
    deleting_takes_what_hangs_on
);

/// A database with the writing connection of its store.
struct Bench {
    store: Store,
    conn: Conn,
    ws: WorkspaceId,
    url: String,
    _folder: TempDir,
}

impl Bench {
    /// With one workspace.
    async fn new(database: Database) -> Self {
        let folder = TempDir::new().unwrap();
        let url = fresh_database(database, &folder).await;
        let store = Store::open(&url).await.unwrap();
        let conn = store.writer_connection().await.unwrap();
        let mut bench = Self { store, conn, ws: WorkspaceId::nil(), url, _folder: folder };
        bench.ws = bench.workspace("Shop").await;
        bench
    }

    async fn workspace(&mut self, name: &str) -> WorkspaceId {
        let id = mint_id();
        account::insert_workspace(&mut self.conn, id, name, START).await.unwrap();
        id
    }

    async fn user(&mut self, email: &str) -> UserId {
        let user =
            UserRow { id: mint_id(), email: email.into(), name: "Ada".into(), password_hash: "$argon2id$".into() };
        account::insert_user(&mut self.conn, &user, START).await.unwrap();
        account::insert_membership(&mut self.conn, self.ws, user.id, Role::Owner, START).await.unwrap();
        user.id
    }

    async fn chatbot(&mut self) -> ChatbotId {
        let bot = Chatbot {
            id: mint_id(),
            name: "Shop bot".into(),
            engine: EngineKind::Knowledge,
            greeting: String::new(),
            fallback: "No idea.".into(),
            small_talk: SmallTalk::default(),
            idle_minutes: 720,
            knowledge_count: 0,
            integration_count: 0,
            web_integration_id: None,
            web_active: false,
            web_address: String::new(),
            created_at: START,
            updated_at: START,
        };
        chatbot::insert(&mut self.conn, self.ws, &bot).await.unwrap();
        bot.id
    }

    async fn integration(&mut self, phone_number_id: &str) -> IntegrationRow {
        let row = IntegrationRow {
            workspace_id: self.ws,
            id: mint_id(),
            chatbot_id: self.chatbot().await,
            chatbot_name: None,
            name: format!("Number {phone_number_id}"),
            channel: Channel::Whatsapp,
            provider: Provider::Cloud,
            external_key: phone_number_id.into(),
            account_key: "102".into(),
            settings: Settings::default(),
            access_token: Some(vec![1]),
            access_token_last4: "oken".into(),
            access_token_set_at: START,
            app_secret: Some(vec![2]),
            app_secret_digest: Some(vec![3]),
            app_secret_set_at: START,
            verify_token: Some(vec![4]),
            app_proven: false,
            active: true,
            error_reason: None,
            error_action: None,
            address: None,
            display_name: None,
            last_webhook_at: None,
            last_inbound_at: None,
            last_outbound_at: None,
            rejected_count: 0,
            rejected_at: None,
            created_at: START,
            deleted_at: None,
            health: HealthRow::default(),
        };
        integration::insert(&mut self.conn, &row).await.unwrap();
        row
    }

    async fn contact(&mut self, wa_id: &str) -> ContactId {
        let identity = Identity { kind: IdentityKind::WaId, scope: String::new(), value: wa_id.into() };
        let profile = Profile { phone: Some(wa_id.into()), ..Profile::default() };
        contact::resolve(&mut self.conn, self.ws, &[identity], &profile, mint_id(), START).await.unwrap().id
    }

    async fn conversation(&mut self, integration: &IntegrationRow, wa_id: &str) -> ConversationId {
        let place = Place {
            workspace_id: self.ws,
            chatbot_id: integration.chatbot_id,
            integration_id: integration.id,
            contact_id: self.contact(wa_id).await,
            channel: Channel::Whatsapp,
            session_id: wa_id.into(),
        };
        conversation::resolve(&mut self.conn, &place, mint_id(), START).await.unwrap()
    }

    /// An inbound message that wants an answer at a time.
    async fn arrive(&mut self, conversation_id: ConversationId, answer_due_at: i64) -> i64 {
        let arrival = self.arrival(conversation_id, answer_due_at);
        conversation::arrive(&mut self.conn, &arrival, START).await.unwrap()
    }

    fn arrival(&self, conversation_id: ConversationId, answer_due_at: i64) -> Arrival {
        Arrival {
            workspace_id: self.ws,
            conversation_id,
            preview: "Hello".into(),
            bearing: Bearing::Spoken,
            answerable: true,
            answer_due_at,
            at: START,
            reply: Recipient::default(),
        }
    }

    /// Whether the channel's message is stored.
    async fn is_stored(&mut self, ws: WorkspaceId, number: &str, wamid: &str) -> bool {
        let key = (ws, number.to_owned(), wamid.to_owned());
        message::list_stored(&mut self.conn, std::slice::from_ref(&key)).await.unwrap().contains(&key)
    }

    /// An outbound message in a state.
    async fn outbound(
        &mut self,
        i: &IntegrationRow,
        conversation_id: ConversationId,
        author: Author,
        state: MessageState,
    ) -> MessageId {
        let seq =
            conversation::append(&mut self.conn, self.ws, conversation_id, "Hi", (author, None), START).await.unwrap();
        let new = NewMessage { author, state, ..self.draft(i, conversation_id) };
        message::insert(&mut self.conn, &new, seq, START).await.unwrap();
        new.id
    }

    fn draft(&self, integration: &IntegrationRow, conversation_id: ConversationId) -> NewMessage {
        let thread = Thread {
            workspace_id: self.ws,
            conversation_id,
            integration_id: integration.id,
            channel: Channel::Whatsapp,
        };
        let said = NewMessage::outbound(&thread, mint_id(), (Author::Bot, None), Content::text("Hi"), START);
        NewMessage { external_key: Some(integration.external_key.clone()), ..said }
    }

    async fn count(&mut self, sql: &str) -> i64 {
        on!(&mut self.conn, c => sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_one(c).await).unwrap()
    }
}

async fn sqlite_is_set_up_to_keep_what_it_confirmed(database: Database) {
    let mut bench = Bench::new(database).await;
    if bench.conn.dialect() == Dialect::Postgres {
        let Line::Postgres(c) = bench.conn.line() else { panic!("the dialect is not that of the connection") };
        let commit: String = sqlx::query_scalar("select source from pg_settings where name = 'synchronous_commit'")
            .fetch_one(&mut **c)
            .await
            .unwrap();
        assert!(
            !matches!(commit.as_str(), "session" | "client" | "user"),
            "Parlance itself weakened the commit: {commit}"
        );
        return;
    }
    let mut reader = bench.store.read().await.unwrap();
    for conn in [&mut bench.conn, &mut reader] {
        let Line::Sqlite(c) = conn.line() else { panic!("the dialect is not that of the connection") };
        let mode: String = sqlx::query_scalar("pragma journal_mode").fetch_one(&mut **c).await.unwrap();
        assert_eq!(mode, "wal");
        for (pragma, wanted) in [("pragma synchronous", 2), ("pragma foreign_keys", 1), ("pragma busy_timeout", 5000)] {
            let value: i64 = sqlx::query_scalar(pragma).fetch_one(&mut **c).await.unwrap();
            assert_eq!(value, wanted, "{pragma}");
        }
        let version: String = sqlx::query_scalar("select sqlite_version()").fetch_one(&mut **c).await.unwrap();
        let numbers: Vec<u32> = version.split('.').map(|n| n.parse().unwrap()).collect();
        assert!(numbers >= vec![3, 51, 3], "SQLite {version} has the WAL-reset bug");
    }
    // Readers cannot write, whatever a query tries.
    let outcome = account::insert_workspace(&mut reader, mint_id(), "x", START).await;
    assert!(outcome.is_err());
}

async fn opening_again_changes_nothing(database: Database) {
    let bench = Bench::new(database).await;
    drop(bench.conn);
    bench.store.close().await;
    let again = Store::open(&bench.url).await.unwrap();
    let mut conn = again.read().await.unwrap();
    assert_eq!(account::first_workspaces(&mut conn).await.unwrap(), [bench.ws]);
    // Two processes at once bring a database up to date, too.
    let (first, second) = tokio::join!(Store::open(&bench.url), Store::open(&bench.url));
    assert!(first.is_ok() && second.is_ok());
}

async fn a_database_of_another_version_is_refused_with_words(database: Database) {
    for (sql, version) in [
        ("update _sqlx_migrations set checksum = description", 1),
        ("update _sqlx_migrations set version = version + 700", 701),
    ] {
        let mut bench = Bench::new(database).await;
        let sql = match database {
            Database::Sqlite => sql.to_owned(),
            Database::Postgres => sql.replace("= description", "= description::bytea"),
        };
        on!(&mut bench.conn, c => sqlx::query(AssertSqlSafe(sql.clone())).execute(c).await.map(drop)).unwrap();
        drop(bench.conn);
        bench.store.close().await;
        let refused = Store::open(&bench.url).await.err().unwrap();
        assert!(matches!(refused, StoreError::Foreign(v) if v == version), "{refused:?}");
        assert!(refused.to_string().contains("begin afresh"), "{refused}");
    }
}

async fn deleting_takes_what_hangs_on(database: Database) {
    let mut b = Bench::new(database).await;
    let i = b.integration("316").await;
    let conversation = b.conversation(&i, "491510000001").await;
    let kept = b.conversation(&i, "491510000002").await;
    for id in [conversation, kept] {
        b.outbound(&i, id, Author::Bot, MessageState::Sent).await;
    }
    let ids = conversation::ids_of_integration(&mut b.conn, b.ws, i.id, 1).await.unwrap();
    assert_eq!(ids.len(), 1);
    let other = b.workspace("Other").await;
    assert_eq!(conversation::ids_of_integration(&mut b.conn, other, i.id, 9).await.unwrap(), [] as [ConversationId; 0]);
    message::delete_of_conversation(&mut b.conn, other, conversation).await.unwrap();
    conversation::delete_emptied(&mut b.conn, other, kept).await.unwrap();
    assert_eq!(b.count("select count(*) from messages").await, 2);
    // A conversation with messages cannot go before them.
    assert!(conversation::delete_emptied(&mut b.conn, b.ws, conversation).await.unwrap().is_none());
    message::delete_of_conversation(&mut b.conn, b.ws, conversation).await.unwrap();
    let gone = conversation::delete_emptied(&mut b.conn, b.ws, conversation).await.unwrap().unwrap();
    // Nobody else goes: neither who has a conversation left, nor who has none for reasons of their own.
    let bystander = b.contact("491510000003").await;
    let busy = conversation::find(&mut b.conn, b.ws, kept).await.unwrap().unwrap().contact_id;
    assert_eq!(contact::delete_orphaned(&mut b.conn, other, &[gone, busy]).await.unwrap(), 0);
    assert_eq!(contact::delete_orphaned(&mut b.conn, b.ws, &[gone, busy]).await.unwrap(), 1);
    assert!(contact::find(&mut b.conn, b.ws, bystander).await.unwrap().is_some());
    assert_eq!(contact::delete_orphaned(&mut b.conn, b.ws, &[bystander]).await.unwrap(), 1);
    assert_eq!(b.count("select count(*) from identities").await, 1);
    assert!(conversation::find(&mut b.conn, b.ws, kept).await.unwrap().is_some());
}
