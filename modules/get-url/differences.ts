// What get-url means otherwise than Ansible's module of the same name.
import type { Difference } from '../../engine/module/index.ts';

export const DIFFERENCES: readonly Difference[] = [
  {
    key: 'checksum',
    parameters: ['checksum'],
    ansible: 'checksum may be left out, and may be of md5 or sha1.',
    vrun: 'A digest is needed that nobody can forge, of the sha2 family: once the file is there, nothing is fetched.',
  },
  {
    key: 'directory',
    parameters: ['dest'],
    ansible: 'In a directory the file gets the name that it has in the address.',
    vrun: 'Only where `dest` ends in a slash; else a directory in the place of the file is refused.',
  },
  {
    key: 'unasked',
    ansible: 'Check mode asks the address.',
    vrun: 'A dry run doesn’t: whether the file can be had, and is the right one, shows in the run.',
  },
  {
    key: 'force',
    parameters: ['force'],
    ansible: 'With force the file is fetched each time; without it and without a checksum what is there stays.',
    vrun: 'A file with another digest is replaced, always.',
    instead: 'Leave it out.',
  },
  {
    key: 'place',
    parameters: ['tmp_dest', 'decompress', 'use_netrc', 'ciphers', 'unredirected_headers', 'http_agent', 'use_gssapi'],
    ansible: 'Where the file lies meanwhile, and how it is asked for.',
    vrun: 'It lies in a private directory beside its place and is renamed there. It is asked for by curl as it is.',
    instead: 'Leave it out; a header is set by `headers`.',
  },
  {
    key: 'certificates',
    parameters: ['validate_certs', 'client_cert', 'client_key'],
    ansible: 'Certificates may be left unchecked, and given.',
    vrun: "They are checked against the host's authorities.",
    instead: "Put the server's authority on the host in a task before.",
  },
  {
    key: 'redundant',
    parameters: ['force_basic_auth', 'use_proxy', 'timeout', 'sha256sum'],
    ansible: 'Details of the request.',
    vrun: 'User and password are sent at once; a proxy is taken from the environment of the task; a connection has 30 seconds.',
    instead: 'Leave it out; for sha256sum write `checksum: sha256:…`.',
  },
];
