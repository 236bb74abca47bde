//! Which functions have about the same letters as a name. A kernel has 60,000 of them, and a policy
//! with many misspelled names would otherwise have each compared with all.

use super::reader::Btf;
use super::types::TypeId;

/// What is kept of a function's name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Letters {
    /// A bit for each letter that occurs, whatever its case; some share a bit.
    mask: u32,
    /// In bytes.
    length: u32,
    function: TypeId,
}

impl Btf {
    /// The names of functions that `edits` insertions, deletions, substitutions or swaps could make
    /// of `name`, whatever the case, and others; a name can come twice.
    pub fn functions_like(&self, name: &str, edits: usize) -> impl Iterator<Item = &str> {
        let (length, mask) = (name.len(), mask(name));
        let is_plain = name.is_ascii();
        let is_like = move |letters: &&Letters| {
            !is_plain
                || (letters.length as usize).abs_diff(length) <= edits
                    && (letters.mask & !mask).count_ones() as usize <= edits
                    && (mask & !letters.mask).count_ones() as usize <= edits
        };
        let all = self.letters.get_or_init(|| letters(self));
        all.iter().filter(is_like).map(|letters| self.get(letters.function).name())
    }
}

fn letters(btf: &Btf) -> Vec<Letters> {
    let functions = btf.types().filter(|type_| type_.is_function());
    let kept = functions.map(|function| {
        let name = function.name();
        let length = u32::try_from(name.len()).unwrap_or(u32::MAX);
        Letters { mask: mask(name), length, function: function.id() }
    });
    kept.collect()
}

fn mask(name: &str) -> u32 {
    name.bytes().fold(0, |mask, byte| mask | 1 << (byte & 31))
}

#[cfg(test)]
mod tests {
    use crate::kernel::embedded;

    #[test]
    fn a_name_and_its_misspelling_are_alike() {
        let profile = embedded::profile("6.1").unwrap().unwrap();
        for (wrong, edits) in [("security_file_opne", 1), ("Security_File_Open", 0)] {
            let found: Vec<&str> = profile.btf().functions_like(wrong, edits).collect();
            assert!(found.contains(&"security_file_open"), "{wrong}");
            assert!(found.len() < 500, "{wrong}: {}", found.len());
        }
        assert_eq!(profile.btf().functions_like("x", 0).count(), 0);
    }
}
