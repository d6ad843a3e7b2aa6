"""What `ansible-inventory --list` prints of an inventory, and which hosts `ansible PATTERN --list-hosts` lists of it."""
import json
import os
import tempfile
import traceback

from ansible import context
from ansible.cli.inventory import InventoryCLI
from ansible.errors import AnsibleError
from ansible.utils import context_objects


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
    try:
        command.parse()
        command.loader, command.inventory, command.vm = command._play_prereqs()
        everything = command._get_group('all') if hasattr(command, '_get_group') else command.inventory.groups['all']
        listed = json.loads(command.dump(command.json_inventory(everything)))
    except AnsibleError as error:
        return {'failed': str(error)}
    return {'list': listed, 'patterns': [hosts(command.inventory, pattern) for pattern in request.get('patterns', [])]}


def hosts(inventory, pattern):
    try:
        return [host.name for host in inventory.list_hosts(pattern)]
    except Exception as error:
        return {'failed': str(error)}
