//! Findings that a project knows and has not mended yet, so that only new ones are shown.
//!
//! One JSON object a line, sorted, so that two branches can both add to it. An entry names a finding
//! by file, code and fingerprint, and so survives when its lines move.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::diagnostic::{Diagnostic, Diagnostics, Finding, Severity, code, fingerprint};
use crate::source::{SourceId, SourceMap, Span};

/// Version of the form.
const FORMAT: u32 = 1;

/// Known findings.
#[derive(Debug, Clone, Default)]
pub struct Baseline {
    /// How often each occurs, and where that stands.
    entries: BTreeMap<Key, (u32, Option<Span>)>,
}

/// What a finding is known by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    /// Path relative to the folder of the baseline, with `/` between its parts.
    file: String,
    code: String,
    fingerprint: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    /// The version of the form.
    baseline: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry<'a> {
    file: std::borrow::Cow<'a, str>,
    code: std::borrow::Cow<'a, str>,
    fingerprint: std::borrow::Cow<'a, str>,
    count: u32,
}

/// The findings of a run, once a baseline was looked at.
#[derive(Debug, Clone, Default)]
pub struct Compared {
    /// Findings that are new.
    pub shown: Vec<Diagnostic>,
    pub known: Vec<Diagnostic>,
}

impl Baseline {
    /// Reads the baseline in `source`. Lines that cannot be read are reported and left out.
    pub fn read(source: SourceId, sources: &SourceMap, diagnostics: &mut Diagnostics) -> Self {
        let text = sources.get(source).map_or("", |source| source.text.as_str());
        let mut baseline = Self::default();
        let mut start = 0;
        for (number, line) in text.split('\n').enumerate() {
            let span = Span::new(source, start..start + line.trim_end().len());
            start += line.len() + 1;
            if line.trim().is_empty() {
                continue;
            }
            let result = if number == 0 { header(line) } else { baseline.entry(line, span) };
            if let Err(message) = result {
                wrong(span, message, diagnostics);
            }
        }
        baseline
    }

    /// The baseline that knows all of `findings`. `file` names a source as the baseline does.
    pub fn of(
        findings: &[Diagnostic],
        file: impl Fn(SourceId) -> String,
        sources: &SourceMap,
    ) -> Self {
        let mut baseline = Self::default();
        for diagnostic in findings {
            baseline.entries.entry(key(diagnostic, &file, sources)).or_default().0 += 1;
        }
        baseline
    }

    /// Takes over what `other` knows of the files that `is_kept` accepts.
    pub fn keep(&mut self, other: Self, is_kept: impl Fn(&str) -> bool) {
        self.entries.extend(other.entries.into_iter().filter(|(key, _)| is_kept(&key.file)));
    }

    /// How many findings it knows.
    pub fn count(&self) -> usize {
        self.entries.values().map(|&(count, _)| count as usize).sum()
    }

    /// The files that it names.
    pub fn files(&self) -> BTreeSet<&str> {
        self.entries.keys().map(|key| key.file.as_str()).collect()
    }

    /// The text to write to a file: the same findings give the same bytes.
    pub fn write(&self) -> String {
        let mut lines = vec![serde_json::to_string(&Header { baseline: FORMAT })];
        lines.extend(self.entries.iter().map(|(key, &(count, _))| {
            let [file, code, fingerprint] =
                [&key.file, &key.code, &key.fingerprint].map(|text| text.as_str().into());
            serde_json::to_string(&Entry { file, code, fingerprint, count })
        }));
        // Texts and numbers always have a form in JSON.
        lines.into_iter().flatten().map(|line| line + "\n").collect()
    }

    /// Divides findings into new and known ones. When there are more of a kind than are known, the
    /// last of them are new.
    ///
    /// Entries of the files `searched` that no longer occur are reported. In a file in which an error
    /// is new, none are: an error can keep a rule from being asked.
    pub fn compare(
        &self,
        findings: Vec<Diagnostic>,
        file: impl Fn(SourceId) -> String,
        searched: &BTreeSet<String>,
        sources: &SourceMap,
        diagnostics: &mut Diagnostics,
    ) -> Compared {
        let mut compared = Compared::default();
        let mut left: BTreeMap<&Key, u32> =
            self.entries.iter().map(|(key, &(count, _))| (key, count)).collect();
        let mut broken = BTreeSet::new();
        for diagnostic in findings {
            let key = key(&diagnostic, &file, sources);
            if let Some(count) = left.get_mut(&key).filter(|count| **count > 0) {
                *count -= 1;
                compared.known.push(diagnostic);
                continue;
            }
            if diagnostic.severity == Severity::Error {
                broken.insert(key.file);
            }
            compared.shown.push(diagnostic);
        }
        for (key, count) in left {
            let is_stale = count > 0 && searched.contains(&key.file) && !broken.contains(&key.file);
            if let (true, Some(span)) = (is_stale, self.entries.get(key).and_then(|entry| entry.1))
            {
                stale(key, span, diagnostics);
            }
        }
        compared
    }

    fn entry(&mut self, line: &str, span: Span) -> Result<(), String> {
        let entry: Entry<'_> = serde_json::from_str(line).map_err(|error| error.to_string())?;
        let key = Key {
            file: entry.file.into_owned(),
            code: entry.code.into_owned(),
            fingerprint: entry.fingerprint.into_owned(),
        };
        // Where two branches that were merged know the same, the larger count holds.
        let known = self.entries.entry(key).or_insert((0, Some(span)));
        known.0 = known.0.max(entry.count);
        Ok(())
    }
}

fn header(line: &str) -> Result<(), String> {
    let header: Header = serde_json::from_str(line)
        .map_err(|_| format!("the first line must be `{{\"baseline\":{FORMAT}}}`"))?;
    if header.baseline == FORMAT {
        return Ok(());
    }
    Err(format!("this is version {} of the form, and writ reads version {FORMAT}", header.baseline))
}

fn key(diagnostic: &Diagnostic, file: impl Fn(SourceId) -> String, sources: &SourceMap) -> Key {
    Key {
        file: file(diagnostic.finding.span.source),
        code: diagnostic.code.id.to_owned(),
        fingerprint: fingerprint::of(diagnostic, sources).as_str().to_owned(),
    }
}

fn wrong(span: Span, message: String, diagnostics: &mut Diagnostics) {
    diagnostics.error(
        &code::BASELINE_SYNTAX,
        Finding::at(span, "a line of the baseline cannot be read")
            .label(message)
            .help("write the baseline anew with `--write-baseline`".to_owned()),
    );
}

fn stale(key: &Key, span: Span, diagnostics: &mut Diagnostics) {
    let what = code::find(&key.code).map_or(key.code.as_str(), |code| code.name);
    diagnostics.add(
        &code::STALE_BASELINE,
        Finding::at(span, format!("a known `{what}` of `{}` is gone", key.file))
            .label("no longer found")
            .help("write the baseline anew with `--write-baseline`".to_owned()),
    );
}

#[cfg(test)]
mod tests;
