#!/usr/bin/env python3
"""Times training steps in units of a matrix product of OpenBLAS.

    scripts/bench-blas.py      make bench-blas

The unit is what OpenBLAS takes on one thread, in float32, for as many
multiplications and additions as a step of setup 1 with 100 neurons on MNIST
would have if nothing were sparse: 0.365 GFLOP. It makes figures of different
machines comparable. Steps and products are measured in turns; the figures are
medians. Both the wall's time and the processor's are given: on a busy machine,
only the latter counts.

Needs MNIST and CIFAR-10 (goal-search data fetch mnist) and numpy with OpenBLAS;
a step whose data set is missing is left out. PYTHON names the interpreter that
has numpy, BLAS_TIMES the number of turns. GOAL_SEARCH_KERNEL forces a kernel
path.
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
STEP = "BenchmarkStep$/network=%s/hidden=%d$/path="
CIFAR10_FLOPS = 4 * 1024 * 3072 * 100  # of the image's two products

# The steps: a name, the benchmark, how many at a time, and the target in units.
STEPS = [
    ("setup 1, 100 neurons", STEP % ("setup1", 100), 200, 0.8),
    ("setup 1, 500 neurons", STEP % ("setup1", 500), 20, 21 / 3.8),
    ("setup 2, 500 neurons", STEP % ("setup2", 500), 20, 16 / 3.8),
    ("setup 2, 2000 neurons", STEP % ("setup2", 2000), 8, 60 / 3.8),
    ("CIFAR-10, 100 neurons", "BenchmarkCIFAR10$/path=", 20, 1.3 * CIFAR10_FLOPS / STEP_FLOPS),
]

# What OpenBLAS has for newer processors than it knows by name; it would fall
# back to a kernel of 2004. The fastest that runs is the unit.
CORES = {"avx512_bf16": "Cooperlake", "avx512f": "SkylakeX", "avx2": "Haswell"}


def main():
    if "--product" in sys.argv:
        return serve_products()
    test = build()
    core = fastest_core()
    path = os.environ.get("GOAL_SEARCH_KERNEL") or fastest_path(test)
    steps = [step for step in STEPS if run_step(test, path, step[1], 1)]
    if not steps:
        sys.exit(f"bench-blas: no step was measured with kernel {path}. Has this processor "
                 "it (goal-search version), and is MNIST here (goal-search data fetch mnist)?")
    times, units = {step[0]: [] for step in steps}, []
    for _ in range(TURNS):
        for name, benchmark, count, _ in steps:
            times[name].append(run_step(test, path, benchmark, count))
            units.append(run_products(core))
    wall, cpu = median(units)
    print(f"kernel {path}, OpenBLAS {core}, {TURNS} turns")
    print(f"{'':24}{'wall':>10}{'CPU':>11}{'units of CPU':>15}{'target':>9}")
    print(f"{'unit of OpenBLAS':24}{wall * 1e3:7.2f} ms{cpu * 1e3:8.2f} ms{'':15}{STEP_FLOPS / cpu / 1e9:5.0f} GFLOP/s")
    for name, _, _, target in steps:
        step_wall, step_cpu = median(times[name])
        print(f"{name:24}{step_wall * 1e3:7.2f} ms{step_cpu * 1e3:8.2f} ms{step_cpu / cpu:15.2f}{target:9.2f}")


def median(times):
    """Returns the medians by wall and by processor."""
    return [statistics.median(t[i] for t in times) for i in range(2)]


def build():
    """Builds the trainer's benchmarks and returns the program."""
    test = os.path.join(tempfile.mkdtemp(), "trainer.test")
    subprocess.run(["go", "test", "-c", "-o", test, "./trainer"], check=True)
    return test


def run_step(test, path, benchmark, steps):
    """Returns a step's seconds by wall and processor; None without its data."""
    for name, value in run_benchmark(test, benchmark + path + "$", steps):
        return value["ns/op"], value["cpu-ns/op"]


def fastest_path(test):
    """Returns the kernel path that comes first of all that run here."""
    for name, _ in run_benchmark(test, STEPS[0][1], 1):
        return name.split("path=")[1].split("-")[0]
    sys.exit("bench-blas: no step was measured. Is MNIST here? goal-search data fetch mnist")


def run_benchmark(test, benchmark, count):
    """Yields names and measured seconds by unit."""
    command = [test, "-test.run", "^$", "-test.bench", benchmark, "-test.benchtime", f"{count}x"]
    output = subprocess.run(command, check=True, capture_output=True, text=True, cwd="trainer").stdout
    for line in output.splitlines():
        words = line.split()
        if words and "path=" in words[0]:
            yield words[0], {unit: float(v) * 1e-9 for v, unit in zip(words[2::2], words[3::2])}


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
