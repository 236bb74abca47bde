//! How an argument is compared with values.

macro_rules! operators {
    ($($variant:ident $name:literal;)*) => {
        /// An operator of TracingPolicy. Names are case-sensitive.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Operator {
            $(#[doc = concat!("`", $name, "`")] $variant,)*
        }

        impl Operator {
            /// Every operator.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name in TracingPolicy. `GT` and `GreaterThan` are one operator with two names;
            /// this is the short one.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

operators! {
    In "In";
    NotIn "NotIn";
    Equal "Equal";
    NotEqual "NotEqual";
    Prefix "Prefix";
    NotPrefix "NotPrefix";
    Postfix "Postfix";
    NotPostfix "NotPostfix";
    GreaterThan "GT";
    LessThan "LT";
    Mask "Mask";
    InMap "InMap";
    NotInMap "NotInMap";
    InRange "InRange";
    NotInRange "NotInRange";
    SPort "SPort";
    NotSPort "NotSPort";
    SPortPriv "SPortPriv";
    NotSPortPriv "NotSportPriv";
    DPort "DPort";
    NotDPort "NotDPort";
    DPortPriv "DPortPriv";
    NotDPortPriv "NotDPortPriv";
    SAddr "SAddr";
    NotSAddr "NotSAddr";
    DAddr "DAddr";
    NotDAddr "NotDAddr";
    Protocol "Protocol";
    Family "Family";
    State "State";
    CapabilitiesGained "CapabilitiesGained";
    SubString "SubString";
    SubStringIgnoreCase "SubStringIgnCase";
    CelExpression "CelExpr";
    FileType "FileType";
    NotFileType "NotFileType";
}

impl Operator {
    /// The operator with this name, in either spelling.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "GreaterThan" => Some(Self::GreaterThan),
            "LessThan" => Some(Self::LessThan),
            _ => Self::ALL.iter().copied().find(|operator| operator.name() == name),
        }
    }
}
