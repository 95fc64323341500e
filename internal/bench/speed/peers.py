"""Peers of Weft's kernels, timed in the same run.

Reads one request a line as JSON from standard input and answers each with one
line. Loading is never part of a time. Networks come as files that the
measuring side wrote: pairs of int32, or a sparse matrix as three arrays.
"""

import json
import os
import resource
import sys
import time

import numpy as np

graphs = {}


def pairs(path):
    return np.fromfile(path, dtype=np.int32).reshape(-1, 2)


def graph(library, path, nodes):
    key = (library, path)
    if key not in graphs:
        graphs[key] = load(library, path, nodes)
    return graphs[key]


def load(library, path, nodes):
    p = pairs(path)
    if library == "igraph":
        import igraph

        return igraph.Graph(n=nodes, edges=p)
    if library == "networkit":
        import networkit

        return networkit.GraphFromCoo(
            (p[:, 0].astype(np.uint64), p[:, 1].astype(np.uint64)), n=nodes
        )
    if library == "networkx":
        import networkx

        g = networkx.Graph()
        g.add_nodes_from(range(nodes))
        g.add_edges_from(zip(p[:, 0].tolist(), p[:, 1].tolist()))
        return g
    raise ValueError(library)


def matrix(path, rows, columns):
    key = ("matrix", path)
    if key not in graphs:
        import scipy.sparse

        start = np.fromfile(path + ".start", dtype=np.int32)
        column = np.fromfile(path + ".column", dtype=np.int32)
        value = np.fromfile(path + ".value", dtype=np.float64)
        m = scipy.sparse.csr_matrix((value, column, start), shape=(rows, columns))
        graphs[key] = (m, m.T.tocsr())
    return graphs[key]


def timed(f):
    begun = time.perf_counter()
    value = f()
    return time.perf_counter() - begun, value


def versions(_):
    out = {"python": sys.version.split()[0]}
    for name in ("numpy", "scipy", "networkx", "igraph", "leidenalg", "networkit", "sparse_dot_topn"):
        try:
            from importlib.metadata import version

            __import__(name)
            out[name] = version(name.replace("_", "-"))
        except Exception as e:  # a peer that is not there is said, never invented
            out[name] = ""
            out[name + " error"] = str(e)
    return 0.0, out


# Top ten of all: the ten largest of each row of W·Wᵀ without its diagonal.


def top_sparse_dot(r):
    from sparse_dot_topn import sp_matmul_topn

    w, t = matrix(r["path"], r["rows"], r["columns"])

    def run():
        return sp_matmul_topn(w, t, top_n=r["k"] + 1, sort=True, n_threads=r["threads"])

    seconds, c = timed(run)
    return seconds, {"file": write_top(c, r["k"], r["out"])}


def top_scipy(r):
    w, t = matrix(r["path"], r["rows"], r["columns"])
    k = r["k"]
    first = min(r["sample"], r["rows"])

    def run():
        out = np.zeros((first, k))
        for at in range(0, first, 1000):
            c = w[at : min(at + 1000, first)] @ t
            for i in range(c.shape[0]):
                lo, hi = c.indptr[i], c.indptr[i + 1]
                v = c.data[lo:hi][c.indices[lo:hi] != at + i]
                if len(v) > k:
                    v = np.partition(v, len(v) - k)[len(v) - k :]
                out[at + i, : len(v)] = np.sort(v)[::-1]
        return out

    seconds, out = timed(run)
    out.astype(np.float64).tofile(r["out"])
    return seconds, {"file": r["out"], "rows": first}


def top_igraph(r):
    """Adamic-Adar from each of a few nodes of the two-mode network: igraph has
    no degree-normalised product, and this is its nearest kernel."""
    g = graph("igraph", r["edges"], r["rows"] + r["columns"])
    k, sample = r["k"], r["sample"]

    def run():
        out = []
        for at in range(0, sample, 50):
            for i, row in enumerate(g.similarity_inverse_log_weighted(vertices=list(range(at, min(at + 50, sample))))):
                v = np.array(row[: r["rows"]])
                v[at + i] = 0
                out.append(np.sort(np.partition(v, len(v) - k)[len(v) - k :])[::-1])
        return out

    seconds, _ = timed(run)
    return seconds, {"rows": sample}


def write_top(c, k, path):
    out = np.zeros((c.shape[0], k))
    c = c.tocsr()
    for i in range(c.shape[0]):
        lo, hi = c.indptr[i], c.indptr[i + 1]
        v = c.data[lo:hi][c.indices[lo:hi] != i][:k]
        out[i, : len(v)] = v
    out.tofile(path)
    return path


# Betweenness.


def betweenness_igraph(r):
    g = graph("igraph", r["path"], r["nodes"])
    sources = r.get("sources")
    seconds, value = timed(lambda: g.betweenness(directed=False, sources=sources) if sources else g.betweenness(directed=False))
    np.array(value).tofile(r["out"])
    return seconds, {"file": r["out"]}


def betweenness_networkit(r):
    import networkit

    g = graph("networkit", r["path"], r["nodes"])
    if r.get("count"):
        b = networkit.centrality.EstimateBetweenness(g, r["count"], False, True)
    else:
        b = networkit.centrality.Betweenness(g)
    seconds, _ = timed(b.run)
    np.array(b.scores()).tofile(r["out"])
    return seconds, {"file": r["out"]}


def kadabra_networkit(r):
    import networkit

    g = graph("networkit", r["path"], r["nodes"])
    networkit.setSeed(r["seed"], True)
    b = networkit.centrality.KadabraBetweenness(g, r["error"], r["delta"])
    seconds, _ = timed(b.run)
    np.array(b.scores()).tofile(r["out"])
    return seconds, {"file": r["out"], "samples": int(b.getNumberOfIterations())}


# Groups.


def leiden_networkit(r):
    import networkit

    g = graph("networkit", r["path"], r["nodes"])
    networkit.setSeed(r["seed"], True)
    a = networkit.community.ParallelLeiden(g)
    seconds, _ = timed(a.run)
    np.array(a.getPartition().getVector(), dtype=np.int32).tofile(r["out"])
    return seconds, {"file": r["out"]}


def leiden_leidenalg(r):
    import leidenalg

    g = graph("igraph", r["path"], r["nodes"])
    seconds, p = timed(lambda: leidenalg.find_partition(g, leidenalg.ModularityVertexPartition, seed=r["seed"]))
    np.array(p.membership, dtype=np.int32).tofile(r["out"])
    return seconds, {"file": r["out"]}


# Paths: every pair by itself, times in order.


def paths_networkit(r):
    import networkit

    g = graph("networkit", r["path"], r["nodes"])
    times, lengths = [], []
    for a, b in pairs(r["pairs"]).tolist():
        begun = time.perf_counter()
        q = networkit.distance.BidirectionalBFS(g, a, b)
        q.run()
        path = q.getPath()
        times.append(time.perf_counter() - begun)
        lengths.append(len(path) + 1 if q.getDistance() < 1e9 else -1)
    return sum(times), {"times": times, "lengths": lengths}


def paths_igraph(r):
    g = graph("igraph", r["path"], r["nodes"])
    times, lengths = [], []
    for a, b in pairs(r["pairs"]).tolist()[: r["sample"]]:
        begun = time.perf_counter()
        path = g.get_shortest_path(a, b)
        times.append(time.perf_counter() - begun)
        lengths.append(len(path) - 1)
    return sum(times), {"times": times, "lengths": lengths}


def weighted(path, cost, nodes):
    key = ("networkit", path, cost)
    if key not in graphs:
        import networkit

        p = pairs(path)
        ends = (p[:, 0].astype(np.uint64), p[:, 1].astype(np.uint64))
        graphs[key] = networkit.GraphFromCoo((np.fromfile(cost, dtype=np.float64), ends), n=nodes, weighted=True)
    return graphs[key]


def paths_dijkstra_networkit(r):
    """The path of least cost."""
    import networkit

    g = weighted(r["path"], r["cost"], r["nodes"])
    times, cost = [], []
    for a, b in pairs(r["pairs"]).tolist():
        begun = time.perf_counter()
        q = networkit.distance.BidirectionalDijkstra(g, a, b)
        q.run()
        q.getPath()
        times.append(time.perf_counter() - begun)
        cost.append(q.getDistance() if q.getDistance() < 1e9 else -1)
    return sum(times), {"times": times, "cost": cost}


def paths_yen_igraph(r):
    """The k paths of least cost, k costs a pair."""
    g = graph("igraph", r["path"], r["nodes"])
    weights = np.fromfile(r["cost"], dtype=np.float64).tolist()
    times, cost = [], []
    for a, b in pairs(r["pairs"]).tolist()[: r["sample"]]:
        begun = time.perf_counter()
        found = g.get_k_shortest_paths(a, to=b, k=r["k"], weights=weights, output="epath")
        times.append(time.perf_counter() - begun)
        costs = [sum(weights[e] for e in path) for path in found if path]
        cost += costs + [-1] * (r["k"] - len(costs))
    return sum(times), {"times": times, "cost": cost}


def memory(r):
    """Resident memory that loading takes, in a process of its own."""
    import gc

    __import__(r["library"])
    if r["library"] == "networkit":
        import networkit
    path, nodes = r["path"], r["nodes"]
    small = path + ".warm"
    pairs(path)[:1000].tofile(small)
    load(r["library"], small, nodes=int(pairs(small).max()) + 1)
    gc.collect()
    before = resident()
    g = load(r["library"], path, nodes)
    gc.collect()
    trim()
    used = resident() - before
    count = g.number_of_edges() if r["library"] == "networkx" else (g.ecount() if r["library"] == "igraph" else g.numberOfEdges())
    return 0.0, {"bytes": used, "links": count}


def resident():
    with open("/proc/self/statm") as f:
        return int(f.read().split()[1]) * resource.getpagesize()


def trim():
    import ctypes

    try:
        ctypes.CDLL("libc.so.6").malloc_trim(0)
    except OSError:
        pass


def main():
    for line in sys.stdin:
        r = json.loads(line)
        try:
            seconds, value = globals()[r["call"]](r)
            answer = {"seconds": seconds, **value}
        except Exception as e:
            answer = {"error": type(e).__name__ + ": " + str(e)}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    # Libraries may write to standard output: answers go to a copy of it.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    sys.stdout = answers
    main()
