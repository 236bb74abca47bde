//! Which workloads a policy or a selector is for.

use crate::source::{Span, Spanned};

/// Workloads by pod, container and host. Nothing at all means every process.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Workloads {
    /// `podSelector`; `{}` is every pod.
    pub pods: Option<LabelSelector>,
    /// `containerSelector`; Tetragon knows the one label `name`.
    pub containers: Option<LabelSelector>,
    /// `hostSelector: {}`: processes that are in no container.
    pub hosts: Option<Span>,
}

/// Kubernetes' `LabelSelector`: every label and every expression must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelSelector {
    pub span: Span,
    /// `matchLabels`, in the order in which they were written.
    pub labels: Vec<(Spanned<String>, Spanned<String>)>,
    pub expressions: Vec<LabelExpression>,
}

/// An entry of `matchExpressions`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelExpression {
    pub span: Span,
    pub key: Spanned<String>,
    pub operator: Spanned<LabelOperator>,
    /// Empty for [`LabelOperator::Exists`] and [`LabelOperator::DoesNotExist`].
    pub values: Vec<Spanned<String>>,
}

/// How a label is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LabelOperator {
    In,
    NotIn,
    Exists,
    DoesNotExist,
}

impl LabelOperator {
    /// Every operator.
    pub const ALL: [Self; 4] = [Self::In, Self::NotIn, Self::Exists, Self::DoesNotExist];

    /// The name in Kubernetes.
    pub fn name(self) -> &'static str {
        match self {
            Self::In => "In",
            Self::NotIn => "NotIn",
            Self::Exists => "Exists",
            Self::DoesNotExist => "DoesNotExist",
        }
    }
}

impl Workloads {
    /// Whether nothing is asked.
    pub fn is_everything(&self) -> bool {
        self.pods.is_none() && self.containers.is_none() && self.hosts.is_none()
    }
}
