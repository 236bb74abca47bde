//! A way through kernel structures: `mm.owner.comm`, `files[3].f_path`.

use crate::source::Spanned;

/// What `resolve` says, or what follows a name in the Writ language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldPath {
    /// As written.
    pub text: Spanned<String>,
    /// Never empty.
    pub steps: Vec<Spanned<Step>>,
}

/// One step. Pointers are followed on the way without being written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// To a member of a structure or union, also of an anonymous one inside it.
    Field(String),
    /// To an element of an array, or of memory that a pointer points to.
    Element(u32),
}

impl FieldPath {
    /// Steps as TracingPolicy writes them: `files[3].f_path`.
    pub fn written(steps: &[Spanned<Step>]) -> String {
        let mut text = String::new();
        for step in steps {
            match &step.value {
                Step::Field(name) if text.is_empty() => text.push_str(name),
                Step::Field(name) => {
                    text.push('.');
                    text.push_str(name);
                }
                Step::Element(index) => text.extend(["[", &index.to_string(), "]"]),
            }
        }
        text
    }
}
