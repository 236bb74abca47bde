//! Patterns of paths, as `legacy/**` or `*.draft.yaml`.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

/// Patterns of which one must match.
#[derive(Debug, Clone)]
pub struct Patterns {
    texts: Vec<String>,
    set: GlobSet,
}

impl Patterns {
    /// Compiles patterns. `*` and `?` do not go beyond a `/`, `**` does, and what matches a folder
    /// matches everything in it. A pattern without a `/` matches at any depth, as in `.gitignore`.
    ///
    /// # Errors
    ///
    /// For each pattern that cannot be read, its place in the list and what is wrong with it.
    pub fn new(texts: &[&str]) -> Result<Self, Vec<(usize, String)>> {
        let mut set = GlobSetBuilder::new();
        let mut wrong = Vec::new();
        for (at, text) in texts.iter().enumerate() {
            let folder = text.trim_end_matches('/');
            let anchored = if folder.contains('/') {
                folder.trim_start_matches("./").trim_start_matches('/').to_owned()
            } else {
                format!("**/{folder}")
            };
            for pattern in [anchored.clone(), format!("{anchored}/**")] {
                match GlobBuilder::new(&pattern).literal_separator(true).build() {
                    Ok(glob) => {
                        set.add(glob);
                    }
                    Err(error) => {
                        wrong.push((at, error.kind().to_string()));
                        break;
                    }
                }
            }
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        // What remains is a set that is too large for its automaton, and that is about all of them.
        let set = set.build().map_err(|error| vec![(0, error.kind().to_string())])?;
        Ok(Self { texts: texts.iter().map(|&text| text.to_owned()).collect(), set })
    }

    /// Whether one of them matches `path`, which is relative to the folder of `writ.toml` and has
    /// `/` between its parts.
    pub fn has(&self, path: &str) -> bool {
        self.set.is_match(path)
    }

    /// As they were written.
    pub fn texts(&self) -> &[String] {
        &self.texts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_in_gitignore() {
        let cases: &[(&str, &str, bool)] = &[
            ("*.draft.yaml", "a.draft.yaml", true),
            ("*.draft.yaml", "deep/er/a.draft.yaml", true),
            ("legacy", "legacy/a.yaml", true),
            ("legacy/", "deep/legacy/er/a.yaml", true),
            ("policies/legacy", "policies/legacy/a.yaml", true),
            ("policies/legacy", "other/policies/legacy/a.yaml", false),
            ("./policies/*.yaml", "policies/a.yaml", true),
            ("policies/*.yaml", "policies/deep/a.yaml", false),
            ("policies/**/*.yaml", "policies/deep/er/a.yaml", true),
            ("policies/**/*.yaml", "policies/a.yaml", true),
            ("policies/{a,b}.yaml", "policies/b.yaml", true),
            ("legacy", "legacy2/a.yaml", false),
            ("**/a.yaml", "../policies/a.yaml", true),
        ];
        for &(pattern, path, expected) in cases {
            let patterns = Patterns::new(&[pattern]).unwrap();
            assert_eq!(patterns.has(path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn every_pattern_that_cannot_be_read_is_named() {
        let wrong = Patterns::new(&["a/[", "b/*", "{c"]).unwrap_err();
        assert_eq!(wrong.iter().map(|(at, _)| *at).collect::<Vec<_>>(), [0, 2]);
    }
}
