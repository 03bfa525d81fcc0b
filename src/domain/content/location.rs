//! A place on the map.

use serde::{Deserialize, Serialize};

use crate::domain::visible::one_line;

/// A place in degrees (WGS 84), with what the sender calls it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Location {
    /// -90 to 90.
    pub latitude: f64,
    /// -180 to 180.
    pub longitude: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

impl Location {
    /// A place on earth; none for what is no such place.
    #[must_use]
    pub fn new(latitude: f64, longitude: f64, name: Option<String>, address: Option<String>) -> Option<Self> {
        let is_on_earth = (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude);
        is_on_earth.then_some(Self { latitude, longitude, name, address })
    }

    /// Its name and address in one line, else its coordinates.
    #[must_use]
    pub fn words(&self) -> String {
        let named = [&self.name, &self.address].into_iter().flatten().map(|part| one_line(part));
        let named: Vec<String> = named.filter(|part| !part.is_empty()).collect();
        if named.is_empty() { self.coordinates() } else { named.join(", ") }
    }

    /// Latitude and longitude in degrees, to about 10 cm.
    #[must_use]
    pub fn coordinates(&self) -> String {
        format!("{}, {}", decimal(self.latitude), decimal(self.longitude))
    }

    /// The place on OpenStreetMap.
    #[must_use]
    pub fn map_url(&self) -> String {
        let (latitude, longitude) = (decimal(self.latitude), decimal(self.longitude));
        format!("https://www.openstreetmap.org/?mlat={latitude}&mlon={longitude}#map=17/{latitude}/{longitude}")
    }
}

/// Degrees with six decimals, written as whole numbers are: how floats are, no browser has to download.
#[expect(clippy::cast_possible_truncation, reason = "degrees are at most 180")]
fn decimal(degrees: f64) -> String {
    let millionths = (degrees * 1e6).round() as i64;
    let sign = if millionths < 0 { "-" } else { "" };
    let (whole, rest) = (millionths.abs() / 1_000_000, millionths.abs() % 1_000_000);
    format!("{sign}{whole}.{rest:06}")
}

#[cfg(test)]
mod tests {
    use super::Location;

    #[test]
    fn words_are_what_it_is_called_else_where_it_is() {
        let named = Location::new(52.5, 13.4, Some("Café\nRio".to_owned()), Some("Hauptstr. 1".to_owned())).unwrap();
        assert_eq!(named.words(), "Café Rio, Hauptstr. 1");
        let bare = Location::new(-23.55, -46.633_309, Some(" ".to_owned()), None).unwrap();
        assert_eq!(bare.words(), "-23.550000, -46.633309");
        let map = "https://www.openstreetmap.org/?mlat=-23.550000&mlon=-46.633309#map=17/-23.550000/-46.633309";
        assert_eq!(bare.map_url(), map);
        let near = Location::new(-0.000_000_4, 0.05, None, None).unwrap();
        assert_eq!(near.words(), "0.000000, 0.050000");
    }

    #[test]
    fn what_is_not_on_earth_is_no_place() {
        for (latitude, longitude) in [(90.1, 0.0), (0.0, -180.1), (f64::NAN, 0.0), (0.0, f64::INFINITY)] {
            assert_eq!(Location::new(latitude, longitude, None, None), None);
        }
    }
}
