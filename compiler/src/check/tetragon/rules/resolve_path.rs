//! A `resolve` path that leads nowhere, or too far.

use super::{Findings, Rule, Subject, says};
use crate::check::tetragon::filter::index_of;
use crate::diagnostic::{Finding, code, did_you_mean};
use crate::engine::limit_table::RESOLVE_DEPTH;
use crate::kernel::btf::Kind;
use crate::kernel::{Prototype, Shape, Type};
use crate::policy::{Argument, FieldPath, Hook, Point, Source, Step};

use crate::check::tetragon::hooks::{section, symbols};

pub(super) const RULE: Rule = Rule::refuses(&code::TETRAGON_RESOLVE_PATH, check);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for hook in &subject.policy.hooks {
        for argument in hook.arguments.iter().chain(&hook.data) {
            let Some(path) = &argument.resolve else { continue };
            if argument.source.is_some_and(|source| source.value == Source::Registers) {
                continue;
            }
            if let Some(finding) = walk(subject, hook, argument, path) {
                findings.add_here(finding);
            }
        }
    }
}

/// The type that the path leads to; `None` when it leads nowhere, or that cannot be told.
pub(super) fn target<'a>(
    subject: &Subject<'a>,
    hook: &Hook,
    argument: &Argument,
) -> Option<Type<'a>> {
    let path = argument.resolve.as_ref()?;
    let mut at = root(subject, hook, argument)?;
    for step in &path.steps {
        at = one_step(at, &step.value).ok()?;
    }
    Some(at)
}

fn walk(
    subject: &Subject<'_>,
    hook: &Hook,
    argument: &Argument,
    path: &FieldPath,
) -> Option<Finding> {
    let most = RESOLVE_DEPTH.large.number();
    let text = &path.text.value;
    if let Some(step) = path.steps.get(most) {
        return Some(
            Finding::at(step.span, format!("a path has at most {most} steps"))
                .label("one too many")
                .note(says(&format!(
                    "unable to resolve \"{text}\". The maximum depth allowed is 10"
                ))),
        );
    }
    let mut at = root(subject, hook, argument)?;
    for step in &path.steps {
        match one_step(at, &step.value) {
            Ok(next) => at = next,
            Err(Missing { words, known }) => {
                let name = if let Step::Field(name) = &step.value { name.as_str() } else { "" };
                return Some(
                    Finding::at(step.span, format!("`{text}` leads nowhere"))
                        .label("not there")
                        .help(did_you_mean(name, known))
                        .note(says(&words)),
                );
            }
        }
    }
    None
}

/// What the path begins in: a structure.
fn root<'a>(subject: &Subject<'a>, hook: &Hook, argument: &Argument) -> Option<Type<'a>> {
    let kernel = subject.target.kernel;
    if let Some(name) = &argument.btf_type {
        if argument.btf_module.is_some() {
            return None;
        }
        return kernel.btf().structure(&name.value);
    }
    if argument.source.is_some_and(|source| source.value == Source::CurrentTask) {
        return kernel.btf().structure("task_struct");
    }
    let index = index_of(argument)? as usize;
    let prototype = match &hook.point {
        Point::Lsm(name) => kernel.lsm_hook(&name.value)?.prototype,
        Point::RawTracepoint { event, .. } => {
            let parameters = kernel.raw_tracepoint(&event.value)?.parameters;
            return parameters.get(index).map(|parameter| behind(parameter.type_));
        }
        _ if section(hook).is_function() => {
            let symbol = symbols(subject.policy, hook, &subject.target).into_iter().next()?;
            Prototype::of(kernel.btf().functions_named(&symbol.name).next()?)?
        }
        _ => return None,
    };
    prototype.parameters.get(index).map(|parameter| behind(parameter.type_))
}

/// What a pointer points to, or the type itself.
fn behind(type_: Type<'_>) -> Type<'_> {
    type_.pointee().unwrap_or(type_)
}

struct Missing<'a> {
    words: String,
    known: Vec<&'a str>,
}

fn one_step<'a>(from: Type<'a>, step: &Step) -> Result<Type<'a>, Missing<'a>> {
    let mut at = from.resolved();
    // Pointers on the way are followed.
    for _ in 0..4 {
        match at.pointee() {
            Some(to) if matches!(step, Step::Field(_)) => at = to.resolved(),
            _ => break,
        }
    }
    match step {
        Step::Field(name) => field(at, name),
        Step::Element(index) => element(at, *index),
    }
}

fn field<'a>(at: Type<'a>, name: &str) -> Result<Type<'a>, Missing<'a>> {
    if let Some(place) = at.member(name) {
        return Ok(place.type_);
    }
    let words = match at.shape() {
        Shape::Struct { .. } | Shape::Union { .. } => {
            format!("attribute \"{name}\" not found in structure \"{}\"", at.name())
        }
        _ => format!("unexpected type : \"{name}\" has type \"{}\"", at.text()),
    };
    Err(Missing { words, known: at.member_names() })
}

fn element(at: Type<'_>, index: u32) -> Result<Type<'_>, Missing<'_>> {
    match at.kind() {
        Kind::Array { element, count } if count == 0 || index < count => Ok(element),
        Kind::Array { count, .. } => Err(Missing {
            words: format!("array index out of bound. Nelems={count}, got={index}"),
            known: Vec::new(),
        }),
        Kind::Pointer(to) => Ok(to),
        // The first step may count from what the parameter points to.
        _ => Ok(at),
    }
}
