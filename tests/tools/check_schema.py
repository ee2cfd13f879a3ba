#!/usr/bin/env python3
"""Holds records of `-o json` against include/esi/events.schema.json.

    check_schema.py records FILE...     every line is a record that fits
    check_schema.py shapes FILE...      the same without LAWS, of records that were made up
    check_schema.py planted FILE...     records of these, each spoiled in one way, do not fit
    check_schema.py words LIST          the schema's lists of words are those of the tables in the
                                        sources; LIST is what --list-behaviours prints

To be run from the repository's root. What a schema cannot say - lengths that go together, sums - is
in LAWS. Of what is wrong a line each is printed, the first few of a file; the status is then 1.
"""
import copy
import json
import re
import sys

import fastjsonschema

SCHEMA = "include/esi/events.schema.json"
TOLD = 5  # of a file
BEFORE_MOST = 200  # bytes of `before` where nothing is written over them


def read_schema():
    with open(SCHEMA, encoding="utf-8") as file:
        return json.load(file)


def bytes_in(wire):
    """How many bytes a wire text stands for."""
    return len(re.sub(r"\\(\\|x[0-9a-f]{2})", ".", wire))


def frame_lists(value):
    """Every object that has frames, wherever it lies."""
    if isinstance(value, dict):
        if "frames" in value and isinstance(value["frames"], list):
            yield value
        for member in value.values():
            yield from frame_lists(member)
    elif isinstance(value, list):
        for member in value:
            yield from frame_lists(member)


def ascends(numbers):
    return all(a < b for a, b in zip(numbers, numbers[1:]))


def laws_of_frames(record):
    for holder in frame_lists(record):
        files = holder.get("frames_files")
        if files is not None and len(files) != len(holder["frames"]):
            yield "frames_files has another length than frames"
        elif files is not None and len(set(files)) == 1:
            yield "frames_files names one file only"
        elif files is None and "first" not in holder and not ascends(holder["frames"]):
            yield "frames do not ascend"


def laws_of_verdict(verdict):
    before = bytes_in(verdict["before"])
    if verdict["after"] is not None and bytes_in(verdict["after"]) != before:
        yield "after is not as long as before"
    if verdict["after"] is None and before > BEFORE_MOST:
        yield "before is longer than %d bytes" % BEFORE_MOST
    if "clipped" in verdict and before >= verdict["length"]:
        yield "clipped, but whole"
    if "clipped" not in verdict and verdict["after"] is not None and before != verdict["length"]:
        yield "before has not the length told"
    if not verdict["frames"]:
        yield "a verdict without frames"


def laws_of_smtp(smtp):
    if (smtp["what"] == "gap") != (not smtp["frames"]):
        yield "a gap has no frames, and only a gap"
    if smtp["length"] == 0:
        yield "a turn without bytes"


def laws_of_session(session):
    yield from laws_of_evidence(session["evidence"])
    quality = session["quality"]
    if len(quality["gap_list"]) != min(64, quality["gaps"]):
        yield "gap_list has not the length told"
    if quality["gaps"] <= 64 and quality["gap_bytes"] != sum(
        gap["length"] for gap in quality["gap_list"]
    ):
        yield "gap_bytes is not the sum"


def laws_of_capture(capture):
    parts = capture["filtered_out"] + capture["tcp_frames"] + sum(capture["skipped"].values())
    if parts != capture["frames"]:
        yield "frames are not the sum of their parts"
    if capture["smtp_frames"] > capture["tcp_frames"]:
        yield "more SMTP frames than TCP frames"
    if not capture["complete"] and capture["why_not"] is None:
        yield "not complete, and no reason"


def laws_of_evidence(evidence):
    odds = [[k["odds"]] + [o["odds"] for o in k["others"]] for k in evidence["keywords"]]
    if any(sum(each) > 101 for each in odds):  # rounded
        yield "odds come to more than all"
    if any(each != sorted(each, reverse=True) for each in odds):
        yield "odds do not fall"
    if "sessions" not in evidence:
        return
    alarms = evidence["sessions"]["yes"] + evidence["sessions"]["probably"]
    if (evidence["touched"] in ("yes", "probably")) != (alarms > 0):
        yield "touched is not what its sessions say"
    if evidence["intermittent"] and not (alarms > 0 and evidence["sessions"]["no"] > 0):
        yield "intermittent is not what its sessions say"
    if sum(evidence["families"].values()) > alarms:
        yield "more families than sessions"


def laws_of_summary(summary):
    if sum(summary["evidence"]["sessions"].values()) != summary["sessions"]:
        yield "evidence is not of all sessions"
    if sum(summary["outcomes"].values()) != summary["sessions"]:
        yield "outcomes are not the sum of the sessions"


LAWS = {
    "evidence": laws_of_evidence,
    "verdict": laws_of_verdict,
    "smtp": laws_of_smtp,
    "session": laws_of_session,
    "capture": laws_of_capture,
    "summary": laws_of_summary,
}


class Judge:
    def __init__(self, schema, has_laws=True):
        self.fits = fastjsonschema.compile(schema)
        self.has_laws = has_laws

    def wrong(self, record):
        """What is wrong with it; None: nothing."""
        try:
            self.fits(record)
        except fastjsonschema.JsonSchemaException as error:
            return "%s (%s)" % (error.message, error.rule)
        if not self.has_laws:
            return None
        kind = record["event_type"]
        for trouble in laws_of_frames(record):
            return trouble
        for trouble in LAWS[kind](record[kind]):
            return trouble
        return None


def no_twice(pairs):
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member stands twice")
    return members


def lines_of(path):
    with open(path, "rb") as file:
        for number, line in enumerate(file, 1):
            yield number, line


def check_file(judge, path, kinds):
    """Counts records by kind; returns how many do not fit."""
    wrong = 0
    for number, line in lines_of(path):
        try:
            record = json.loads(line.decode("utf-8"), object_pairs_hook=no_twice)
            trouble = judge.wrong(record)
        except ValueError as error:  # not UTF-8, or no JSON
            record, trouble = {}, str(error)
        if trouble is None:
            kinds[record["event_type"]] = kinds.get(record["event_type"], 0) + 1
            continue
        wrong += 1
        if wrong <= TOLD:
            print("%s:%d: %s: %.300s" % (path, number, trouble, line.decode("utf-8", "replace")))
    return wrong


def records(paths, has_laws=True):
    judge, kinds, wrong = Judge(read_schema(), has_laws), {}, 0
    for path in paths:
        wrong += check_file(judge, path, kinds)
    told = ", ".join("%d %s" % (kinds[kind], kind) for kind in sorted(kinds))
    print("%d records fit (%s), %d do not" % (sum(kinds.values()), told, wrong))
    return wrong == 0 and bool(kinds)


DROP = object()

# Which records of the files (every condition is a path and its value), and what is put where.
PLANTED = [
    ("any", [], "schema", 2),
    ("any", [], "schema", "1"),
    ("any", [], "schema", DROP),
    ("any", [], "event_type", "touched"),
    ("any", [], "event_type", DROP),
    ("any", [], "extra", 1),
    ("verdict", [], "timestamp", DROP),
    ("verdict", [], "timestamp", "2026-11-22T17:33:06Z"),
    ("verdict", [], "timestamp", "2026-11-22T17:33:06.714913498+01:00"),
    ("verdict", [], "timestamp", "2026-13-22T17:33:06.714913498Z"),
    ("session", [], "timestamp", None),
    ("smtp", [], "pcap_cnt", 0),
    ("smtp", [], "pcap_cnt", DROP),
    ("smtp", [], "pcap_filename", None),
    ("smtp", [], "tcp_stream", -1),
    ("smtp", [], "tcp_stream", 1.5),
    ("smtp", [], "flow_id", 0),
    ("smtp", [], "community_id", "1:abc="),
    ("smtp", [], "client_ip", "mail.example.org"),
    ("smtp", [], "client_port", 65536),
    ("smtp", [], "client_port", "25"),
    ("smtp", [], "smtp", DROP),
    ("smtp", [], "summary", {}),
    ("smtp", [], "smtp.direction", "to-server"),
    ("smtp", [], "smtp.what", "dialogue"),
    ("smtp", [], "smtp.offset", -1),
    ("smtp", [], "smtp.length", 0),
    ("smtp", [], "smtp.extra", None),
    ("smtp", [], "smtp.frames", [3, 2]),
    ("smtp", [], "smtp.frames_files", ["a.pcap"]),
    ("smtp", [("smtp.what", "command")], "smtp.verb", None),
    ("smtp", [("smtp.what", "command")], "smtp.argument", None),
    ("smtp", [("smtp.what", "command")], "smtp.argument", "caf\u00e9"),
    ("smtp", [("smtp.what", "command")], "smtp.argument", "a\\b"),
    ("smtp", [("smtp.what", "command")], "smtp.argument", "\\xE9"),
    ("smtp", [("smtp.what", "command")], "smtp.argument", "\\x41"),
    ("smtp", [("smtp.what", "command")], "smtp.argument", "tab\t"),
    ("smtp", [("smtp.what", "command")], "smtp.direction", "to_client"),
    ("smtp", [("smtp.what", "command")], "smtp.code", 250),
    ("smtp", [("smtp.what", "reply")], "smtp.code", 0),
    ("smtp", [("smtp.what", "reply")], "smtp.code", 600),
    ("smtp", [("smtp.what", "reply")], "smtp.verb", "EHLO"),
    ("smtp", [("smtp.what", "header")], "smtp.text", None),
    ("smtp", [("smtp.what", "body")], "smtp.text", "Hello"),
    ("smtp", [("smtp.what", "body")], "smtp.frames", []),
    ("verdict", [], "verdict.action", "drop"),
    ("verdict", [], "verdict.what", "banner"),
    ("verdict", [], "verdict.rule", ""),
    ("verdict", [], "verdict.rule", None),
    ("verdict", [], "verdict.class", 0),
    ("verdict", [], "verdict.config", {"file": "asa.cfg"}),
    ("verdict", [], "verdict.config", {"file": "asa.cfg", "line": 0}),
    ("verdict", [], "verdict.map", DROP),
    ("verdict", [], "verdict.behaviour", "Some Habit"),
    ("verdict", [], "verdict.basis", "sure"),
    ("verdict", [], "verdict.syslog", None),
    ("verdict", [], "verdict.syslog", ["something was logged"]),
    ("verdict", [], "verdict.counterfactual", "false"),
    ("verdict", [], "verdict.clipped", False),
    ("verdict", [], "verdict.frames", []),
    ("verdict", [("verdict.action", "mask")], "verdict.after", None),
    ("verdict", [("verdict.action", "mask")], "verdict.after", "X"),
    ("verdict", [("verdict.action", "mask")], "verdict.length", 0),
    ("verdict", [("verdict.action", "mask")], "verdict.detail", "more"),
    ("verdict", [("verdict.action", "mask")], "verdict.clipped", True),
    ("verdict", [("verdict.action", "replace")], "verdict.after", None),
    ("verdict", [("verdict.action", "drop-connection")], "verdict.after", "XXXX"),
    ("verdict", [("verdict.action", "drop-connection")], "verdict.before", "a" * 201),
    ("verdict", [("verdict.action", "drop-connection")], "verdict.action", "mask"),
    ("verdict", [("verdict.action", "anomaly")], "verdict.syslog", ["%ASA-6-108005: x"]),
    ("verdict", [("verdict.action", "refuse")], "verdict.what", "command"),
    ("verdict", [("verdict.what", "connection")], "verdict.offset", 1),
    ("session", [], "session.number", 0),
    ("session", [], "session.start", None),
    ("session", [], "session.duration_ns", -1),
    ("session", [], "session.platform", "checkpoint"),
    ("session", [], "session.evidence", {}),
    ("session", [], "session.evidence", None),
    ("session", [], "session.evidence.sessions", {}),
    ("evidence", [], "evidence", DROP),
    ("evidence", [], "server_ip", DROP),
    ("evidence", [], "pcap_cnt", DROP),
    ("evidence", [], "tcp_stream", DROP),
    ("evidence", [], "evidence.touched", "maybe"),
    ("evidence", [], "evidence.side", {}),
    ("evidence", [], "evidence.cure", [1]),
    ("evidence", [("evidence.touched", "no")], "evidence.family", "asa"),
    ("evidence", [("evidence.touched", "no")], "evidence.touched", "yes"),
    ("evidence", [("evidence.touched", "no")], "evidence.means", ["mail is lost"]),
    ("evidence", [("evidence.touched", "no")], "evidence.grounds", [{}]),
    ("evidence", [("evidence.touched", "yes")], "evidence.family", "checkpoint"),
    ("evidence", [("evidence.touched", "yes")], "evidence.grounds", []),
    ("evidence", [("evidence.touched", "yes")], "evidence.grounds.0.detector", "Some Row"),
    ("evidence", [("evidence.touched", "yes")], "evidence.grounds.0.pcap_cnt", 0),
    ("evidence", [("evidence.touched", "yes")], "evidence.grounds.0.strength", "sure"),
    ("evidence", [("evidence.touched", "yes")], "evidence.grounds.0.times", 0),
    ("evidence", [("evidence.touched", "yes")], "evidence.keywords.0.odds", 101),
    ("evidence", [("evidence.touched", "yes")], "evidence.keywords.0.likely", DROP),
    ("evidence", [("evidence.intermittent", False)], "tcp_stream", 1),
    ("evidence", [("evidence.intermittent", False)], "timestamp", "2026-11-22T17:33:06.714913498Z"),
    ("evidence", [("evidence.intermittent", False)], "evidence.sessions", DROP),
    ("evidence", [("evidence.intermittent", False)], "evidence.intermittent", True),
    ("summary", [], "summary.evidence", None),
    ("summary", [], "summary.evidence.sessions.no", 1 << 40),
    ("summary", [], "summary.evidence.servers", DROP),
    ("session", [], "session.outcome", "masked"),
    ("session", [], "session.diverges", {"pcap_cnt": 3}),
    ("session", [], "session.connection", 0),
    ("session", [], "session.closed", "rst"),
    ("session", [], "session.bytes.to_server", DROP),
    ("session", [], "session.quality.start", "syn"),
    ("session", [], "session.quality.sides", "none"),
    ("session", [], "session.quality.gaps", 65),
    ("session", [], "session.quality.gap_bytes", 1 << 40),
    ("session", [], "session.quality.left_aside.lost", 0),
    ("session", [], "session.quality.conflicts", [{}]),
    ("session", [], "session.quality.evicted", 0),
    ("session", [], "session.counts.anomalies", DROP),
    ("session", [], "session.policy", None),
    ("session", [("session.inspected", True)], "session.map", None),
    ("session", [("session.inspected", True)], "session.outcome", "not-inspected"),
    ("session", [("session.outcome", "not-inspected")], "session.map", "some-map"),
    ("capture", [], "timestamp", "2026-11-22T17:33:06.714913498Z"),
    ("capture", [], "pcap_filename", DROP),
    ("capture", [], "capture.frames", 1 << 40),
    ("capture", [], "capture.skipped", {"not IP": "2"}),
    ("capture", [], "capture.link_types", [""]),
    ("capture", [], "capture.first", None),
    ("capture", [], "capture.compression", "zip"),
    ("capture", [("capture.complete", True)], "capture.why_not", "cut off"),
    ("capture", [("capture.complete", True)], "capture.complete", False),
    ("summary", [], "pcap_filename", "a.pcap"),
    ("summary", [], "summary.sessions", 1 << 40),
    ("summary", [], "summary.outcomes.masked", 0),
    ("summary", [], "summary.outcomes.unknown", DROP),
    ("summary", [], "summary.verdicts.drop", 0),
    ("summary", [], "summary.verdicts.reset", DROP),
    ("summary", [], "summary.counters", {}),
    ("summary", [], "summary.counters.0.map", None),
    ("summary", [], "summary.counters.0.packet.frames_more", DROP),
    ("summary", [], "summary.counters.0.parameters.0.parameter", "no-banner"),
    ("summary", [], "summary.counters.0.matches.0.class", 0),
    ("summary", [], "summary.counters.0.packet.frames", list(range(1, 66))),
]


def step(value, name):
    return value[int(name)] if isinstance(value, list) else value[name]


def value_at(record, path):
    for name in path.split("."):
        record = step(record, name)
    return record


def spoil(record, path, value):
    record = copy.deepcopy(record)
    *way, last = path.split(".")
    holder = record
    for name in way:
        holder = step(holder, name)
    if value is DROP:
        del holder[last]
    else:
        holder[last] = value
    return record


def is_meant(record, kind, conditions, path):
    if kind not in ("any", record["event_type"]):
        return False
    try:
        way = path.rpartition(".")[0]
        if way:
            value_at(record, way)
        return all(value_at(record, where) == value for where, value in conditions)
    except (KeyError, IndexError, TypeError):
        return False


def planted(paths):
    judge, good, bad = Judge(read_schema()), [], 0
    for path in paths:
        good += [json.loads(line) for _, line in lines_of(path)]
    for kind, conditions, path, value in PLANTED:
        record = next((r for r in good if is_meant(r, kind, conditions, path)), None)
        told = "no value" if value is DROP else json.dumps(value)[:60]
        if record is None:
            print("no %s record with %s to spoil" % (kind, conditions))
            bad += 1
        elif judge.wrong(spoil(record, path, value)) is None:
            print("%s %s: %s is not refused" % (kind, path, told))
            bad += 1
    print("%d spoiled records, %d not refused" % (len(PLANTED), bad))
    return bad == 0


def words_of(path, macro, column):
    """Words in quotes in the given column of the lines MACRO(..., "word", ...) of a table."""
    with open(path, encoding="utf-8") as file:
        text = re.sub(r"/\*.*?\*/", "", file.read(), flags=re.S)
    rows = re.findall(r"^%s\((.*?)\)\s*$" % macro, text, flags=re.M)
    return [re.split(r",\s*", row)[column].strip().strip('"') for row in rows]


def names_in(path, prefix):
    """Words of a table of names in C: [PREFIX_...] = "word"."""
    with open(path, encoding="utf-8") as file:
        return re.findall(r"\[%s[A-Z0-9_]*\] *= *\"([^\"]*)\"" % prefix, file.read())


def list_in(path, function):
    """Words of the table of names that stands in a function in C, in braces."""
    with open(path, encoding="utf-8") as file:
        body = re.search(r"^%s\(.*?^}" % function, file.read(), flags=re.M | re.S).group(0)
    return re.findall(r"\"([^\"]*)\"", re.search(r"\{(\"[^}]*)\}", body).group(1))


def words(list_path):
    schema = read_schema()
    defined = schema["definitions"]
    session = defined["session"]["properties"]
    summary = defined["summary"]["properties"]
    actions = words_of("include/esi/actions.def", "ESI_ACTION", 1)
    outcomes = names_in("analyzer/report/sink.c", "ESI_SESSION_") + ["not-inspected"]
    parameter = defined["inspection"]["properties"]["parameters"]["items"]["properties"]
    pairs = [
        ("turns", defined["smtp"]["properties"]["what"]["enum"],
         words_of("include/esi/turns.def", "ESI_TURN", 1)),
        ("whats", defined["verdict"]["properties"]["what"]["enum"],
         words_of("include/esi/whats.def", "ESI_WHAT", 1)),
        ("verbs", defined["known_verb"]["enum"],
         words_of("include/esi/smtp_verbs.def", "ESI_VERB", 1)),
        ("actions", defined["action"]["enum"], actions),
        ("actions counted", summary["verdicts"]["required"], actions),
        ("outcomes", session["outcome"]["enum"], outcomes),
        ("outcomes counted", summary["outcomes"]["required"], outcomes),
        ("closings", session["closed"]["enum"],
         names_in("analyzer/report/sink.c", "ESI_CLOSING_")),
        ("bases", defined["verdict"]["properties"]["basis"]["enum"],
         list_in("analyzer/map/names.c", "esi_basis_name")),
        ("touched", defined["touched"]["enum"],
         names_in("analyzer/evidence/tables.c", "ESI_TOUCHED_")),
        ("touched counted", defined["by_touched"]["required"], defined["touched"]["enum"]),
        ("families", defined["family"]["enum"],
         words_of("include/esi/boxes.def", "ESI_BOX", 1)[1:]),
        ("sides of the tap", defined["tap"]["enum"],
         names_in("analyzer/evidence/tables.c", "ESI_TAP_")),
        ("strengths", defined["ground"]["properties"]["strength"]["enum"],
         names_in("analyzer/evidence/tables.c", "ESI_STRENGTH_")),
        ("bases of grounds", defined["ground"]["properties"]["basis"]["enum"],
         list_in("analyzer/map/names.c", "esi_basis_name")),
        ("parameters", parameter["parameter"]["enum"],
         names_in("analyzer/map/names.c", "ESI_PARAMETER_")),
    ]
    good = True
    for name, ours, theirs in pairs:
        if sorted(ours) != sorted(theirs) or not ours:
            good = False
            print("%s: the schema has %s, the sources %s" % (name, sorted(ours), sorted(theirs)))
    for name in ("ground", "keyword_guess", "counts", "capture", "quality", "session", "smtp", "inspection", "counter",
                 "summary"):
        optional = set(defined[name]["properties"]) - set(defined[name]["required"])
        if optional - {"frames_files", "pcap_filename", "detail"}:
            good = False
            print("%s: not required: %s" % (name, sorted(optional)))
    pattern = re.compile(defined["verdict"]["properties"]["behaviour"]["pattern"])
    with open(list_path, encoding="utf-8") as file:
        habits = [line.split()[0] for line in file if line[:1].strip()]
    habits = [habit for habit in habits if not habit.startswith("syslog-")]
    detectors = [habit[9:] for habit in habits if habit.startswith("evidence-")]
    habits = [habit for habit in habits if not habit.startswith("evidence-")]
    pattern_of_detectors = re.compile(defined["ground"]["properties"]["detector"]["pattern"])
    for detector in detectors:
        if not pattern_of_detectors.match(detector):
            good = False
            print("detector %s does not fit" % detector)
    for habit in habits:
        if not pattern.match(habit):
            good = False
            print("behaviour %s does not fit" % habit)
    return good and bool(habits) and bool(detectors)


def main():
    commands = {
        "records": records,
        "shapes": lambda paths: records(paths, has_laws=False),
        "planted": planted,
    }
    if len(sys.argv) >= 3 and sys.argv[1] in commands:
        return 0 if commands[sys.argv[1]](sys.argv[2:]) else 1
    if len(sys.argv) == 3 and sys.argv[1] == "words":
        return 0 if words(sys.argv[2]) else 1
    print(__doc__, file=sys.stderr)
    return 2


sys.exit(main())
