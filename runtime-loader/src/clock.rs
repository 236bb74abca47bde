//! What wall-clock time a kernel timestamp is.

/// How the kernel's clocks differ, taken once, so that the same kernel time is always printed
/// alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Clock {
    /// Nanoseconds from `CLOCK_MONOTONIC`, which `bpf_ktime_get_ns` reads, to the wall clock.
    pub from_monotonic: i64,
    /// Nanoseconds that `CLOCK_BOOTTIME`, in which `/proc/PID/stat` counts, is ahead of
    /// `CLOCK_MONOTONIC`: the time the machine was suspended.
    pub suspended: u64,
}

impl Clock {
    /// RFC 3339 text for nanoseconds of `CLOCK_MONOTONIC`.
    pub fn monotonic(&self, nanoseconds: u64) -> String {
        rfc3339(nanoseconds.cast_signed().saturating_add(self.from_monotonic), Digits::Fewest)
    }

    /// As [`Self::monotonic`], always with nine digits: `tetra getevents --timestamps` prints so.
    pub fn monotonic_nine_digits(&self, nanoseconds: u64) -> String {
        rfc3339(nanoseconds.cast_signed().saturating_add(self.from_monotonic), Digits::Nine)
    }
}

/// How many digits a fraction of a second has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Digits {
    /// 0, 3, 6 or 9, as protobuf's JSON form of a `Timestamp` has.
    Fewest,
    Nine,
}

fn rfc3339(since_epoch: i64, digits: Digits) -> String {
    let seconds = since_epoch.div_euclid(1_000_000_000);
    let nanoseconds = since_epoch.rem_euclid(1_000_000_000);
    let (year, month, day) = civil_date(seconds.div_euclid(86_400));
    let of_day = seconds.rem_euclid(86_400);
    let (hour, minute, second) = (of_day / 3_600, of_day / 60 % 60, of_day % 60);
    // Every event has three of these, so that it is done without the machinery of formatting.
    let mut text = String::with_capacity("1970-01-01T00:00:00.000000000Z".len());
    put(&mut text, year, 4);
    for (separator, number) in [('-', month), ('-', day), ('T', hour), (':', minute), (':', second)]
    {
        text.push(separator);
        put(&mut text, number, 2);
    }
    let fraction = match digits {
        Digits::Fewest if nanoseconds == 0 => None,
        Digits::Fewest if nanoseconds % 1_000_000 == 0 => Some((nanoseconds / 1_000_000, 3)),
        Digits::Fewest if nanoseconds % 1_000 == 0 => Some((nanoseconds / 1_000, 6)),
        Digits::Fewest | Digits::Nine => Some((nanoseconds, 9)),
    };
    if let Some((number, width)) = fraction {
        text.push('.');
        put(&mut text, number, width);
    }
    text.push('Z');
    text
}

/// Appends a number, which has no more digits than `width`, with as many zeros before it as are
/// missing. A width is at most 9.
fn put(text: &mut String, number: i64, width: usize) {
    let mut digits = ['0'; 9];
    let mut rest = u32::try_from(number).unwrap_or(0);
    for digit in digits.iter_mut().rev().take(width) {
        *digit = char::from_digit(rest % 10, 10).unwrap_or('0');
        rest /= 10;
    }
    text.extend(digits.iter().skip(digits.len().saturating_sub(width)));
}

/// Year, month and day of the `days`th day after 1970-01-01, in the proleptic Gregorian calendar.
///
/// Years are counted from 1 March, so that the leap day is a year's last day.
fn civil_date(days: i64) -> (i64, i64, i64) {
    const DAYS_OF_400_YEARS: i64 = 146_097;
    let days = days + 719_468; // from 0000-03-01 to 1970-01-01
    let era = days.div_euclid(DAYS_OF_400_YEARS);
    let of_era = days.rem_euclid(DAYS_OF_400_YEARS);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_printed_as_protobuf_prints_them() {
        for (nanoseconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (1_500_000_000, "1970-01-01T00:00:01.500Z"),
            (951_782_400_000_001_000, "2000-02-29T00:00:00.000001Z"),
            (1_713_061_094_376_304_204, "2024-04-14T02:18:14.376304204Z"),
            (-1, "1969-12-31T23:59:59.999999999Z"),
        ] {
            assert_eq!(rfc3339(nanoseconds, Digits::Fewest), text);
        }
    }

    #[test]
    fn a_time_beyond_the_clock_does_not_overflow() {
        let clock = Clock { from_monotonic: i64::MAX, suspended: 0 };
        assert!(clock.monotonic(i64::MAX as u64).ends_with('Z'));
        assert!(clock.monotonic(u64::MAX).ends_with('Z'));
    }
}
