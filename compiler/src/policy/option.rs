//! `options`: how an engine is to carry a policy out.

/// An option other than the mode. What an option does on a kernel without the feature is the
/// engine's affair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    /// `disable-kprobe-multi`
    DisableKprobeMulti(bool),
    /// `disable-uprobe-multi`
    DisableUprobeMulti(bool),
    /// `override-method`
    OverrideMethod(OverrideMethod),
    /// `sleepable-preload-size`, in bytes; never 0.
    SleepablePreloadSize(u32),
}

/// How `Override` gets the call to fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OverrideMethod {
    /// `fmod-ret`
    ModifyReturn,
    /// `override-return`
    OverrideReturn,
}

impl Setting {
    /// The option's name in TracingPolicy.
    pub fn name(self) -> &'static str {
        match self {
            Self::DisableKprobeMulti(_) => "disable-kprobe-multi",
            Self::DisableUprobeMulti(_) => "disable-uprobe-multi",
            Self::OverrideMethod(_) => "override-method",
            Self::SleepablePreloadSize(_) => "sleepable-preload-size",
        }
    }

    /// Its value as TracingPolicy writes it.
    pub fn value(self) -> String {
        match self {
            Self::DisableKprobeMulti(flag) | Self::DisableUprobeMulti(flag) => flag.to_string(),
            Self::OverrideMethod(method) => method.name().to_owned(),
            Self::SleepablePreloadSize(bytes) => bytes.to_string(),
        }
    }
}

impl OverrideMethod {
    /// Every method.
    pub const ALL: [Self; 2] = [Self::ModifyReturn, Self::OverrideReturn];

    /// The name in TracingPolicy.
    pub fn name(self) -> &'static str {
        match self {
            Self::ModifyReturn => "fmod-ret",
            Self::OverrideReturn => "override-return",
        }
    }
}
