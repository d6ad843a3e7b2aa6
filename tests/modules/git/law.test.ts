import { laws } from '../../law/law.ts';
import { ONE, REPOSITORY, TWO } from './situations.ts';

laws('git', [
  {
    title: 'a branch, a tag and a commit of a repository on the host',
    tasks: `
- name: Git
  apt: { name: git, update_cache: true, cache_valid_time: 3600 }
- name: Branch
  git: { repo: /srv/repo.git, dest: /srv/branch, version: main }
- name: Tag
  git: { repo: "file:///srv/repo.git", dest: /srv/tag, version: light, depth: 1 }
- name: Commit
  git: { repo: /srv/repo.git, dest: /srv/commit, version: ${TWO} }
- name: Theirs
  git: { repo: /srv/repo.git, dest: /srv/way/theirs, version: main }
`,
    situations: [
      {
        title: 'from absent, in an empty directory, and of another user behind a link',
        given: `${REPOSITORY}\nmkdir /srv/tag /srv/real; ln -s real /srv/way; clone /srv/real/theirs; git -C /srv/real/theirs checkout -q light; chown -R ops:ops /srv/real/theirs`,
        changed: ['Branch', 'Tag', 'Commit', 'Theirs'],
      },
      {
        title: 'from other commits and another remote',
        given: `cd /srv; git -C branch checkout -q light; git -C branch remote set-url origin /srv/none; git -C commit reset -q --hard HEAD~1; touch branch/untracked`,
        changed: ['Branch', 'Commit'],
      },
    ],
    observe: `cd /srv; for d in branch tag commit way/theirs; do git -c safe.directory='*' -C "$d" rev-parse HEAD; done 2>&1; git -C branch remote get-url origin 2>&1; cat branch/file tag/file; ls -A /srv | grep vrun`,
    observed: `${TWO}\n${ONE}\n${TWO}\n${TWO}\n/srv/repo.git\ntwo\none\n`,
  },
  {
    title: 'over ssh with a key',
    tasks: `
- name: Clone
  git: { repo: "root@localhost:/srv/repo.git", dest: /srv/over-ssh, version: main, key_file: "/root/deploy key" }
`,
    situations: [
      {
        title: 'from absent',
        given: `ssh-keygen -q -t ed25519 -N '' -f '/root/deploy key'; mkdir -p -m 700 /root/.ssh; cat '/root/deploy key.pub' >>/root/.ssh/authorized_keys
awk '{ print "localhost", $1, $2 }' /etc/ssh/ssh_host_ed25519_key.pub >/etc/ssh/ssh_known_hosts`,
        changed: ['Clone'],
      },
      { title: 'from an older commit', given: 'git -C /srv/over-ssh checkout -q HEAD~1', changed: ['Clone'] },
    ],
    observe: 'git -C /srv/over-ssh rev-parse HEAD 2>/dev/null',
    observed: `${TWO}\n`,
  },
  {
    title: 'with its submodules, and theirs',
    tasks: `
- name: Clone
  git: { repo: "file:///srv/top.git", dest: /srv/whole, version: main }
- name: Alone
  git: { repo: "file:///srv/top.git", dest: /srv/alone, version: main, recursive: false }
`,
    situations: [
      {
        title: 'from absent',
        given: `cd /srv
export GIT_AUTHOR_NAME=o GIT_AUTHOR_EMAIL=o@lab.test GIT_COMMITTER_NAME=o GIT_COMMITTER_EMAIL=o@lab.test
made() { git init -q -b main "work-$1"; cd "work-$1"; echo "$1" >file; git add file; shift; for s; do git -c protocol.file.allow=always submodule -q add "file:///srv/$s.git" "libs/$s"; done; git commit -qm one; cd ..; }
made inner; git clone -q --bare work-inner inner.git; made lib inner; git clone -q --bare work-lib lib.git; made top lib; git clone -q --bare work-top top.git`,
        changed: ['Clone', 'Alone'],
      },
      {
        title: 'from submodules at other commits, taken away and changed by hand',
        given: `cd /srv/whole; echo changed >libs/lib/libs/inner/file; git submodule -q deinit -f libs/lib`,
        changed: ['Clone'],
      },
    ],
    observe: `cd /srv; cat whole/libs/lib/file whole/libs/lib/libs/inner/file 2>/dev/null; ls -A alone/libs/lib 2>/dev/null; git -C whole status --porcelain 2>&1`,
    observed: 'lib\ninner\n',
  },
]);
