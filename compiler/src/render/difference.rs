//! Differences as text for a terminal, as Markdown for a pull request, and as JSON.

use std::fmt::Write as _;

use serde::Serialize;

use crate::difference::{
    Change, Differences, Field, HookDifference, PolicyDifference, SelectorDifference,
};

/// For a terminal: a tree whose lines begin with `+`, `-` or `~`.
pub fn text(differences: &Differences) -> String {
    let mut lines = Vec::new();
    for policy in &differences.policies {
        lines.push(format!("{} policy {}", sign(policy.change), policy.policy));
        lines.extend(policy_lines(policy));
    }
    for image in &differences.images {
        lines.push(format!(
            "~ map {}: {} entries added, {} removed, {} changed",
            image.map, image.entries_added, image.entries_removed, image.entries_changed
        ));
    }
    for cost in &differences.costs {
        lines.push(format!("~ cost of {}", cost.program));
        lines.extend(cost.fields.iter().map(|field| format!("    {}", words(field))));
    }
    if lines.is_empty() {
        return "no difference\n".into();
    }
    lines.join("\n") + "\n"
}

/// For a pull request: a heading a policy, a list, and a table of costs.
pub fn markdown(differences: &Differences) -> String {
    let mut text = String::new();
    if differences.is_empty() {
        return "No difference.\n".into();
    }
    for policy in &differences.policies {
        // Writing to a string does not fail.
        let _ = writeln!(text, "### {} policy `{}`\n", word(policy.change), policy.policy);
        text.push_str("```diff\n");
        for line in policy_lines(policy) {
            let _ = writeln!(text, "{}", line.strip_prefix("  ").unwrap_or(&line));
        }
        text.push_str("```\n\n");
    }
    if !differences.images.is_empty() {
        text.push_str("### Maps\n\n| map | added | removed | changed |\n|---|---|---|---|\n");
        for image in &differences.images {
            let _ = writeln!(
                text,
                "| `{}` | {} | {} | {} |",
                image.map, image.entries_added, image.entries_removed, image.entries_changed
            );
        }
        text.push('\n');
    }
    if !differences.costs.is_empty() {
        text.push_str("### Cost\n\n| program | what | before | after |\n|---|---|---|---|\n");
        for cost in &differences.costs {
            for field in &cost.fields {
                let side = |value: &Option<String>| value.clone().unwrap_or_else(|| "–".into());
                let (old, new) = (side(&field.old), side(&field.new));
                let _ = writeln!(text, "| `{}` | {} | {old} | {new} |", cost.program, field.name);
            }
        }
    }
    text
}

/// For programs: one document, whose layout has a version.
pub fn json(differences: &Differences) -> String {
    #[derive(Serialize)]
    struct Document<'a> {
        format: u32,
        #[serde(flatten)]
        differences: &'a Differences,
    }
    let document = Document { format: super::json::FORMAT, differences };
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

fn policy_lines(policy: &PolicyDifference) -> Vec<String> {
    let mut lines: Vec<String> =
        policy.fields.iter().map(|field| format!("  ~ {}", words(field))).collect();
    for hook in &policy.hooks {
        lines.push(format!("  {} {}", sign(hook.change), hook.hook));
        lines.extend(hook_lines(hook));
    }
    lines
}

fn hook_lines(hook: &HookDifference) -> Vec<String> {
    let mut lines: Vec<String> =
        hook.fields.iter().map(|field| format!("      {}", words(field))).collect();
    for selector in &hook.selectors {
        lines.push(format!("    {} selector {}", sign(selector.change), place(selector)));
        lines.extend(selector.fields.iter().flat_map(|field| {
            let side = |sign: &str, value: &Option<String>| {
                value.as_ref().map(|value| format!("      {sign} {}: {value}", field.name))
            };
            [side("-", &field.old), side("+", &field.new)].into_iter().flatten()
        }));
    }
    lines
}

fn place(selector: &SelectorDifference) -> String {
    match (selector.old_place, selector.new_place) {
        (Some(old), Some(new)) if old != new => format!("{old} (now {new})"),
        (Some(place), _) | (None, Some(place)) => place.to_string(),
        (None, None) => String::new(),
    }
}

fn words(field: &Field) -> String {
    match (&field.old, &field.new) {
        (Some(old), Some(new)) => format!("{}: {old} → {new}", field.name),
        (Some(old), None) => format!("{}: {old} → nothing", field.name),
        (None, Some(new)) => format!("{}: {new}", field.name),
        (None, None) => field.name.into(),
    }
}

fn sign(change: Change) -> &'static str {
    match change {
        Change::Added => "+",
        Change::Removed => "-",
        Change::Changed => "~",
    }
}

fn word(change: Change) -> &'static str {
    match change {
        Change::Added => "Added",
        Change::Removed => "Removed",
        Change::Changed => "Changed",
    }
}
