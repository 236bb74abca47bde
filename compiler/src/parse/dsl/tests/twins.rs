//! What can be said in YAML can be said here: every pair of `grammar/twins` reads as one policy.
#![expect(clippy::disallowed_methods, reason = "a test may read files")]

use std::path::Path;

use super::read_clean;
use crate::diagnostic::Diagnostics;
use crate::parse::{self, Language};
use crate::policy::Policy;
use crate::source::SourceMap;

fn in_yaml(text: &str) -> Vec<Policy> {
    let mut sources = SourceMap::default();
    let source = sources.add("policy.yaml", text);
    let mut diagnostics = Diagnostics::default();
    let policies = parse::parse(source, Language::Yaml, &sources, &mut diagnostics);
    assert!(diagnostics.gate(()).is_ok(), "{text}\n{:?}", diagnostics.into_sorted());
    policies
}

#[test]
fn twins_are_the_same_policy() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../grammar/twins");
    let mut files: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let (yaml, writ): (Vec<_>, Vec<_>) =
        files.into_iter().partition(|path| path.extension().is_some_and(|ending| ending == "yaml"));
    assert!(yaml.len() == writ.len() && yaml.len() >= 5, "{yaml:?} {writ:?}");
    for path in yaml {
        let twin = path.with_extension("writ");
        let text = |path: &Path| std::fs::read_to_string(path).unwrap();
        let (yaml, writ) = (in_yaml(&text(&path)), read_clean(&text(&twin)));
        let bare = |policies: &[Policy]| -> Vec<Policy> {
            policies.iter().map(Policy::without_spans).collect()
        };
        assert_eq!(bare(&writ), bare(&yaml), "{}", twin.display());
    }
}
