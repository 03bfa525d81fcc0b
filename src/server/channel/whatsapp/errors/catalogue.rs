//! Every error code of Meta's that is known (contract, section 7): its class, a sentence for people, and what to do.

use super::{Class, Explanation};
use crate::domain::integration::Remedy;

/// What is known about an error code, or a family of them.
pub(super) struct Entry {
    /// The first and the last code.
    codes: (i64, i64),
    /// Only with one of these; empty: with any or none.
    subcodes: &'static [i64],
    pub(super) class: Class,
    pub(super) explanation: Explanation,
}

/// The entry of a code: the first that fits, so the narrow ones stand before the wide ones.
pub(super) fn find(code: i64, subcode: Option<i64>) -> Option<&'static Entry> {
    let fits = |e: &&Entry| {
        (e.codes.0..=e.codes.1).contains(&code)
            && (e.subcodes.is_empty() || subcode.is_some_and(|s| e.subcodes.contains(&s)))
    };
    all().find(fits)
}

/// Codes of other classes that are a matter of the whole number, account or app all the same: the message that met one fails,
/// and whether the channel can go on is for Meta to say.
const CONCERN_ALL: [(i64, i64); 8] = [
    (33, 33),
    (101, 101),
    (368, 368),
    (803, 803),
    (2500, 2500),
    (131_048, 131_048),
    (131_064, 131_064),
    // The number's registration, and what hinders the account.
    (133_005, 133_016),
];
/// What `health_status` says of an account, also met as an error.
const HINDRANCES: (i64, i64) = (141_000, 141_999);

/// Whether an error of this code says something about more than one message or customer.
pub(super) fn concerns_all(code: i64) -> bool {
    find(code, None).is_some_and(|entry| entry.class.stops_channel())
        || CONCERN_ALL.iter().chain([&HINDRANCES]).any(|(first, last)| (*first..=*last).contains(&code))
}

pub(super) fn all() -> impl Iterator<Item = &'static Entry> {
    [CREDENTIALS, ACCOUNT, PACE, MESSAGES, TEMPLATES, FAMILIES].into_iter().flatten()
}

macro_rules! entries {
    ($($from:literal $(..= $to:literal)? $([$($sub:literal),+])?, $class:ident, $problem:literal, $($remedy:ident)?: $message:literal, $action:literal;)+) => {
        &[$(Entry {
            codes: entries!(@codes $from $($to)?),
            subcodes: &[$($($sub),+)?],
            class: Class::$class,
            explanation: Explanation {
                problem: $problem,
                message: $message,
                action: $action,
                remedy: entries!(@remedy $($remedy)?),
            },
        }),+]
    };
    (@codes $from:literal) => { ($from, $from) };
    (@codes $from:literal $to:literal) => { ($from, $to) };
    (@remedy) => { None };
    (@remedy $remedy:ident) => { Some(Remedy::$remedy) };
}

/// Tokens, ids and rights.
const CREDENTIALS: &[Entry] = entries! {
    190 [463], Credentials, "token_expired", ReplaceToken:
        "The access token has expired.",
        "Make a permanent System User token in Meta's console and replace the token with it.";
    190 [467], Credentials, "token_invalidated", ReplaceToken:
        "The access token was withdrawn.",
        "Make a new System User token in Meta's console and replace the token with it.";
    190 [460], Credentials, "token_password_changed", ReplaceToken:
        "The access token ended because its owner changed their password.",
        "Make a System User token instead, which does not depend on a person, and replace the token with it.";
    190 [458], Credentials, "app_removed", ReplaceToken:
        "The app was removed from the account that the access token belongs to.",
        "Add the app again in Meta's Business settings, make a new token and replace the old one.";
    190 [459, 464], Credentials, "token_owner_blocked", OpenMeta:
        "Meta wants the owner of the access token to confirm their account first.",
        "Sign in at facebook.com as that person and do what Meta asks, or use a System User token.";
    190, Credentials, "token_invalid", ReplaceToken:
        "Meta does not accept the access token.",
        "Copy the token again from Meta's console, whole and without quotes.";
    104, Credentials, "token_missing", ReplaceToken:
        "Meta got no access token.",
        "Enter the access token again.";
    101, Request, "unknown_app", FixIds:
        "Meta knows no app with this id.",
        "Copy the App ID from App settings → Basic in Meta's console.";
    0, Credentials, "token_invalid", ReplaceToken:
        "Meta could not authenticate the app.",
        "Make a new access token in Meta's console and replace the old one with it.";
    3, Credentials, "missing_permission", ReplaceToken:
        "The app may not use this part of Meta's API.",
        "Add the product WhatsApp to the app in Meta's console and make a new token.";
    10, Credentials, "missing_permission", ReplaceToken:
        "The token lacks a permission.",
        "Give the System User whatsapp_business_messaging and whatsapp_business_management and make a new token.";
    200..=299, Credentials, "missing_permission", ReplaceToken:
        "The token lacks a permission.",
        "Give the System User whatsapp_business_messaging and whatsapp_business_management and make a new token.";
    131_005, Credentials, "missing_permission", ReplaceToken:
        "The token may not send for this number.",
        "Assign the WhatsApp account to the System User with full control and make a new token.";
    100 [33], Request, "no_such_object", FixIds:
        "Meta knows no such id, or the token may not see it.",
        "Copy the id again (not the phone number itself) and make sure the token's System User has the WhatsApp account assigned.";
    33, Request, "no_such_object", FixIds:
        "Meta knows no such id, or the token may not see it.",
        "Copy the id again and make sure the token's System User has the WhatsApp account assigned.";
    803, Request, "no_such_object", FixIds:
        "Meta knows no object with this id.",
        "Copy the id again from WhatsApp → API Setup in Meta's console.";
    2500, Request, "bad_request", :
        "Meta does not know this request.",
        "Check PARLANCE_GRAPH_URL and PARLANCE_GRAPH_VERSION.";
    100, Request, "bad_request", :
        "Meta refused a value of the request.",
        "Look at Meta's own words in the details.";
};

/// The account and the number themselves.
const ACCOUNT: &[Entry] = entries! {
    131_031, Account, "account_locked", OpenMeta:
        "Meta has locked the account.", "Open Business Support in Meta's console.";
    131_042, Account, "payment", OpenMeta:
        "There is a problem with the payment method of the account.", "Check the payment settings in WhatsApp Manager.";
    131_044, Account, "payment", OpenMeta:
        "There is a problem with the payment method of the account.", "Check the payment settings in WhatsApp Manager.";
    131_045, Account, "certificate", OpenMeta:
        "The registration of the number does not hold any more.", "Register the number again in WhatsApp Manager.";
    131_037, Account, "display_name", OpenMeta:
        "The display name of the number is not approved.", "Have the display name approved in WhatsApp Manager.";
    133_010, Account, "not_registered", OpenMeta:
        "The number is not registered for the Cloud API.", "Register the number in Meta's console.";
    130_403, Account, "account_blocked", OpenMeta:
        "The account may not send.", "Look at the account in WhatsApp Manager.";
    131_063, Account, "account_blocked", OpenMeta:
        "The account may not send this kind of message.", "Look at the account in WhatsApp Manager.";
    133_005, Request, "wrong_pin", OpenMeta:
        "The PIN of the number is wrong.", "Use the PIN of two-step verification, or reset it in WhatsApp Manager.";
    133_006, Request, "not_verified", OpenMeta:
        "The number has to be verified first.", "Verify the number in WhatsApp Manager.";
    133_008..=133_009, Hold, "too_many_pins", Wait:
        "The PIN was wrong too often.", "Wait a few hours, then register the number with the right PIN.";
    133_015, Request, "too_early", Wait:
        "The number was deregistered a moment ago.", "Wait five minutes, then register it again.";
    133_016, Hold, "too_many_registrations", Wait:
        "The number was registered too often.", "Wait 72 hours, then register it again.";
    141_006, Request, "payment", OpenMeta:
        "There is a problem with the payment method of the account.", "Check the payment settings in WhatsApp Manager.";
    141_010, Request, "business_verification", OpenMeta:
        "The business is not verified.", "Verify the business in Meta's Business settings → Security Center.";
    141_014, Request, "account_banned", OpenMeta:
        "Meta has banned the WhatsApp account.", "Open Business Support in Meta's console and ask for a review.";
    141_000..=141_999, Request, "account_limited", OpenMeta:
        "Something limits what the account may send.", "Look at the account in WhatsApp Manager.";
};

/// Pace, maintenance, passing trouble.
const PACE: &[Entry] = entries! {
    1..=2, Transient, "meta_trouble", Wait:
        "Meta has a passing problem.", "Nothing to do: it is tried again by itself.";
    17, Transient, "meta_trouble", Wait:
        "Meta asks to slow down.", "Nothing to do: it is tried again by itself.";
    341, Transient, "meta_trouble", Wait:
        "A limit of the app at Meta is reached.", "Nothing to do: it is tried again by itself.";
    131_000, Transient, "meta_trouble", Wait:
        "Meta has a passing problem.", "Nothing to do: it is tried again by itself.";
    131_016, Transient, "meta_trouble", Wait:
        "A service of Meta's is overloaded.", "Nothing to do: it is tried again by itself.";
    133_004, Transient, "meta_trouble", Wait:
        "Meta's server is not available.", "Nothing to do: it is tried again by itself.";
    135_000, Transient, "meta_trouble", Wait:
        "Meta could not handle the message.", "It is tried once more. If it fails again, look at Meta's words in the details.";
    4, Rate, "too_fast", Wait:
        "Meta's limit for this app is reached.", "Nothing to do: it goes on by itself, more slowly.";
    80_007, Rate, "too_fast", Wait:
        "Meta's limit for this account is reached.", "Nothing to do: it goes on by itself, more slowly.";
    130_429, Rate, "too_fast", Wait:
        "Meta's limit for this number is reached.", "Nothing to do: it goes on by itself, more slowly.";
    131_056, PairRate, "too_fast_to_one", Wait:
        "Too many messages to this customer in a short time.", "Nothing to do: it goes on by itself.";
    131_057, Upgrade, "maintenance", Wait:
        "Meta is working on the number, for instance to make it faster.", "Nothing to do: it goes on by itself in a minute.";
    2_494_100, Upgrade, "maintenance", Wait:
        "Meta is working on the account.", "Nothing to do: it goes on by itself.";
    131_048, Hold, "spam", OpenMeta:
        "Meta holds messages back because too many were reported as spam.", "Look at the number's quality in WhatsApp Manager.";
    131_064, Hold, "messaging_limit", OpenMeta:
        "The number of customers that may be written to first is used up.", "Wait until tomorrow, or look at the limit in WhatsApp Manager.";
    131_049, Hold, "ecosystem", Wait:
        "Meta did not deliver the message, so that the customer does not get too many of its kind.", "Wait at least a day before you send this kind again.";
    368, Hold, "policy", OpenMeta:
        "The account is blocked for a while because of Meta's policies.", "Look at the reasons in Business Support.";
};

/// Single messages and their recipients.
const MESSAGES: &[Entry] = entries! {
    131_047, Recipient, "window_closed", :
        "More than 24 hours have passed since the customer's last message.", "Wait for the customer to write, or send an approved template.";
    131_026, Recipient, "undeliverable", :
        "The customer cannot receive this message.", "Check that the number is on WhatsApp and runs a current version.";
    131_030, Recipient, "not_a_test_recipient", OpenMeta:
        "The number is not on the list of allowed test recipients.", "Add it in Meta's console under WhatsApp → API Setup.";
    130_497, Recipient, "country_restricted", OpenMeta:
        "The account may not write to customers in this customer's country.", "Look at the account's restrictions in WhatsApp Manager. Customers elsewhere are not concerned.";
    130_472, Recipient, "experiment", :
        "The customer is part of an experiment of Meta's and does not get this message.", "Nothing to do: write again when the customer has written.";
    131_050, Recipient, "opted_out", :
        "The customer does not want such messages.", "Respect it: do not send this kind again.";
    131_008, Request, "parameter_missing", :
        "A value is missing in the message.", "Look at Meta's own words in the details.";
    131_009, Request, "parameter_invalid", :
        "A value in the message is not valid.", "Look at Meta's own words in the details.";
    131_021, Request, "to_yourself", :
        "The business number cannot write to itself.", "Choose another recipient.";
    131_051, Request, "unsupported_type", :
        "WhatsApp does not take this kind of message.", "Send it in another form.";
    131_052, Request, "media_download", :
        "Meta could not fetch the file that the customer sent.", "Ask the customer to send it again.";
    131_053, Request, "media_upload", :
        "Meta could not take the file.", "Check its type and size, then send it again.";
    131_055, Request, "method", :
        "Meta does not allow this way of sending.", "Look at Meta's own words in the details.";
    131_060, Request, "unavailable_message", :
        "The message could not be shown.", "Ask the customer to send it again.";
    131_062, Request, "phone_needed", :
        "This kind of message needs the customer's phone number.", "Ask the customer for their number first.";
    131_020, Request, "refused", :
        "Meta refused the message.", "Look at Meta's own words in the details.";
    131_041, Request, "refused", :
        "Meta refused the message.", "Look at Meta's own words in the details.";
    131_059, Request, "refused", :
        "Meta refused the message.", "Look at Meta's own words in the details.";
    137_000, Request, "refused", :
        "Meta refused the message.", "Look at Meta's own words in the details.";
};

const TEMPLATES: &[Entry] = entries! {
    132_000, Request, "template_parameters", :
        "The number of values does not fit the template.", "Compare the values with the template in WhatsApp Manager.";
    132_001, Request, "template_missing", :
        "There is no approved template of this name in this language.", "Look at the templates in WhatsApp Manager.";
    132_005, Request, "template_too_long", :
        "The text of the template with its values is too long.", "Shorten the values.";
    132_007, Request, "template_policy", :
        "The template goes against WhatsApp's policy.", "Change the template in WhatsApp Manager.";
    132_008..=132_012, Request, "template_parameters", :
        "A value does not fit its place in the template.", "Compare the values with the template in WhatsApp Manager.";
    132_015, Request, "template_paused", OpenMeta:
        "The template is paused because customers rated it low.", "Change the template in WhatsApp Manager, or use another.";
    132_016, Request, "template_disabled", OpenMeta:
        "The template was disabled for good because customers rated it low.", "Make a new template in WhatsApp Manager.";
    132_018, Request, "template_parameters", :
        "A value does not fit its place in the template.", "Compare the values with the template in WhatsApp Manager.";
    132_068..=132_069, Request, "flow_blocked", OpenMeta:
        "The flow is blocked or throttled.", "Look at the flow in WhatsApp Manager.";
    132_000..=132_999, Request, "template", :
        "Meta refused the template message.", "Look at Meta's own words in the details.";
};

/// Parts of the platform that this version does not use.
const FAMILIES: &[Entry] = entries! {
    131_200..=131_299, Request, "groups", :
        "Meta refused something about a group.", "Look at Meta's own words in the details.";
    134_100..=134_103, Request, "marketing_lite", :
        "Meta refused a marketing message.", "Look at Meta's own words in the details.";
    138_000..=138_999, Request, "calls", :
        "Meta refused something about calls.", "Look at Meta's own words in the details.";
    139_000..=139_004, Request, "flows", :
        "Meta refused something about a flow.", "Look at Meta's own words in the details.";
    139_100..=139_103, Request, "blocking", :
        "Meta refused to block or unblock the customer.", "Look at Meta's own words in the details.";
    147_001..=147_005, Request, "usernames", :
        "Meta refused something about user names.", "Look at Meta's own words in the details.";
    2_593_107..=2_593_109, Request, "coexistence", :
        "The history of the phone app could not be taken over.", "Try it again from the WhatsApp Business app.";
    2_388_000..=2_388_999, Request, "onboarding", OpenMeta:
        "Meta refused a step of the set-up of the number.", "Wait a few minutes and try it again in WhatsApp Manager.";
};
