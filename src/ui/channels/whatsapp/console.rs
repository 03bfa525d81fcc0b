//! Addresses in Meta's console, as near to the place as what is known allows.

/// Where tokens of System Users are made.
pub(super) const SYSTEM_USERS: &str = "https://business.facebook.com/settings/system-users";
/// Numbers, quality, limits, registration.
pub(super) const WHATSAPP_MANAGER: &str = "https://business.facebook.com/wa/manage/phone-numbers/";
const APPS: &str = "https://developers.facebook.com/apps/";

/// A page of an app; the list of all apps as long as its id is not known.
fn page(app_id: &str, path: &str) -> String {
    let known = app_id.len() >= 5 && app_id.chars().all(|c| c.is_ascii_digit());
    if known { format!("{APPS}{app_id}/{path}") } else { APPS.to_owned() }
}

/// Where the app's id and secret stand.
pub(super) fn basic_settings(app_id: &str) -> String {
    page(app_id, "settings/basic/")
}

/// Where the ids of number and account stand.
pub(super) fn api_setup(app_id: &str) -> String {
    page(app_id, "whatsapp-business/wa-dev-console/")
}

/// Where callback URL and verify token are entered.
pub(super) fn configuration(app_id: &str) -> String {
    page(app_id, "whatsapp-business/wa-settings/")
}

#[cfg(test)]
mod tests {
    use super::{api_setup, basic_settings};

    #[test]
    fn leads_into_the_app_as_soon_as_it_is_known() {
        assert_eq!(basic_settings(""), "https://developers.facebook.com/apps/");
        assert_eq!(api_setup("12\" onclick"), "https://developers.facebook.com/apps/");
        let page = "https://developers.facebook.com/apps/700000000000001/settings/basic/";
        assert_eq!(basic_settings("700000000000001"), page);
    }
}
