"""Runs tasks by Ansible's own engine: its playbook reader, its task executor, its action plugins and its modules. Only the
starting of a Python for each module is left out: a module runs in a fork of this process, which has imported it."""
import importlib
import json
import os
import signal
import sys
import tempfile
import traceback

from ansible import context
from ansible.errors import AnsibleError
from ansible.executor.task_executor import TaskExecutor
from ansible.inventory.manager import InventoryManager
from ansible.module_utils import basic
from ansible.module_utils.common.collections import ImmutableDict
from ansible.module_utils.common.text.converters import to_bytes
from ansible.parsing.dataloader import DataLoader
from ansible.playbook.play import Play
from ansible.playbook.play_context import PlayContext
from ansible.plugins import loader as plugins
from ansible.plugins.action import ActionBase
from ansible.utils.unsafe_proxy import wrap_var
from ansible.vars.clean import remove_internal_keys, strip_internal_keys
from ansible.vars.manager import VariableManager

LIMIT = 90  # seconds that one module may take


def answer(request):
    """Tasks one after the other, each whatever became of the one before."""
    options = dict(connection='local', check=request['check'], diff=False, verbosity=0, forks=1, become=False)
    context.CLIARGS = ImmutableDict(become_method='sudo', become_user=None, remote_user='root', **options)
    loader = DataLoader()
    loader.set_basedir(request['directory'])
    inventory = InventoryManager(loader=loader, sources=[request['host'] + ','])
    variables = VariableManager(loader=loader, inventory=inventory)
    host = inventory.get_host(request['host'])
    host.set_variable('ansible_python_interpreter', '/usr/bin/python3')
    return [perform(task, request['vars'], host, variables, loader) for task in request['tasks']]


def perform(task, values, host, variables, loader):
    try:
        play = Play().load({'hosts': 'all', 'gather_facts': False, 'vars': values, 'tasks': [task]}, variables, loader)
        [task] = play.tasks[0].block
        known = variables.get_vars(play=play, host=host, task=task)
        executor = TaskExecutor(host, task, known, PlayContext(play=play), None, loader, plugins, None)
        result = strip_internal_keys(executor.run())
    except AnsibleError as error:
        return {'status': 'failed', 'result': {'msg': str(error)}}
    if isinstance(result.get('ansible_facts'), dict):
        variables.set_nonpersistent_facts(host.name, result['ansible_facts'])
    if task.register:
        variables.set_nonpersistent_facts(host.name, {task.register: result})
    result.pop('invocation', None)
    return {'status': status(result), 'result': result}


def status(result):
    for word in ('failed', 'skipped', 'changed'):
        if result.get(word):
            return word
    return 'ok'


def run_in_fork(action, module_name=None, module_args=None, task_vars=None, **_):
    name = module_name or action._task.action
    args = dict(action._task.args if module_args is None else module_args)
    action._update_module_args(name, args, task_vars or {})
    found = plugins.module_loader.find_plugin_with_context(name, collection_list=action._task.collections)
    if not found.plugin_resolved_path:
        raise AnsibleError('The module %s was not found' % name)
    module = importlib.import_module(import_name(found.plugin_resolved_path))
    data = action._parse_returned_data(forked(module, args, action._task.environment))
    remove_internal_keys(data)
    for stream in ('stdout', 'stderr'):
        if stream in data and stream + '_lines' not in data:
            data[stream + '_lines'] = (data[stream] or '').splitlines()
    return wrap_var(data)


def import_name(path):
    parts = os.path.splitext(path)[0].split('/')
    root = next(part for part in ('ansible_collections', 'ansible') if part in parts)
    return '.'.join(parts[parts.index(root):])


def forked(module, args, environment):
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = os.fork()
        if child == 0:
            code = 1
            try:
                enter(out, err, environment)
                basic._ANSIBLE_ARGS = to_bytes(json.dumps({'ANSIBLE_MODULE_ARGS': args}, default=str))
                module.main()
                code = 0
            except SystemExit as end:
                code = end.code or 0
            except BaseException:
                traceback.print_exc()
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(code)
        _, ended = os.waitpid(child, 0)
        out.seek(0)
        err.seek(0)
        stdout, stderr = out.read().decode('utf-8', 'replace'), err.read().decode('utf-8', 'replace')
        return {'rc': os.waitstatus_to_exitcode(ended), 'stdout': stdout, 'stderr': stderr, 'stdout_lines': stdout.splitlines()}


def enter(out, err, environment):
    """As a login by SSH gives a module: the home directory, no terminal, nothing to read."""
    signal.alarm(LIMIT)
    os.setsid()
    os.chdir('/root')
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(out.fileno(), 1)
    os.dup2(err.fileno(), 2)
    for one in environment or []:
        os.environ.update({name: str(value) for name, value in one.items()})


if not os.environ.get('PLAIN'):
    ActionBase._execute_module = run_in_fork
