"""Union-find over documents, for connected components whose edges come table by table.

A node is `partition << 32 | row`. Each document has one number: the place of its parent in one array over all
partitions, at most its own place, -1 while it has no edge. Where the smaller root always wins, the root of a component
is its smallest node, whatever the order of the edges.
"""

import numpy as np

from shards.kernels import njit

ALONE = -1


@njit(cache=True, nogil=True)
def widen(extent, nodes):
    """`extent` (rows that are needed of each partition, int64) so that it holds these nodes; longer where it must."""
    for node in nodes:
        partition, row = np.int64(node >> np.uint64(32)), np.int64(node & np.uint64(0xFFFFFFFF))
        if partition >= len(extent):
            extent = np.concatenate((extent, np.zeros(partition + 1 - len(extent), np.int64)))
        extent[partition] = max(extent[partition], row + 1)
    return extent


@njit(cache=True, nogil=True)
def join(parent, base, hubs, nodes):
    """Join the components of hubs[i] and nodes[i]; `base`: place of each partition's first row in `parent`."""
    for at in range(len(hubs)):
        a, b = _root(parent, _place(base, hubs[at])), _root(parent, _place(base, nodes[at]))
        parent[max(a, b)] = min(a, b)


@njit(cache=True, nogil=True)
def number(parent, extent):
    """Put into `parent` the number of each node's component, in the order of their smallest nodes; returns these."""
    components = 0
    for at in range(len(parent)):
        components += parent[at] == at
    smallest = np.empty(components, np.uint64)
    found = at = 0
    for partition in range(len(extent)):
        for row in range(extent[partition]):
            if parent[at] == at:
                smallest[found] = np.uint64(partition) << np.uint64(32) | np.uint64(row)
                parent[at] = found
                found += 1
            elif parent[at] != ALONE:
                parent[at] = parent[parent[at]]  # smaller, so it holds its component's number by now
            at += 1
    return smallest


@njit(cache=True, nogil=True)
def arrange(numbers, extent, components, parts):
    """(component and node of each member, `parts` + 1 cuts): part p has components p, p + parts ..., nodes ascending.

    `numbers`: what `number` left.
    """
    place = np.zeros(components, np.int64)
    for component in numbers:
        if component != ALONE:
            place[component] += 1
    cuts = np.zeros(parts + 1, np.int64)
    filled = 0
    for part in range(parts):
        for component in range(part, components, parts):
            size = place[component]
            place[component] = filled
            filled += size
        cuts[part + 1] = filled
    members, nodes = np.empty(filled, numbers.dtype), np.empty(filled, np.uint64)
    at = 0
    for partition in range(len(extent)):
        for row in range(extent[partition]):
            component = numbers[at]
            if component != ALONE:
                members[place[component]] = component
                nodes[place[component]] = np.uint64(partition) << np.uint64(32) | np.uint64(row)
                place[component] += 1
            at += 1
    return members, nodes, cuts


@njit(cache=True, nogil=True)
def _place(base, node):
    return base[np.int64(node >> np.uint64(32))] + np.int64(node & np.uint64(0xFFFFFFFF))


@njit(cache=True, nogil=True)
def _root(parent, at):
    """The root above `at`; every second node on the way is hung higher, so that ways stay short."""
    if parent[at] == ALONE:
        parent[at] = at
    while parent[at] != at:
        parent[at] = parent[parent[at]]
        at = np.int64(parent[at])
    return at
