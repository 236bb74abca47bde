use super::*;

fn cgroup(id: u64, path: &str, parent: Option<usize>) -> Cgroup {
    let name = path.rsplit('/').next().unwrap().to_owned();
    Cgroup { id, name, path: path.into(), parent }
}

fn container(name: &str, short_id: &str, cgroup: Option<&str>) -> Container {
    Container {
        workload: Workload { container: name.into(), ..Workload::default() },
        short_id: short_id.into(),
        cgroup: cgroup.map(PathBuf::from),
        shown: Rc::default(),
    }
}

fn workloads(containers: Vec<Container>, cgroups: &[Cgroup]) -> Workloads {
    let (source, root) = (Source::None, None);
    let mut workloads = Workloads { source, root, containers, cgroups: BTreeMap::new() };
    workloads.cgroups = workloads.located(cgroups);
    workloads
}

const ID: &str = "551e161c47d8ff0eb665438a7bcd5b4";

#[test]
fn a_container_is_found_by_its_path_or_its_id_and_has_what_is_in_it() {
    let by_id = format!("pods/cri-containerd-{ID}e.scope");
    let all = [
        cgroup(1, "", None),
        cgroup(2, "pods", Some(0)),
        cgroup(3, &by_id, Some(1)),
        cgroup(4, "pods/other", Some(1)),
        cgroup(5, &format!("{by_id}/inner"), Some(2)),
        cgroup(6, "system.slice", Some(0)),
    ];
    let containers = vec![container("main", ID, None), container("side", "", Some("pods/other"))];
    let workloads = workloads(containers, &all);
    let name = |id| workloads.of_cgroup(id).map(|one| one.workload.container.as_str());
    let names: Vec<Option<&str>> = (1..=6).map(name).collect();
    assert_eq!(names, [None, None, Some("main"), Some("side"), Some("main"), None]);
}

#[test]
fn each_cgroup_has_the_bits_of_its_sets() {
    let all = [cgroup(1, "", None), cgroup(2, "a", Some(0))];
    let workloads = workloads(vec![container("main", "", Some("a"))], &all);
    let containers = writ_bundle::ContainerSet {
        pods: writ_bundle::LabelSelector::default(),
        containers: writ_bundle::LabelSelector::default(),
    };
    let pods = WorkloadSet { namespace: None, containers: Some(containers), hosts: false };
    let host = WorkloadSet { namespace: None, containers: None, hosts: true };
    let sets = [pods, host];
    assert_eq!(bits(&sets, None)[0], 0b10);
    assert_eq!(bits(&sets, workloads.of_cgroup(2).map(|one| &one.workload))[0], 0b01);
}
