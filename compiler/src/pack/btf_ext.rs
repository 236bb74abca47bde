//! `.BTF.ext`: which type, line and CO-RE relocation belongs to which instruction.

use std::collections::BTreeMap;

use super::btf::{Btf, TypeId, word};
use super::btf_kind_table::Word;

const MAGIC_AND_VERSION: [u8; 4] = [0x9f, 0xeb, 1, 0];
/// Bytes of the header with all three tables.
const HEADER: u32 = 32;
/// The longest record that is read, in words. The kernel's longest has 4.
const RECORD_MAX: u32 = 64;

/// What the words of the records of each table say.
const FUNCTION: [Word; 2] = [Word::Number, Word::Type];
const LINE: [Word; 4] = [Word::Number, Word::Name, Word::Name, Word::Number];
const CORE_RELOCATION: [Word; 4] = [Word::Number, Word::Type, Word::Name, Word::Number];

/// The three tables.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Extension {
    /// `struct bpf_func_info`: offset, type.
    pub(super) functions: Table,
    /// `struct bpf_line_info`: offset, file, text, line and column.
    pub(super) lines: Table,
    /// `struct bpf_core_relo`: offset, type, access, kind.
    pub(super) relocations: Table,
}

/// Records by section.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Table {
    /// Words of a record.
    record: usize,
    blocks: Vec<Block>,
}

/// The records of one ELF section, ordered by offset.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Block {
    /// Offset of the section's name in the BTF strings.
    section: u32,
    /// The first word of each is the offset of an instruction, in bytes from the section's start.
    records: Vec<Vec<u32>>,
}

/// One CO-RE relocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CoreRelocation {
    /// Of the instruction, in bytes from the section's start.
    pub(super) offset: u64,
    pub(super) type_id: TypeId,
    /// Offset of the access, such as `0:1`, in the BTF strings.
    pub(super) access: u32,
    /// `enum bpf_core_relo_kind`.
    kind: u32,
}

impl CoreRelocation {
    /// Whether it asks if a field, type or enumerator exists, or if a type matches.
    pub(super) fn asks(&self) -> bool {
        matches!(self.kind, 2 | 8 | 10 | 12)
    }
}

impl Extension {
    /// Takes a section `.BTF.ext` apart. Nothing when it is damaged.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        if bytes.get(..4) != Some(&MAGIC_AND_VERSION) {
            return None;
        }
        let header = word(bytes, 4)?;
        let table = |at: usize, record: usize| -> Option<Table> {
            // Objects without CO-RE relocations may have the shorter, older header.
            if at + 8 > header as usize {
                return Some(Table { record, blocks: Vec::new() });
            }
            let start = header.checked_add(word(bytes, at)?)? as usize;
            let end = start.checked_add(word(bytes, at + 4)? as usize)?;
            Table::parse(bytes.get(start..end)?, record)
        };
        Some(Self {
            functions: table(8, FUNCTION.len())?,
            lines: table(16, LINE.len())?,
            relocations: table(24, CORE_RELOCATION.len())?,
        })
    }

    /// The section `.BTF.ext`; nothing when it would be larger than 4 GiB.
    pub(super) fn bytes(&self) -> Option<Vec<u8>> {
        let tables = [self.functions.words()?, self.lines.words()?, self.relocations.words()?];
        let mut header = vec![HEADER];
        let mut end = 0u32;
        for table in &tables {
            let size = u32::try_from(table.len() * 4).ok()?;
            header.extend([end, size]);
            end = end.checked_add(size)?;
        }
        let mut bytes = MAGIC_AND_VERSION.to_vec();
        bytes.extend(header.into_iter().chain(tables.concat()).flat_map(u32::to_le_bytes));
        Some(bytes)
    }

    /// Keeps the records of the sections in `bases` and joins them as those of `.text`, in which
    /// each section now begins at its base.
    pub(super) fn merge_text(&mut self, btf: &mut Btf, bases: &BTreeMap<String, u64>) {
        let text = btf.string(".text");
        for table in [&mut self.functions, &mut self.lines, &mut self.relocations] {
            table.merge(text, btf, bases);
        }
    }

    /// The types that its records name.
    pub(super) fn types(&self) -> impl Iterator<Item = TypeId> {
        let records = [&self.functions, &self.relocations]
            .into_iter()
            .flat_map(|table| table.blocks.iter().flat_map(|block| &block.records));
        // In both tables the type is the second word.
        records.filter_map(|record| record.get(1).copied().map(TypeId))
    }

    /// Replaces every word by what `translate` makes of it.
    pub(super) fn rewrite(&mut self, mut translate: impl FnMut(Word, u32) -> u32) {
        self.functions.rewrite(&FUNCTION, &mut translate);
        self.lines.rewrite(&LINE, &mut translate);
        self.relocations.rewrite(&CORE_RELOCATION, &mut translate);
    }

    /// The CO-RE relocations of one section.
    pub(super) fn core_relocations<'a>(
        &'a self,
        btf: &'a Btf,
        section: &'a str,
    ) -> impl Iterator<Item = CoreRelocation> {
        let here = self.relocations.records(btf).filter(move |(name, _)| *name == section);
        here.filter_map(|(_, record)| match record {
            [offset, type_id, access, kind, ..] => Some(CoreRelocation {
                offset: u64::from(*offset),
                type_id: TypeId(*type_id),
                access: *access,
                kind: *kind,
            }),
            _ => None,
        })
    }
}

impl Table {
    fn parse(bytes: &[u8], record: usize) -> Option<Self> {
        if bytes.is_empty() {
            return Some(Self { record, blocks: Vec::new() });
        }
        let record_size = word(bytes, 0)?;
        let record = (record_size / 4) as usize;
        if record_size % 4 != 0 || record_size == 0 || record_size / 4 > RECORD_MAX {
            return None;
        }
        let mut blocks = Vec::new();
        let mut rest = bytes.get(4..)?;
        while !rest.is_empty() {
            let size = (word(rest, 4)? as usize).checked_mul(record * 4)?;
            let end = size.checked_add(8)?;
            let words: Vec<u32> =
                rest.get(8..end)?.chunks_exact(4).filter_map(|chunk| word(chunk, 0)).collect();
            let records = words.chunks_exact(record).map(<[u32]>::to_vec).collect();
            blocks.push(Block { section: word(rest, 0)?, records });
            rest = rest.get(end..)?;
        }
        Some(Self { record, blocks })
    }

    fn words(&self) -> Option<Vec<u32>> {
        if self.blocks.is_empty() {
            return Some(Vec::new());
        }
        let mut words = vec![u32::try_from(self.record * 4).ok()?];
        for block in &self.blocks {
            words.extend([block.section, u32::try_from(block.records.len()).ok()?]);
            words.extend(block.records.iter().flatten());
        }
        Some(words)
    }

    /// Adds the records of one section. Each is an offset in bytes and the words after it.
    pub(super) fn push(&mut self, section: u32, records: Vec<(u64, Vec<u32>)>) {
        let width = self.record;
        let records = records.into_iter().map(|(offset, words)| {
            let mut record = vec![u32::try_from(offset).unwrap_or(u32::MAX)];
            record.extend(words);
            record.resize(width, 0);
            record
        });
        self.blocks.push(Block { section, records: records.collect() });
    }

    fn merge(&mut self, text: u32, btf: &Btf, bases: &BTreeMap<String, u64>) {
        let mut merged = Vec::new();
        for block in std::mem::take(&mut self.blocks) {
            let Some(base) = bases.get(btf.text(block.section)) else { continue };
            let base = u32::try_from(*base).unwrap_or(u32::MAX);
            merged.extend(block.records.into_iter().map(|mut record| {
                if let Some(offset) = record.first_mut() {
                    *offset = offset.saturating_add(base);
                }
                record
            }));
        }
        // Stable: several CO-RE relocations may stand at one instruction, in their order.
        merged.sort_by_key(|record| record.first().copied());
        if !merged.is_empty() {
            self.blocks.push(Block { section: text, records: merged });
        }
    }

    fn rewrite(&mut self, meanings: &[Word], translate: &mut impl FnMut(Word, u32) -> u32) {
        for block in &mut self.blocks {
            block.section = translate(Word::Name, block.section);
            for record in &mut block.records {
                for (value, word) in record.iter_mut().zip(meanings) {
                    *value = translate(*word, *value);
                }
            }
        }
    }

    /// Name of the section and words of each record.
    pub(super) fn records<'a>(
        &'a self,
        btf: &'a Btf,
    ) -> impl Iterator<Item = (&'a str, &'a [u32])> {
        self.blocks.iter().flat_map(|block| {
            block.records.iter().map(|record| (btf.text(block.section), record.as_slice()))
        })
    }
}
