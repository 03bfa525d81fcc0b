//! What people read for the words of the domain.

use crate::{
    domain::{
        audit::AuditAction,
        channel::Channel,
        conversation::Answering,
        integration::{CannotReach, Check, IntegrationStatus, PasteFault, Quality, Remedy},
        message::MessageState,
        role::{Role, Scope},
    },
    texts::{audit, errors, inbox, integrations, settings, shell},
};

#[must_use]
pub fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::Web => inbox::web(),
        Channel::Whatsapp => inbox::whatsapp(),
        Channel::Newer => inbox::another_channel(),
    }
}

#[must_use]
pub fn role(role: Role) -> &'static str {
    match role {
        Role::Owner => shell::owner(),
        Role::Admin => shell::admin(),
        Role::Agent => shell::agent(),
    }
}

/// What a token of that scope may do.
#[must_use]
pub fn scope(scope: Scope) -> &'static str {
    match scope {
        Scope::Read => settings::scope_read(),
        Scope::Write => settings::scope_write(),
        Scope::Send => settings::scope_send(),
        Scope::Manage => settings::scope_manage(),
    }
}

/// What was done, as the audit log says it.
#[must_use]
pub fn audit_action(action: AuditAction) -> &'static str {
    match action {
        AuditAction::IntegrationCreated => audit::integration_created(),
        AuditAction::IntegrationChanged => audit::integration_changed(),
        AuditAction::IntegrationSwitched => audit::integration_switched(),
        AuditAction::IntegrationDeleted => audit::integration_deleted(),
        AuditAction::DeliveryRead => audit::delivery_read(),
        AuditAction::DeadLettersReplayed => audit::dead_letters_replayed(),
        AuditAction::ChatbotCreated => audit::chatbot_created(),
        AuditAction::ChatbotChanged => audit::chatbot_changed(),
        AuditAction::ChatbotSwitched => audit::chatbot_switched(),
        AuditAction::ChatbotDeleted => audit::chatbot_deleted(),
        AuditAction::ConversationErased => audit::conversation_erased(),
        AuditAction::ContactErased => audit::contact_erased(),
        AuditAction::WebsiteHistoryErased => audit::website_history_erased(),
        AuditAction::ContactChanged => audit::contact_changed(),
        AuditAction::ContactBlocked => audit::contact_blocked(),
        AuditAction::ContactUnblocked => audit::contact_unblocked(),
        AuditAction::NumberRevealed => audit::number_revealed(),
        AuditAction::ContactsExported => audit::contacts_exported(),
        AuditAction::AuditLogExported => audit::audit_log_exported(),
        AuditAction::ContactFieldChanged => audit::contact_field_changed(),
        AuditAction::ContactFieldRemoved => audit::contact_field_removed(),
        AuditAction::LabelCreated => audit::label_created(),
        AuditAction::LabelChanged => audit::label_changed(),
        AuditAction::LabelDeleted => audit::label_deleted(),
        AuditAction::PersonAdded => audit::person_added(),
        AuditAction::RoleChanged => audit::role_changed(),
        AuditAction::PersonDisabled => audit::person_disabled(),
        AuditAction::PersonEnabled => audit::person_enabled(),
        AuditAction::PersonRemoved => audit::person_removed(),
        AuditAction::PasswordChanged => audit::password_changed(),
        AuditAction::TokenMade => audit::token_made(),
        AuditAction::TokenRevoked => audit::token_revoked(),
        AuditAction::SignedIn => audit::signed_in(),
        AuditAction::SignedOut => audit::signed_out(),
        AuditAction::SignedOutElsewhere => audit::signed_out_elsewhere(),
        AuditAction::SecondFactorChanged => audit::second_factor_changed(),
        AuditAction::RecoveryCodesRenewed => audit::recovery_codes_renewed(),
        AuditAction::RecoveryCodeUsed => audit::recovery_code_used(),
        AuditAction::InvitationMade => audit::invitation_made(),
        AuditAction::InvitationWithdrawn => audit::invitation_withdrawn(),
        AuditAction::WorkspaceChanged => audit::workspace_changed(),
        AuditAction::Newer => audit::newer(),
    }
}

/// Who answers, for a badge. `name` is the colleague's.
#[must_use]
pub fn answering(answering: Answering, name: Option<&str>) -> String {
    match answering {
        Answering::Bot => inbox::bot_answers(),
        Answering::You => inbox::you_answer(),
        Answering::Colleague => return inbox::colleague_answers(&name.unwrap_or(inbox::a_colleague())),
        Answering::Phone => inbox::phone_answers(),
        Answering::Nobody => inbox::nobody_answers(),
        Answering::Elsewhere => inbox::elsewhere_answers(),
        Answering::Off => inbox::off(),
    }
    .to_owned()
}

/// As a sentence, for the composer and for what a switch has done.
#[must_use]
pub fn is_answering(answering: Answering, name: Option<&str>) -> String {
    match answering {
        Answering::Bot => inbox::bot_is_answering(),
        Answering::You => inbox::you_are_answering(),
        Answering::Colleague => return inbox::colleague_is_answering(&name.unwrap_or(inbox::a_colleague())),
        Answering::Phone => inbox::phone_is_answering(),
        Answering::Nobody => inbox::nobody_is_answering(),
        Answering::Elsewhere => inbox::elsewhere_is_answering(),
        Answering::Off => inbox::off_is_answering(),
    }
    .to_owned()
}

#[must_use]
pub fn message_state(state: MessageState) -> &'static str {
    match state {
        MessageState::Received => inbox::state_received(),
        MessageState::Queued => inbox::state_queued(),
        MessageState::Sending => inbox::state_sending(),
        MessageState::Accepted => inbox::state_accepted(),
        MessageState::Sent => inbox::state_sent(),
        MessageState::Delivered => inbox::state_delivered(),
        MessageState::Read => inbox::state_read(),
        MessageState::Failed => inbox::state_failed(),
        MessageState::Unknown => inbox::state_unknown(),
        MessageState::Cancelled => inbox::state_cancelled(),
        MessageState::Newer => inbox::state_newer(),
    }
}

#[must_use]
pub fn integration_status(status: IntegrationStatus) -> &'static str {
    match status {
        IntegrationStatus::NotConnected => inbox::status_not_connected(),
        IntegrationStatus::Waiting => inbox::status_waiting(),
        IntegrationStatus::Connected => inbox::status_connected(),
        IntegrationStatus::Inactive => inbox::status_inactive(),
        IntegrationStatus::Error => inbox::status_error(),
    }
}

#[must_use]
pub fn quality(quality: Quality) -> &'static str {
    match quality {
        Quality::Green => inbox::high(),
        Quality::Yellow => inbox::medium(),
        Quality::Red => inbox::low(),
        Quality::Unknown => inbox::not_rated(),
    }
}

/// The button beside a trouble.
#[must_use]
pub fn remedy(remedy: Remedy) -> &'static str {
    match remedy {
        Remedy::ReplaceToken => integrations::replace_token(),
        Remedy::ReplaceSecret => integrations::replace_secret(),
        Remedy::FixIds => integrations::fix_ids(),
        Remedy::Subscribe => integrations::subscribe(),
        Remedy::SetCallback => integrations::set_callback(),
        Remedy::OpenMeta => integrations::open_meta(),
        Remedy::CheckNetwork => integrations::test_again(),
        Remedy::Wait => integrations::wait(),
    }
}

/// What a step of a connection test looks at.
#[must_use]
pub fn check(check: Check) -> &'static str {
    match check {
        Check::Format => integrations::check_format(),
        Check::Network => integrations::check_network(),
        Check::AppSecret => integrations::check_app_secret(),
        Check::Token => integrations::check_token(),
        Check::Number => integrations::check_number(),
        Check::Account => integrations::check_account(),
        Check::Belonging => integrations::check_belonging(),
        Check::Subscription => integrations::check_subscription(),
        Check::Callback => integrations::check_callback(),
        Check::Reachability => integrations::check_reachability(),
        Check::Webhook => integrations::check_webhook(),
        Check::Ability => integrations::check_ability(),
    }
}

/// What is the matter with an address, as the end of “This server's address, … , ”.
#[must_use]
pub fn cannot_reach(why: CannotReach) -> &'static str {
    match why {
        CannotReach::Local => integrations::reach_local(),
        CannotReach::Private => integrations::reach_private(),
        CannotReach::NoHttps => integrations::reach_no_https(),
    }
}

/// What is wrong with a value from the provider's console.
#[must_use]
pub fn paste_fault(fault: PasteFault) -> &'static str {
    match fault {
        PasteFault::Empty => errors::needed(),
        PasteFault::NoId => errors::needed_api_setup(),
        PasteFault::NoApp => errors::needed_basic(),
        PasteFault::NoSecret => errors::needed_console(),
        PasteFault::Phone => errors::looks_like_phone(),
        PasteFault::NotDigits => errors::digits_only(),
        PasteFault::OddLength => errors::about_15_digits(),
        PasteFault::Broken => errors::not_in_one_piece(),
        PasteFault::Strange => errors::strange_character(),
        PasteFault::TooLong => errors::too_long(),
    }
}

/// The provider's word for how many customers may be written to first in 24 hours, such as `TIER_2K`.
#[must_use]
pub fn messaging_limit(limit: &str) -> String {
    match limit.strip_prefix("TIER_").unwrap_or(limit) {
        "UNLIMITED" | "-1" => integrations::limit_none().to_owned(),
        "NOT_SET" => integrations::limit_not_set().to_owned(),
        tier => integrations::limit_customers(&tier),
    }
}
