//! What the words of the two languages mean, in one sentence each, and which operators fit a type.

use crate::policy::{ArgumentType, Operator};

/// What a word means; `None` for words that need no explanation.
pub(super) fn summary(word: &str) -> Option<&'static str> {
    WORDS.iter().find(|(known, _)| *known == word).map(|(_, summary)| *summary)
}

#[rustfmt::skip]
const WORDS: &[(&str, &str)] = &[
    // Operators of TracingPolicy.
    ("In", "It is one of the values."),
    ("NotIn", "It is none of the values."),
    ("Equal", "It equals one of the values."),
    ("NotEqual", "It equals none of the values."),
    ("Prefix", "Its bytes begin with those of a value."),
    ("NotPrefix", "Its bytes begin with those of no value."),
    ("Postfix", "Its bytes end with those of a value."),
    ("NotPostfix", "Its bytes end with those of no value."),
    ("GT", "It is greater than the value."),
    ("GreaterThan", "It is greater than the value; `GT` is the same."),
    ("LT", "It is less than the value."),
    ("LessThan", "It is less than the value; `LT` is the same."),
    ("Mask", "At least one bit of a value is set in it."),
    ("InMap", "It is one of many values, which are looked up in a map; they are decimal, or `min:max`."),
    ("NotInMap", "It is none of many values, which are looked up in a map."),
    ("InRange", "It lies in one of the ranges `min:max`, ends included."),
    ("NotInRange", "It lies in none of the ranges `min:max`."),
    ("SPort", "The source port is one of the values or ranges."),
    ("NotSPort", "The source port is none of the values or ranges."),
    ("SPortPriv", "The source port is below 1024; it takes no values."),
    ("NotSportPriv", "The source port is 1024 or above; it takes no values."),
    ("DPort", "The destination port is one of the values or ranges."),
    ("NotDPort", "The destination port is none of the values or ranges."),
    ("DPortPriv", "The destination port is below 1024; it takes no values."),
    ("NotDPortPriv", "The destination port is 1024 or above; it takes no values."),
    ("SAddr", "The source address lies in one of the networks."),
    ("NotSAddr", "The source address lies in none of the networks."),
    ("DAddr", "The destination address lies in one of the networks."),
    ("NotDAddr", "The destination address lies in none of the networks."),
    ("Protocol", "The protocol is one of the values, such as `IPPROTO_TCP`."),
    ("Family", "The address family is one of the values, such as `AF_INET`."),
    ("State", "The state of the connection is one of the values, such as `TCP_ESTABLISHED`."),
    ("CapabilitiesGained", "The second of two sets of capabilities has one that the first lacks."),
    ("SubString", "A value occurs in it."),
    ("SubStringIgnCase", "A value occurs in it, whatever the case of its letters."),
    ("CelExpr", "An expression of CEL about `arg0`, `arg1` and so on is true."),
    ("FileType", "The file is of one of the types, such as `regular` or `socket`."),
    ("NotFileType", "The file is of none of the types."),
    ("Exists", "The label is there."),
    ("DoesNotExist", "The label is not there."),
    // Actions of TracingPolicy.
    ("Post", "The event is reported."),
    ("NoPost", "The event is not reported, whatever else happens."),
    ("Sigkill", "The process is killed."),
    ("Signal", "The process gets the signal `argSig`."),
    ("Override", "The call returns `argError` instead of running."),
    ("GetUrl", "The URL `argUrl` is fetched."),
    ("DnsLookup", "The name `argFqdn` is looked up."),
    ("TrackSock", "The process is remembered as the owner of the socket `argSock`."),
    ("UntrackSock", "The owner of the socket `argSock` is forgotten."),
    ("NotifyEnforcer", "The calls of `enforcers` fail with `argError` or are signalled with `argSig`."),
    ("CleanupEnforcerNotification", "What `NotifyEnforcer` asked for is taken back."),
    ("Set", "`argValue` is written to the argument `argIndex` of a USDT probe."),
    // Types.
    ("auto", "The type is taken from the kernel."),
    ("int", "A signed number of 32 bits."),
    ("int32", "A signed number of 32 bits."),
    ("sint32", "A signed number of 32 bits."),
    ("uint32", "An unsigned number of 32 bits."),
    ("int64", "A signed number of 64 bits."),
    ("sint64", "A signed number of 64 bits."),
    ("long", "A signed number of 64 bits."),
    ("uint64", "An unsigned number of 64 bits."),
    ("ulong", "An unsigned number of 64 bits."),
    ("size_t", "A number of bytes."),
    ("int16", "A signed number of 16 bits."),
    ("sint16", "A signed number of 16 bits."),
    ("uint16", "An unsigned number of 16 bits."),
    ("int8", "A signed number of 8 bits."),
    ("sint8", "A signed number of 8 bits."),
    ("uint8", "An unsigned number of 8 bits."),
    ("string", "Text that ends with a zero byte, in user or kernel memory."),
    ("char_buf", "Bytes, whose number another argument or the return value tells."),
    ("char_iovec", "A vector of buffers (`struct iovec *`)."),
    ("const_buf", "Bytes of a fixed number."),
    ("data_loc", "Text of a tracepoint's record (`__data_loc`)."),
    ("fd", "A file descriptor, shown as the path of its file."),
    ("file", "A file (`struct file *`), shown as its path."),
    ("path", "A path (`struct path *`)."),
    ("dentry", "A directory entry (`struct dentry *`), shown as its path."),
    ("filename", "A name as user space passed it (`struct filename *`)."),
    ("linux_binprm", "A program that is about to run (`struct linux_binprm *`), shown as its path."),
    ("sock", "A socket (`struct sock *`), with addresses and ports."),
    ("socket", "A socket (`struct socket *`), with addresses and ports."),
    ("skb", "A packet (`struct sk_buff *`), with addresses and ports."),
    ("sockaddr", "An address (`struct sockaddr *`)."),
    ("sockaddr_un", "The address of a Unix socket (`struct sockaddr_un *`)."),
    ("net_device", "A network device (`struct net_device *`), shown as its name."),
    ("cred", "Credentials (`struct cred *`): users, groups and capabilities."),
    ("capability", "A capability by its number."),
    ("kernel_cap_t", "A set of capabilities (`kernel_cap_t *`)."),
    ("cap_effective", "A set of effective capabilities (`kernel_cap_t *`)."),
    ("cap_permitted", "A set of permitted capabilities (`kernel_cap_t *`)."),
    ("cap_inheritable", "A set of inheritable capabilities (`kernel_cap_t *`)."),
    ("user_namespace", "A user namespace (`struct user_namespace *`)."),
    ("bpf_attr", "What the system call `bpf` gets (`union bpf_attr *`)."),
    ("bpf_cmd", "The command of the system call `bpf`."),
    ("bpf_map", "A BPF map (`struct bpf_map *`)."),
    ("bpf_prog", "A BPF program (`struct bpf_prog *`)."),
    ("perf_event", "A perf event (`struct perf_event *`)."),
    ("module", "A kernel module (`struct module *`)."),
    ("load_info", "A kernel module that is being loaded (`struct load_info *`)."),
    ("kiocb", "An asynchronous transfer (`struct kiocb *`)."),
    ("iov_iter", "Where a transfer stands (`struct iov_iter *`)."),
    ("syscall64", "The number of a system call."),
    ("nop", "A value that is not read."),
    // The Writ language: hooks.
    ("kprobe", "A function of the kernel."),
    ("syscall", "A system call."),
    ("lsm", "A decision of the Linux security modules."),
    ("tracepoint", "A tracepoint, by the fields of its format."),
    ("raw_tracepoint", "A tracepoint, by the arguments that the kernel passes to it."),
    ("fentry", "A function of the kernel, by fentry."),
    ("uprobe", "A function of a program or library."),
    ("usdt", "A static probe of a program or library."),
    // Statements.
    ("policy", "A policy: settings and hooks."),
    ("message", "The text that events carry."),
    ("tags", "The tags that events carry."),
    ("mode", "Whether enforcing actions act (`enforce`) or are only reported (`monitor`)."),
    ("option", "A setting for the engine."),
    ("for", "The pods or containers that the policy is for."),
    ("let", "A constant: a value or a list."),
    ("list", "A named list of functions or system calls."),
    ("enforce", "The calls that `notify` can stop."),
    ("macro", "A named rule, whose conditions and actions `use` takes over."),
    ("loader", "Programs and libraries are reported when they are mapped."),
    ("use", "The conditions of a macro hold."),
    ("resume", "The program goes on elsewhere, after a uprobe: `resume at symbol \"f\"`."),
    ("cleanup", "What `notify` asked for is taken back."),
    ("on", "A hook, its arguments and its rules."),
    ("when", "A rule: what is asked, and what is done when it holds."),
    ("otherwise", "A rule that always holds."),
    ("rule", "A name for the rule that follows."),
    ("returning", "What is done when the call returns."),
    // Operators of the Writ language.
    ("in", "It is one of the values or lies in one of the ranges."),
    ("starts_with", "Its bytes begin with those of a value."),
    ("ends_with", "Its bytes end with those of a value."),
    ("contains", "A value occurs in it."),
    ("has_bits", "At least one bit of a value is set in it."),
    ("in_map", "`InMap`, where `in` would choose another operator."),
    ("in_range", "`InRange`, where `in` would choose another operator."),
    ("has", "The set has one of the capabilities."),
    ("gains", "`CapabilitiesGained`: the second of two sets has what the first lacks."),
    ("matches", "`CelExpr`: an expression of CEL is true."),
    // Actions of the Writ language.
    ("post", "The event is reported."),
    ("drop", "The event is not reported, whatever else happens."),
    ("kill", "The process is killed."),
    ("signal", "The process gets the signal: `signal SIGTERM`."),
    ("deny", "The call fails with the error: `deny EPERM`."),
    ("return", "The call returns the value without running: `return 0`."),
    ("track", "The process is remembered as the owner of the socket: `track sock`."),
    ("untrack", "The owner of the socket is forgotten: `untrack sock`."),
    ("notify", "The calls of `enforce on` are stopped: `notify kill`, `notify deny EPERM`."),
    ("get_url", "The URL is fetched."),
    ("dns_lookup", "The name is looked up."),
    ("set", "The value is written to the argument: `set #1 = 5`."),
    ("rate", "At most one equal event in a fraction of the unit: `rate 10/min`."),
    ("every", "At most one equal event in the time: `every 90s`."),
];

/// What an argument is to an operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Number,
    Text,
    Socket,
    Capabilities,
    /// Nothing can be asked about it.
    Other,
}

/// Whether an operator asks something of a type that it can have.
pub(super) fn fits(operator: Operator, type_: ArgumentType) -> bool {
    match operator {
        Operator::Equal | Operator::NotEqual => {
            matches!(family(type_), Family::Number | Family::Text | Family::Capabilities)
        }
        Operator::GreaterThan
        | Operator::LessThan
        | Operator::Mask
        | Operator::InMap
        | Operator::NotInMap
        | Operator::InRange
        | Operator::NotInRange
        | Operator::CelExpression => family(type_) == Family::Number,
        Operator::Prefix
        | Operator::NotPrefix
        | Operator::Postfix
        | Operator::NotPostfix
        | Operator::SubString
        | Operator::SubStringIgnoreCase => family(type_) == Family::Text,
        Operator::SPort
        | Operator::NotSPort
        | Operator::SPortPriv
        | Operator::NotSPortPriv
        | Operator::SAddr
        | Operator::NotSAddr => family(type_) == Family::Socket,
        Operator::DPort
        | Operator::NotDPort
        | Operator::DPortPriv
        | Operator::NotDPortPriv
        | Operator::DAddr
        | Operator::NotDAddr
        | Operator::Protocol => family(type_) == Family::Socket && type_ != ArgumentType::Sockaddr,
        Operator::State => matches!(type_, ArgumentType::Sock | ArgumentType::Socket),
        Operator::Family => family(type_) == Family::Socket || type_ == ArgumentType::SockaddrUn,
        Operator::FileType | Operator::NotFileType => {
            matches!(type_, ArgumentType::File | ArgumentType::Path)
        }
        Operator::CapabilitiesGained => family(type_) == Family::Capabilities,
        Operator::In | Operator::NotIn => false,
    }
}

fn family(type_: ArgumentType) -> Family {
    match type_ {
        ArgumentType::Int
        | ArgumentType::Sint8
        | ArgumentType::Int8
        | ArgumentType::Uint8
        | ArgumentType::Sint16
        | ArgumentType::Int16
        | ArgumentType::Uint16
        | ArgumentType::Uint32
        | ArgumentType::Sint32
        | ArgumentType::Int32
        | ArgumentType::Ulong
        | ArgumentType::Uint64
        | ArgumentType::SizeT
        | ArgumentType::Long
        | ArgumentType::Sint64
        | ArgumentType::Int64
        | ArgumentType::BpfCmd
        | ArgumentType::Syscall64 => Family::Number,
        ArgumentType::CharBuf
        | ArgumentType::SockaddrUn
        | ArgumentType::String
        | ArgumentType::Fd
        | ArgumentType::File
        | ArgumentType::Path
        | ArgumentType::LinuxBinprm
        | ArgumentType::DataLoc
        | ArgumentType::NetDevice
        | ArgumentType::Dentry => Family::Text,
        ArgumentType::Skb | ArgumentType::Sock | ArgumentType::Sockaddr | ArgumentType::Socket => {
            Family::Socket
        }
        ArgumentType::KernelCapT
        | ArgumentType::CapInheritable
        | ArgumentType::CapPermitted
        | ArgumentType::CapEffective => Family::Capabilities,
        ArgumentType::CharIovec
        | ArgumentType::Filename
        | ArgumentType::Nop
        | ArgumentType::BpfAttr
        | ArgumentType::PerfEvent
        | ArgumentType::BpfMap
        | ArgumentType::UserNamespace
        | ArgumentType::Capability
        | ArgumentType::Kiocb
        | ArgumentType::IovIter
        | ArgumentType::Cred
        | ArgumentType::ConstBuf
        | ArgumentType::LoadInfo
        | ArgumentType::Module
        | ArgumentType::BpfProg => Family::Other,
    }
}
