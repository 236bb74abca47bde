//! What can be read at a hook: parameters, fields, the return value.

use super::target::Target;
use crate::kernel::{Profile, Prototype, Shape, Type, user_memory};
use crate::resolved::{Caller, Memory, Origin};

/// Everything that can be read at a hook.
#[derive(Debug)]
pub(super) struct Signature<'a> {
    /// What is hooked, in C: `int security_file_open(struct file *file)`.
    pub(super) text: String,
    /// In words: `parameter` or `field`.
    pub(super) word: &'static str,
    pub(super) parameters: Vec<Parameter<'a>>,
    /// `None` when nothing returns there.
    pub(super) returned: Option<Parameter<'a>>,
    /// To whose memory a pointer leads that is found in a register.
    pub(super) registers: Memory,
    pub(super) kernel: &'a str,
}

/// One value that can be read.
#[derive(Debug, Clone)]
pub(super) struct Parameter<'a> {
    /// Empty when nothing tells its name.
    pub(super) name: String,
    /// Its type in C, as far as it is known.
    pub(super) text: String,
    /// `None` when nothing tells its type.
    pub(super) shape: Option<Shape<'a>>,
    /// The type itself, where it is a type of the kernel.
    pub(super) type_: Option<Type<'a>>,
    pub(super) origin: Origin,
    pub(super) memory: Memory,
}

/// How many arguments a system call can have.
const SYSCALL_ARGUMENTS: u32 = 6;

impl<'a> Signature<'a> {
    /// What can be read at `target`.
    pub(super) fn of(target: &Target<'a>, kernel: &'a Profile) -> Self {
        let (text, parameters, returned) = match target {
            Target::Function(function) => of_prototype(&function.prototype, function.name),
            Target::Syscall(syscall) => of_syscall(syscall),
            Target::Lsm(hook) => {
                let (text, parameters, _) = of_prototype(&hook.prototype, hook.name);
                (text, parameters, None)
            }
            Target::Tracepoint(tracepoint) => of_fields(tracepoint),
            Target::RawTracepoint { tracepoint, .. } => of_raw_tracepoint(tracepoint),
        };
        let word = match target {
            Target::Tracepoint(_) => "field",
            Target::Function(_)
            | Target::Syscall(_)
            | Target::Lsm(_)
            | Target::RawTracepoint { .. } => "parameter",
        };
        let registers = Memory::Either;
        Self { text, word, parameters, returned, registers, kernel: kernel.name() }
    }

    /// A function of a program, of which nothing is known.
    pub(super) fn of_program(kernel: &'a Profile) -> Self {
        Self {
            text: "a function of a program".to_owned(),
            word: "parameter",
            parameters: Vec::new(),
            returned: None,
            registers: Memory::Caller,
            kernel: kernel.name(),
        }
    }
}

/// What `source: current_task` reads.
pub(super) fn current_task(kernel: &Profile) -> Parameter<'_> {
    let task = kernel.btf().structure("task_struct");
    Parameter {
        name: "current".to_owned(),
        text: "struct task_struct *".to_owned(),
        shape: Some(Shape::PointerToStruct { name: "task_struct" }),
        type_: task,
        origin: Origin::CurrentTask,
        memory: Memory::Either,
    }
}

type Parts<'a> = (String, Vec<Parameter<'a>>, Option<Parameter<'a>>);

fn of_prototype<'a>(prototype: &Prototype<'a>, name: &str) -> Parts<'a> {
    let parameters = (0..)
        .zip(&prototype.parameters)
        .map(|(index, parameter)| Parameter {
            name: parameter.name.to_owned(),
            text: parameter.type_.text(),
            shape: Some(parameter.type_.shape()),
            type_: Some(parameter.type_),
            origin: Origin::Parameter(index),
            memory: memory(name, prototype, index),
        })
        .collect();
    let shape = prototype.returns.shape();
    let returned = (shape != Shape::Void).then(|| Parameter {
        name: String::new(),
        text: prototype.returns.text(),
        shape: Some(shape),
        type_: Some(prototype.returns),
        origin: Origin::Return { parameters: count(prototype.parameters.len()) },
        memory: Memory::Either,
    });
    (prototype.text(name), parameters, returned)
}

fn of_syscall<'a>(syscall: &crate::kernel::Syscall<'a>) -> Parts<'a> {
    let known = syscall.arguments.as_ref();
    let caller = caller(&syscall.function_name);
    let parameters: Vec<Parameter<'a>> = match known {
        Some(arguments) => (0..)
            .zip(arguments)
            .map(|(index, argument)| Parameter {
                name: argument.name.clone(),
                text: argument.text.clone(),
                shape: Some(argument.shape),
                type_: None,
                origin: Origin::SyscallParameter(index, caller),
                memory: Memory::Caller,
            })
            .collect(),
        None => (0..SYSCALL_ARGUMENTS)
            .map(|index| Parameter {
                name: String::new(),
                text: String::new(),
                shape: None,
                type_: None,
                origin: Origin::SyscallParameter(index, caller),
                memory: Memory::Caller,
            })
            .collect(),
    };
    let list: Vec<String> = parameters
        .iter()
        .map(|parameter| format!("{} {}", parameter.text, parameter.name).replace("* ", "*"))
        .collect();
    let inside = if known.is_some() { list.join(", ") } else { "…".to_owned() };
    let returned = Parameter {
        name: String::new(),
        text: "long".to_owned(),
        // Every system call returns a `long`, but most values are small: nothing is lost when a
        // policy reads fewer bytes.
        shape: None,
        type_: None,
        // The function behind it takes one parameter, a pointer to the caller's registers.
        origin: Origin::Return { parameters: 1 },
        memory: Memory::Caller,
    };
    (format!("long {}({inside})", syscall.name), parameters, Some(returned))
}

/// Who makes the calls that this function serves.
fn caller(function: &str) -> Caller {
    if function.starts_with("__ia32_") { Caller::Bits32 } else { Caller::Bits64 }
}

fn of_fields<'a>(tracepoint: &crate::kernel::Tracepoint<'a>) -> Parts<'a> {
    // They hold what the caller handed over.
    let memory = if tracepoint.subsystem == "syscalls" { Memory::Caller } else { Memory::Either };
    let parameters: Vec<Parameter<'a>> = tracepoint
        .fields
        .iter()
        .map(|field| Parameter {
            name: field.name.clone(),
            text: field.text.clone(),
            shape: Some(field.shape),
            type_: None,
            origin: Origin::Field { offset: field.offset, bytes: field.size },
            memory,
        })
        .collect();
    let names: Vec<&str> = parameters.iter().map(|field| field.name.as_str()).collect();
    let text = format!("{}/{}({})", tracepoint.subsystem, tracepoint.event, names.join(", "));
    (text, parameters, None)
}

fn of_raw_tracepoint<'a>(tracepoint: &crate::kernel::RawTracepoint<'a>) -> Parts<'a> {
    let parameters: Vec<Parameter<'a>> = (0..)
        .zip(&tracepoint.parameters)
        .map(|(index, parameter)| Parameter {
            name: parameter.name.to_owned(),
            text: parameter.type_.text(),
            shape: Some(parameter.type_.shape()),
            type_: Some(parameter.type_),
            origin: Origin::Parameter(index),
            memory: Memory::Either,
        })
        .collect();
    let list: Vec<String> =
        tracepoint.parameters.iter().map(crate::kernel::Parameter::text).collect();
    (format!("{}({})", tracepoint.event, list.join(", ")), parameters, None)
}

fn memory(function: &str, prototype: &Prototype<'_>, index: u32) -> Memory {
    match usize::try_from(index) {
        Ok(index) if user_memory::is_of_caller(function, prototype, index) => Memory::Caller,
        Ok(_) | Err(_) => Memory::Either,
    }
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
