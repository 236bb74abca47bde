//! What Tetragon finds out about a kernel before it reads a policy.

use crate::kernel::{Answer, Feature, Profile};
use crate::policy::{Policy, Setting};

/// A kernel as Tetragon sees it, for one policy.
#[derive(Debug)]
pub(super) struct Target<'a> {
    pub(super) kernel: &'a Profile,
    pub(super) programs: Programs,
    /// Whether one program is attached to many functions. The policy can forbid it.
    pub(super) kprobe_multi: bool,
}

/// Which of its variants of each program Tetragon loads (`pkg/config/config_linux.go`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Programs {
    /// Before 5.3.
    Small,
    /// From 5.3.
    V53,
    /// From 5.11.
    V511,
    /// From 6.1.
    V61,
}

impl<'a> Target<'a> {
    /// `kernel` for `policy`.
    pub(super) fn of(kernel: &'a Profile, policy: &Policy) -> Self {
        let programs = programs(kernel);
        let forbids = |wanted: fn(Setting) -> Option<bool>| {
            policy.options.iter().filter_map(|option| wanted(option.value)).next_back()
                == Some(true)
        };
        let kprobe = forbids(|setting| match setting {
            Setting::DisableKprobeMulti(flag) => Some(flag),
            Setting::DisableUprobeMulti(_)
            | Setting::OverrideMethod(_)
            | Setting::SleepablePreloadSize(_) => None,
        });
        let has = |feature| programs != Programs::Small && kernel.has(feature).is_present();
        Self { kernel, programs, kprobe_multi: !kprobe && has(Feature::KprobeMulti) }
    }

    /// Whether Tetragon loads its large programs.
    pub(super) fn is_large(&self) -> bool {
        self.programs != Programs::Small
    }

    /// Whether the kernel has a feature that is newer than large programs.
    pub(super) fn newer(&self, feature: Feature<'_>) -> Answer {
        if self.is_large() {
            self.kernel.has(feature)
        } else {
            Answer::absent("the kernel takes only small programs, as before 5.3")
        }
    }

    /// Whether the kernel has a function that BPF programs can call.
    pub(super) fn kfunc(&self, name: &str) -> Answer {
        self.newer(Feature::Function(name))
    }

    /// Whether `bpf_override_return` can be used (`HasOverrideHelper`).
    pub(super) fn override_return(&self) -> Answer {
        self.kernel
            .has(Feature::Helper("bpf_override_return"))
            .and(|| self.kernel.has(Feature::Config("CONFIG_BPF_KPROBE_OVERRIDE")))
    }

    /// Whether `fmod_ret` can be used on `security_` functions (`HasModifyReturn`).
    pub(super) fn modify_return(&self) -> Answer {
        self.newer(Feature::FmodRet("security_task_prctl"))
    }
}

fn programs(kernel: &Profile) -> Programs {
    if kernel.has(Feature::LargePrograms).is_absent() {
        return Programs::Small;
    }
    match kernel.version() {
        Some(version) if version >= (6, 1) => Programs::V61,
        Some(version) if version >= (5, 11) => Programs::V511,
        // BTF without a release: `bpf_loop` came with 5.17, sleepable hooks got their list with 5.11.
        None if kernel.has(Feature::Helper("bpf_loop")).is_present() => Programs::V61,
        None if kernel.has(Feature::LsmSleepable).is_present() => Programs::V511,
        Some(_) | None => Programs::V53,
    }
}
