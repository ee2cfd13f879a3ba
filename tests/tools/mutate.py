"""mutate.py - mutants of the engine, one after another, against its tests. mutate.sh calls it.

The one source that is changed is a shared object; the programs that test it are linked once a
source, and find it beside them. So a mutant costs a compiler's run over one file, and the cases up
to the first that comes out otherwise. All of that happens in a folder that is removed at the end.

A mutant that is no C, that gives the same machine code as the source or as another mutant, or that
is the same text as one of these, does not count.
"""

import argparse
import glob
import json
import os
import resource
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import mutate_c

FOLDER = "analyzer/inspect"
# The processor's seconds, and bytes: endless loops and lists end there. All cases take a tenth of a
# second.
SECONDS, SANITIZED_SECONDS, BYTES = 1, 60, 1 << 30
WALL = 300


SANITIZERS = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
SANITIZED = {"ASAN_OPTIONS": f"hard_rss_limit_mb={BYTES >> 20}:detect_stack_use_after_return=1"}


def run(command, cwd, **env):
    """Its status (None: out of time) and what it printed."""

    sanitized = "ASAN_OPTIONS" in env

    def limits():
        seconds = SANITIZED_SECONDS if sanitized else SECONDS
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if not sanitized: # they take room for a shadow of all there is
            resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))

    try:
        done = subprocess.run(
            command, cwd=cwd, env={**os.environ, **env}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, timeout=WALL, preexec_fn=limits, check=False)
    except subprocess.TimeoutExpired:
        return None, ""
    return done.returncode, done.stdout.decode("utf-8", "replace")


def must(command, cwd):
    status, said = run(command, cwd)
    if status != 0:
        sys.exit(f"{shlex.join(command)}\n{said}")


class Bench:
    """The programs that test one source, and the source as a shared object beside them."""

    def __init__(self, options, work):
        self.root, self.build, self.work = options.root, options.build, work
        self.quick, self.goldens = options.quick, options.goldens
        with open(f"{self.build}/compile_commands.json", encoding="utf-8") as file:
            self.commands = {c["file"]: shlex.split(c["command"]) for c in json.load(file)}
        shutil.copytree(f"{self.root}/{FOLDER}", f"{work}/inspect")
        shutil.copytree(f"{self.root}/tests/cases", f"{work}/cases")
        for folder in ("plain", "sanitized", "analyzer", "rewriter"):
            os.makedirs(f"{work}/{folder}")
        self.killers = []
        self.play_object()

    def options(self, source):
        """The compiler and its options for a source: without what names files, and warnings."""
        words = self.commands[f"{self.root}/{source}"]
        return [w for w in words[: words.index("-o")] if not w.startswith("-W")]

    def play_object(self):
        words = self.options("tests/unit/cases.c")
        must(words + ["-o", f"{self.work}/play.o", "-c", f"{self.root}/tests/tools/mutate_play.c"], self.build)

    def link_line(self, target):
        done = subprocess.run(["ninja", "-C", self.build, "-t", "commands", target],
                              stdout=subprocess.PIPE, check=True, text=True)
        line = done.stdout.strip().split("\n")[-1]
        return shlex.split(line.removeprefix(": && ").removesuffix(" && :"))

    def link(self, target, program, objects=None, options=()):
        """The target, with the shared object beside the program in place of the source's own."""
        beside = os.path.dirname(program)
        words = []
        for word in self.link_line(target):
            if word.endswith("libesi_inspect.a"):
                words += [f"{self.work}/librest.a", f"{beside}/libmutant.so", f"{self.work}/librest.a"]
            elif objects and word.endswith(".o"):
                words += objects
                objects = []
            elif objects == [] and word.endswith(".o"):
                continue
            else:
                words.append(program if words and words[-1] == "-o" else word)
        must(words + ["-rdynamic", f"-Wl,-rpath,{beside}", *options], self.build)

    def begin(self, source):
        """Links everything for mutants of this source; its own machine code."""
        shutil.copy(f"{self.build}/analyzer/libesi_inspect.a", f"{self.work}/librest.a")
        must(["ar", "d", f"{self.work}/librest.a", f"{source}.o"], self.work)
        self.source = source
        same = self.compile("plain")
        if not same:
            sys.exit(f"{source} does not compile by itself")
        self.compile("sanitized", *SANITIZERS)
        play = [f"{self.work}/play.o"]
        self.link("tests/test_unit_cases", f"{self.work}/plain/play", play)
        self.link("tests/test_unit_cases", f"{self.work}/sanitized/play", play, SANITIZERS)
        self.link("tests/test_unit_inspect", f"{self.work}/plain/units")
        if self.goldens:
            for folder in ("analyzer", "rewriter"):
                shutil.copy(f"{self.work}/plain/libmutant.so", f"{self.work}/{folder}/libmutant.so")
            self.link("analyzer/esmtp-analyzer", f"{self.work}/analyzer/esmtp-analyzer")
            self.link("rewriter/esmtp-rewriter", f"{self.work}/rewriter/esmtp-rewriter")
        by = self.killed_by()
        if by:
            sys.exit(f"{source}: {by} fail before anything is changed")
        return same

    def compile(self, folder, *more):
        """The machine code of the copy in the work folder; None: it is no C."""
        shared = f"{self.work}/{folder}/libmutant.so"
        words = self.options(f"{FOLDER}/{self.source}") + ["-fPIC", "-fno-semantic-interposition", "-w", *more]
        status, _ = run(words + ["-shared", "-o", shared, f"{self.work}/inspect/{self.source}"], self.build)
        if status != 0:
            return None
        with open(shared, "rb") as file:
            return file.read()

    def play(self, folder, **env):
        """Whether all cases come out as expected."""
        status, said = run([f"{self.work}/{folder}/play", f"{self.work}/cases", *self.killers], self.work, **env)
        if status != 0:
            self.remember(said.strip())
        return status == 0

    def killed_by(self):
        """The test that fails, or None."""
        if not self.play("plain"):
            return "cases"
        status, _ = run([f"{self.work}/plain/units", "--jobs=1", "--fail-fast", "--timeout=20"], self.root)
        if status != 0:
            return "units"
        if self.quick:
            return None
        self.compile("sanitized", *SANITIZERS)
        if not self.play("sanitized", **SANITIZED):
            return "sanitizers"
        if self.goldens:
            for folder in ("analyzer", "rewriter"):
                shutil.copy(f"{self.work}/plain/libmutant.so", f"{self.work}/{folder}/libmutant.so")
            status, _ = run(["sh", "tests/tools/check-golden.sh"], self.root, ESI_BUILD=self.work, ESI_TAP="")
            if status != 0:
                return "goldens"
        return None

    def remember(self, path):
        """A case that found one mutant finds its neighbour, too: it is played first."""
        if not os.path.isfile(path):
            return
        if path in self.killers:
            self.killers.remove(path)
        self.killers = [path, *self.killers[:15]]


class Explained:
    """tests/tools/mutants-explained: survivors that cannot be killed, and why."""

    def __init__(self, path):
        self.reasons, self.met = {}, set()
        reason = None
        with open(path, encoding="utf-8") as file:
            for line in file.read().split("\n"):
                if line.startswith("#") or not line.strip():
                    continue
                if line[0] == " ":
                    self.reasons[line.strip()] = reason
                else:
                    reason = line

    def holds(self, name):
        self.met.add(name)
        return name in self.reasons


def name_of(source, mutant):
    return f"{source} {mutant.where}: {mutant.change} in: {mutant.source}"


def mutate(bench, source, chosen, explained, say):
    """Counts of one source: killed, and by what beside the cases; survivors, explained ones."""
    with open(f"{bench.work}/inspect/{source}", encoding="utf-8") as file:
        text = file.read()
    object_source = "names.c" if source.endswith(".def") else source
    seen = {bench.begin(object_source)}
    counts = {"killed": 0, "units": 0, "sanitizers": 0, "goldens": 0, "explained": 0, "survived": 0, "idle": 0}
    for mutant in chosen:
        with open(f"{bench.work}/inspect/{source}", "w", encoding="utf-8") as file:
            file.write(text[: mutant.at] + mutant.text + text[mutant.end:])
        code = bench.compile("plain")
        if code is None or code in seen:
            counts["idle"] += 1
            continue
        seen.add(code)
        by = bench.killed_by()
        if by:
            counts["killed"] += 1
            counts[by] = counts.get(by, 0) + 1
            if explained.holds(name_of(source, mutant)):
                say(f"explained, but killed: {name_of(source, mutant)}")
        elif explained.holds(name_of(source, mutant)):
            counts["explained"] += 1
        else:
            counts["survived"] += 1
            say(f"survived: {FOLDER}/{source}:{mutant.line}\n    {name_of(source, mutant)}")
    with open(f"{bench.work}/inspect/{source}", "w", encoding="utf-8") as file:
        file.write(text)
    return counts


def names_in(path):
    """The mutants that survived in what an earlier run printed."""
    with open(path, encoding="utf-8") as file:
        return {line.strip() for line in file if line.startswith("    ")}


def sources_of(root, wanted):
    there = sorted(os.path.basename(p) for p in glob.glob(f"{root}/{FOLDER}/*.c") + glob.glob(f"{root}/{FOLDER}/*.def"))
    for name in wanted:
        if name not in there:
            sys.exit(f"no {FOLDER}/{name}")
    return wanted or there


def percent(part, whole):
    return f"{100 * part / whole:.1f} %" if whole else "-"


def summary(source, counts):
    killed, missed = counts["killed"], counts["explained"] + counts["survived"]
    return (f"{source:20} {killed:5} of {killed + missed:5} killed, {percent(killed, killed + missed)}"
            f" (units {counts['units']}, sanitizers {counts['sanitizers']}, goldens {counts['goldens']});"
            f" {counts['explained']} explained, {counts['survived']} not")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--root", required=True)
    parser.add_argument("--build", required=True)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--from", type=int, default=0, dest="first")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--goldens", action="store_true")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--again")
    parser.add_argument("sources", nargs="*")
    options = parser.parse_args()

    def say(text):
        print(text, flush=True)

    texts = []
    for path in glob.glob(f"{options.root}/{FOLDER}/*") + glob.glob(f"{options.root}/include/esi/*"):
        with open(path, encoding="utf-8") as file:
            texts.append(file.read())
    families = mutate_c.constants(texts)
    again = names_in(options.again) if options.again else None
    began = time.monotonic()
    for name in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, lambda *_: sys.exit(1)) # what was made is removed
    total = {}
    explained = Explained(f"{options.root}/tests/tools/mutants-explained")
    work = tempfile.mkdtemp(prefix="mutate.")
    try:
        bench = None if options.list else Bench(options, work)
        copy = f"{options.root}/{FOLDER}" if options.list else f"{work}/inspect"
        for source in sources_of(options.root, options.sources):
            with open(f"{copy}/{source}", encoding="utf-8") as file:
                found = mutate_c.mutants_of(source, file.read(), families)
            chosen = [m for m in found[options.first :: options.every] if again is None or name_of(source, m) in again]
            if options.list:
                for mutant in chosen:
                    say(f"{FOLDER}/{source}:{mutant.line}: {name_of(source, mutant)}")
                continue
            counts = mutate(bench, source, chosen, explained, say)
            say(f"== {summary(source, counts)}")
            for key, value in counts.items():
                total[key] = total.get(key, 0) + value
    finally:
        shutil.rmtree(work)
    if options.list:
        return 0
    if options.every == 1 and not options.sources:
        for name in explained.reasons.keys() - explained.met:
            say(f"explained, but no such mutant: {name}")
    say(f"== {summary('all', total)}; {total['idle']} idle, {time.monotonic() - began:.0f} s")
    return 1 if total["survived"] else 0


sys.exit(main())
