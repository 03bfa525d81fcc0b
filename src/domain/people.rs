//! The people of a workspace: who belongs to it, who was asked to come, and by what they are in.

use serde::{Deserialize, Serialize};

use super::{
    Millis,
    ids::{InvitationId, SessionId, UserId},
    qr::QrCode,
    role::Role,
};

/// Somebody who belongs to the workspace, as those see them who manage people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    pub user_id: UserId,
    pub name: String,
    pub email: String,
    pub role: Role,
    pub joined_at: Millis,
    /// When a session of theirs was used last, to a few minutes.
    pub seen_at: Option<Millis>,
    /// They are not let in, here or anywhere.
    pub disabled: bool,
    /// They sign in with a second factor.
    pub second_factor: bool,
    /// The caller.
    pub you: bool,
    /// The caller may change their role and take them out.
    pub manageable: bool,
}

/// Somebody who was asked to come and has not come yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    pub id: InvitationId,
    pub email: String,
    pub role: Role,
    /// What the one who asked them is called.
    pub invited_by: String,
    pub created_at: Millis,
    pub expires_at: Millis,
}

/// Who works here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct People {
    pub members: Vec<Member>,
    pub invitations: Vec<Invitation>,
}

/// A new invitation with its link, which is shown only once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invited {
    pub invitation: Invitation,
    pub link: String,
}

/// An invitation, as whoever holds its link sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationOffer {
    pub workspace_name: String,
    pub invited_by: String,
    pub email: String,
    pub role: Role,
    pub expires_at: Millis,
    /// How it is accepted.
    pub way: Joining,
}

/// How an invitation is accepted by whoever holds its link now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Joining {
    /// With a new account: a name and a password.
    NewAccount,
    /// They are signed in with its address.
    SignedIn,
    /// There is an account with its address, which has to be signed in to first.
    SignInFirst,
}

/// A sign-in of the caller that has not ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignIn {
    pub id: SessionId,
    /// Browser and system, as the browser tells: “Firefox · Linux”. Empty when it does not.
    pub device: String,
    /// Where it began, if that is known.
    pub address: Option<String>,
    pub began_at: Option<Millis>,
    /// When it was used last, to a few minutes.
    pub seen_at: Option<Millis>,
    /// The one that the caller asks with.
    pub current: bool,
}

/// How it stands with the caller's second factor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondFactor {
    pub on: bool,
    /// How many recovery codes are left.
    pub recovery_codes: i64,
    /// The workspace demands it of everybody.
    pub needed: bool,
}

/// A second factor before it is confirmed: what goes into the caller's app. Shown only this time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondFactorDraft {
    /// In base 32, to be typed.
    pub secret: String,
    /// `otpauth://totp/…`
    pub link: String,
    /// The same for the camera.
    pub qr: QrCode,
}

/// Codes for when the app is lost; each works once. Shown only this time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryCodes {
    pub codes: Vec<String>,
}

/// How long an invitation holds: a week.
pub const INVITATION_LIFE: Millis = 7 * 24 * 60 * 60 * 1000;
