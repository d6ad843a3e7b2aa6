"""Answers requests on a lab host, a line of JSON each on standard input and output: what there is to see (observe.py), what
Ansible makes of tasks (tasks.py), of inventories and patterns (inventories.py), and a shell script as root."""
import importlib
import json
import os
import shutil
import subprocess
import sys
import traceback

answers = os.fdopen(os.dup(1), 'w')
os.dup2(2, 1)  # what Ansible prints is no answer
os.umask(0o022)
os.chdir('/')


def shell(request):
    ran = subprocess.run(['/bin/sh', '-c', request['script']], stdin=subprocess.DEVNULL, capture_output=True, timeout=120)
    return {'status': ran.returncode, 'stdout': text(ran.stdout), 'stderr': text(ran.stderr)}


def text(data):
    return data.decode('utf-8', 'backslashreplace')


def answer(request):
    if request['op'] == 'shell':
        return shell(request)
    if 'files' in request:
        place(request['directory'], request['files'])
    # Ansible is only on one of the two hosts, so each is imported when it is asked for.
    return importlib.import_module(request['op']).answer(request)


def place(directory, files):
    """Makes the directory anew, with these files in it; what begins with `#!` can be executed."""
    shutil.rmtree(directory, ignore_errors=True)
    os.makedirs(directory)
    for path, content in files.items():
        whole = os.path.join(directory, path)
        os.makedirs(os.path.dirname(whole), exist_ok=True)
        with open(whole, 'w', newline='') as file:
            file.write(content)
        os.chmod(whole, 0o755 if content.startswith('#!') else 0o644)


for line in sys.stdin:
    try:
        said = {'answer': answer(json.loads(line))}
    except Exception:
        said = {'error': traceback.format_exc()}
    answers.write(json.dumps(said, default=str) + '\n')
    answers.flush()
