//! What a hook reads.

use super::FieldPath;
use crate::source::{Span, Spanned};

/// One value that a hook reads, shows in its events and can be asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Argument {
    pub span: Span,
    pub place: ArgumentPlace,
    /// What conditions call it, where that is not the name of its place: `uid` in
    /// `(uid: int = bprm.cred.uid.val)`.
    pub alias: Option<Spanned<String>>,
    /// `None` is `auto`: the type is taken from the kernel.
    pub type_: Option<Spanned<ArgumentType>>,
    pub label: Option<Spanned<String>>,
    /// Where it is read, when it is no argument of the hook (`source`).
    pub source: Option<Spanned<Source>>,
    /// What is read from there (`resolve`): fields, or for [`Source::Registers`] a register.
    pub resolve: Option<FieldPath>,
    /// The structure that the path begins in, when the hook's prototype does not say (`btfType`).
    pub btf_type: Option<Spanned<String>>,
    /// The kernel module that knows this structure (`btfTypeModule`).
    pub btf_module: Option<Spanned<String>>,
    /// Which argument holds its size, in bytes for a buffer and in entries for an `iovec`
    /// (`sizeArgIndex`).
    pub size_argument: Option<SizeArgument>,
    /// Where it says that it is read when the call returns (`returnCopy`).
    pub return_copy: Option<Span>,
    /// Where it says that all of it is read, in several pieces (`maxData`).
    pub max_data: Option<Span>,
}

/// What is read instead of an argument of the hook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// The calling task's `task_struct` (`current_task`).
    CurrentTask,
    /// The registers at the hook (`pt_regs`).
    Registers,
}

impl Source {
    /// Every source.
    pub const ALL: [Self; 2] = [Self::CurrentTask, Self::Registers];

    /// The name in TracingPolicy.
    pub fn name(self) -> &'static str {
        match self {
            Self::CurrentTask => "current_task",
            Self::Registers => "pt_regs",
        }
    }
}

impl Argument {
    /// An argument that is read as a whole and by no special means.
    pub fn plain(span: Span, place: ArgumentPlace, type_: Option<Spanned<ArgumentType>>) -> Self {
        Self {
            span,
            place,
            alias: None,
            type_,
            label: None,
            source: None,
            resolve: None,
            btf_type: None,
            btf_module: None,
            size_argument: None,
            return_copy: None,
            max_data: None,
        }
    }

    /// What conditions of the Writ language call it.
    pub fn name(&self) -> Option<&str> {
        let own = match &self.place {
            ArgumentPlace::Index { name, .. } | ArgumentPlace::Return { name, .. } => name.as_ref(),
            ArgumentPlace::Name(name) => Some(name),
        };
        self.alias.as_ref().or(own).map(|name| name.value.as_str())
    }
}

/// Which argument of the function holds the size of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SizeArgument {
    /// By position. Unlike every other position it is counted from 1, so it is never 0.
    Number(Spanned<u32>),
    /// By the name of the kernel's parameter, in the Writ language.
    Name(Spanned<String>),
}

impl SizeArgument {
    /// Where it was written.
    pub fn span(&self) -> Span {
        match self {
            Self::Number(number) => number.span,
            Self::Name(name) => name.span,
        }
    }
}

/// Which argument is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ArgumentPlace {
    /// By position, counted from 0 (YAML's `index`; `#1 as name` in the Writ language, where
    /// `name` is what conditions call it). For a tracepoint, position in its format.
    Index { index: Spanned<u32>, name: Option<Spanned<String>> },
    /// By the name of the kernel's parameter or the format's field.
    Name(Spanned<String>),
    /// What the function returns. In YAML the index that `returnArg` states is kept, since
    /// `matchReturnArgs` refers to it.
    Return { index: Option<Spanned<u32>>, name: Option<Spanned<String>> },
}

macro_rules! argument_types {
    ($($variant:ident $name:literal;)*) => {
        /// An argument type of TracingPolicy.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ArgumentType {
            $(#[doc = concat!("`", $name, "`")] $variant,)*
        }

        impl ArgumentType {
            /// Every type, in the order of TracingPolicy's schema.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name in TracingPolicy.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

// The enumeration in Tetragon's CRD (pkg/k8s/apis/cilium.io/v1alpha1/types.go), without `auto`.
argument_types! {
    Int "int";
    Sint8 "sint8";
    Int8 "int8";
    Uint8 "uint8";
    Sint16 "sint16";
    Int16 "int16";
    Uint16 "uint16";
    Uint32 "uint32";
    Sint32 "sint32";
    Int32 "int32";
    Ulong "ulong";
    Uint64 "uint64";
    SizeT "size_t";
    Long "long";
    Sint64 "sint64";
    Int64 "int64";
    CharBuf "char_buf";
    CharIovec "char_iovec";
    Skb "skb";
    Sock "sock";
    Sockaddr "sockaddr";
    Socket "socket";
    SockaddrUn "sockaddr_un";
    String "string";
    Fd "fd";
    File "file";
    Filename "filename";
    Path "path";
    Nop "nop";
    BpfAttr "bpf_attr";
    PerfEvent "perf_event";
    BpfMap "bpf_map";
    UserNamespace "user_namespace";
    Capability "capability";
    Kiocb "kiocb";
    IovIter "iov_iter";
    Cred "cred";
    ConstBuf "const_buf";
    LoadInfo "load_info";
    Module "module";
    Syscall64 "syscall64";
    KernelCapT "kernel_cap_t";
    CapInheritable "cap_inheritable";
    CapPermitted "cap_permitted";
    CapEffective "cap_effective";
    LinuxBinprm "linux_binprm";
    DataLoc "data_loc";
    NetDevice "net_device";
    BpfCmd "bpf_cmd";
    Dentry "dentry";
    BpfProg "bpf_prog";
}

impl ArgumentType {
    /// The type with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|type_| type_.name() == name)
    }
}
