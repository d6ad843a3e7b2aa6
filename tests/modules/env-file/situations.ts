import type { Situations } from '../harness/situation.ts';

const path = '/etc/default/app';

const situations: Situations = [
  {
    name: 'lines',
    title: 'values, secrets, placeholders, quotes and what only a shell reads',
    given: `cat >${path} <<'END'
# settings
NODE_ENV=production
PORT=3005
PORT="3006"
NAME=two words
TOKEN='geheim-geheim'
NEXTAUTH_SECRET=generate-me-in-production
CSRF_SECRET=
CRON_SECRET=0123456789abcdef
export SESSION_KEY="only for a shell"
URL=https://a.example \\
  /path
OLD=1
END
chown root:adm ${path}; chmod 0644 ${path}`,
    wants: [
      {
        path,
        group: 'adm',
        values: {
          NODE_ENV: 'production',
          PORT: 3006,
          NAME: 'two words',
          TOKEN: 'geheim-geheim',
          NEW: '',
        },
        generate: {
          NEXTAUTH_SECRET: {},
          CSRF_SECRET: { encoding: 'hex' },
          CRON_SECRET: {},
          SESSION_KEY: {},
          MFA_KEY: {},
        },
        required: {
          PORT: '[0-9]+',
          CRON_SECRET: '[0-9a-f]{16}',
          MFA_KEY: '[A-Za-z0-9_-]{43}',
          URL: 'https://a\\.example +/path',
          NODE_ENV: 'production',
        },
        remove: ['OLD', 'OLDER'],
      },
      {
        path,
        mode: '0644',
        group: 'adm',
        required: { PORT: '[0-9]', CSRF_SECRET: '.+', NEXTAUTH_SECRET: '.+', NONE: '.*', SESSION_KEY: '.+' },
      },
      { path, values: { TOKEN: 'other-other' } },
      { path, state: 'absent' },
    ],
  },
  {
    name: 'odd',
    title: 'none, a directory, a link, no text, a quote that is never closed, a group that is not there',
    given: `cd /etc/default && mkdir dir && ln -s app link && printf 'A=\\0\\n' >nul && printf 'A="1\\nB=2\\n' >open
printf '# x\\\\\\nA=1\\n' >doubt && printf 'A=1\\r\\nB=2\\r\\n' >crlf && printf 'A=1' >noend`,
    wants: [
      { path, values: { A: 1 }, generate: { K: {} } },
      { path, group: 'no-such-group', values: { A: 1 } },
      { path: '/etc/none/such', values: { A: 1 } },
      { path: '/etc/default/dir', values: { A: 1 } },
      { path: '/etc/default/link', values: { A: 1 } },
      { path: '/etc/default/nul', values: { A: 1 } },
      { path: '/etc/default/open', values: { A: 1 } },
      { path: '/etc/default/doubt', values: { A: 1 } },
      { path: '/etc/default/crlf', values: { A: 1, B: 3 }, mode: '0644' },
      { path: '/etc/default/noend', values: { A: 1 }, mode: '0644' },
      { path, state: 'absent' },
    ],
  },
  {
    name: 'without-root',
    title: 'a file that ops may not read',
    as: 'ops',
    given: `printf 'A=1\\n' >${path}; chmod 0600 ${path}`,
    wants: [{ path, values: { A: 1 } }],
    refuses: /denied|not permitted/i,
  },
];

export default situations;
