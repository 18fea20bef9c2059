//! How many requests a caller may make, by kind of request and by tier.

use std::str::FromStr;
use std::time::Duration;

use crate::{Invalid, Tier, Timestamp};

/// What a request counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RateClass {
    /// Signing in, registering, resetting a password: whoever is not signed in yet.
    Auth,
    /// Everything that is in no other class.
    Api,
    /// Sending files.
    Upload,
    /// Asking Memo.
    Ai,
}

impl RateClass {
    /// Its name in configuration and in the table.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Auth => "auth",
            Self::Api => "api",
            Self::Upload => "upload",
            Self::Ai => "ai",
        }
    }
}

/// So many requests in each window of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// The most requests in one window.
    pub requests: u32,
    /// How long a window is.
    pub window: Duration,
}

impl Rate {
    /// The window that `now` is in. Windows lie end to end from 1970 on, the same for everybody.
    pub fn window_at(self, now: Timestamp) -> Window {
        let length_s = i64::try_from(self.window.as_secs()).unwrap_or(i64::MAX).max(1);
        let index = now.as_seconds().div_euclid(length_s);
        Window { index, ends_at_s: index.saturating_add(1).saturating_mul(length_s) }
    }
}

/// One window of a [`Rate`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Which one, counted from 1970.
    pub index: i64,
    /// When the next begins, in seconds since 1970.
    pub ends_at_s: i64,
}

impl Window {
    /// How long until the next one, in seconds: at least one.
    pub fn remaining_s(self, now: Timestamp) -> u64 {
        u64::try_from(self.ends_at_s - now.as_seconds()).unwrap_or(0).max(1)
    }
}

/// Such as `100/15m`: a number of requests and a time in seconds, minutes or hours.
impl FromStr for Rate {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let wrong = || Invalid::new(format!("{text:?} is no rate: write 100/15m, with s, m or h"));
        let (requests, window) = text.split_once('/').ok_or_else(wrong)?;
        let (unit, seconds) = [('s', 1), ('m', 60), ('h', 3600)]
            .into_iter()
            .find(|(unit, _)| window.ends_with(*unit))
            .ok_or_else(wrong)?;
        let count: u64 = window.trim_end_matches(unit).parse().map_err(|_| wrong())?;
        let requests: u32 = requests.parse().map_err(|_| wrong())?;
        if requests == 0 || count == 0 {
            return Err(wrong());
        }
        Ok(Self { requests, window: Duration::from_secs(count.saturating_mul(seconds)) })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct TierRates {
    api: Rate,
    upload: Rate,
    ai: Rate,
}

/// The rates of every class and tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rates {
    auth: Rate,
    free: TierRates,
    premium: TierRates,
}

impl Rates {
    /// The rate of a class of requests for a tier. Those who are not signed in have no tier: `Auth` is the same for all.
    pub const fn of(&self, class: RateClass, tier: Tier) -> Rate {
        let of_tier = match tier {
            Tier::Free => &self.free,
            Tier::Premium => &self.premium,
        };
        match class {
            RateClass::Auth => self.auth,
            RateClass::Api => of_tier.api,
            RateClass::Upload => of_tier.upload,
            RateClass::Ai => of_tier.ai,
        }
    }
}

/// Such as `auth=5/15m,free.api=100/15m,…`: `auth`, and `api`, `upload` and `ai` of each tier. None may be missing.
impl FromStr for Rates {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let named = |name: &str| -> Result<Rate, Invalid> {
            let mut rates = text.split(',').filter_map(|part| part.trim().split_once('='));
            let (_, rate) = rates
                .find(|(found, _)| *found == name)
                .ok_or_else(|| Invalid::new(format!("the rate {name} is missing")))?;
            rate.parse()
        };
        let tier = |tier: &str| -> Result<TierRates, Invalid> {
            let of = |class: RateClass| named(&format!("{tier}.{}", class.as_str()));
            Ok(TierRates { api: of(RateClass::Api)?, upload: of(RateClass::Upload)?, ai: of(RateClass::Ai)? })
        };
        Ok(Self { auth: named("auth")?, free: tier("free")?, premium: tier("premium")? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: &str = "auth=5/15m,free.api=100/15m,free.upload=10/1h,free.ai=50/1h,\
                       premium.api=1000/15m,premium.upload=100/1h,premium.ai=500/1h";

    #[test]
    fn every_class_and_tier_has_its_rate() {
        let rates: Rates = ALL.parse().unwrap();
        let quarter = Duration::from_secs(900);
        assert_eq!(rates.of(RateClass::Auth, Tier::Premium), Rate { requests: 5, window: quarter });
        assert_eq!(rates.of(RateClass::Api, Tier::Free), Rate { requests: 100, window: quarter });
        assert_eq!(rates.of(RateClass::Ai, Tier::Premium).requests, 500);
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        for bad in ["", "100", "x/15m", "5/15", "0/15m", "5/0m", "5/15d"] {
            assert!(bad.parse::<Rate>().is_err(), "{bad}");
        }
        let missing = ALL.replace("free.ai=50/1h,", "").parse::<Rates>().unwrap_err();
        assert_eq!(missing.message(), "the rate free.ai is missing");
    }

    #[test]
    fn windows_lie_end_to_end() {
        let rate: Rate = "5/15m".parse().unwrap();
        let at = |seconds: i64| Timestamp::from_millis(seconds * 1000).unwrap();
        assert_eq!(rate.window_at(at(899)), Window { index: 0, ends_at_s: 900 });
        assert_eq!(rate.window_at(at(900)).index, 1);
        assert_eq!(rate.window_at(at(899)).remaining_s(at(899)), 1);
        assert_eq!(rate.window_at(at(900)).remaining_s(at(901)), 899);
    }
}
