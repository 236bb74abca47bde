//! Where the time of guests goes: what a run of scenarios says about itself.

use super::guest::Results;

/// Seconds that one bundle took in its guest.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Times {
    loading: f64,
    script: f64,
    ending: f64,
}

impl Times {
    /// What `scenarios.sh` left of a run; nothing when the guest left nothing.
    pub(crate) fn of(name: &str, results: &Results) -> Self {
        let text = results.text(name, "times");
        let points: Vec<f64> = text.lines().filter_map(|line| line.parse().ok()).collect();
        let [start, ready, scripted, end] = points[..] else { return Self::default() };
        Self { loading: ready - start, script: scripted - ready, ending: end - scripted }
    }

    fn add(self, other: Self) -> Self {
        Self {
            loading: self.loading + other.loading,
            script: self.script + other.script,
            ending: self.ending + other.ending,
        }
    }
}

/// The sums, and the three runs whose loading took longest.
pub(crate) fn summary(mut all: Vec<(&str, Times)>) -> String {
    let sum = all.iter().fold(Times::default(), |sum, (_, times)| sum.add(*times));
    all.sort_by(|(_, one), (_, other)| other.loading.total_cmp(&one.loading));
    let slowest = all.iter().take(3).map(|(name, times)| format!("{name} {:.1}", times.loading));
    format!(
        "{:.0} s of loading, {:.0} s of scripts, {:.0} s of detaching; slowest to load: {}",
        sum.loading,
        sum.script,
        sum.ending,
        slowest.collect::<Vec<_>>().join(", ")
    )
}
