//! Which functions of a kernel ftrace can trace, and which it cannot.

use std::collections::BTreeMap;

/// What marks functions in `/proc/kallsyms`: text, global or not, weak or not.
const FUNCTION_TYPES: [&str; 4] = ["t", "T", "w", "W"];

/// What the compiler puts in front of functions, for patching and for checks of indirect calls.
const PADDING: [&str; 2] = ["__pfx_", "__cfi_"];

/// Names, each as often as the kernel has functions of that name.
type Counts = BTreeMap<String, usize>;

/// The names in `available_filter_functions`, or one name a line.
pub(super) fn listed(text: &str) -> Counts {
    // ftrace lists places whose symbol it lost as `__ftrace_invalid_address___<offset>`.
    let real = text.lines().filter(|line| !line.starts_with("__ftrace_invalid_address___"));
    count(real.map(str::trim))
}

/// The functions of a kernel, by what ftrace can do with them. Each list is missing when nothing
/// tells, with the reason.
pub(super) struct Functions {
    pub(super) traced: Result<Vec<String>, String>,
    pub(super) untraced: Result<Vec<String>, String>,
    /// Lines `alias\tname`.
    pub(super) aliases: Result<Vec<String>, String>,
}

/// Divides the functions of a kernel. `symbols` is `/proc/kallsyms`.
///
/// Kernels before 6.0 list a function once more for each weak function behind it that another
/// definition replaced; the symbols tell how many there really are.
pub(super) fn divide(listed: Result<Counts, String>, symbols: Result<String, String>) -> Functions {
    let (listed, symbols) = match (listed, symbols) {
        (Ok(listed), Ok(symbols)) => (listed, symbols),
        (traced, Err(reason)) => {
            let missing = || Err(reason.clone());
            let traced = traced.map(names);
            return Functions { traced, untraced: missing(), aliases: missing() };
        }
        (Err(reason), Ok(_)) => {
            let missing = || Err(reason.clone());
            return Functions { traced: missing(), untraced: missing(), aliases: missing() };
        }
    };
    let functions = functions(&symbols);
    let existing = count(functions.iter().map(|(_, name)| *name));
    let real = |name: &str, count: usize| existing.get(name).map_or(count, |&real| count.min(real));
    let traced: Counts = listed
        .into_iter()
        .map(|(name, count)| {
            let count = real(&name, count);
            (name, count)
        })
        .collect();
    let aliases = aliases(&functions, &existing, &traced);
    let of = |counts: &Counts, name: &str| counts.get(name).copied().unwrap_or(0);
    let rest = existing.iter().map(|(name, &count)| {
        let other = of(&traced, name) + aliases.get(name).map_or(0, Vec::len);
        (name.clone(), count.saturating_sub(other))
    });
    let untraced = names(rest.collect());
    let aliases = aliases
        .iter()
        .flat_map(|(alias, names)| names.iter().map(move |name| format!("{alias}\t{name}")));
    Functions { aliases: Ok(aliases.collect()), traced: Ok(names(traced)), untraced: Ok(untraced) }
}

/// The functions whose code ftrace lists under another name: `__x64_sys_inotify_init` is the same
/// as `__do_sys_inotify_init`. A name of several functions of which ftrace lists only some does not
/// tell which.
fn aliases(
    functions: &[(u64, &str)],
    existing: &Counts,
    traced: &Counts,
) -> BTreeMap<String, Vec<String>> {
    let mut at: BTreeMap<u64, Vec<&str>> = BTreeMap::new();
    for (address, name) in functions.iter().filter(|(address, _)| *address > 0) {
        at.entry(*address).or_default().push(name);
    }
    let mut aliases: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for names in at.values().filter(|names| names.len() > 1) {
        let Some(listed) = names.iter().find(|name| traced.get(**name) == existing.get(**name))
        else {
            continue;
        };
        for alias in names.iter().filter(|name| !traced.contains_key(**name)) {
            aliases.entry((*alias).to_owned()).or_default().push((*listed).to_owned());
        }
    }
    aliases
}

/// Whether a symbol stands for bytes in front of a function.
pub(super) fn is_padding(name: &str) -> bool {
    PADDING.iter().any(|prefix| name.starts_with(prefix))
}

/// The functions of the kernel itself that are there after boot. Without privilege all addresses
/// are 0; then the functions of boot are among them.
fn functions(symbols: &str) -> Vec<(u64, &str)> {
    let symbols: Vec<(u64, &str, &str)> = symbols.lines().filter_map(symbol).collect();
    let address = |wanted| symbols.iter().find(|(_, _, name)| *name == wanted).map(|one| one.0);
    let text =
        address("_stext").unwrap_or(0)..address("_etext").filter(|end| *end > 0).unwrap_or(1);
    let functions = symbols.iter().filter(|(address, kind, name)| {
        FUNCTION_TYPES.contains(kind) && text.contains(address) && !is_padding(name)
    });
    functions.map(|(address, _, name)| (*address, *name)).collect()
}

/// A line `address type name`; a function of a module has its module behind it and is no line of
/// ours.
fn symbol(line: &str) -> Option<(u64, &str, &str)> {
    let mut words = line.split_whitespace();
    let (address, kind, name) = (words.next()?, words.next()?, words.next()?);
    let address = u64::from_str_radix(address, 16).ok()?;
    words.next().is_none().then_some((address, kind, name))
}

fn count<'a>(names: impl Iterator<Item = &'a str>) -> Counts {
    let mut counts = Counts::new();
    for name in names {
        *counts.entry(name.to_owned()).or_default() += 1;
    }
    counts
}

fn names(counts: Counts) -> Vec<String> {
    let repeated = counts.into_iter().flat_map(|(name, count)| std::iter::repeat_n(name, count));
    repeated.collect()
}
