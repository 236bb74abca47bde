//! `writ-loader policy`: lists and switches the policies of a running loader.

use crate::arguments::{PolicyCommand, ReportFormat, Switch};
use crate::code::{self, Problem};
use crate::control::{self, Answer, Request};
use crate::policies::Listed;
use writ_bundle::Mode;

/// Asks the loader. The answer is what is to be printed.
///
/// # Errors
///
/// When no loader answers, or it refuses.
pub(crate) fn policy(command: &PolicyCommand) -> Result<String, Problem> {
    match command {
        PolicyCommand::List(list) => match control::ask(&list.socket, &Request::List)? {
            Answer::Policies { policies } => Ok(printed(&policies, list.format)),
            Answer::Switched | Answer::Refused { .. } => Err(other()),
        },
        PolicyCommand::Enforce(one) => switch(one, Mode::Enforce),
        PolicyCommand::Monitor(one) => switch(one, Mode::Monitor),
        PolicyCommand::Disable(one) => switch(one, Mode::Disabled),
    }
}

fn switch(one: &Switch, mode: Mode) -> Result<String, Problem> {
    let (policy, namespace) = (one.name.clone(), one.namespace.clone());
    match control::ask(&one.socket, &Request::Switch { policy, namespace, mode })? {
        Answer::Switched => Ok(format!("`{}` is in the mode {}\n", one.name, mode.word())),
        Answer::Policies { .. } | Answer::Refused { .. } => Err(other()),
    }
}

fn other() -> Problem {
    Problem::new(&code::CONTROL, "the loader answered something else")
}

fn printed(policies: &[Listed], format: ReportFormat) -> String {
    match format {
        ReportFormat::Json => serde_json::to_string_pretty(policies).unwrap_or_default() + "\n",
        ReportFormat::Table => table(policies),
    }
}

fn table(policies: &[Listed]) -> String {
    let head = ["NAME", "NAMESPACE", "STATE", "MODE", "EVENTS"].map(str::to_owned);
    let row = |one: &Listed| {
        let namespace = one.namespace.clone().unwrap_or_else(|| "-".to_owned());
        let [state, mode] = [one.state.word(), one.mode.word()].map(str::to_owned);
        [one.name.clone(), namespace, state, mode, one.events.to_string()]
    };
    let rows: Vec<[String; 5]> = std::iter::once(head).chain(policies.iter().map(row)).collect();
    let mut widths = [0; 5];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |row: &[String; 5]| {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned() + "\n"
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policies::State;

    #[test]
    fn columns_are_as_wide_as_what_stands_in_them() {
        let one = |name: &str, namespace: Option<&str>, state| Listed {
            name: name.into(),
            namespace: namespace.map(str::to_owned),
            state,
            mode: Mode::Enforce,
            events: 7,
        };
        let policies =
            [one("deny-shadow", None, State::Enabled), one("p", Some("shop"), State::Skipped)];
        assert_eq!(
            table(&policies),
            "NAME         NAMESPACE  STATE    MODE     EVENTS\n\
             deny-shadow  -          enabled  enforce  7\n\
             p            shop       skipped  enforce  7\n"
        );
    }
}
