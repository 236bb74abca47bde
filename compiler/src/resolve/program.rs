//! Binds hooks in programs and libraries: uprobes and USDT probes.
//!
//! The file is not there when a policy is checked: whether it has the symbol is for the node to say.

use super::fit::{Fit, fit};
use super::parameter::{Parameter, Signature};
use super::selector::{self, Scope};
use super::{argument, size};
use crate::diagnostic::{Diagnostics, Finding, Reported, code, did_you_mean};
use crate::kernel::Profile;
use crate::policy::{self, ArgumentPlace, Point, Uprobe};
use crate::resolved::{self, Origin, ProgramHook, ProgramPoint};
use crate::source::{Span, Spanned};

/// Digests that Tetragon knows, with the length of each in hexadecimal digits; 0 is any.
const DIGESTS: [(&str, usize); 5] =
    [("sha1", 40), ("sha256", 64), ("sha384", 96), ("sha512", 128), ("build-id", 0)];

/// The hooks that an entry of `uprobes` or `usdts` makes, one for each place in the file.
pub(super) fn hooks(
    from: &policy::Hook,
    policy: &policy::Policy,
    kernel: &Profile,
    diagnostics: &mut Diagnostics,
) -> Result<Vec<ProgramHook>, Reported> {
    let (path, points) = match &from.point {
        Point::Uprobe(uprobe) => (&uprobe.path, of_uprobe(uprobe, diagnostics)),
        Point::Usdt { path, provider, name, .. } => {
            let (provider, name) = (provider.value.clone(), name.value.clone());
            (path, Ok(vec![ProgramPoint::Usdt { provider, name }]))
        }
        Point::Function(_)
        | Point::Syscall(_)
        | Point::List { .. }
        | Point::Fentry(_)
        | Point::Lsm(_)
        | Point::Tracepoint { .. }
        | Point::RawTracepoint { .. } => return Ok(Vec::new()),
    };
    let absolute = check_path(path, diagnostics);
    let signature = Signature::of_program(kernel);
    let mut bind = |list: &[policy::Argument]| -> Vec<_> {
        list.iter().map(|one| read(one, from, &signature, kernel, diagnostics)).collect()
    };
    let (arguments, data) = (bind(&from.arguments), bind(&from.data));
    let returned = bind(from.return_argument.as_slice()).into_iter().next();
    let scope = Scope::new(from, &arguments, &data, returned.as_ref(), policy);
    let selectors: Vec<_> = from
        .selectors
        .iter()
        .map(|selector| selector::selector(selector, &scope, diagnostics))
        .collect();
    let selectors = selectors.into_iter().collect::<Result<Vec<_>, _>>()?;
    let arguments = arguments.into_iter().collect::<Result<Vec<_>, _>>()?;
    let data = data.into_iter().collect::<Result<Vec<_>, _>>()?;
    let returned = returned.transpose()?;
    absolute?;
    let hook = |point| ProgramHook {
        span: from.span,
        point_span: from.point.span(),
        path: path.clone(),
        point,
        arguments: arguments.clone(),
        data: data.clone(),
        return_argument: returned.clone(),
        selectors: selectors.clone(),
        message: from.message.as_ref().map(|message| message.value.clone()),
        tags: from.tags.iter().map(|tag| tag.value.clone()).collect(),
        ignore_missing: from.ignore_missing,
    };
    Ok(points?.into_iter().map(hook).collect())
}

fn check_path(path: &Spanned<String>, diagnostics: &mut Diagnostics) -> Result<(), Reported> {
    if path.value.starts_with('/') {
        return Ok(());
    }
    let finding = Finding::at(path.span, format!("`{}` is not an absolute path", path.value))
        .label("a path of a program begins with `/`")
        .help(format!("write `/{}`, or where the file really is", path.value));
    Err(wrong_program(finding, diagnostics))
}

fn wrong_program(finding: Finding, diagnostics: &mut Diagnostics) -> Reported {
    diagnostics.error(&code::PROGRAM_POINT, finding)
}

/// The places that an entry of `uprobes` names. Front ends refuse places of several sorts.
fn of_uprobe(
    uprobe: &Uprobe,
    diagnostics: &mut Diagnostics,
) -> Result<Vec<ProgramPoint>, Reported> {
    let digests: Vec<Result<(), Reported>> =
        uprobe.digests.iter().map(|digest| check_digest(digest, diagnostics)).collect();
    let count = uprobe.symbols.len() + uprobe.offsets.len() + uprobe.addresses.len();
    if count == 0 {
        let finding = Finding::at(uprobe.span(), "a uprobe names its places in one way")
            .label("no place in the file")
            .help("write one of `symbols`, `offsets` and `addrs`".to_owned());
        return Err(wrong_program(finding, diagnostics));
    }
    let counters = &uprobe.reference_counter_offsets;
    if let Some(first) = counters.first().filter(|_| counters.len() != count) {
        let span = counters.iter().map(|one| one.span).fold(first.span, Span::to);
        let message = format!("{} reference counters for {count} places", counters.len());
        let finding = Finding::at(span, message)
            .label("there must be as many as places")
            .help("name one for each place, in the same order".to_owned());
        return Err(wrong_program(finding, diagnostics));
    }
    let counter = |place: usize| counters.get(place).map(|counter| counter.value);
    let symbols: Vec<Result<ProgramPoint, Reported>> = uprobe
        .symbols
        .iter()
        .enumerate()
        .map(|(place, symbol)| self::symbol(symbol, counter(place), diagnostics))
        .collect();
    let mut points = symbols.into_iter().collect::<Result<Vec<_>, _>>()?;
    points.extend(uprobe.offsets.iter().enumerate().map(|(place, offset)| ProgramPoint::Offset {
        offset: offset.value,
        reference_counter: counter(place),
    }));
    points.extend(uprobe.addresses.iter().enumerate().map(|(place, address)| {
        ProgramPoint::Address { address: address.value, reference_counter: counter(place) }
    }));
    digests.into_iter().collect::<Result<(), _>>()?;
    Ok(points)
}

/// `main`, or `main+0x10`.
fn symbol(
    from: &Spanned<String>,
    reference_counter: Option<u64>,
    diagnostics: &mut Diagnostics,
) -> Result<ProgramPoint, Reported> {
    let (name, offset) = match from.value.split_once('+') {
        None => (from.value.as_str(), Some(0)),
        Some((name, offset)) => {
            let number = super::number::parse(offset, super::number::LeadingZero::Octal);
            (name, number.and_then(|number| u64::try_from(number).ok()))
        }
    };
    match offset {
        Some(offset) if !name.is_empty() => {
            Ok(ProgramPoint::Symbol { name: name.to_owned(), offset, reference_counter })
        }
        Some(_) | None => {
            let finding = Finding::at(from.span, format!("`{}` is no symbol", from.value))
                .label("a name, or a name, `+` and a number")
                .help("write `main` or `main+0x10`".to_owned());
            Err(wrong_program(finding, diagnostics))
        }
    }
}

/// `sha256:…`
fn check_digest(digest: &Spanned<String>, diagnostics: &mut Diagnostics) -> Result<(), Reported> {
    let (algorithm, value) = digest.value.split_once(':').unwrap_or((&digest.value, ""));
    let known = DIGESTS.iter().find(|(name, _)| *name == algorithm);
    let is_hexadecimal = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_hexdigit());
    let (label, help) = match known {
        Some((_, length)) if is_hexadecimal && (*length == 0 || *length == value.len()) => {
            return Ok(());
        }
        Some((name, 0)) => (format!("`{name}` is followed by `:` and hexadecimal digits"), None),
        Some((name, length)) => {
            (format!("`{name}` is followed by `:` and {length} hexadecimal digits"), None)
        }
        None => {
            let help = did_you_mean(algorithm, DIGESTS.iter().map(|(name, _)| *name));
            ("not one of sha1, sha256, sha384, sha512 and build-id".to_owned(), help)
        }
    };
    let finding = Finding::at(digest.span, format!("`{}` is no digest", digest.value))
        .label(label)
        .help(help);
    Err(diagnostics.error(&code::DIGEST, finding))
}

/// A value that is read there. Nothing tells its type, so the declared one is taken.
fn read<'a>(
    from: &policy::Argument,
    hook: &policy::Hook,
    signature: &Signature<'a>,
    kernel: &'a Profile,
    diagnostics: &mut Diagnostics,
) -> Result<resolved::Argument, Reported> {
    if from.source.is_some() {
        return argument::argument(from, signature, kernel, diagnostics);
    }
    let origin = match (&from.place, &hook.point) {
        (ArgumentPlace::Return { .. }, _) => Origin::Return { parameters: 0 },
        (ArgumentPlace::Index { index, .. }, Point::Usdt { .. }) => {
            Origin::UsdtArgument(index.value)
        }
        (ArgumentPlace::Index { index, .. }, _) => Origin::UserParameter(index.value),
        (ArgumentPlace::Name(name), _) => {
            let finding = Finding::at(name.span, "arguments of programs have no names")
                .label("not known by name")
                .help("name it by its number: `#0 as name: type`".to_owned());
            return Err(wrong_program(finding, diagnostics));
        }
    };
    let start =
        Parameter { name: String::new(), text: String::new(), shape: None, type_: None, origin };
    let Some(path) = &from.resolve else {
        return argument::bind(from, &start, signature, kernel, diagnostics);
    };
    // The program's own structures are in a file that is not there.
    let Some(declared) = from.type_ else {
        let untyped = policy::Argument { resolve: None, ..from.clone() };
        return argument::bind(&untyped, &start, signature, kernel, diagnostics);
    };
    let reader = match fit(declared.value, None, "") {
        Fit::Fits(reader) | Fit::Differs(reader, _) => reader,
        Fit::Unfit => resolved::Reader::Nothing,
    };
    let root = from.btf_type.as_ref().map_or_else(String::new, |name| name.value.clone());
    Ok(resolved::Argument {
        span: from.span,
        name: None,
        type_: declared.value,
        label: from.label.as_ref().map(|label| label.value.clone()),
        origin,
        walk: Some(resolved::Walk {
            span: path.text.span,
            root,
            steps: Vec::new(),
            type_text: String::new(),
        }),
        reader: size::sized(from, declared.value, reader, signature, diagnostics)?,
    })
}
