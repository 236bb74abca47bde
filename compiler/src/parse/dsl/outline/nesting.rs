//! How deep a condition nests, before the grammar recurses into it.

use crate::parse::dsl::token::Token;

/// Levels of parentheses and `not`.
pub(super) const NESTING_MAX: usize = 64;

/// The first token that opens a level too many.
pub(super) fn too_deep<'t>(tokens: &'t [Token], source: &str) -> Option<&'t Token> {
    let mut outer = Vec::new();
    let mut base = 0;
    let mut depth = 0;
    for token in tokens {
        match token.text(source) {
            "not" => depth += 1,
            "(" => {
                outer.push(base);
                depth += 1;
                base = depth;
            }
            ")" => {
                base = outer.pop().unwrap_or(0);
                depth = base;
            }
            _ => depth = base,
        }
        if depth > NESTING_MAX {
            return Some(token);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::dsl::token::tokens;

    #[test]
    fn only_what_encloses_counts() {
        let many = "not a and ".repeat(1000);
        assert_eq!(too_deep(&tokens(&many), &many), None);
        let deep = "not (".repeat(33);
        assert_eq!(too_deep(&tokens(&deep), &deep).map(|token| token.range.start), Some(160));
    }
}
