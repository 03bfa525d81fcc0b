//! What a member of a workspace may do.

use super::words::words;

words! {
    /// A member's role. Each includes everything that the ones below it may do.
    pub enum Role {
        Owner = "owner",
        Admin = "admin",
        Agent = "agent",
    }
}

words! {
    /// One thing that needs a right.
    pub enum Permission {
        /// Read conversations, and hear what happens in them.
        ReadConversations = "read_conversations",
        /// Take conversations over, resolve them, mark them read.
        Converse = "converse",
        /// Write to customers.
        SendMessages = "send_messages",
        /// Read chatbots and integrations (never their secrets).
        ViewSetup = "view_setup",
        /// Create, change and delete chatbots and their knowledge.
        ManageChatbots = "manage_chatbots",
        /// Connect and disconnect channels, see verify tokens.
        ManageIntegrations = "manage_integrations",
        /// Make, rename and delete labels. Whoever converses may use them.
        ManageLabels = "manage_labels",
        /// Erase conversations, contacts and the history of a website for good.
        Erase = "erase",
        /// Name contacts, fill in their fields, note what they agreed to, block them.
        EditContacts = "edit_contacts",
        /// Say which fields contacts have, and import contacts.
        ManageContacts = "manage_contacts",
        /// See whole phone numbers, one by one and on record.
        RevealNumbers = "reveal_numbers",
        /// Take contacts out as a file, with whole numbers.
        ExportContacts = "export_contacts",
        /// Read webhooks as they came: they hold whole phone numbers.
        ReadRawDeliveries = "read_raw_deliveries",
        /// Read who did what.
        ReadAuditLog = "read_audit_log",
        /// Ask people in, change what they may do, take them out.
        ManagePeople = "manage_people",
        /// Name the workspace, and say what it demands of those who work in it.
        ManageWorkspace = "manage_workspace",
        /// Use the phones of the simulator.
        UseSandbox = "use_sandbox",
        /// List, make and revoke one's own API tokens.
        ManageOwnTokens = "manage_own_tokens",
    }
}

words! {
    /// What an API token may do at most, of what its owner may.
    pub enum Scope {
        /// Look at conversations and at what is set up.
        Read = "read",
        /// Take conversations over, resolve them, change contacts.
        Write = "write",
        /// Write to customers.
        Send = "send",
        /// All else: chatbots, integrations, people, erasing, the audit log.
        Manage = "manage",
    }
}

/// Some scopes: those of a token, or all of them, as somebody has who is signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scopes(u8);

impl Scopes {
    pub const ALL: Self = Self(u8::MAX);

    #[must_use]
    pub fn of(scopes: &[Scope]) -> Self {
        Self(scopes.iter().fold(0, |all, scope| all | 1 << *scope as u8))
    }

    /// As they are stored: words with spaces between them. A word of a newer version gives nothing here.
    #[must_use]
    pub fn read(words: &str) -> Self {
        let known: Vec<Scope> = words.split(' ').filter_map(Scope::from_word).collect();
        Self::of(&known)
    }

    #[must_use]
    pub const fn has(self, scope: Scope) -> bool {
        self.0 & 1 << scope as u8 != 0
    }

    #[must_use]
    pub fn list(self) -> Vec<Scope> {
        Scope::ALL.iter().copied().filter(|scope| self.has(*scope)).collect()
    }

    /// As [`Self::read`] takes them.
    #[must_use]
    pub fn write(self) -> String {
        self.list().iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" ")
    }
}

impl Permission {
    /// The scope that a token needs for it.
    #[must_use]
    pub const fn scope(self) -> Scope {
        match self {
            Self::ReadConversations | Self::ViewSetup => Scope::Read,
            Self::Converse | Self::EditContacts | Self::UseSandbox => Scope::Write,
            Self::SendMessages => Scope::Send,
            Self::ManageChatbots
            | Self::ManageIntegrations
            | Self::ManageLabels
            | Self::Erase
            | Self::ReadRawDeliveries
            | Self::ReadAuditLog
            | Self::ManagePeople
            | Self::ManageContacts
            | Self::RevealNumbers
            | Self::ExportContacts
            | Self::ManageWorkspace
            | Self::ManageOwnTokens => Scope::Manage,
        }
    }
}

impl Role {
    /// Whether this role may do that.
    #[must_use]
    pub const fn may(self, permission: Permission) -> bool {
        match permission {
            Permission::ReadConversations
            | Permission::Converse
            | Permission::SendMessages
            | Permission::EditContacts
            | Permission::ViewSetup
            | Permission::UseSandbox
            | Permission::ManageOwnTokens => true,
            Permission::ReadRawDeliveries | Permission::ManageWorkspace => matches!(self, Self::Owner),
            Permission::ManageChatbots
            | Permission::ManageIntegrations
            | Permission::ManageLabels
            | Permission::Erase
            | Permission::ReadAuditLog
            | Permission::ManageContacts
            | Permission::RevealNumbers
            | Permission::ExportContacts
            | Permission::ManagePeople => !matches!(self, Self::Agent),
        }
    }

    /// Whether somebody of this role may make others that, or change anything about those who are: nobody reaches above themselves.
    #[must_use]
    pub const fn may_grant(self, other: Self) -> bool {
        match self {
            Self::Owner => true,
            Self::Admin => !matches!(other, Self::Owner),
            Self::Agent => false,
        }
    }
}
