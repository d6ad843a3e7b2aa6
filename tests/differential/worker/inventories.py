"""What `ansible-inventory --list` prints of an inventory, and which hosts `ansible PATTERN --list-hosts` lists of it."""
import contextlib
import json
import os
import tempfile
import traceback

from ansible import context
from ansible.cli.inventory import InventoryCLI
from ansible.errors import AnsibleError
from ansible.utils import context_objects
from ansible.utils.display import Display


def answer(request):
    """In a fork: Ansible keeps what it has read of the command line and of a host pattern."""
    with tempfile.TemporaryFile('w+') as out:
        child = os.fork()
        if child == 0:
            try:
                os.chdir(request['directory'])
                out.write(json.dumps(read(request), default=str))
                out.flush()
            except BaseException:
                traceback.print_exc()
            os._exit(0)
        os.waitpid(child, 0)
        out.seek(0)
        return json.loads(out.read() or '{"failed": "died"}')


def read(request):
    context_objects.GlobalCLIArgs._Singleton__instance = None
    command = InventoryCLI(['ansible-inventory', '--list', *(word for source in request['sources'] for word in ('-i', source))])
    with warnings() as said:
        try:
            command.parse()
            command.loader, command.inventory, command.vm = command._play_prereqs()
            listed = json.loads(command.dump(command.json_inventory(command.inventory.groups['all'])))
        except AnsibleError as error:
            return {'failed': str(error)}
    patterns = [hosts(command.inventory, pattern) for pattern in request['patterns']]
    return {'list': listed, 'warnings': said, 'patterns': patterns}


def hosts(inventory, pattern):
    with warnings() as said:
        try:
            return {'hosts': [host.name for host in inventory.list_hosts(pattern)], 'warnings': said}
        except Exception as error:
            return {'hosts': [], 'warnings': [*said, str(error)]}


@contextlib.contextmanager
def warnings():
    """Collects what Ansible warns of meanwhile: it goes on without what it can't read."""
    said = []
    before = Display.warning
    Display.warning = lambda display, text, formatted=False: said.append(str(text))
    try:
        yield said
    finally:
        Display.warning = before
