//! A day of the calendar. What day it is today is told by who calls.

use std::fmt;

/// A day that exists, in the years 0 to 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    year: u16,
    /// 1 to 12.
    month: u8,
    /// 1 to 31.
    day: u8,
}

impl Date {
    /// The day written as `2027-01-31`, if it exists.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let mut number = |digits: usize| {
            let part = parts.next().filter(|part| part.len() == digits)?;
            part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse::<u16>().ok())?
        };
        let (year, month, day) = (number(4)?, number(2)?, number(2)?);
        if parts.next().is_some() || !(1..=12).contains(&month) {
            return None;
        }
        let (month, day) = (u8::try_from(month).ok()?, u8::try_from(day).ok()?);
        (1..=days_in(year, month)).contains(&day).then_some(Self { year, month, day })
    }

    /// The day that is `days` after the first of January 1970.
    pub fn after_epoch(days: u32) -> Option<Self> {
        let (mut year, mut left) = (1970u16, days);
        while left >= days_in_year(year) {
            left -= days_in_year(year);
            year = year.checked_add(1).filter(|&year| year <= 9999)?;
        }
        let mut month = 1;
        while left >= u32::from(days_in(year, month)) {
            left -= u32::from(days_in(year, month));
            month += 1;
        }
        Some(Self { year, month, day: u8::try_from(left + 1).ok()? })
    }
}

fn is_leap(year: u16) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

fn days_in_year(year: u16) -> u32 {
    if is_leap(year) { 366 } else { 365 }
}

fn days_in(year: u16, month: u8) -> u8 {
    match month {
        2 => 28 + u8::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_days_that_exist_are_read() {
        for day in ["2027-01-31", "2028-02-29", "2000-02-29", "0000-12-31", "9999-12-31"] {
            assert_eq!(Date::parse(day).unwrap().to_string(), day);
        }
        let none = [
            "2027-02-29",
            "1900-02-29",
            "2027-04-31",
            "2027-13-01",
            "2027-00-10",
            "2027-01-00",
            "27-01-31",
            "2027-1-31",
            "2027/01/31",
            "2027-01-31-01",
            "+027-01-31",
            "",
            "tomorrow",
        ];
        for text in none {
            assert_eq!(Date::parse(text), None, "{text}");
        }
    }

    #[test]
    fn days_are_counted_from_1970() {
        let cases = [
            (0, "1970-01-01"),
            (58, "1970-02-28"),
            (59, "1970-03-01"),
            (365, "1971-01-01"),
            (789, "1972-02-29"),
            (20_484, "2026-01-31"),
            (20_485, "2026-02-01"),
        ];
        for (days, expected) in cases {
            assert_eq!(Date::after_epoch(days).unwrap().to_string(), expected, "{days}");
        }
        assert_eq!(Date::after_epoch(u32::MAX), None);
    }

    #[test]
    fn earlier_days_come_first() {
        let days = ["2026-12-31", "2027-01-01", "2027-01-02", "2027-02-01"].map(Date::parse);
        assert!(days.is_sorted());
    }
}
