//! Pods from JSON files that somebody writes: `{"pods": […]}`.
#![expect(clippy::disallowed_methods, reason = "the loader reads files")]

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;
use std::time::SystemTime;

use serde::Deserialize;
use writ_bundle::{Labels, Workload};

use super::{Container, ShownContainer, ShownImage, ShownPod};
use crate::code::{self, Problem};
use crate::container::short_id;

/// A file, or the files in a directory whose names end in `.json`.
#[derive(Debug)]
pub struct Files {
    path: PathBuf,
    /// What was there when it was read last; `None` before.
    seen: Option<Vec<Seen>>,
}

/// What shows that a file was written: its name, time and length.
type Seen = (PathBuf, Option<SystemTime>, u64);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    pods: Vec<Pod>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pod {
    namespace: String,
    name: String,
    #[serde(default)]
    uid: String,
    #[serde(default)]
    labels: Labels,
    #[serde(default)]
    workload: String,
    #[serde(default)]
    workload_kind: String,
    #[serde(default)]
    containers: Vec<ListedContainer>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ListedContainer {
    name: String,
    /// `containerd://<id>` or the id alone.
    id: String,
    image: Option<Image>,
    /// The cgroup's path below the root of the hierarchy. Without it the id is looked for in the
    /// cgroups' names.
    cgroup: Option<PathBuf>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Image {
    #[serde(default)]
    id: String,
    name: String,
}

impl Files {
    pub(super) fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), seen: None }
    }

    /// The containers, when a file was written, added or removed since this was asked last.
    pub(super) fn changed(&mut self) -> Result<Option<Vec<Container>>, Problem> {
        let problem = |error: io::Error| {
            Problem::new(&code::WORKLOADS, format!("`{}`: {error}", self.path.display()))
        };
        let now = look(&self.path).map_err(problem)?;
        if self.seen.as_ref() == Some(&now) {
            return Ok(None);
        }
        let mut containers = Vec::new();
        let read: Result<(), Problem> = now.iter().try_for_each(|(path, ..)| {
            containers.extend(read(path)?);
            Ok(())
        });
        // A file that is wrong is said once, not every second.
        self.seen = Some(now);
        read.map(|()| Some(containers))
    }
}

fn look(path: &Path) -> io::Result<Vec<Seen>> {
    let metadata = fs::metadata(path)?;
    if !metadata.is_dir() {
        return Ok(vec![(path.to_owned(), metadata.modified().ok(), metadata.len())]);
    }
    let mut seen = Vec::new();
    for entry in fs::read_dir(path)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let metadata = fs::metadata(&path)?;
            seen.push((path, metadata.modified().ok(), metadata.len()));
        }
    }
    seen.sort();
    Ok(seen)
}

fn read(path: &Path) -> Result<Vec<Container>, Problem> {
    let problem =
        |why: String| Problem::new(&code::WORKLOADS, format!("`{}`: {why}", path.display()));
    let text = fs::read_to_string(path).map_err(|error| problem(error.to_string()))?;
    containers(&text).map_err(problem)
}

/// The containers in a document.
fn containers(text: &str) -> Result<Vec<Container>, String> {
    let document: Document = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let mut all = Vec::new();
    for pod in &document.pods {
        for one in &pod.containers {
            all.push(container(pod, one)?);
        }
    }
    Ok(all)
}

fn container(pod: &Pod, one: &ListedContainer) -> Result<Container, String> {
    let Pod { namespace, name, uid, labels, workload, workload_kind, .. } = pod;
    let short_id = short_id(&one.id);
    if short_id.is_empty() && one.cgroup.is_none() {
        return Err(format!(
            "the container `{}` of the pod `{name}` has neither a cgroup nor the id of a container",
            one.name
        ));
    }
    let image = one.image.clone().map(|Image { id, name }| ShownImage { id, name });
    let shown = ShownPod {
        namespace: namespace.clone(),
        name: name.clone(),
        uid: uid.clone(),
        container: ShownContainer { id: one.id.clone(), name: one.name.clone(), image },
        pod_labels: labels.clone(),
        workload: workload.clone(),
        workload_kind: workload_kind.clone(),
    };
    Ok(Container {
        workload: Workload {
            namespace: namespace.clone(),
            labels: labels.clone(),
            container: one.name.clone(),
        },
        short_id,
        cgroup: one.cgroup.as_ref().map(|path| below_root(path)),
        shown: Rc::new(shown),
    })
}

/// The path without the root that it may begin with.
fn below_root(path: &Path) -> PathBuf {
    path.components().filter(|part| matches!(part, Component::Normal(_))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "551e161c47d8ff0eb665438a7bcd5b4ef1c9d7f3a4d27a6b1d6a1b0c9d8e7f60";

    #[test]
    fn a_container_has_what_its_pod_has() {
        let text = format!(
            r#"{{"pods": [{{"namespace": "shop", "name": "cart-1", "labels": {{"app": "cart"}},
            "containers": [{{"name": "main", "id": "containerd://{ID}", "cgroup": "/a/b"}}]}}]}}"#
        );
        let found = containers(&text).unwrap();
        assert_eq!(found[0].workload.labels["app"], "cart");
        assert!(ID.starts_with(&found[0].short_id) && found[0].short_id.len() == 31);
        assert_eq!(found[0].cgroup, Some("a/b".into()));
        assert_eq!(found[0].shown.container.id, format!("containerd://{ID}"));
    }

    #[test]
    fn a_word_that_is_wrong_is_refused() {
        let refused = containers(r#"{"pods": [{"namespace": "a", "name": "b", "lables": {}}]}"#);
        assert!(refused.unwrap_err().contains("unknown field `lables`"));
    }

    #[test]
    fn a_container_that_cannot_be_found_is_refused() {
        let text = r#"{"pods": [{"namespace": "a", "name": "b",
            "containers": [{"name": "main", "id": "x"}]}]}"#;
        assert!(containers(text).unwrap_err().contains("the container `main` of the pod `b`"));
    }

    #[test]
    fn files_are_read_again_when_they_were_written() {
        let folder = std::env::temp_dir().join(format!("writ-workloads-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let write = |text: &str| fs::write(folder.join("pods.json"), text).unwrap();
        write(r#"{"pods": []}"#);
        let mut files = Files::new(&folder);
        assert_eq!(files.changed(), Ok(Some(Vec::new())));
        assert_eq!(files.changed(), Ok(None));
        write(r#"{"pods": [ }"#);
        assert_eq!(files.changed().unwrap_err().code, &code::WORKLOADS);
        assert_eq!(files.changed(), Ok(None), "it is said once");
        fs::remove_dir_all(folder).unwrap();
    }
}
