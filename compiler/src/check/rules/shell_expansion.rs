//! A value has a variable or `~` in it, which only a shell would replace.

use super::{Findings, Rule, code};
use crate::check::facts::compared_texts;
use crate::diagnostic::Finding;
use crate::resolved::Policy;

pub(super) const RULE: Rule = Rule { code: &code::SHELL_EXPANSION, check };

fn check(policy: &Policy, findings: &mut Findings<'_>) {
    for text in compared_texts(policy) {
        let Some(what) = expansion(text.pattern.text()) else { continue };
        findings.add(
            Finding::at(text.span, format!("`{what}` stands for itself here"))
                .inferred()
                .label("only a shell would replace it")
                .help("write the path out; a `Prefix` or `Postfix` covers many".to_owned()),
        );
    }
}

/// The part that looks like a variable or a home directory.
fn expansion(text: &str) -> Option<String> {
    if text == "~" || text.starts_with("~/") {
        return Some("~".to_owned());
    }
    let (_, rest) = text.split_once('$')?;
    let (braces, rest) = rest.strip_prefix('{').map_or(("", rest), |rest| ("{", rest));
    let name: String =
        rest.chars().take_while(|c| c.is_ascii_uppercase() || *c == '_' || *c == '{').collect();
    (name.len() > 1).then(|| format!("${braces}{name}{}", if braces.is_empty() { "" } else { "}" }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dollar_in_a_name_is_no_variable() {
        for (text, expected) in [
            ("$HOME/.ssh/", Some("$HOME")),
            ("/home/${USER}/.ssh", Some("${USER}")),
            ("~/.ssh", Some("~")),
            ("/tmp/a$b", None),
            ("/tmp/file~", None),
            ("/srv/$1", None),
        ] {
            assert_eq!(expansion(text).as_deref(), expected, "{text}");
        }
    }
}
