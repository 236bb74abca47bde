//! An action behind `Post`, on a kernel where Tetragon reads it wrongly.

use super::{Findings, Rule, Subject};
use crate::check::tetragon::selectors::parts;
use crate::check::tetragon::target::Programs;
use crate::diagnostic::{Finding, code};
use crate::policy::ActionKind;

pub(super) const RULE: Rule = Rule::accepts(&code::TETRAGON_POST_BEFORE_ACTION, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    if subject.target.programs != Programs::V53 {
        return;
    }
    for part in parts(subject.policy) {
        for actions in [&part.actions, &part.return_actions] {
            for pair in actions.windows(2) {
                let [post, next] = pair else { continue };
                if matches!(post.kind, ActionKind::Post { .. }) {
                    findings.add_here(
                        Finding::at(
                            next.span,
                            "Tetragon reads an action behind `Post` wrongly here",
                        )
                        .label("misread")
                        .also(post.span, "of which four bytes are left over")
                        .help("put `Post` last".to_owned())
                        .note(
                            "its programs for 5.3 to 5.10 know nothing of `imaHash`, which is \
                                   written down all the same",
                        ),
                    );
                }
            }
        }
    }
}
