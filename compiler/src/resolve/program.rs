//! Binds hooks in programs and libraries: uprobes and USDT probes.
//!
//! The file is not there when a policy is checked: whether it has the symbol is for the node to say.

use super::candidate::COOKIE;
use super::parameter::{Parameter, Signature};
use super::selector::{self, Scope};
use super::types::{self, Types};
use super::{argument, attachment, wish};
use crate::diagnostic::{Diagnostics, Finding, Reported, code, did_you_mean};
use crate::kernel::{Feature, Profile};
use crate::policy::{self, ActionKind, ArgumentPlace, Point, Uprobe};
use crate::resolved::{self, AddressSpace, Memory, Origin, Sharing};
use crate::source::{Span, Spanned};
use writ_bundle::{Attach, HookKind, UserFile, UserPlace, UserPoint};

/// Digests that Tetragon knows, with the length of each in hexadecimal digits; 0 is any.
const DIGESTS: [(&str, usize); 5] =
    [("sha1", 40), ("sha256", 64), ("sha384", 96), ("sha512", 128), ("build-id", 0)];

/// A place of the file, and what its events are called.
struct Place {
    kind: HookKind,
    entry: Attach,
    /// What would see the return.
    exit: Option<Attach>,
}

/// The hooks that an entry of `uprobes` or `usdts` makes, one for each place in the file.
pub(super) fn hooks(
    from: &policy::Hook,
    policy: &policy::Policy,
    kernel: &Profile,
    diagnostics: &mut Diagnostics,
) -> Result<Vec<resolved::Hook>, Reported> {
    let apart = wish::uprobes_are_apart(policy);
    let (path, places) = match &from.point {
        Point::Uprobe(uprobe) => (&uprobe.path, of_uprobe(uprobe, from, apart, diagnostics)),
        Point::Usdt { path, provider, name, .. } => {
            (path, Ok(vec![of_usdt(path, (&provider.value, &name.value), from, apart)]))
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
    let own = types::of_program(from, policy, diagnostics)?;
    let (path_of_types, on_kernel) = (from.point.type_file(), format!("on {}", kernel.name()));
    let place = path_of_types.map_or_else(String::new, |path| format!("in `{}`", path.value));
    let types = match &own {
        Some(btf) => {
            Types { btf, kernel: kernel.name(), place: &place, memory: AddressSpace::Program }
        }
        None => Types::of(kernel, &on_kernel),
    };
    let mut bind = |list: &[policy::Argument]| -> Vec<_> {
        list.iter().map(|one| read(one, from, &signature, (kernel, types), diagnostics)).collect()
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
    let sharing = if moves(from) { Sharing::Own } else { sharing(&from.point, kernel) };
    let hook = |Place { kind, entry, exit }| {
        let (attachment, return_attachment) =
            attachment::of_program(from, entry, exit, kernel, diagnostics)?;
        Ok(resolved::Hook {
            span: from.span,
            point_span: from.point.span(),
            kind,
            sharing,
            calls: Vec::new(),
            attachment,
            return_attachment,
            arguments: arguments.clone(),
            data: data.clone(),
            return_argument: returned.clone(),
            selectors: selectors.clone(),
            message: from.message.as_ref().map(|message| message.value.clone()),
            tags: from.tags.iter().map(|tag| tag.value.clone()).collect(),
            return_action: from.return_action,
        })
    };
    places?.into_iter().map(hook).collect()
}

/// Whether an action has the program go on at another place, which is as far from each hooked place
/// as it is: a program for each knows how far.
fn moves(from: &policy::Hook) -> bool {
    let mut actions = from.selectors.iter().flat_map(|selector| &selector.actions);
    actions.any(|action| match &action.kind {
        ActionKind::Override { replacement: Some(to), .. } => {
            to.symbol.is_some() || to.address.is_some() || to.offset.is_some()
        }
        ActionKind::Override { replacement: None, .. }
        | ActionKind::Post { .. }
        | ActionKind::NoPost
        | ActionKind::Sigkill
        | ActionKind::Signal { .. }
        | ActionKind::GetUrl { .. }
        | ActionKind::DnsLookup { .. }
        | ActionKind::TrackSock { .. }
        | ActionKind::UntrackSock { .. }
        | ActionKind::NotifyEnforcer { .. }
        | ActionKind::CleanupEnforcerNotification
        | ActionKind::Set { .. } => false,
    })
}

/// Places of one entry share a program where the kernel tells it which of them was hit. Records have
/// no room for what counts each of them.
fn sharing(point: &Point, kernel: &Profile) -> Sharing {
    match point {
        Point::Uprobe(uprobe)
            if uprobe.reference_counter_offsets.is_empty()
                && uprobe.symbols.len() + uprobe.offsets.len() + uprobe.addresses.len() > 1
                && kernel.has(Feature::Helper(COOKIE)).is_present() =>
        {
            Sharing::Cookies
        }
        Point::Uprobe(_)
        | Point::Usdt { .. }
        | Point::Function(_)
        | Point::Syscall(_)
        | Point::List { .. }
        | Point::Fentry(_)
        | Point::Lsm(_)
        | Point::Tracepoint { .. }
        | Point::RawTracepoint { .. } => Sharing::Own,
    }
}

fn of_usdt(
    path: &Spanned<String>,
    (provider, name): (&str, &str),
    from: &policy::Hook,
    apart: bool,
) -> Place {
    let (provider, name) = (provider.to_owned(), name.to_owned());
    let optional = from.ignore_missing.is_some();
    let file = UserFile { path: path.value.clone(), digests: Vec::new(), optional };
    Place {
        kind: HookKind::Usdt {
            path: path.value.clone(),
            provider: provider.clone(),
            name: name.clone(),
        },
        entry: Attach::Usdt { file, provider, name, apart },
        exit: None,
    }
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
    from: &policy::Hook,
    apart: bool,
    diagnostics: &mut Diagnostics,
) -> Result<Vec<Place>, Reported> {
    let digests: Vec<Result<(), Reported>> =
        uprobe.digests.iter().map(|digest| check_digest(digest, diagnostics)).collect();
    let symbols: Vec<Result<(UserPoint, &str), Reported>> = uprobe
        .symbols
        .iter()
        .map(|written| Ok((symbol(written, diagnostics)?, written.value.as_str())))
        .collect();
    let offsets = uprobe.offsets.iter().map(|offset| (UserPoint::Offset(offset.value), ""));
    let addresses = uprobe.addresses.iter().map(|address| (UserPoint::Address(address.value), ""));
    let mut points = symbols.into_iter().collect::<Result<Vec<_>, _>>()?;
    points.extend(offsets.chain(addresses));
    let counters = counters(uprobe, points.len(), diagnostics)?;
    digests.into_iter().collect::<Result<(), _>>()?;
    let file = UserFile {
        path: uprobe.path.value.clone(),
        digests: uprobe.digests.iter().map(|digest| digest.value.clone()).collect(),
        optional: from.ignore_missing.is_some(),
    };
    let returns = from.return_argument.is_some();
    let place = |((point, symbol), reference_counter): ((UserPoint, &str), Option<u64>)| {
        let (file, offset) = (file.clone(), number(&point));
        let places = vec![UserPlace { point, reference_counter }];
        let exit = Attach::Uretprobe { file: file.clone(), places: places.clone(), apart };
        Place {
            kind: HookKind::Uprobe {
                path: file.path.clone(),
                symbol: symbol.to_owned(),
                offset,
                reference_counter: reference_counter.unwrap_or(0),
            },
            entry: Attach::Uprobe { file, places, apart },
            exit: returns.then_some(exit),
        }
    };
    Ok(points.into_iter().zip(counters).map(place).collect())
}

/// What Tetragon shows as the offset of a place that has no name.
fn number(point: &UserPoint) -> u64 {
    match point {
        UserPoint::Symbol { .. } => 0,
        UserPoint::Offset(number) | UserPoint::Address(number) => *number,
    }
}

/// The reference counter of each of `count` places.
fn counters(
    uprobe: &Uprobe,
    count: usize,
    diagnostics: &mut Diagnostics,
) -> Result<Vec<Option<u64>>, Reported> {
    if count == 0 {
        let finding = Finding::at(uprobe.span(), "a uprobe names its places in one way")
            .label("no place in the file")
            .help("write one of `symbols`, `offsets` and `addrs`".to_owned());
        return Err(wrong_program(finding, diagnostics));
    }
    let counters = &uprobe.reference_counter_offsets;
    let Some(first) = counters.first() else { return Ok(vec![None; count]) };
    if counters.len() == count {
        return Ok(counters.iter().map(|counter| Some(counter.value)).collect());
    }
    let span = counters.iter().map(|one| one.span).fold(first.span, Span::to);
    let message = format!("{} reference counters for {count} places", counters.len());
    let finding = Finding::at(span, message)
        .label("there must be as many as places")
        .help("name one for each place, in the same order".to_owned());
    Err(wrong_program(finding, diagnostics))
}

/// `main`, or `main+0x10`.
fn symbol(from: &Spanned<String>, diagnostics: &mut Diagnostics) -> Result<UserPoint, Reported> {
    let (name, offset) = match from.value.split_once('+') {
        None => (from.value.as_str(), Some(0)),
        Some((name, offset)) => {
            let number = super::number::parse(offset, super::number::LeadingZero::Octal);
            (name, number.and_then(|number| u64::try_from(number).ok()))
        }
    };
    if let Some(offset) = offset.filter(|_| !name.is_empty()) {
        return Ok(UserPoint::Symbol { name: name.to_owned(), offset });
    }
    let finding = Finding::at(from.span, format!("`{}` is no symbol", from.value))
        .label("a name, or a name, `+` and a number")
        .help("write `main` or `main+0x10`".to_owned());
    Err(wrong_program(finding, diagnostics))
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
    (kernel, types): (&'a Profile, Types<'a>),
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
    let text = argument::OF_PROGRAM.to_owned();
    let (name, memory) = (String::new(), Memory::Caller);
    let start = Parameter { name, text, shape: None, type_: None, origin, memory };
    argument::bind(from, &start, signature, types, diagnostics)
}
