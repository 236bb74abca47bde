//! The policies of all bundles on this node: which act, in which mode, and how often they reported.

use serde::{Deserialize, Serialize};
use writ_bundle::{Labels, Manifest, Mode, Policy};

use crate::code::{self, Problem};
use crate::user_program::nearest::nearest;

/// Policies in the order of the bundles, and in each as they stand in its manifest.
#[derive(Debug)]
pub struct Policies {
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    bundle: usize,
    listed: Listed,
    /// Why it cannot be switched: what its `nodeSelector` asks.
    skipped: Option<String>,
}

/// A policy as `writ-loader policy list` shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    pub name: String,
    /// Of a `TracingPolicyNamespaced`.
    pub namespace: Option<String>,
    pub state: State,
    /// How it acts while it is enabled: `enforce` or `monitor`.
    pub mode: Mode,
    /// Records of its hooks that the loader took since it began.
    pub events: u64,
}

/// Whether a policy acts on this node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    Enabled,
    /// Somebody disabled it.
    Disabled,
    /// It is not for this node, and cannot be enabled.
    Skipped,
}

impl State {
    /// The word in JSON and in tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Enabled => "enabled",
            Self::Disabled => "disabled",
            Self::Skipped => "skipped",
        }
    }
}

impl Policies {
    /// The policies of these bundles on a node with these labels.
    pub fn of<'a>(manifests: impl IntoIterator<Item = &'a Manifest>, node: &Labels) -> Self {
        let of_bundle = |(bundle, manifest): (usize, &'a Manifest)| {
            manifest.policies.iter().map(move |policy| entry(bundle, policy, node))
        };
        Self { entries: manifests.into_iter().enumerate().flat_map(of_bundle).collect() }
    }

    /// Every policy.
    pub fn list(&self) -> Vec<Listed> {
        self.entries.iter().map(|entry| entry.listed.clone()).collect()
    }

    /// The modes of a bundle's policies, in the manifest's order.
    pub fn modes(&self, bundle: usize) -> Vec<Mode> {
        let of_bundle = self.entries.iter().filter(|entry| entry.bundle == bundle);
        of_bundle.map(|entry| entry.listed.acting()).collect()
    }

    /// A sentence for each policy that is not for this node.
    pub fn skipped(&self) -> Vec<String> {
        let sentence = |entry: &Entry| {
            let asked = entry.skipped.as_ref()?;
            let name = &entry.listed.name;
            Some(format!("the policy `{name}` is skipped: it is for nodes with{asked}"))
        };
        self.entries.iter().filter_map(sentence).collect()
    }

    /// Switches a policy. The answer is its bundle, whose modes must be written then.
    ///
    /// # Errors
    ///
    /// When no policy has the name, when several have, or when it is not for this node.
    pub fn switch(
        &mut self,
        name: &str,
        namespace: Option<&str>,
        mode: Mode,
    ) -> Result<usize, Problem> {
        let place = self.find(name, namespace)?;
        let Some(entry) = self.entries.get_mut(place) else { return Err(self.unknown(name)) };
        if let Some(asked) = &entry.skipped {
            let message = format!("the policy `{name}` is not for this node");
            return Err(Problem::new(&code::SKIPPED_POLICY, message).help(format!(
                "it is for nodes with{asked}; say --node-label when the loader is started"
            )));
        }
        match mode {
            Mode::Disabled => entry.listed.state = State::Disabled,
            Mode::Enforce | Mode::Monitor => {
                entry.listed.state = State::Enabled;
                entry.listed.mode = mode;
            }
        }
        Ok(entry.bundle)
    }

    /// Counts a record of a policy.
    pub fn count(&mut self, bundle: usize, policy: u32) {
        let mut of_bundle = self.entries.iter_mut().filter(|entry| entry.bundle == bundle);
        if let Some(entry) = of_bundle.nth(policy as usize) {
            entry.listed.events = entry.listed.events.saturating_add(1);
        }
    }

    fn find(&self, name: &str, namespace: Option<&str>) -> Result<usize, Problem> {
        let is_named = |entry: &Entry| entry.listed.name == name;
        let is_meant = |entry: &Entry| {
            namespace.is_none_or(|one| entry.listed.namespace.as_deref() == Some(one))
        };
        let found: Vec<(usize, &Entry)> = self
            .entries
            .iter()
            .enumerate()
            .filter(|(_, entry)| is_named(entry) && is_meant(entry))
            .collect();
        match found.as_slice() {
            [(place, _)] => Ok(*place),
            [] => Err(self.unknown(name)),
            // Without a namespace, the policy that has none is meant before those that have one.
            several => {
                let of_cluster = several.iter().find(|(_, one)| one.listed.namespace.is_none());
                let place = of_cluster.filter(|_| namespace.is_none()).map(|(place, _)| *place);
                place.ok_or_else(|| ambiguous(name, several))
            }
        }
    }

    fn unknown(&self, name: &str) -> Problem {
        let namespaced: Vec<&str> = self
            .entries
            .iter()
            .filter(|entry| entry.listed.name == name)
            .filter_map(|entry| entry.listed.namespace.as_deref())
            .collect();
        if !namespaced.is_empty() {
            let message = format!("no policy `{name}` is in that namespace");
            let help = format!("there is one in `{}`", namespaced.join("`, `"));
            return Problem::new(&code::UNKNOWN_POLICY, message).help(help);
        }
        let problem = Problem::new(&code::UNKNOWN_POLICY, format!("no policy is named `{name}`"));
        let names = nearest(name, self.entries.iter().map(|entry| entry.listed.name.as_str()));
        match names.as_slice() {
            [] => problem.help("`writ-loader policy list` shows them all"),
            names => problem.help(format!("did you mean {}?", names.join(" or "))),
        }
    }
}

impl Listed {
    /// What the programs are told.
    fn acting(&self) -> Mode {
        match self.state {
            State::Enabled => self.mode,
            State::Disabled | State::Skipped => Mode::Disabled,
        }
    }
}

fn entry(bundle: usize, policy: &Policy, node: &Labels) -> Entry {
    let skipped = policy.nodes.as_ref().filter(|nodes| !nodes.matches(node));
    let state = if skipped.is_some() { State::Skipped } else { State::Enabled };
    let Policy { name, namespace, mode, .. } = policy;
    let (name, namespace) = (name.clone(), namespace.clone());
    let listed = Listed { name, namespace, state, mode: *mode, events: 0 };
    Entry { bundle, listed, skipped: skipped.map(ToString::to_string) }
}

fn ambiguous(name: &str, several: &[(usize, &Entry)]) -> Problem {
    let namespaces: Vec<String> = several
        .iter()
        .filter_map(|(_, entry)| entry.listed.namespace.as_ref())
        .map(|namespace| format!("`{namespace}`"))
        .collect();
    let message = format!("several policies are named `{name}`");
    Problem::new(&code::AMBIGUOUS_POLICY, message)
        .help(format!("say which with --namespace: {}", namespaces.join(", ")))
}

#[cfg(test)]
mod tests;
