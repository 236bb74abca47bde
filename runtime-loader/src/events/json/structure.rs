//! Structures as arguments show them, with the names of Tetragon's messages (`api/v1/tetragon`).

use std::net::IpAddr;

use serde::Serialize;
use writ_bundle::record::connection::{Connection, known};
use writ_bundle::{CAPABILITIES, FAMILIES, PROTOCOLS, SOCKET_TYPES, STATES};

use super::super::argument::{
    BpfMap, BpfProgram, Credentials, Module, PerfEvent, UserNamespace, name_in, name_of,
};
use super::super::bpf_table::{MAP_TYPES, PERF_TYPES, PROGRAM_TYPES};

/// `KprobeSock`
#[derive(Debug, Serialize)]
pub(super) struct SockForm {
    #[serde(skip_serializing_if = "String::is_empty")]
    family: String,
    #[serde(rename = "type", skip_serializing_if = "String::is_empty")]
    type_: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    protocol: String,
    #[serde(skip_serializing_if = "is_zero")]
    mark: u32,
    #[serde(skip_serializing_if = "is_zero")]
    priority: u32,
    #[serde(flatten)]
    ends: EndsForm,
    #[serde(skip_serializing_if = "String::is_empty")]
    cookie: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    state: String,
}

/// `KprobeSkb`
#[derive(Debug, Serialize)]
pub(super) struct SkbForm {
    #[serde(skip_serializing_if = "is_zero")]
    hash: u32,
    #[serde(skip_serializing_if = "is_zero")]
    len: u32,
    #[serde(skip_serializing_if = "is_zero")]
    priority: u32,
    #[serde(skip_serializing_if = "is_zero")]
    mark: u32,
    #[serde(flatten)]
    ends: EndsForm,
    #[serde(skip_serializing_if = "is_zero")]
    proto: u32,
    #[serde(skip_serializing_if = "is_zero")]
    sec_path_len: u32,
    #[serde(skip_serializing_if = "is_zero")]
    sec_path_olen: u32,
    #[serde(skip_serializing_if = "String::is_empty")]
    protocol: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    family: String,
}

/// The ends of a connection, as far as they are known.
#[derive(Debug, Serialize)]
struct EndsForm {
    #[serde(skip_serializing_if = "Option::is_none")]
    saddr: Option<IpAddr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    daddr: Option<IpAddr>,
    #[serde(skip_serializing_if = "is_zero")]
    sport: u32,
    #[serde(skip_serializing_if = "is_zero")]
    dport: u32,
}

/// `KprobeSockaddr`
#[derive(Debug, Serialize)]
pub(super) struct SockaddrForm {
    #[serde(skip_serializing_if = "String::is_empty")]
    family: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    addr: Option<IpAddr>,
    #[serde(skip_serializing_if = "is_zero")]
    port: u32,
}

/// `KprobeSockaddrUn`
#[derive(Debug, Serialize)]
pub(super) struct UnixAddressForm<'a> {
    #[serde(skip_serializing_if = "String::is_empty")]
    family: String,
    #[serde(skip_serializing_if = "str::is_empty")]
    path: &'a str,
}

/// `KprobeNetDev`
#[derive(Debug, Serialize)]
pub(super) struct DeviceForm<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    pub name: &'a str,
}

/// `ProcessCredentials`
#[derive(Debug, Serialize)]
pub(super) struct CredentialsForm {
    uid: u32,
    gid: u32,
    euid: u32,
    egid: u32,
    suid: u32,
    sgid: u32,
    fsuid: u32,
    fsgid: u32,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    securebits: Vec<&'static str>,
    caps: CapabilitiesForm,
    user_ns: UserNamespaceForm,
}

/// `Capabilities`
#[derive(Debug, Serialize)]
struct CapabilitiesForm {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    permitted: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    effective: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    inheritable: Vec<String>,
}

/// `UserNamespace`
#[derive(Debug, Serialize)]
pub(super) struct UserNamespaceForm {
    level: i32,
    uid: u32,
    gid: u32,
    ns: NamespaceForm,
}

/// `Namespace`
#[derive(Debug, Serialize)]
struct NamespaceForm {
    #[serde(skip_serializing_if = "is_zero")]
    inum: u32,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    is_host: bool,
}

/// `KprobeCapability`
#[derive(Debug, Serialize)]
pub(super) struct CapabilityForm {
    value: i32,
    #[serde(skip_serializing_if = "String::is_empty")]
    name: String,
}

/// `KprobeBpfAttr` and `KprobeBpfProg`
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct BpfProgramForm<'a> {
    prog_type: String,
    #[serde(skip_serializing_if = "is_zero")]
    insn_cnt: u32,
    #[serde(skip_serializing_if = "str::is_empty")]
    prog_name: &'a str,
}

/// `KprobeBpfMap`
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct BpfMapForm<'a> {
    map_type: String,
    #[serde(skip_serializing_if = "is_zero")]
    key_size: u32,
    #[serde(skip_serializing_if = "is_zero")]
    value_size: u32,
    #[serde(skip_serializing_if = "is_zero")]
    max_entries: u32,
    #[serde(skip_serializing_if = "str::is_empty")]
    map_name: &'a str,
}

/// `KprobePerfEvent`
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PerfEventForm<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    kprobe_func: &'a str,
    #[serde(rename = "Type")]
    type_: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    config: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    probe_offset: String,
}

/// `KernelModule`
#[derive(Debug, Serialize)]
pub(super) struct ModuleForm<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    signature_ok: Option<bool>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tainted: Vec<&'static str>,
}

impl SockForm {
    pub(super) fn of(from: &Connection) -> Self {
        let named = |bit: u8, table, number: u16| {
            if from.known & bit == 0 { String::new() } else { name_of(table, number.into()) }
        };
        Self {
            family: named(known::FAMILY, FAMILIES, from.family),
            type_: named(known::PROTOCOL, SOCKET_TYPES, from.type_),
            protocol: named(known::PROTOCOL, PROTOCOLS, from.protocol),
            mark: from.mark,
            priority: from.priority,
            ends: EndsForm::of(from),
            cookie: number(from.cookie),
            state: named(known::STATE, STATES, from.state.into()),
        }
    }
}

impl SkbForm {
    pub(super) fn of(from: &Connection) -> Self {
        let named = |bit: u8, table, number: u16| {
            if from.known & bit == 0 { String::new() } else { name_of(table, number.into()) }
        };
        Self {
            hash: from.hash,
            len: from.length,
            priority: from.priority,
            mark: from.mark,
            ends: EndsForm::of(from),
            proto: from.protocol.into(),
            sec_path_len: from.security_path,
            sec_path_olen: from.security_path_offloaded,
            protocol: named(known::PROTOCOL, PROTOCOLS, from.protocol),
            family: named(known::FAMILY, FAMILIES, from.family),
        }
    }
}

impl EndsForm {
    fn of(from: &Connection) -> Self {
        Self {
            saddr: from.source_address(),
            daddr: from.destination_address(),
            sport: from.source_port.into(),
            dport: from.destination_port.into(),
        }
    }
}

impl SockaddrForm {
    pub(super) fn of(from: &Connection) -> Self {
        Self {
            family: name_of(FAMILIES, from.family.into()),
            addr: from.source_address(),
            port: from.source_port.into(),
        }
    }
}

impl<'a> UnixAddressForm<'a> {
    pub(super) fn of(family: u32, path: &'a str) -> Self {
        Self { family: name_of(FAMILIES, family), path }
    }
}

impl CredentialsForm {
    #[expect(clippy::similar_names, reason = "they are Tetragon's")]
    pub(super) fn of(from: &Credentials) -> Self {
        let [uid, gid, euid, egid, suid, sgid, fsuid, fsgid] = from.ids;
        let [permitted, effective, inheritable] = from.capabilities.map(capability_names);
        Self {
            uid,
            gid,
            euid,
            egid,
            suid,
            sgid,
            fsuid,
            fsgid,
            securebits: named_bits(SECURE_BITS, from.securebits.into()),
            caps: CapabilitiesForm { permitted, effective, inheritable },
            user_ns: UserNamespaceForm::of(from.user_namespace),
        }
    }
}

impl UserNamespaceForm {
    pub(super) fn of(from: UserNamespace) -> Self {
        let UserNamespace { level, owner, group, inode } = from;
        let ns = NamespaceForm { inum: inode, is_host: level == 0 };
        Self { level, uid: owner, gid: group, ns }
    }
}

impl CapabilityForm {
    pub(super) fn of(value: i32) -> Self {
        let name = usize::try_from(value).ok().and_then(|place| CAPABILITIES.get(place));
        Self { value, name: name.map(|name| format!("CAP_{name}")).unwrap_or_default() }
    }
}

impl<'a> BpfProgramForm<'a> {
    pub(super) fn of(from: &'a BpfProgram) -> Self {
        Self {
            prog_type: name_in(PROGRAM_TYPES, from.type_),
            insn_cnt: from.instructions,
            prog_name: &from.name,
        }
    }
}

impl<'a> BpfMapForm<'a> {
    pub(super) fn of(from: &'a BpfMap) -> Self {
        Self {
            map_type: name_in(MAP_TYPES, from.type_),
            key_size: from.key_size,
            value_size: from.value_size,
            max_entries: from.max_entries,
            map_name: &from.name,
        }
    }
}

impl<'a> PerfEventForm<'a> {
    pub(super) fn of(from: &'a PerfEvent) -> Self {
        Self {
            kprobe_func: &from.function,
            type_: name_in(PERF_TYPES, from.type_),
            config: number(from.config),
            probe_offset: number(from.probe_offset),
        }
    }
}

impl<'a> ModuleForm<'a> {
    pub(super) fn of(from: &'a Module) -> Self {
        Self {
            name: &from.name,
            signature_ok: from.is_signature_good,
            tainted: named_bits(TAINTS, from.taints),
        }
    }
}

/// A set of capabilities as 16 hexadecimal digits (`GetCapabilitiesHex` in `pkg/reader/caps`).
pub(super) fn hexadecimal(set: u64) -> String {
    format!("{set:016x}")
}

/// Numbers of 64 bits are texts in JSON; 0 is left out.
fn number(number: u64) -> String {
    if number == 0 { String::new() } else { number.to_string() }
}

fn capability_names(set: u64) -> Vec<String> {
    let is_set =
        |place: &usize| set.checked_shr(u32::try_from(*place).unwrap_or(64)).unwrap_or(0) & 1 == 1;
    let named = CAPABILITIES.iter().enumerate().filter(|(place, _)| is_set(place));
    named.map(|(_, name)| format!("CAP_{name}")).collect()
}

fn named_bits(table: &[(&'static str, u64)], bits: u64) -> Vec<&'static str> {
    table.iter().filter(|(_, bit)| bits & bit != 0).map(|(name, _)| *name).collect()
}

/// `SecureBitsType`
const SECURE_BITS: &[(&str, u64)] = &[
    ("SecBitNoRoot", 1),
    ("SecBitNoRootLocked", 2),
    ("SecBitNoSetUidFixup", 4),
    ("SecBitNoSetUidFixupLocked", 8),
    ("SecBitKeepCaps", 16),
    ("SecBitKeepCapsLocked", 32),
    ("SecBitNoCapAmbientRaise", 64),
    ("SecBitNoCapAmbientRaiseLocked", 128),
];

/// `TaintedBitsType`
const TAINTS: &[(&str, u64)] = &[
    ("TAINT_PROPRIETARY_MODULE", 0x1),
    ("TAINT_FORCED_MODULE", 0x2),
    ("TAINT_FORCED_UNLOAD_MODULE", 0x4),
    ("TAINT_STAGED_MODULE", 0x400),
    ("TAINT_OUT_OF_TREE_MODULE", 0x1000),
    ("TAINT_UNSIGNED_MODULE", 0x2000),
    ("TAINT_KERNEL_LIVE_PATCH_MODULE", 0x8000),
    ("TAINT_TEST_MODULE", 0x40000),
];

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(value: &u32) -> bool {
    *value == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(form: &impl Serialize) -> String {
        serde_json::to_string(form).unwrap()
    }

    #[test]
    fn a_socket_shows_what_is_known_of_it() {
        let all = Connection {
            family: 2,
            type_: 1,
            protocol: 6,
            state: 2,
            known: known::SOURCE
                | known::DESTINATION
                | known::PROTOCOL
                | known::FAMILY
                | known::STATE,
            source_port: 7,
            destination_port: 80,
            source: 0x7f00_0001,
            destination: 0x0a00_0001,
            cookie: u64::MAX,
            ..Connection::default()
        };
        let expected = r#"{"family":"AF_INET","type":"SOCK_STREAM","protocol":"IPPROTO_TCP","saddr":"127.0.0.1","daddr":"10.0.0.1","sport":7,"dport":80,"cookie":"18446744073709551615","state":"TCP_SYN_SENT"}"#;
        assert_eq!(json(&SockForm::of(&all)), expected);
        assert_eq!(json(&SockForm::of(&Connection::default())), "{}");
        assert_eq!(json(&SkbForm::of(&Connection::default())), "{}");
    }

    #[test]
    fn numbers_without_a_name_are_shown_as_numbers() {
        let program = BpfProgram { type_: 999, instructions: 0, name: "x".into() };
        let expected = r#"{"ProgType":"999","ProgName":"x"}"#;
        assert_eq!(json(&BpfProgramForm::of(&program)), expected);
        assert_eq!(json(&CapabilityForm::of(-1)), r#"{"value":-1}"#);
        assert_eq!(json(&CapabilityForm::of(21)), r#"{"value":21,"name":"CAP_SYS_ADMIN"}"#);
    }

    #[test]
    fn bits_are_shown_by_their_names() {
        let module = Module { name: "m".into(), taints: 0x2001, is_signature_good: Some(false) };
        let expected = r#"{"name":"m","signature_ok":false,"tainted":["TAINT_PROPRIETARY_MODULE","TAINT_UNSIGNED_MODULE"]}"#;
        assert_eq!(json(&ModuleForm::of(&module)), expected);
        assert_eq!(capability_names(1 | 1 << 40), ["CAP_CHOWN", "CAP_CHECKPOINT_RESTORE"]);
        assert_eq!(hexadecimal(0x21), "0000000000000021");
    }
}
