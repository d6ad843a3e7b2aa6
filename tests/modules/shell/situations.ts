import type { Situations } from '../harness/situation.ts';

const situations: Situations = [
  {
    name: 'read-only',
    title: 'command lines that only read: pipes, statuses, another shell, a signal, much output',
    readOnly: true,
    wants: [
      { cmd: 'printf "%s\\n" b a | sort' },
      { cmd: 'echo out; echo err >&2; exit 7' },
      { cmd: 'kill -TERM $$' },
      { cmd: 'if' },
      { cmd: 'echo "$0" $((1 + 1))' },
      { cmd: `a=(1 2); echo "\${a[1]}"`, executable: '/bin/bash' },
      { cmd: 'true', executable: '/bin/none-such' },
      { cmd: 'exec <&-; cat' },
    ],
  },
  {
    name: 'guards',
    title: 'guards of a shell command',
    as: 'ops',
    wants: [
      { cmd: 'umask 077; date >~/done', creates: '/home/ops/done' },
      { cmd: 'rm -rf ~/.cache', removes: '/root/.bashrc' },
      { cmd: 'id', unless: 'test "$(id -un)" = ops' },
    ],
  },
];

export default situations;
