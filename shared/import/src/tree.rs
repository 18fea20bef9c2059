//! The order of messages that follow each other in a tree, as edits and repeated answers make it: parents before children, branch after
//! branch, each branch by the time at which it begins. Trees of archives may be broken: parents are missing, follow themselves or their
//! own children, and no depth is too deep.

use std::collections::HashMap;

use app_domain::Timestamp;

/// A message, as far as its place depends on it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Node {
    /// What it is called; the first of those that are called the same is meant by it.
    pub(crate) id: String,
    /// What it follows.
    pub(crate) parent: Option<String>,
    /// When it was written.
    pub(crate) at: Option<Timestamp>,
}

/// The place of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Placed {
    /// Which one it is.
    pub(crate) node: usize,
    /// Which one it follows.
    pub(crate) after: Option<usize>,
    /// Whether it is on the branch that is shown.
    pub(crate) is_on_branch: bool,
}

/// All of `nodes` in order, each once. The branch that is shown is the one that leads to `current`; if that is not there, the one that
/// ends last. Where a parent is missing another tree begins, which is a piece of the chat and no branch of it.
pub(crate) fn ordered(nodes: &[Node], current: Option<&str>) -> Vec<Placed> {
    let mut named: HashMap<&str, usize> = HashMap::with_capacity(nodes.len());
    for (index, node) in nodes.iter().enumerate() {
        named.entry(&node.id).or_insert(index);
    }
    let parents = nodes.iter().map(|node| named.get(node.parent.as_deref()?).copied()).collect();
    let parents = without_cycles(parents, nodes);
    // Those that follow nothing, by intent, are branches of one tree.
    let begins = |index: usize| if nodes[index].parent.is_none() { None } else { Some(index) };

    let mut order: Vec<usize> = (0..nodes.len()).collect();
    order.sort_by_key(|&index| (nodes[index].at, index));
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); nodes.len()];
    let mut open = Vec::new();
    for &index in order.iter().rev() {
        match parents[index] {
            Some(parent) => children[parent].push(index),
            None => open.push(index),
        }
    }

    let mut places = Vec::with_capacity(nodes.len());
    let mut trees: Vec<Option<usize>> = vec![None; nodes.len()];
    let mut ends: HashMap<Option<usize>, usize> = HashMap::new();
    while let Some(node) = open.pop() {
        let after = parents[node];
        trees[node] = after.map_or_else(|| begins(node), |parent| trees[parent]);
        if children[node].is_empty() {
            let end = ends.entry(trees[node]).or_insert(node);
            // Where a time is missing, what stands behind in the archive is later.
            let is_dated = nodes[node].at.is_some() && nodes[*end].at.is_some();
            let is_later = is_dated && nodes[node].at > nodes[*end].at;
            if is_later || (!is_dated || nodes[node].at == nodes[*end].at) && node > *end {
                *end = node;
            }
        }
        open.append(&mut children[node]);
        places.push(Placed { node, after, is_on_branch: false });
    }
    if let Some(&current) = current.and_then(|current| named.get(current)) {
        ends.insert(trees[current], current);
    }

    let mut is_on_branch = vec![false; nodes.len()];
    for &end in ends.values() {
        let mut next = Some(end);
        while let Some(node) = next.filter(|&node| !is_on_branch[node]) {
            is_on_branch[node] = true;
            next = parents[node];
        }
    }
    for place in &mut places {
        place.is_on_branch = is_on_branch[place.node];
    }
    places
}

/// Messages that follow each other in the order in which they are. Of those that are called the same, the later ones get a number.
pub(crate) fn chain(mut nodes: Vec<Node>) -> Vec<Node> {
    let mut named: HashMap<String, u32> = HashMap::with_capacity(nodes.len());
    let mut before = None;
    for node in &mut nodes {
        let count = named.entry(node.id.clone()).and_modify(|count| *count += 1).or_insert(1);
        if *count > 1 {
            node.id = format!("{}#{count}", node.id);
        }
        node.parent = before.replace(node.id.clone());
    }
    nodes
}

/// The same without a link in each circle: its earliest message follows nothing.
fn without_cycles(mut parents: Vec<Option<usize>>, nodes: &[Node]) -> Vec<Option<usize>> {
    // In which walk a message was met.
    let mut walks = vec![0; parents.len()];
    for start in 0..parents.len() {
        let walk = start + 1;
        let mut next = Some(start);
        while let Some(node) = next {
            if walks[node] == walk {
                let earliest = circle(&parents, node).min_by_key(|&node| (nodes[node].at, node));
                parents[earliest.unwrap_or(node)] = None;
            }
            if walks[node] != 0 {
                break;
            }
            walks[node] = walk;
            next = parents[node];
        }
    }
    parents
}

/// The messages of a circle, from one of them on.
fn circle(parents: &[Option<usize>], begin: usize) -> impl Iterator<Item = usize> {
    let next = move |&node: &usize| parents[node].filter(|&parent| parent != begin);
    std::iter::successors(Some(begin), next)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn node(id: &str, parent: Option<&str>, second: Option<i64>) -> Node {
        let at = second.and_then(|second| Timestamp::from_millis(1_750_000_000_000 + second * 1000));
        Node { id: id.to_owned(), parent: parent.map(str::to_owned), at }
    }

    fn shown(nodes: &[Node], current: Option<&str>) -> String {
        let places = ordered(nodes, current);
        let name = |place: &Placed| {
            let id = &nodes[place.node].id;
            if place.is_on_branch { id.clone() } else { format!("({id})") }
        };
        places.iter().map(name).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn branches_stand_one_after_the_other_by_time() {
        let nodes = [
            node("edited", Some("root"), Some(30)),
            node("answer", Some("asked"), Some(20)),
            node("root", None, None),
            node("asked", Some("root"), Some(10)),
            node("again", Some("edited"), Some(40)),
        ];
        assert_eq!(shown(&nodes, Some("again")), "root (asked) (answer) edited again");
        assert_eq!(shown(&nodes, Some("answer")), "root asked answer (edited) (again)");
        assert_eq!(
            shown(&nodes, Some("gone")),
            "root (asked) (answer) edited again",
            "the last that was written"
        );
    }

    #[test]
    fn a_first_message_that_was_edited_is_a_branch() {
        let nodes = [node("a", None, Some(1)), node("b", None, Some(2)), node("c", Some("b"), Some(3))];
        assert_eq!(shown(&nodes, Some("c")), "(a) b c");
    }

    #[test]
    fn what_follows_a_missing_message_is_no_branch() {
        let nodes = [
            node("a", None, Some(1)),
            node("b", Some("a"), Some(2)),
            node("d", Some("lost"), Some(4)),
            node("e", Some("d"), Some(5)),
        ];
        assert_eq!(shown(&nodes, Some("e")), "a b d e");
    }

    #[test]
    fn circles_are_cut_once() {
        let nodes = [
            node("self", Some("self"), Some(9)),
            node("a", Some("c"), Some(1)),
            node("b", Some("a"), Some(2)),
            node("c", Some("b"), Some(3)),
        ];
        assert_eq!(shown(&nodes, None), "a b c self", "the earliest of a circle is its beginning");
    }

    #[test]
    fn a_chain_of_a_hundred_thousand_is_no_problem() {
        let chain: Vec<_> = (0..100_000_i64)
            .map(|n| node(&n.to_string(), (n < 99_999).then(|| (n + 1).to_string()).as_deref(), None))
            .collect();
        let places = ordered(&chain, Some("0"));
        assert_eq!((places[0].node, places[99_999].node), (99_999, 0));
        assert!(places.iter().all(|place| place.is_on_branch));
    }

    #[test]
    fn a_chain_stays_one_where_two_are_called_the_same() {
        let alike = vec![
            node("a", None, Some(3)),
            node("a", None, Some(1)),
            node("b", None, None),
            node("a", None, None),
        ];
        assert_eq!(shown(&chain(alike), None), "a a#2 b a#3");
    }

    #[test]
    fn nothing_is_nothing() {
        assert_eq!(ordered(&[], Some("x")), []);
    }

    proptest! {
        #[test]
        fn whatever_follows_whatever_each_has_one_place_behind_what_it_follows(
            links in proptest::collection::vec((0..12_u8, proptest::option::of(0..14_u8), proptest::option::of(0..5_i64)), 0..40),
            current in proptest::option::of(0..12_u8),
        ) {
            let nodes: Vec<_> = links
                .iter()
                .map(|(id, parent, at)| node(&id.to_string(), parent.map(|p| p.to_string()).as_deref(), *at))
                .collect();
            let places = ordered(&nodes, current.map(|id| id.to_string()).as_deref());
            let mut seen = vec![false; nodes.len()];
            for place in places {
                prop_assert!(!seen[place.node]);
                prop_assert!(place.after.is_none_or(|after| seen[after]));
                seen[place.node] = true;
            }
            prop_assert!(seen.into_iter().all(|seen| seen));
        }
    }
}
