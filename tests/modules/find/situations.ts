import type { Situations } from '../harness/situation.ts';

const situations: Situations = [
  {
    name: 'searches',
    title: 'by name, kind, age, size, depth and content, links, hidden names, odd names, and what is no directory',
    given: `mkdir -p /srv/f/d/e /srv/f/.h /srv/other && cd /srv/f && printf 'port 1\\nhost b\\n' >a.conf && printf x >b.log && : >.hid
printf y >d/c.conf && printf z >.h/in.conf && truncate -s 20K d/e/big.log && ln -s ../other link && ln -s none gone && printf o >/srv/other/o.conf
printf n >"it's [odd] *.conf" && printf n >"$(printf 'caf\\351.conf')" && printf n >"$(printf 'a\\nb.conf')" && mkfifo fifo
touch -d '2020-01-01 UTC' b.log d/c.conf && chmod 0640 a.conf && sha1sum b.log d/c.conf`,
    wants: [
      { paths: '/srv/f' },
      { paths: '/srv/f', recurse: true, patterns: '*.conf,*.log' },
      { paths: ['/srv/f', '/srv/none', '/srv/f/a.conf'], patterns: ['[ab]*'], excludes: '*.log' },
      { paths: '/srv/f', recurse: true, hidden: true, depth: 2, file_type: 'any' },
      { paths: '/srv/f', file_type: 'directory', recurse: true },
      { paths: '/srv/f', file_type: 'link' },
      { paths: '/srv/f', recurse: true, follow: true, patterns: 'o*' },
      { paths: '/srv/f', recurse: true, age: '1w' },
      { paths: '/srv/f', recurse: true, size: '10k' },
      { paths: '/srv/f', recurse: true, size: -1, get_checksum: true },
      { paths: '/srv/f', use_regex: true, patterns: '[ab]\\.(?:conf|log)$' },
      { paths: '/srv/f', contains: 'host\\s+\\w' },
      { paths: '/srv/f', contains: 'ort', read_whole_file: true },
      { paths: '/srv/f', contains: 'ort' },
    ],
  },
];

export default situations;
