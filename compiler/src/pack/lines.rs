//! Line information of generated code: it points at the policy.

use crate::machine::{Program, Slot};
use crate::source::{SourceMap, Span};

/// From `slot` on, the code serves this line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) slot: Slot,
    /// Name of the policy file, as the user gave it.
    pub(super) file: String,
    /// `file:line: ` and the line's text. Kernels before 6.12 show only this.
    pub(super) text: String,
    number: u32,
    column: u32,
}

/// The most characters of a policy line that are kept.
const TEXT_MAX: usize = 160;

/// Bits of the column in `struct bpf_line_info`; the line has the rest.
const COLUMN_BITS: u32 = 10;

impl Line {
    /// The word `line_col` of `struct bpf_line_info`.
    pub(super) fn place(&self) -> u32 {
        let line_max = u32::MAX >> COLUMN_BITS;
        let column_max = (1 << COLUMN_BITS) - 1;
        self.number.min(line_max) << COLUMN_BITS | self.column.min(column_max)
    }
}

/// One record wherever the line changes. The first stands at the first instruction: the verifier
/// wants one for each function (`check_btf_line`).
pub(super) fn lines(program: &Program, sources: &SourceMap) -> Vec<Line> {
    let mut origin = program.code.first_origin();
    let mut lines: Vec<Line> = Vec::new();
    for placed in program.code.instructions() {
        let here = placed.origin.or(origin);
        if lines.is_empty() || here != origin {
            let next = line(placed.slot, here, program, sources);
            let is_new = lines.last().is_none_or(|last| last.text != next.text);
            lines.extend(is_new.then_some(next));
        }
        origin = here;
    }
    lines
}

fn line(slot: Slot, origin: Option<Span>, program: &Program, sources: &SourceMap) -> Line {
    let Some(line) = origin.and_then(|origin| sources.line(origin)) else {
        // Process tracking serves every policy, and none.
        let (file, text) = ("writ".to_owned(), format!("writ: {}", program.name));
        return Line { slot, file, text, number: 0, column: 0 };
    };
    let text: String = line.text.chars().map(printable).take(TEXT_MAX).collect();
    Line {
        slot,
        file: line.source.chars().map(printable).collect(),
        text: format!("{}:{}: {text}", line.source, line.number).replace('\0', " "),
        number: u32::try_from(line.number).unwrap_or(u32::MAX),
        column: u32::try_from(line.column).unwrap_or(u32::MAX),
    }
}

/// BTF strings end at a zero, and a verifier's log is read in a terminal.
fn printable(character: char) -> char {
    if character.is_control() { ' ' } else { character }
}
