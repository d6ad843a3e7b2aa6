import type { Situation, Situations } from '../harness/situation.ts';

/** A repository with two commits on main, a branch, tags of both kinds, and a name that is both; always the same ids. */
export const REPOSITORY = `apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y git >/dev/null 2>&1
export GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@lab.test GIT_COMMITTER_NAME=A GIT_COMMITTER_EMAIL=a@lab.test HOME=/root
export GIT_AUTHOR_DATE='1700000000 +0000' GIT_COMMITTER_DATE='1700000000 +0000'
git -c init.defaultBranch=main init -q /srv/work && cd /srv/work
echo one >file && git add file && git commit -q -m one && git tag light && git branch both
echo two >file && echo new >'odd name' && git add . && git commit -q -m two && git tag -a annotated -m note && git tag both && git branch dev/x
cd / && git clone -q --bare /srv/work /srv/repo.git && rm -rf /srv/work
clone() { git clone -q /srv/repo.git "$1"; }`;

export const ONE = '1455dd5e16d99b4b393e59b20cac7689ed9739e3';
export const TWO = 'bc4c114aa0fbce20fb9e5e9c33742fe9690299f7';

const repo = '/srv/repo.git';
const want = (dest: string, version: string, given: object = {}) => ({ repo, dest: `/srv/${dest}`, version, ...given });

const clones: Situation = {
  name: 'clones',
  title:
    'no clone, an empty directory, clones at the commit and at others, changed by hand, of other users, cut off, no clone',
  given: `${REPOSITORY}
clone /srv/at-main; clone /srv/at-one; git -C /srv/at-one checkout -q light
clone /srv/changed; echo mine >'/srv/changed/odd name'; clone /srv/more; touch /srv/more/untracked
clone /srv/theirs; chown -R ops:ops /srv/theirs; clone /srv/moved; git -C /srv/moved remote set-url origin /srv/old.git
mkdir /srv/empty /srv/full; touch /srv/full/x; ln -s at-main /srv/link; git init -q /srv/fresh
mkdir -p /srv/at-one/broken/.git; clone /srv/cut; echo half >/srv/cut/file; echo ${TWO} >/srv/cut/.git/vrun-checkout`,
  wants: [
    ...[
      'none',
      'empty',
      'at-main',
      'at-one',
      'changed',
      'more',
      'theirs',
      'moved',
      'full',
      'link',
      'fresh',
      'none/below',
      'at-one/broken',
      'cut',
    ].map((dest) => want(dest, 'main')),
    ...[ONE, TWO, 'light', 'annotated', 'dev/x', 'HEAD', 'refs/tags/both', 'both', 'nothing'].map((version) =>
      want('at-main', version),
    ),
    want('at-main', 'main', { verify_commit: true }),
    want('at-main', 'main', { key_file: '/root/.ssh/none' }),
    { ...want('at-main', 'main'), repo: '/srv/none.git' },
  ],
};

const situations: Situations = [
  clones,
  { name: 'no-git', title: 'a host without git', wants: [want('none', 'main'), want('none', TWO)] },
  {
    name: 'not-root',
    title: 'ops with a clone of its own, and one of root',
    as: 'ops',
    given: `${REPOSITORY}
clone /srv/theirs; chown -R ops:ops /srv/theirs; clone /srv/at-main; mkdir -m 700 /srv/shut; clone /srv/shut/x`,
    wants: [want('theirs', TWO), want('at-main', TWO), want('shut/x', TWO)],
  },
];

export default situations;
