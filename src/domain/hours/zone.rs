//! Time zones by the names that people and Windows give them.

use chrono_tz::Tz;
use windows_timezones::WindowsTimezone;

/// The zone of an IANA name (`Europe/London`) or a Windows one (`GMT Standard Time`), which is what
/// Halo's own clients send. No name at all is UTC.
pub fn zone_of(name: &str) -> Option<Tz> {
    let name = name.trim();
    if name.is_empty() {
        return Some(Tz::UTC);
    }
    name.parse().ok().or_else(|| name.parse::<WindowsTimezone>().ok().map(Tz::from))
}
