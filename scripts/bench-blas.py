#!/usr/bin/env python3
"""Times a training step in units of a matrix product of its dense flops.

    scripts/bench-blas.py      make bench-blas

The unit is what OpenBLAS takes on one thread, in float32, for as many
multiplications and additions as the step would have if nothing were sparse:
0.365 GFLOP. It makes figures of different machines comparable. Step and
product are measured in turns; the figures are medians. Both the wall's time
and the processor's are given: on a busy machine, only the latter counts.

Needs MNIST (goal-search data fetch mnist) and numpy with OpenBLAS; PYTHON
names the interpreter that has it, BLAS_TIMES the number of turns.
GOAL_SEARCH_KERNEL forces a kernel path.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time

PRODUCT = (1024, 784, 112)
PRODUCT_FLOPS = 2 * 1024 * 784 * 112
STEP_FLOPS = 0.365e9
TURNS = int(os.environ.get("BLAS_TIMES", 7))
BENCHMARK = "BenchmarkStep$/network=setup1/hidden=100$/path="

# What OpenBLAS has for newer processors than it knows by name; it would fall
# back to a kernel of 2004. The fastest that runs is the unit.
CORES = {"avx512_bf16": "Cooperlake", "avx512f": "SkylakeX", "avx2": "Haswell"}


def main():
    if "--product" in sys.argv:
        return serve_products()
    test = build()
    core = fastest_core()
    path, _ = run_step(test, "", 1)  # of all paths, the fastest comes first
    path = os.environ.get("GOAL_SEARCH_KERNEL") or path
    steps, products = [], []
    for _ in range(TURNS):
        steps.append(run_step(test, path, 200)[1])
        products.append(run_products(core))
    print(f"kernel {path}, OpenBLAS {core}, {TURNS} turns of each")
    print(f"{'':8}{'step':>10}{'unit':>10}{'ratio':>8}{'OpenBLAS':>16}")
    for i, clock in enumerate(("wall", "CPU")):
        step = statistics.median(s[i] for s in steps)
        unit = statistics.median(p[i] for p in products)
        print(f"{clock:8}{step * 1e3:7.2f} ms{unit * 1e3:7.2f} ms{step / unit:8.2f}{STEP_FLOPS / unit / 1e9:9.0f} GFLOP/s")


def build():
    """Builds the trainer's benchmarks and returns the program."""
    test = os.path.join(tempfile.mkdtemp(), "trainer.test")
    subprocess.run(["go", "test", "-c", "-o", test, "./trainer"], check=True)
    return test


def run_step(test, path, steps):
    """Returns the kernel path and a step's seconds by wall and processor."""
    command = [test, "-test.run", "^$", "-test.bench", BENCHMARK + path, "-test.benchtime", f"{steps}x"]
    output = subprocess.run(command, check=True, capture_output=True, text=True, cwd="trainer").stdout
    for line in output.splitlines():
        words = line.split()
        if words and "path=" in words[0]:
            value = {unit: float(v) * 1e-9 for v, unit in zip(words[2::2], words[3::2])}
            return words[0].split("path=")[1].split("-")[0], (value["ns/op"], value["cpu-ns/op"])
    sys.exit("bench-blas: no step was measured. Is MNIST here? goal-search data fetch mnist")


def fastest_core():
    """Returns the OpenBLAS kernel that is the fastest here."""
    if forced := os.environ.get("OPENBLAS_CORETYPE"):
        return forced
    flags = open("/proc/cpuinfo").read() if os.path.exists("/proc/cpuinfo") else ""
    cores = ["detected"] + [core for flag, core in CORES.items() if flag in flags]
    return min(cores, key=lambda core: min(run_products(core)[1] for _ in range(3)))


def run_products(core):
    """Returns the unit's seconds by wall and processor, in a process of its own."""
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    if core != "detected":
        environment["OPENBLAS_CORETYPE"] = core
    command = [os.environ.get("PYTHON", sys.executable), __file__, "--product"]
    process = subprocess.run(command, env=environment, capture_output=True, text=True)
    if process.returncode != 0:
        sys.exit(process.stderr.strip())
    wall, cpu = map(float, process.stdout.split())
    return wall, cpu


def serve_products():
    """Prints the median seconds of the unit."""
    try:
        import numpy
    except ImportError:
        sys.exit("bench-blas: no numpy. On Debian: apt-get install python3-numpy libopenblas0, "
                 "and PYTHON=/usr/bin/python3 if another python3 comes first")
    m, k, n = PRODUCT
    a, b = numpy.ones((m, k), "float32"), numpy.ones((k, n), "float32")
    times = []
    for _ in range(25):
        wall, cpu = time.perf_counter(), time.thread_time()
        for _ in range(4):
            a @ b
        times.append(((time.perf_counter() - wall) / 4, (time.thread_time() - cpu) / 4))
    scale = STEP_FLOPS / PRODUCT_FLOPS
    print(*(scale * statistics.median(t[i] for t in times) for i in range(2)))


if __name__ == "__main__":
    main()
