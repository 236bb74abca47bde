//! A policy as a `TracingPolicy` document.
//!
//! What TracingPolicy cannot say as it stands is said in another way that means the same: `or`
//! becomes several selectors, `not` a negative operator, a name an index. What cannot be said at all
//! is a finding.

mod expand;
mod hook;
mod limit;
mod name;
mod negate;
mod report;
mod selector;
mod setting;
#[cfg(test)]
mod tests;

use crate::diagnostic::Diagnostics;
use crate::plain::Value;
use crate::policy::{Mode, Policy};
use crate::source::Spanned;

/// The names of what each hook of a policy can read, by index. An empty list is unknown.
pub type Names = Vec<Vec<String>>;

/// The document that says what `policy` says. `names` are needed where it calls arguments by the
/// kernel's names. `None`: a part of it cannot be said, and that is reported.
pub fn convert(
    policy: &Policy,
    names: Option<&Names>,
    diagnostics: &mut Diagnostics,
) -> Option<Value> {
    let mut own = Diagnostics::default();
    name::check(policy, &mut own);
    let section = hook::section(policy, &mut own);
    let mut hooks = Vec::new();
    for (at, hook) in policy.hooks.iter().enumerate() {
        let names = names.and_then(|names| names.get(at)).map_or(&[][..], Vec::as_slice);
        hooks.push(hook::hook(hook, names, &mut own));
    }
    let mut spec = Vec::new();
    setting::settings(policy, &mut spec, &mut own);
    spec.push(field(section, Value::List(hooks)));
    spec.retain(|(_, value)| !is_empty(value));
    let is_sound = own.gate(()).is_ok();
    diagnostics.append(own);
    is_sound.then(|| document(policy, spec))
}

fn document(policy: &Policy, spec: Vec<(String, Value)>) -> Value {
    let kind = match &policy.namespace {
        Some(_) => "TracingPolicyNamespaced",
        None => "TracingPolicy",
    };
    let mut metadata = vec![field("name", text(&policy.name))];
    metadata.extend(policy.namespace.as_ref().map(|namespace| field("namespace", text(namespace))));
    Value::Record(vec![
        field("apiVersion", Value::Text("cilium.io/v1alpha1".to_owned())),
        field("kind", Value::Text(kind.to_owned())),
        field("metadata", Value::Record(metadata)),
        field("spec", Value::Record(spec)),
    ])
}

fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Enforce => "enforce",
        Mode::Monitor => "monitor",
    }
}

/// Whether a key of `spec` can be left out.
fn is_empty(value: &Value) -> bool {
    matches!(value, Value::List(items) if items.is_empty())
}

fn field(name: &str, value: Value) -> (String, Value) {
    (name.to_owned(), value)
}

fn text(written: &Spanned<String>) -> Value {
    Value::Text(written.value.clone())
}

fn word(name: &str) -> Value {
    Value::Text(name.to_owned())
}

fn texts(list: &[Spanned<String>]) -> Value {
    Value::List(list.iter().map(text).collect())
}

fn integers<T: Copy + Into<i128>>(list: &[Spanned<T>]) -> Value {
    Value::List(list.iter().map(|number| Value::Integer(number.value.into())).collect())
}

/// A mapping, without what is not there.
fn record<const N: usize>(fields: [(&str, Option<Value>); N]) -> Value {
    let there = fields.into_iter().filter_map(|(name, value)| Some(field(name, value?)));
    Value::Record(there.collect())
}
