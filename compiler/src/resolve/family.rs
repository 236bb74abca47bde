//! Which operators a value can be asked with, by the family of its type.

use super::operator::of_number;
use super::text::pattern_of;
use crate::policy::Operator;
use crate::resolved::{Reader, Structure};

/// Values that take the same operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    Number,
    /// Text that is no file.
    Text,
    /// The path of an open file, which has a type too.
    File,
    /// An IPv4 or IPv6 connection, or a packet.
    Connection,
    /// An address with a port.
    Address,
    /// The address of a Unix socket.
    UnixAddress,
    Capabilities,
    /// Shown in events, and nothing else.
    Shown,
    /// Not even that.
    Unread,
}

impl Family {
    /// The family of what is read this way.
    pub(super) fn of(reader: Reader) -> Self {
        match reader {
            Reader::Nothing => Self::Unread,
            Reader::Integer { .. } | Reader::SyscallNumber => Self::Number,
            Reader::File | Reader::Path => Self::File,
            Reader::Binprm
            | Reader::Filename
            | Reader::Descriptor
            | Reader::Text
            | Reader::Buffer { .. }
            | Reader::RecordText
            | Reader::Structure(Structure::Dentry | Structure::NetDevice) => Self::Text,
            Reader::Structure(Structure::Skb | Structure::Sock | Structure::Socket) => {
                Self::Connection
            }
            Reader::Structure(Structure::Sockaddr) => Self::Address,
            Reader::Structure(Structure::SockaddrUn { .. }) => Self::UnixAddress,
            Reader::Capabilities(_) => Self::Capabilities,
            Reader::Vectors { .. }
            | Reader::Bytes { .. }
            | Reader::Capability
            | Reader::Structure(
                Structure::Cred
                | Structure::BpfAttr
                | Structure::BpfMap
                | Structure::BpfProg
                | Structure::PerfEvent
                | Structure::UserNamespace
                | Structure::Kiocb
                | Structure::IovIter
                | Structure::LoadInfo
                | Structure::Module,
            ) => Self::Shown,
        }
    }

    /// Whether `operator` asks something of such a value.
    pub(super) fn takes(self, operator: Operator) -> bool {
        let of_text = pattern_of(operator).is_some()
            || matches!(operator, Operator::SubString | Operator::SubStringIgnoreCase);
        let of_source = matches!(
            operator,
            Operator::SAddr
                | Operator::NotSAddr
                | Operator::SPort
                | Operator::NotSPort
                | Operator::SPortPriv
                | Operator::NotSPortPriv
                | Operator::Family
        );
        match self {
            Self::Number => of_number(operator).is_some(),
            Self::Text => of_text,
            Self::File => of_text || matches!(operator, Operator::FileType | Operator::NotFileType),
            Self::Connection => {
                of_source
                    || matches!(
                        operator,
                        Operator::DAddr
                            | Operator::NotDAddr
                            | Operator::DPort
                            | Operator::NotDPort
                            | Operator::DPortPriv
                            | Operator::NotDPortPriv
                            | Operator::Protocol
                            | Operator::State
                    )
            }
            Self::Address => of_source,
            Self::UnixAddress => of_text || operator == Operator::Family,
            Self::Capabilities => matches!(
                operator,
                Operator::Equal
                    | Operator::NotEqual
                    | Operator::GreaterThan
                    | Operator::LessThan
                    | Operator::Mask
            ),
            Self::Shown | Self::Unread => false,
        }
    }

    /// What a value of type `name` is, in words.
    pub(super) fn describe(self, name: &str) -> String {
        match self {
            Self::Number => format!("a number (`{name}`)"),
            Self::Text => format!("a text (`{name}`)"),
            Self::File => format!("a path (`{name}`)"),
            Self::Connection => format!("a connection (`{name}`)"),
            Self::Address | Self::UnixAddress => format!("an address (`{name}`)"),
            Self::Capabilities => format!("a set of capabilities (`{name}`)"),
            Self::Shown => {
                format!("an argument of type `{name}`, which is shown but cannot be compared")
            }
            Self::Unread => format!("an argument of type `{name}`, which is not read"),
        }
    }

    /// The operators that fit, in words.
    pub(super) fn legal(self) -> &'static str {
        match self {
            Self::Number => {
                "`Equal`, `NotEqual`, `GT`, `LT`, `Mask`, `InMap`, `NotInMap`, `InRange` or \
                 `NotInRange`"
            }
            Self::Text => {
                "`Equal`, `NotEqual`, `Prefix`, `NotPrefix`, `Postfix`, `NotPostfix`, `SubString` \
                 or `SubStringIgnCase`"
            }
            Self::File => {
                "`Equal`, `NotEqual`, `Prefix`, `NotPrefix`, `Postfix`, `NotPostfix`, `SubString`, \
                 `SubStringIgnCase`, `FileType` or `NotFileType`"
            }
            Self::Connection => {
                "`SAddr`, `DAddr`, `SPort`, `DPort`, `SPortPriv`, `DPortPriv`, their negative \
                 forms, `Protocol`, `Family` or `State`"
            }
            Self::Address => "`SAddr`, `SPort`, `SPortPriv`, their negative forms, or `Family`",
            Self::UnixAddress => "`Family`, `Equal`, `Prefix` and the other operators on texts",
            Self::Capabilities => "`Equal`, `NotEqual`, `GT`, `LT`, `Mask` or `CapabilitiesGained`",
            Self::Shown | Self::Unread => "none: give the argument another type",
        }
    }
}
