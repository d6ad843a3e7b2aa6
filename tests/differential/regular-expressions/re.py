"""Python's own answers: reads cases as JSON from standard input, writes one answer for each. A pattern that Python refuses
is null; else it is, for each text, the spans of the first match and its groups (null: none). "bug": Python's own, which
loses count of a group's marks in a look-ahead or behind a way back; "slow": it backtracks without end."""
import json
import re
import signal
import sys
import warnings

warnings.simplefilter('ignore')


class Slow(Exception):
    pass


def stop(*_):
    raise Slow


signal.signal(signal.SIGALRM, stop)


def bounded(work, *given):
    signal.setitimer(signal.ITIMER_REAL, 0.5)
    try:
        return work(*given)
    except Slow:
        return 'slow'
    except SystemError:
        return 'bug'
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def answer(case):
    data = (lambda text: text.encode()) if case['bytes'] else (lambda text: text)
    flags = sum({'m': re.M, 's': re.S}[letter] for letter in case.get('flags', ''))
    try:
        pattern = re.compile(data(case['pattern']), flags)
    except (re.error, OverflowError, ValueError, RecursionError):
        return None
    if 'replace' in case:
        return [bounded(replaced, pattern, data(case['replace']), data(text)) for text in case['texts']]
    return [bounded(spans, pattern, data(text)) for text in case['texts']]


def spans(pattern, text):
    match = pattern.search(text)
    if match is None:
        return None
    return [list(match.span(group)) for group in range(match.re.groups + 1)]


def replaced(pattern, template, text):
    try:
        made, count = pattern.subn(template, text)
        return [made.decode('latin1') if isinstance(made, bytes) else made, count]
    except (re.error, IndexError):
        return None


json.dump([answer(case) for case in json.load(sys.stdin)], sys.stdout)
