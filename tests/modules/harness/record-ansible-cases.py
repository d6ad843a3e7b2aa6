#!/usr/bin/python3
"""Records what the real Ansible (ansible-core 2.14, `apt-get install ansible-core`) makes of a text, beside this file:
lineinfile.json, blockinfile.json and replace.json, each a list of cases. Every case is tried until Ansible finds nothing to do, since
an edit of ours is the same made once or twice. Run it after a case was added; the results are never edited by hand."""
import contextlib
import importlib
import io
import itertools
import json
import os
import sys
import tempfile

from ansible.module_utils import basic
from ansible.module_utils.common.text.converters import to_bytes

TEXTS = [
    '', 'a\n', 'a', 'a\nb\nc\n', 'a\nb\nc', 'b\na\nb\n', '\n\n', '#a=1\n#a=2\nb=1\n', 'a=1\r\nb=2\r\n', 'x\n  a\n\ta=2\n',
]
LINES = [
    {'line': 'a'}, {'line': 'a=9'}, {'line': 'b=2'}, {'line': ''},
    {'line': 'a=9', 'regexp': '^#?a='}, {'line': 'a=9', 'regexp': '^#a='}, {'line': 'a=9', 'regexp': r'^\s*a\b'},
    {'line': 'new', 'regexp': 'b$'}, {'line': 'new', 'regexp': r'[bc]'}, {'line': 'new', 'regexp': r'(?i)^A'},
    {'line': 'new', 'regexp': '^nothing$'}, {'line': 'new', 'search_string': 'a'}, {'line': 'a.', 'search_string': '.'},
]
PLACES = [
    {}, {'insertafter': 'BOF'}, {'insertafter': '^a'}, {'insertafter': '^b'}, {'insertafter': 'none'},
    {'insertbefore': 'BOF'}, {'insertbefore': '^a'}, {'insertbefore': '^b'}, {'insertbefore': 'none'},
    {'insertafter': '^[ab]', 'firstmatch': True}, {'insertbefore': '^[ab]', 'firstmatch': True},
]
GONE = [{'line': 'a'}, {'line': 'zz'}, {'regexp': '^#?a'}, {'regexp': 'b$'}, {'search_string': '='}, {'line': 'a', 'regexp': 'c'}]
BACKREFS = [
    {'line': r'\1=9', 'regexp': r'^#?(a)=.*$'}, {'line': r'\g<name>=9', 'regexp': r'^#(?P<name>\w+)='}, {'line': 'new', 'regexp': 'b'},
    {'line': r'\1\2', 'regexp': r'^(x)|(b)'}, {'line': r'a\n\1', 'regexp': r'^#(.*)'}, {'line': r'\1', 'regexp': r'^\s+(\w.*)$'},
    {'line': r'\g<0>', 'regexp': 'a'}, {'line': r'\1 x', 'regexp': '^(zz)'},
]
REPLACES = [
    {'regexp': 'a', 'replace': 'x'}, {'regexp': '^#', 'replace': ''}, {'regexp': r'(\w)=(\d)', 'replace': r'\1 = \2'}, {'regexp': r'\n\n', 'replace': r'\n'},
    {'regexp': 'b$', 'replace': 'B'}, {'regexp': r'\s+$'}, {'regexp': '^(?P<n>[bc])$', 'replace': r'<\g<n>>'}, {'regexp': 'x*', 'replace': '-'},
    {'regexp': 'é', 'replace': 'e'}, {'regexp': r'\b1\b', 'replace': '11'},
]
BOUNDS = [{}, {'after': 'a'}, {'before': 'b'}, {'after': '#a', 'before': 'b'}, {'after': 'none'}, {'after': r'^a\n', 'before': r'\nc'}, {'after': '(?:a|b)'}]
MARK = {'marker': '# {mark} x'}
HELD = '# BEGIN x\nold\n# END x\n'
BLOCK_TEXTS = [
    '', 'a\n', 'a', 'a\nb\nc\n', 'b\na\nb', HELD, 'a\n' + HELD, HELD + 'b\n', 'a\n' + HELD + 'b\n', 'a\n# BEGIN x\nb\n',
    'a\n# END x\nb\n', HELD + 'a\n' + HELD, 'a\n# BEGIN x\n# END x\nb\n', '# BEGIN y\nold\n# END y\n', '  # BEGIN x\n  # END x\n',
]
BLOCKS = [
    {'block': 'one\ntwo'}, {'block': 'one\ntwo\n'}, {'block': 'old'}, {'block': ''}, {'block': '\n'}, {'block': 'a\n\n'},
    {'state': 'absent'}, {'block': 'x', 'state': 'absent'},
]
BLOCK_PLACES = [
    {}, {'insertafter': '^a'}, {'insertafter': '^b'}, {'insertafter': 'none'}, {'insertbefore': 'BOF'}, {'insertbefore': '^a'},
    {'insertbefore': '^b'}, {'insertbefore': 'none'}, {'insertafter': r'(?m)^a\nb'}, {'insertbefore': r'(?m)b$\nc'},
]


MARKS = [
    {'block': 'one', 'marker_begin': 'AB', 'marker_end': 'BIS'}, {'block': 'one', 'marker_begin': ''},
    {'state': 'absent', 'marker_end': 'END'},
]


def settle(module, text, params):
    """What the file holds once the module finds nothing to do, how often it found something, or why it failed."""
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, 'file')
        with open(path, 'w', newline='') as file:
            file.write(text)
        for runs in range(9):
            basic._ANSIBLE_ARGS = to_bytes(json.dumps({'ANSIBLE_MODULE_ARGS': {'path': path, **params}}))
            said = io.StringIO()
            with contextlib.redirect_stdout(said), contextlib.suppress(SystemExit):
                module.main()
            answer = json.loads(said.getvalue().strip().splitlines()[-1])
            if answer.get('failed'):
                return {'failed': answer['msg']}
            with open(path, newline='') as file:
                text = file.read()
            if not answer['changed']:
                return {'after': text, 'runs': runs}
        return {'failed': 'never settles'}


def record(name, cases):
    module = importlib.import_module('ansible.modules.' + name)
    cases = [{'text': text, 'params': params, **settle(module, text, params)} for text, params in cases]
    with open(os.path.join(os.path.dirname(__file__), name + '.json'), 'w') as file:
        file.write('[\n' + ',\n'.join(json.dumps(case) for case in cases) + '\n]\n')
    print(name, len(cases), 'cases', file=sys.stderr)


record('lineinfile', [
    *((text, {**line, **place}) for text, line, place in itertools.product(TEXTS, LINES, PLACES)),
    *((text, {**line, 'backrefs': True, **place}) for text, line, place in itertools.product(TEXTS, BACKREFS, [{}, {'firstmatch': True}])),
    *((text, {**gone, 'state': 'absent'}) for text, gone in itertools.product(TEXTS, GONE)),
])
record('blockinfile', [
    *((text, {**MARK, **block, **place}) for text, block, place in itertools.product(BLOCK_TEXTS, BLOCKS, BLOCK_PLACES)),
    *((text, {**MARK, **marks}) for text, marks in itertools.product([*BLOCK_TEXTS, '# AB x\nold\n# BIS x\n'], MARKS)),
])
record('replace', [(text, {**what, **bound}) for text, what, bound in itertools.product([*TEXTS, 'é=1\n'], REPLACES, BOUNDS)])
