//! Gives every part of a `CelExpr` formula a type, and says where the types do not fit.

use super::selector::Scope;
use crate::diagnostic::{Diagnostics, Finding, Reported, code, did_you_mean};
use crate::policy::cel::{BinaryOperator, Expression, Kind, UnaryOperator};
use crate::policy::{self, ArgumentType};
use crate::resolved::cel::{BitOperator, Formula, FormulaKind, Type};
use crate::resolved::{self, ArgumentId};
use crate::source::{Span, Spanned};

/// The functions that Tetragon adds to CEL (`pkg/celbpf/env.go`).
const FUNCTIONS: [&str; 6] = ["int32", "uint32", "and", "or", "xor", "not"];

/// The formula of a condition; `values` are what the condition was given.
pub(super) fn formula(
    values: &[Spanned<String>],
    from: Option<&Expression>,
    condition: Span,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Result<Option<Formula>, Reported> {
    one_value(values, condition, diagnostics)?;
    // What could not be read was reported by who read it.
    let Some(from) = from else { return Ok(None) };
    let formula = part(from, scope, diagnostics)?;
    if formula.type_ == Type::Boolean {
        return Ok(Some(formula));
    }
    let finding = Finding::at(formula.span, "the expression is not a question")
        .label(format!("gives `{}`, not `bool`", formula.type_.name()))
        .help("compare it with something: `arg0 == int32(1)`".to_owned());
    Err(diagnostics.error(&code::CEL_RESULT, finding))
}

fn one_value(
    values: &[Spanned<String>],
    condition: Span,
    diagnostics: &mut Diagnostics,
) -> Result<(), Reported> {
    let (span, label) = match values {
        [_] => return Ok(()),
        [] => (condition, "no expression".to_owned()),
        [_, second, ..] => (second.span, "a second expression".to_owned()),
    };
    let finding = Finding::at(span, "`CelExpr` takes exactly one expression")
        .label(label)
        .help("join several with `&&` or `||`".to_owned());
    Err(diagnostics.error(&code::CEL_VALUES, finding))
}

/// A part of a formula. Parsers bound its depth.
fn part(
    from: &Expression,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Result<Formula, Reported> {
    let span = from.span;
    let made = |type_, kind| Ok(Formula { span, type_, kind });
    match &from.kind {
        Kind::Integer(number) => made(Type::Signed64, FormulaKind::Number((*number).into())),
        Kind::Unsigned(number) => made(Type::Unsigned64, FormulaKind::Number((*number).into())),
        Kind::Boolean(value) => made(Type::Boolean, FormulaKind::Boolean(*value)),
        Kind::Name(name) => {
            let (id, type_) = argument(name, span, scope, diagnostics)?;
            made(type_, FormulaKind::Argument(id))
        }
        Kind::Unary { operator, operand } => {
            let operand = part(operand, scope, diagnostics)?;
            let fits = match operator.value {
                UnaryOperator::Not => operand.type_ == Type::Boolean,
                UnaryOperator::Negate => {
                    matches!(operand.type_, Type::Signed64 | Type::Signed32)
                }
            };
            if !fits {
                return Err(no_overload(*operator, &[&operand], diagnostics, unary_sign));
            }
            let type_ = operand.type_;
            made(type_, FormulaKind::Unary { operator: operator.value, operand: operand.into() })
        }
        Kind::Binary { operator, left, right } => {
            let left = part(left, scope, diagnostics);
            let right = part(right, scope, diagnostics);
            let (left, right) = (left?, right?);
            let Some(type_) = of_binary(operator.value, &left, &right) else {
                return Err(match sign_unknown(operator.value) {
                    Some(sign) => unsupported(operator.span, sign, diagnostics),
                    None => {
                        no_overload(*operator, &[&left, &right], diagnostics, BinaryOperator::sign)
                    }
                });
            };
            let (operator, left, right) = (operator.value, left.into(), right.into());
            made(type_, FormulaKind::Binary { operator, left, right })
        }
        Kind::Call { function, receiver: None, arguments } => {
            let arguments: Vec<_> =
                arguments.iter().map(|one| part(one, scope, diagnostics)).collect();
            let arguments = arguments.into_iter().collect::<Result<Vec<_>, _>>()?;
            call(function, arguments, span, diagnostics)
        }
        Kind::Call { function, receiver: Some(_), .. } => {
            Err(unsupported(function.span, "calls on values", diagnostics))
        }
        Kind::OtherLiteral(what) => Err(unsupported(span, what, diagnostics)),
        Kind::Conditional { .. } => Err(unsupported(span, "`? :`", diagnostics)),
        Kind::Select { field, .. } => Err(unsupported(field.span, "fields", diagnostics)),
        Kind::Index { .. } => Err(unsupported(span, "elements", diagnostics)),
        Kind::List(_) => Err(unsupported(span, "lists", diagnostics)),
        Kind::Map => Err(unsupported(span, "maps", diagnostics)),
    }
}

/// What an operator between two values gives; `None` when it has no meaning for them.
fn of_binary(operator: BinaryOperator, left: &Formula, right: &Formula) -> Option<Type> {
    if left.type_ != right.type_ {
        return None;
    }
    let is_number = left.type_.is_number();
    match operator {
        BinaryOperator::Or | BinaryOperator::And => (!is_number).then_some(Type::Boolean),
        BinaryOperator::Equal | BinaryOperator::NotEqual => Some(Type::Boolean),
        BinaryOperator::Less
        | BinaryOperator::LessOrEqual
        | BinaryOperator::Greater
        | BinaryOperator::GreaterOrEqual => is_number.then_some(Type::Boolean),
        BinaryOperator::Add | BinaryOperator::Subtract => is_number.then_some(left.type_),
        BinaryOperator::Multiply
        | BinaryOperator::Divide
        | BinaryOperator::Remainder
        | BinaryOperator::In => None,
    }
}

/// What to call an operator that no engine runs.
fn sign_unknown(operator: BinaryOperator) -> Option<&'static str> {
    match operator {
        BinaryOperator::Multiply => Some("`*`"),
        BinaryOperator::Divide => Some("`/`"),
        BinaryOperator::Remainder => Some("`%`"),
        BinaryOperator::In => Some("`in`"),
        BinaryOperator::Or
        | BinaryOperator::And
        | BinaryOperator::Equal
        | BinaryOperator::NotEqual
        | BinaryOperator::Less
        | BinaryOperator::LessOrEqual
        | BinaryOperator::Greater
        | BinaryOperator::GreaterOrEqual
        | BinaryOperator::Add
        | BinaryOperator::Subtract => None,
    }
}

fn unary_sign(operator: UnaryOperator) -> &'static str {
    match operator {
        UnaryOperator::Negate => "-",
        UnaryOperator::Not => "!",
    }
}

fn no_overload<O: Copy>(
    operator: Spanned<O>,
    operands: &[&Formula],
    diagnostics: &mut Diagnostics,
    sign: fn(O) -> &'static str,
) -> Reported {
    let sign = sign(operator.value);
    let types: Vec<String> =
        operands.iter().map(|operand| format!("`{}`", operand.type_.name())).collect();
    let mut finding =
        Finding::at(operator.span, format!("`{sign}` has no meaning for {}", types.join(" and ")))
            .label("these types do not go together")
            .help(converted(operands))
            .note("CEL converts no type into another by itself");
    for operand in operands {
        finding = finding.also(operand.span, format!("this is `{}`", operand.type_.name()));
    }
    type_mismatch(finding, diagnostics)
}

fn type_mismatch(finding: Finding, diagnostics: &mut Diagnostics) -> Reported {
    diagnostics.error(&code::CEL_TYPES, finding)
}

/// How a number written out gets the type of what it is compared with.
fn converted(operands: &[&Formula]) -> Option<String> {
    let [left, right] = operands else { return None };
    let (number, other) = match (&left.kind, &right.kind) {
        (FormulaKind::Number(number), _) => (number, right.type_),
        (_, FormulaKind::Number(number)) => (number, left.type_),
        _ => return None,
    };
    Some(match other {
        Type::Signed32 => format!("write `int32({number})`"),
        Type::Unsigned32 => format!("write `uint32({number})`"),
        Type::Unsigned64 => format!("write `{number}u`"),
        Type::Signed64 => format!("write `{number}`"),
        Type::Boolean => return None,
    })
}

fn call(
    function: &Spanned<String>,
    arguments: Vec<Formula>,
    span: Span,
    diagnostics: &mut Diagnostics,
) -> Result<Formula, Reported> {
    let made = |type_, kind| Ok(Formula { span, type_, kind });
    let types: Vec<Type> = arguments.iter().map(|argument| argument.type_).collect();
    let mut arguments = arguments.into_iter().map(Box::new);
    let pair = |types: &[Type]| match types {
        [left, right] if left == right && left.is_number() => Some(*left),
        _ => None,
    };
    let bits = match function.value.as_str() {
        "and" => Some(BitOperator::And),
        "or" => Some(BitOperator::Or),
        "xor" => Some(BitOperator::Xor),
        _ => None,
    };
    match (function.value.as_str(), types.as_slice(), arguments.next(), arguments.next()) {
        ("int32", [Type::Signed64 | Type::Signed32], Some(inner), None) => {
            made(Type::Signed32, FormulaKind::Narrow(inner))
        }
        // Tetragon takes a plain number for both.
        ("uint32", [Type::Signed64 | Type::Unsigned64 | Type::Unsigned32], Some(inner), None) => {
            made(Type::Unsigned32, FormulaKind::Narrow(inner))
        }
        ("not", [one], Some(inner), None) if one.is_number() => {
            made(*one, FormulaKind::Complement(inner))
        }
        (_, types, Some(left), Some(right)) if bits.is_some() && pair(types).is_some() => {
            let operator = bits.unwrap_or(BitOperator::And);
            made(pair(types).unwrap_or(Type::Signed64), FormulaKind::Bits { operator, left, right })
        }
        _ => Err(wrong_call(function, &types, diagnostics)),
    }
}

fn wrong_call(
    function: &Spanned<String>,
    types: &[Type],
    diagnostics: &mut Diagnostics,
) -> Reported {
    if !FUNCTIONS.contains(&function.value.as_str()) {
        let help = did_you_mean(&function.value, FUNCTIONS)
            .unwrap_or_else(|| format!("the functions are `{}`", FUNCTIONS.join("`, `")));
        return undeclared(&function.value, "function", function.span, Some(help), diagnostics);
    }
    let names: Vec<&str> = types.iter().map(|type_| type_.name()).collect();
    let takes = match function.value.as_str() {
        "int32" => "one number with a sign",
        "uint32" => "one number",
        "not" => "one number; `!` is for questions",
        _ => "two numbers of one type; `&&` and `||` are for questions",
    };
    let message = format!("`{}({})` has no meaning", function.value, names.join(", "));
    let finding = Finding::at(function.span, message)
        .label("not for these types")
        .help(format!("`{}` takes {takes}", function.value));
    type_mismatch(finding, diagnostics)
}

fn unsupported(span: Span, what: &str, diagnostics: &mut Diagnostics) -> Reported {
    let finding = Finding::at(span, format!("an expression here cannot use {what}"))
        .label("not run by any engine")
        .help("use `== != < <= > >= + - && || !` and numbers".to_owned());
    diagnostics.error(&code::CEL_UNSUPPORTED, finding)
}

fn undeclared(
    name: &str,
    what: &str,
    span: Span,
    help: Option<String>,
    diagnostics: &mut Diagnostics,
) -> Reported {
    let finding = Finding::at(span, format!("there is no {what} `{name}` in the expression"))
        .label("not declared")
        .help(help);
    diagnostics.error(&code::CEL_NAME, finding)
}

/// The argument that `argN` means, counted by position in the hook's list.
fn argument(
    name: &str,
    span: Span,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Result<(ArgumentId, Type), Reported> {
    let place = name.strip_prefix("arg").and_then(|number| number.parse::<usize>().ok());
    let id = place.map(ArgumentId::Argument);
    if let Some(id) = id
        && let Some(argument) = scope.resolved(id)?
    {
        return match type_of(argument) {
            Some(type_) => Ok((id, type_)),
            None => Err(wrong_type(name, argument, span, diagnostics)),
        };
    }
    let help = named(name, scope).or_else(|| {
        let legal: Vec<String> =
            (0..scope.arguments().len()).map(|place| format!("arg{place}")).collect();
        let all = legal.join("`, `");
        let all =
            (!legal.is_empty()).then(|| format!("the hook has `{all}`, by place in its list"));
        did_you_mean(name, legal.iter().map(String::as_str)).or(all)
    });
    Err(undeclared(name, "variable", span, help, diagnostics))
}

/// Which `argN` is meant by the kernel's name of a parameter, or the policy's own name for it.
fn named(name: &str, scope: &Scope<'_>) -> Option<String> {
    let written = scope.written().arguments.iter().map(policy::Argument::name);
    let bound = scope
        .arguments()
        .iter()
        .map(|argument| argument.as_ref().ok().and_then(|argument| argument.name.as_deref()));
    let place =
        written.zip(bound).position(|(ours, theirs)| [ours, theirs].contains(&Some(name)))?;
    Some(format!("`{name}` is `arg{place}` here: arguments are counted by place in the list"))
}

/// The type that an argument has in a formula.
#[expect(clippy::wildcard_enum_match_arm, reason = "formulas know four types")]
fn type_of(argument: &resolved::Argument) -> Option<Type> {
    match argument.type_ {
        ArgumentType::Int | ArgumentType::Int32 | ArgumentType::Sint32 => Some(Type::Signed32),
        ArgumentType::Int64 | ArgumentType::Sint64 | ArgumentType::Long => Some(Type::Signed64),
        ArgumentType::Uint32 => Some(Type::Unsigned32),
        ArgumentType::Uint64 | ArgumentType::Ulong => Some(Type::Unsigned64),
        _ => None,
    }
}

fn wrong_type(
    name: &str,
    argument: &resolved::Argument,
    span: Span,
    diagnostics: &mut Diagnostics,
) -> Reported {
    let type_ = argument.type_.name();
    let finding = Finding::at(span, format!("`{name}` is of type `{type_}`"))
        .label("no number of 32 or 64 bits")
        .also(argument.span, "declared here")
        .help("expressions know `int32`, `uint32`, `int64` and `uint64`".to_owned());
    type_mismatch(finding, diagnostics)
}
