//! Which channels this version knows, for statements that take work: what only a newer version knows is left to it, since both run
//! on one database for a while. The one place to name a new channel in (the inbox's list has a stretch and an index for each).

use crate::domain::channel::Channel;

/// Every channel, as a list of SQL: what is answered.
macro_rules! known_channels {
    () => {
        "('web', 'whatsapp')"
    };
}

/// Those with a provider, as a list of SQL: what is delivered by one, sent through it and checked with it.
macro_rules! provided_channels {
    () => {
        "('whatsapp')"
    };
}

pub(in crate::server::store) use {known_channels, provided_channels};

const _: () = assert!(Channel::ALL.len() == 3, "a new channel belongs into these lists");

#[cfg(test)]
mod tests {
    use crate::domain::channel::Channel;

    #[test]
    fn the_lists_are_those_of_the_domain() {
        let list = |wanted: fn(Channel) -> bool| {
            let words: Vec<String> = Channel::ALL
                .iter()
                .copied()
                .filter(|channel| *channel != Channel::Newer && wanted(*channel))
                .map(|channel| format!("'{}'", channel.as_str()))
                .collect();
            format!("({})", words.join(", "))
        };
        let sorted = |sql: &str| {
            let mut words: Vec<String> =
                sql.split(['(', ')', ',', ' ']).map(str::to_owned).filter(|w| !w.is_empty()).collect();
            words.sort();
            words
        };
        assert_eq!(sorted(known_channels!()), sorted(&list(|_| true)));
        assert_eq!(sorted(provided_channels!()), sorted(&list(|channel| channel.capabilities().sends)));
    }
}
