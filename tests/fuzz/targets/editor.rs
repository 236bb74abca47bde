//! Questions of an editor at places of any text, in both languages. The first two bytes choose the
//! place.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use writ::editor::{self, Kernels, Question};
use writ::kernel::embedded;
use writ::parse::Language;

static KERNELS: LazyLock<Kernels> = LazyLock::new(|| {
    let profile = embedded::profile("6.1").expect("6.1 is embedded").expect("it is whole");
    Kernels::new(vec![profile])
});

fuzz_target!(|input: (u16, &str)| {
    let (seed, text) = input;
    let offset = text.floor_char_boundary(usize::from(seed) % (text.len() + 1));
    for language in [Language::Yaml, Language::Writ] {
        for offset in [offset, text.len()] {
            let question = Question { text, language, offset };
            for offer in editor::complete(&question, &KERNELS) {
                assert!(text.get(offer.replaces).is_some(), "it replaces what is not there");
            }
            if let Some(hover) = editor::hover(&question, &KERNELS) {
                assert!(text.get(hover.range).is_some(), "it is about what is not there");
            }
            if let Some(place) = editor::definition(&question) {
                assert!(text.get(place).is_some(), "defined where nothing is");
            }
        }
    }
});
