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
        /// Read conversations, answer, take over.
        Converse = "converse",
        /// Read chatbots and integrations (never their secrets).
        ViewSetup = "view_setup",
        /// Create, change and delete chatbots and their knowledge.
        ManageChatbots = "manage_chatbots",
        /// Connect and disconnect channels, see verify tokens.
        ManageIntegrations = "manage_integrations",
        /// Erase conversations, contacts and the history of a website for good.
        Erase = "erase",
        /// Read webhooks as they came: they hold whole phone numbers.
        ReadRawDeliveries = "read_raw_deliveries",
        /// Read who did what.
        ReadAuditLog = "read_audit_log",
        /// Use the phones of the simulator.
        UseSandbox = "use_sandbox",
        /// List and revoke one's own API tokens.
        ManageOwnTokens = "manage_own_tokens",
    }
}

impl Role {
    /// Whether this role may do that.
    #[must_use]
    pub const fn may(self, permission: Permission) -> bool {
        match permission {
            Permission::Converse | Permission::ViewSetup | Permission::UseSandbox | Permission::ManageOwnTokens => true,
            Permission::ReadRawDeliveries => matches!(self, Self::Owner),
            Permission::ManageChatbots
            | Permission::ManageIntegrations
            | Permission::Erase
            | Permission::ReadAuditLog => !matches!(self, Self::Agent),
        }
    }
}
