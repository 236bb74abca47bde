//! How much of everything a policy may have, for each engine.
//!
//! Tetragon's figures are from its sources at `4fbfe2d74`: `K` is `pkg/selectors/kernel.go`, `S`
//! `pkg/selectors/selectors.go`, `GK` `pkg/sensors/tracing/generickprobe.go`, `GT`
//! `generictracepoint.go`, `GD` `genericusdt.go`, `PF` `bpf/process/pfilter.h`, `B`
//! `bpf/process/types/basic.h`. It has large programs where the kernel verifies a million
//! instructions and has `bpf_send_signal` (5.3), else small ones.

/// A limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// What is counted.
    pub what: &'static str,
    /// Of Tetragon with large programs.
    pub large: Most,
    /// Of Tetragon with small programs.
    pub small: Most,
    /// Of this project's engine.
    pub writ: Most,
    /// Where Tetragon has it.
    pub place: &'static str,
    /// What Tetragon does beyond it.
    pub beyond: Beyond,
}

/// The most that there may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Most {
    /// This many.
    Of(usize),
    /// Nothing counts them; memory is the limit.
    Any,
    /// There may be none.
    Nothing,
}

impl Most {
    /// As a number.
    pub fn number(self) -> usize {
        match self {
            Self::Of(number) => number,
            Self::Any => usize::MAX,
            Self::Nothing => 0,
        }
    }
}

/// What Tetragon does beyond a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beyond {
    /// It refuses the policy.
    Refuses,
    /// It refuses it when it loads the programs, after it had taken it.
    FailsToLoad,
    /// Its agent crashes.
    Crashes,
    /// It leaves out what is too much.
    Ignores,
    /// It does something else than was asked.
    GoesWrong,
}

const fn limit(
    what: &'static str,
    large: Most,
    small: Most,
    writ: Most,
    place: &'static str,
    beyond: Beyond,
) -> Limit {
    Limit { what, large, small, writ, place, beyond }
}

macro_rules! limits {
    ($($constant:ident = $what:literal, $large:expr, $small:expr, $writ:expr, $place:literal, $beyond:ident;)*) => {
        $(
            #[doc = $what]
            pub const $constant: Limit = {
                use Most::{Any, Nothing, Of};
                let _: (Most, Most, Most) = (Any, Nothing, Of(0));
                limit($what, $large, $small, $writ, $place, Beyond::$beyond)
            };
        )*
        /// Every limit.
        pub const ALL: &[Limit] = &[$($constant),*];
    };
}

limits! {
    SELECTORS = "selectors of a hook", Of(5), Of(5), Any, "K:1698", Refuses;
    ARGUMENT_FILTERS = "`matchArgs` and `matchData` entries of a selector", Of(5), Of(1), Any, "K:1093", Refuses;
    NUMBERS = "numbers to compare with (`Equal`, `NotEqual`, `GT`, `LT`, `Mask`)", Of(4), Of(4), Any, "K:683", Refuses;
    RANGES = "ranges of `InRange` and `NotInRange`", Of(4), Of(4), Any, "K:532", Refuses;
    FILE_TYPES = "values of `FileType` and `NotFileType`", Of(4), Of(4), Any, "K:683", Refuses;
    SUBSTRINGS = "texts of `SubString` at a hook", Of(100), Of(100), Any, "K:955", Refuses;
    SUBSTRING_LENGTH = "bytes of a text of `SubString`", Of(99), Of(99), Of(4095), "K:958", Refuses;
    TEXT_LENGTH = "bytes of a text of `Equal` (kernel 5.11 and later)", Of(4096), Of(144), Of(4095), "S:412", Refuses;
    OLD_TEXT_LENGTH = "bytes of a text of `Equal` (kernels before 5.11)", Of(510), Of(144), Of(4095), "S:412", Refuses;
    PREFIX_LENGTH = "bytes of a text of `Prefix`", Of(256), Of(256), Of(4095), "K:772", Refuses;
    PREFIX_COMPARED = "bytes of a text of `Prefix` that are compared", Of(255), Of(255), Of(4095), "B:771", GoesWrong;
    POSTFIX_LENGTH = "bytes of a text of `Postfix`", Of(127), Of(127), Of(4095), "K:809", Refuses;
    BINARY_LENGTH = "bytes of a path of `matchBinaries`", Of(255), Of(255), Of(4095), "K:1568", Refuses;
    BINARY_FILTERS = "`matchBinaries` entries of a selector", Of(1), Of(1), Any, "K:1600", Refuses;
    PID_FILTERS = "`matchPIDs` entries of a selector", Of(1), Of(1), Any, "PF:462", GoesWrong;
    PIDS = "process ids of a `matchPIDs` entry", Of(4), Of(4), Any, "PF:481", GoesWrong;
    NAMESPACE_FILTERS = "`matchNamespaces` entries of a selector", Of(10), Of(4), Any, "K:1385", Refuses;
    NAMESPACES = "values of a `matchNamespaces` entry", Of(4), Of(4), Any, "K:1326", Refuses;
    NAMESPACE_CHANGES = "`matchNamespaceChanges` entries of a selector", Of(1), Nothing, Any, "K:1425", Refuses;
    CAPABILITY_FILTERS = "`matchCapabilities` entries of a selector", Of(1), Of(1), Any, "PF:524", GoesWrong;
    CAPABILITY_CHANGES = "`matchCapabilityChanges` entries of a selector", Of(1), Nothing, Any, "PF:551", Ignores;
    ACTIONS = "actions of a selector", Of(3), Of(3), Any, "K:1308", Refuses;
    ARGUMENTS = "arguments and data of a hook", Of(5), Of(5), Any, "GK:838, GD:409, GT:751", Refuses;
    ARGUMENT_INDEX = "index of an argument", Of(4), Of(4), Of(11), "GK:815", Refuses;
    SIZE_ARGUMENT_INDEX = "`sizeArgIndex`", Of(15), Of(15), Any, "args_linux.go:82", Refuses;
    RESOLVE_DEPTH = "steps of a `resolve` path", Of(10), Nothing, Any, "generic.go:113", Refuses;
    FORMULAS = "`CelExpr` conditions of a hook", Of(8), Nothing, Any, "celexpr.go:42", Refuses;
    FILTER_BYTES = "bytes of a hook's selectors that the kernel reads", Of(1024), Of(1024), Any, "B:2017", GoesWrong;
    FILTER_BUFFER = "bytes of a hook's selectors", Of(4096), Of(4096), Any, "S:111", Crashes;
    INNER_MAPS = "maps of one sort that the conditions of a program need", Of(8), Of(8), Any, "B string_maps", FailsToLoad;
    ENFORCERS = "enforcers of a policy", Of(1), Of(1), Any, "enforcer.go:197", Refuses;
    FOLLOWED = "ancestors that `followForks` looks at", Of(9), Of(9), Any, "PF matchPIDs", Ignores;
    FILTERED_POLICIES = "policies with a pod, container or host selector on a node", Of(128), Of(128), Any, "bpf/process/policy_filter.h:10", FailsToLoad;
}
