import type { Situations } from '../harness/situation.ts';

const situations: Situations = [
  {
    name: 'guards',
    title: 'creates, removes, unless and chdir that hold and that do not',
    given: 'mkdir "/srv/a b" && cd "/srv/a b" && touch done && ln -s nowhere dangling',
    wants: [
      { cmd: 'make all', creates: '/srv/a b/done' },
      { cmd: 'make all', creates: '/srv/a b/dangling' },
      { cmd: 'make all', creates: '/srv/a b/new' },
      { cmd: 'make all', creates: 'done', chdir: '/srv/a b' },
      { cmd: 'make clean', removes: '/srv/a b/done' },
      { cmd: 'make clean', removes: '/srv/a b/none' },
      { cmd: 'make all', unless: 'test -e "/srv/a b/done"' },
      { cmd: 'make all', unless: 'echo noise; exit 3' },
      { cmd: 'make all', unless: 'syntax error (' },
      { cmd: 'make all', chdir: '/srv/none', creates: 'done' },
    ],
  },
  {
    name: 'read-only',
    title: 'commands that only read: their output, status and words of complaint',
    readOnly: true,
    wants: [
      { cmd: 'cat /etc/debian_version' },
      { argv: ['printf', '%s|', ' two words ', "it's", '$HOME', '*', ''] },
      { argv: ['printf', 'output\nneedless\n\n\n'] },
      { argv: ['printf', '\\377\\000\\376'] },
      { cmd: 'ls /srv/none' },
      { cmd: 'no-such-program --version' },
      { cmd: '/etc/passwd' },
      { cmd: 'cat', stdin: 'from the controller\n' },
      { cmd: 'cat' },
      { cmd: 'env' },
      { cmd: 'pwd', chdir: '/usr/share' },
      { cmd: 'pwd', chdir: '/srv/none' },
      { cmd: 'true', unless: 'true' },
    ],
  },
];

export default situations;
