import { REPOSITORY } from '../modules/git/situations.ts';
import { packed } from './archive.ts';
import { sequences } from './sequences.ts';

sequences('releases and a clone, with what other modules do at their paths', {
  files: { 'files/one.tar.gz': packed({ 'server.js': 'one' }), 'files/two.tar.gz': packed({ 'server.js': 'two' }) },
  given: REPOSITORY,
  tasks: [
    'release: { path: /srv/app, id: one, src: one.tar.gz }',
    'release: { path: /srv/app, id: one, src: one.tar.gz, shared: [uploads] }',
    'release: { path: /srv/app, id: one, src: one.tar.gz, mode: "0750" }',
    'release: { path: /srv/app, id: two, src: two.tar.gz }',
    'release: { path: /srv/app, id: three, src: two.tar.gz }',
    'release: { path: /srv/app, id: one, state: current }',
    'release: { path: /srv/app, id: two, state: current }',
    'release: { path: /srv/app, id: three, state: current, keep: 1 }',
    'release: { path: /srv/app, id: two, state: previous }',
    'release: { path: /srv/app, id: three, state: previous }',
    'release: { path: /srv/app, id: one, state: absent }',
    'release: { path: /srv/app, id: two, state: absent }',
    'file: { path: /srv/app, state: absent }',
    'file: { path: /srv/app, state: directory }',
    'file: { path: /srv/app/releases/two, state: directory, mode: "0711" }',
    'file: { path: /srv/app/current, state: absent }',
    'file: { path: /srv/app/releases/one, state: absent }',
    'git: { repo: /srv/repo.git, dest: /srv/clone, version: main }',
    'git: { repo: /srv/repo.git, dest: /srv/clone, version: light }',
    'file: { path: /srv/clone, state: absent }',
    'file: { path: /srv/clone, state: directory }',
    'file: { path: /srv/clone/more, state: directory }',
    'copy: { dest: /srv/clone/note, content: "one\\n" }',
  ],
});
