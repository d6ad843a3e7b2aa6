"""Python's own answers: reads cases as JSON from standard input, writes one answer for each. A pattern that Python refuses
is null; else it is, for each text, the spans of the first match and its groups (null: none). "bug": Python's own, which
loses count of a group's marks in a look-ahead or behind a way back."""
import json
import re
import sys
import warnings

warnings.simplefilter('ignore')


def answer(case):
    data = (lambda text: text.encode()) if case['bytes'] else (lambda text: text)
    flags = sum({'m': re.M, 's': re.S}[letter] for letter in case.get('flags', ''))
    try:
        pattern = re.compile(data(case['pattern']), flags)
    except (re.error, OverflowError, ValueError, RecursionError):
        return None
    if 'replace' in case:
        return [replaced(pattern, data(case['replace']), data(text)) for text in case['texts']]
    return [spans(pattern, data(text)) for text in case['texts']]


def spans(pattern, text):
    try:
        match = pattern.search(text)
    except SystemError:
        return 'bug'
    if match is None:
        return None
    return [list(match.span(group)) for group in range(match.re.groups + 1)]


def replaced(pattern, template, text):
    try:
        made, count = pattern.subn(template, text)
        return [made.decode('latin1') if isinstance(made, bytes) else made, count]
    except (re.error, IndexError):
        return None
    except SystemError:
        return 'bug'


json.dump([answer(case) for case in json.load(sys.stdin)], sys.stdout)
