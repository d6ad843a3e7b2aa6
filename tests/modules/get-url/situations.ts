import type { Situations } from '../harness/situation.ts';

const url = 'http://127.0.0.1/tool';
/** Of "tool\\n". */
const checksum = 'sha256:67948dd9afd6afe5043b0029d5aa7cf0f8b2824baf16f4f097d40d830edb686d';
const sha512 =
  'sha512:4247377b529ee803ed4b134c660b782c31ced4cd0eb8ecd4445555fb80836da2b4a9c5f1417adf83cfa295295e33d5cadd35dbf9f973de00c97eef81fcba2a61';

const CURL = 'apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y curl >/dev/null 2>&1';

const situations: Situations = [
  {
    name: 'files',
    title: 'the file there, another one, none, links, a directory, a FIFO, names of nobody',
    given: `${CURL}
mkdir -p /srv/g/directory && cd /srv/g && echo tool >there && echo other >other && ln -s there link && mkfifo fifo
echo tool >owned && chmod 0600 owned && chown ops owned`,
    wants: [
      ...['there', 'other', 'none', 'link', 'directory', 'fifo', 'none/below', 'there/below', ''].map((name) => ({
        url,
        checksum,
        dest: `/srv/g/${name}`,
      })),
      ...['there', 'other', 'none', 'link', 'fifo'].map((name) => ({ url, checksum: sha512, dest: `/srv/g/${name}` })),
      { url, checksum, dest: '/srv/g/owned', mode: '0755', owner: 'root' },
      { url, checksum, dest: '/srv/g/owned', owner: 'none-such', group: 'none-such' },
    ],
  },
  {
    name: 'not-allowed',
    title: 'a file that ops may not read',
    as: 'ops',
    given: `${CURL}
echo tool >/srv/shut && chmod 600 /srv/shut`,
    wants: [
      { url, checksum, dest: '/srv/shut' },
      { url, checksum: sha512, dest: '/srv/shut' },
    ],
  },
];

export default situations;
