// What scripts for hosts rely on in the programs of coreutils: a script, and what it prints in a directory of its own.

/** The shell, as root, in which rows are tried: a file of three bytes, a directory, links to both, and one that leads nowhere. */
export const GIVEN = `set -e; export LC_ALL=C TZ=UTC0; umask 022; printf abc >f; mkdir d; ln -s f to-f; ln -s d to-d; ln -s gone to-none; set +e`;

/** `busybox: false`: it has none of that, and the scripts have another way there. */
export const ROWS: readonly { readonly run: string; readonly prints: string; readonly busybox?: false }[] = [
  { run: 'base64 <f; printf YWJj | base64 -d', prints: 'YWJj\nabc' },
  { run: 'cat f f; cat gone 2>/dev/null; echo $?', prints: 'abcabc1\n' },
  {
    run: 'chmod 0640 f; stat -c %a f; chmod -R go= d; stat -c %a d; chmod u+x,o=r -- f; stat -c %a f',
    prints: '640\n700\n744\n',
  },
  { run: 'chown 7:8 f; chown -h 9:9 to-f; chown -R 5 d; chgrp 6 d; stat -c %u:%g f to-f d', prints: '7:8\n9:9\n5:6\n' },
  { run: 'chown 7 f; chown :8 f; stat -c %u:%g f', prints: '7:8\n' },
  {
    run: 'cp -pP to-f l; readlink l; cp -R d e; cp -a to-d m; readlink m; ls -A e; cp f g; cat g',
    prints: 'f\nd\nabc',
  },
  { run: "printf 'a b c\\n1\\t2\\n' | cut -d ' ' -f 2; printf '1\\t2\\n' | cut -f 2", prints: 'b\n1\t2\n2\n' },
  { run: 'date -u -d @86400 +%Y-%m-%dT%H:%M:%SZ; date -d @0 +%s', prints: '1970-01-02T00:00:00Z\n0\n' },
  { run: 'dirname /a/b; env A=1 sh -c "echo \\$A"; timeout 5 echo in', prints: '/a\n1\nin\n' },
  { run: 'timeout 5 true; echo $?; sleep 0; nproc >/dev/null; echo $?', prints: '0\n0\n' },
  { run: 'head -c 2 f; seq 3 | head -n 1; seq 3 | tail -n 1; tail -c 1 f; seq 3 | tail -n +3', prints: 'ab1\n3\nc3\n' },
  {
    run: "seq 3 | { printf 'a\\nb\\nc\\n' | paste -d '\\n' - /proc/self/fd/3; } 3<&0; mkfifo p; [ -p p ] && echo p",
    prints: 'a\n1\nb\n2\nc\n3\np\n',
  },
  { run: 'id -u; id -g; id -un', prints: '0\n0\nroot\n' },
  {
    run: 'ln -s x l; ln -sf y l; readlink l; ln -sfn f to-d; readlink to-d; ls d; ln f hard; stat -c %h f',
    prints: 'y\nf\n2\n',
  },
  { run: 'ls -A d; ls -A -- gone 2>/dev/null || echo none; ls -l to-f | grep -c -- "-> f$"', prints: 'none\n1\n' },
  {
    run: 'md5sum f; sha1sum f; sha256sum f; sha512sum f | cut -c 1-20',
    prints:
      '900150983cd24fb0d6963f7d28e17f72  f\na9993e364706816aba3e25717850c26c9cd0d89d  f\nba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  f\nddaf35a193617abacc41\n',
  },
  { run: 'sha256sum f >s; sha256sum -c s; echo x >>f; sha256sum -c s 2>/dev/null; :', prints: 'f: OK\nf: FAILED\n' },
  { run: 'sha256sum -- gone f 2>/dev/null | cut -c 1-8; sha256sum <f | cut -c 65-', prints: 'ba7816bf\n  -\n' },
  {
    run: 'mkdir -p a/b; mkdir -m 0700 c; stat -c %a c; n=$(mktemp -d ./t.XXXXXX); stat -c %a "$n"; rmdir a/b c "$n"; ls -d a',
    prints: '700\n700\na\n',
  },
  { run: 'printf new >g; mv -f g f; cat f; mv -T d e; ls -d e; mv -fT e g; ls -d g', prints: 'newe\ng\n' },
  { run: 'mkdir full; printf 1 >full/x; mkdir e; mv -T e full 2>/dev/null; echo $?', prints: '1\n' },
  {
    run: "od -An -N 3 -t x1 f | tr -d ' \\n'; printf aXb | tr -c 'a-z' _; printf 'a\\nb' | tr '\\n' '\\000' | wc -c",
    prints: '616263a_b3\n',
  },
  {
    run: 'readlink to-f; readlink -f to-none | sed "s,.*/,,"; readlink -n to-f; readlink f; echo $?',
    prints: 'f\ngone\nf1\n',
  },
  {
    run: 'readlink -z to-f to-d | tr "\\000" " "; readlink -mz a/b | tr "\\000" "\\n" | sed "s,.*/a,a,"',
    prints: 'f d a/b\n',
    busybox: false,
  },
  { run: 'rm f; rm -f gone; rm -rf d; rm --one-file-system -r to-d; ls', prints: 'to-f\nto-none\n', busybox: false },
  { run: 'rm -- gone to-f 2>/dev/null; ls; rm -rf -- d gone to-d; ls', prints: 'd\nf\nto-d\nto-none\nf\nto-none\n' },
  {
    run: "printf '10\\n9\\n9\\n' | sort -u; printf '10\\n9\\n' | sort -n; printf '10\\n9\\n' | sort -r",
    prints: '10\n9\n9\n10\n9\n10\n',
  },
  {
    run: 'stat -c "%s %f %n" f gone d 2>/dev/null | cut -d " " -f 3; stat -L -c %f to-d; stat -f -c %S . | grep -c .',
    prints: 'f\nd\n41ed\n1\n',
  },
  { run: 'sync; sync -f . 2>/dev/null || sync; echo $?', prints: '0\n' },
  { run: 'printf x | tee g; cat g; wc -c <f; seq 3 | wc -l', prints: 'xx3\n3\n' },
  {
    run: 'touch -d @86400 f; touch -c gone; ls gone 2>/dev/null; stat -c %Y f; touch -c -m -d @5 f; touch -c -a f; stat -c %Y f',
    prints: '86400\n5\n',
  },
  { run: 'uname -n | grep -c .; uname -r | grep -c .; uname -m | grep -c .', prints: '1\n1\n1\n' },
];
