"""mutate_c.py - the mutants of one C source, or of one table of rows (.def).

A mutant is one small change of the text: a comparison, a threshold, a condition, an operator, a
constant of an enumeration, a statement that is gone, a value returned. Lines keep their numbers.
The text is read as tokens, not parsed: it is laid out by clang-format, a function's name and its
braces stand at the beginning of a line. What comes out as no C is left to the compiler to refuse.
"""

import re
from collections import namedtuple

# at..end of the text becomes `text`; change says so; where: the function, or "-" outside of any.
Mutant = namedtuple("Mutant", "at end text change line where source")

TOKEN = re.compile(
    r"""(?P<skip>/\*.*?\*/|//[^\n]*|^[ ]*\#(?:[^\n\\]|\\.|\\\n)*|\s+)
      |(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
      |(?P<number>\d[0-9A-Za-z]*)
      |(?P<name>[A-Za-z_]\w*)
      |(?P<op><<=|>>=|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|.)""",
    re.X | re.S | re.M,
)
FUNCTION = re.compile(r"^(?P<type>[^\n]*)\n(?P<name>[a-z_]\w*)\([^;{]*?\)\n\{\n(?P<body>.*?)^\}", re.M | re.S)

SWAPS = {
    "<": ["<="], "<=": ["<"], ">": [">="], ">=": [">"], "==": ["!="], "!=": ["=="],
    "&&": ["||"], "||": ["&&"], "++": ["--"], "--": ["++"],
    "+=": ["-="], "-=": ["+="], "|=": ["=", "&="], "&=": ["=", "|="],
    "true": ["false"], "false": ["true"],
    "break": [""], "continue": ["break"],
}
# Of two operands only, which clang-format tells by the blanks around.
BINARY = {"+": "-", "-": "+", "*": "/", "/": "*", "%": "/", "&": "|", "|": "&", "<<": ">>", ">>": "<<"}

# Constants of one enumeration have one beginning.
FAMILIES = (
    "BEHAVIOUR_ EXTENSION_ FATE_ GREETING_ PHASE_ TAKEN_ VERB_ ESI_ACTION_ ESI_BASIS_ ESI_COMMANDS_ "
    "ESI_CRITERION_ ESI_ENCODING_ ESI_EOL_ ESI_KEYWORD_ ESI_KNOB_ ESI_MODE_ ESI_OUTCOME_ ESI_PARAMETER_ "
    "ESI_SESSION_ ESI_SMTP_ ESI_STREAM_ ESI_TO_ ESI_TURN_ ESI_VERB_ ESI_WHAT_"
).split()
DECLARES = set(
    "auto bool char const double enum extern float int long register short signed static struct "
    "typedef union unsigned void volatile _Static_assert case default do else for goto if return "
    "switch while sizeof break continue".split()
)


def family_of(name):
    return next((f for f in FAMILIES if name.startswith(f)), None)


def constants(texts):
    """The constants of each family that the texts name, in alphabetical order."""
    found = {}
    for text in texts:
        for name in re.findall(r"\b[A-Z]+_[A-Z0-9_]+\b", text):
            if family_of(name) and not name.endswith("_COUNT"):
                found.setdefault(family_of(name), set()).add(name)
    return {family: sorted(names) for family, names in found.items()}


def tokens(text):
    """(kind, text, at) of all that is neither blank, comment nor a line of the preprocessor."""
    return [
        (m.lastgroup, m.group(), m.start())
        for m in TOKEN.finditer(text)
        if m.lastgroup != "skip"
    ]


def closing(toks, i):
    """The place of the bracket that closes the one at i."""
    depth = 0
    for j in range(i, len(toks)):
        if toks[j][1] in ("(", "[", "{"):
            depth += 1
        elif toks[j][1] in (")", "]", "}"):
            depth -= 1
            if depth == 0:
                return j
    return len(toks) - 1


def is_binary(text, op, at):
    return text[at - 1] == " " and text[at + len(op)] in " \n"


def number_changes(literal):
    match = re.fullmatch(r"(0[xX][0-9a-fA-F]+|\d+)([uUlL]*)", literal)
    if not match:
        return []
    value = int(match[1], 0) if not match[1].startswith("0") or "x" in match[1].lower() else int(match[1], 8)
    near = [value + 1] + ([value - 1] if value > 0 else [])
    return [f"{n}{match[2]}" for n in near]


def token_changes(text, toks, i, families):
    """What may stand in place of token i."""
    kind, word, at = toks[i]
    if kind == "number":
        return number_changes(word)
    if kind == "text":
        return []
    if kind == "name" and word in families.get(family_of(word), ()):
        names = families[family_of(word)]
        return [names[(names.index(word) + 1) % len(names)]] if len(names) > 1 else []
    if word in SWAPS:
        return SWAPS[word]
    if word in BINARY and is_binary(text, word, at):
        return [BINARY[word]]
    if word in ("!", "~"):
        return [""]
    if word == "?":
        return ["|| true ?", "&& false ?"]
    return []


def begins_statement(toks, i, heads):
    """Whether token i is the first of an expression statement."""
    before = toks[i - 1][1]
    if before not in (";", "{", "}", "else", ":") and i - 1 not in heads:
        return False
    kind, word, _ = toks[i]
    if before == ":" and (toks[i - 2][0] == "op" or "?" in (t[1] for t in toks[max(0, i - 12): i])):
        return False
    if kind == "name":
        if word in DECLARES or word.endswith("_t") or word == "esi_nanos":
            return False
        return toks[i + 1][1] in ("(", "=", "->", ".", "[", "++", "--") or toks[i + 1][1].endswith("=")
    return word in ("*", "++", "--", "(")


def statement_end(toks, i):
    """The place of the `;` that ends the statement at i, or None."""
    while i < len(toks):
        if toks[i][1] in ("(", "[", "{"):
            i = closing(toks, i)
        elif toks[i][1] == ";":
            return i
        elif toks[i][1] in (")", "]", "}"):
            return None
        i += 1
    return None


def flat(text):
    """Without line ends, so that no line of the source moves, as far as that can be."""
    return re.sub(r"\s+", " ", text)


class Source:
    def __init__(self, name, text, families):
        self.name, self.text, self.families = name, text, families
        self.toks = tokens(text)
        self.functions = [
            (m.start("body"), m.end("body"), m["name"], m["type"].strip()) for m in FUNCTION.finditer(text)
        ]
        self.lines = text.split("\n")
        self.found = []

    def function_at(self, at):
        return next((f for f in self.functions if f[0] <= at < f[1]), None)

    def add(self, at, end, replacement, change):
        function = self.function_at(at)
        line = self.text.count("\n", 0, at) + 1
        gone = self.text.count("\n", at, end) - replacement.count("\n")
        self.found.append(
            Mutant(at, end, replacement + "\n" * gone, change, line,
                   function[2] if function else "-", self.lines[line - 1].strip())
        )

    def words(self):
        for i, (_, word, at) in enumerate(self.toks):
            for other in token_changes(self.text, self.toks, i, self.families):
                self.add(at, at + len(word), other, f"{word} -> {other or 'nothing'}")

    def knobs(self):
        for m in re.finditer(r"\bBY_KNOB\(\w+\)", self.text):
            self.add(m.start(), m.end(), "0u", f"{m.group()} -> 0")

    def conditions(self):
        for i, (_, word, _) in enumerate(self.toks):
            if word in ("if", "while") and self.toks[i + 1][1] == "(":
                end = closing(self.toks, i + 1)
                at, to = self.toks[i + 1][2] + 1, self.toks[end][2]
                self.add(at, to, f"!({self.text[at:to]})", f"{word} -> {word} not")

    def statements(self):
        heads = {
            closing(self.toks, i + 1)
            for i, t in enumerate(self.toks[:-1])
            if t[1] in ("if", "while", "for", "switch") and self.toks[i + 1][1] == "("
        }
        for i in range(2, len(self.toks) - 1):
            at = self.toks[i][2]
            if not self.function_at(at):
                continue
            bare_return = self.toks[i][1] == "return" and self.toks[i + 1][1] == ";"
            if not bare_return and not begins_statement(self.toks, i, heads):
                continue
            end = statement_end(self.toks, i)
            if end is not None:
                self.add(at, self.toks[end][2], "", "statement -> nothing")

    def returns(self):
        for i, (_, word, _) in enumerate(self.toks):
            if word != "return" or self.toks[i + 1][1] == ";":
                continue
            end = statement_end(self.toks, i)
            function = self.function_at(self.toks[i][2])
            if end is None or not function:
                continue
            at, to = self.toks[i + 1][2], self.toks[end][2]
            value = self.text[at:to]
            if value in ("true", "false") or value.isupper() or value.isdigit():
                continue # the word has mutants of its own
            if re.fullmatch(r"(static )?(inline )?bool", function[3]):
                self.add(at, to, f"!({value})", "return -> return not")
            elif re.fullmatch(r"(static )?(uint\d+_t|size_t|unsigned|int)", function[3]):
                self.add(at, to, f"({value}) + 1", "return -> return one more")

    def mutants(self):
        for make in (self.words, self.knobs, self.conditions, self.statements, self.returns):
            make()
        return number_same(sorted(self.found, key=lambda m: (m.at, m.end, m.text)))


BASES = {"CONFIRMED": "LIKELY", "LIKELY": "ASSUMED", "ASSUMED": "CONFIRMED"}


def table_mutants(text):
    """Of a .def: how sure a row is; of an extension, its class, its verb and its parameter."""
    found = []
    lines = text.split("\n")
    rows = [(m, 1, BASES[m[1]]) for m in re.finditer(r'", (CONFIRMED|LIKELY|ASSUMED),', text)]
    for m in re.finditer(r'^ESI_EXTENSION\(\w+, *"[^"]*", *(\w+), *(\w+), *(NULL|"[^"]*"),', text, re.M):
        rows.append((m, 1, "SIZE" if m[1] == "OTHERS" else "OTHERS"))
        rows.append((m, 2, "HELP" if m[2] == "UNKNOWN" else "UNKNOWN"))
        rows.append((m, 3, '"HELPS"' if m[3] == "NULL" else "NULL"))
    for m, group, other in rows:
        line = text.count("\n", 0, m.start(group)) + 1
        found.append(
            Mutant(m.start(group), m.end(group), other, f"{m[group]} -> {other}", line, "-",
                   lines[line - 1].strip())
        )
    return number_same(sorted(found, key=lambda m: m.at))


def number_same(found):
    """Changes of one function that read alike are told apart by a number."""
    seen = {}
    out = []
    for m in found:
        alike = m.where, m.source, m.change
        nth = seen[alike] = seen.get(alike, 0) + 1
        out.append(m if nth == 1 else m._replace(change=f"{m.change} #{nth}"))
    return out


def mutants_of(name, text, families):
    return table_mutants(text) if name.endswith(".def") else Source(name, text, families).mutants()
