import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { FilesRead } from '../../engine/base/files-read.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

test('files by name and digest, sorted; a directory is one; a program by what it printed', () => {
  const read = new FilesRead('/project');
  read.file('/project/site.yml', 'site');
  read.file('/project/site.yml', Buffer.from('site'));
  read.file('/etc/vars.yml', 'vars');
  read.digest('tasks/more.yml', sha256('more'));
  read.inTree('/project/files/site', 'z', sha256('z'));
  read.inTree('/project/files/site', 'a/b', sha256('b'));
  read.inTree('/project/files/site', 'a/b', sha256('b'));
  read.output('/project/inventory/dynamic', [Buffer.from('one'), Buffer.from('two')]);
  expect(read.list()).toEqual([
    { name: 'file:../etc/vars.yml', sha256: sha256('vars') },
    { name: 'file:site.yml', sha256: sha256('site') },
    { name: 'file:tasks/more.yml', sha256: sha256('more') },
    { name: 'output:inventory/dynamic', sha256: sha256('onetwo') },
    { name: 'tree:files/site', sha256: sha256(`${sha256('b')}  a/b\n${sha256('z')}  z\n`) },
  ]);
});

test('a file that was another one when it was read again stands there with both', () => {
  const read = new FilesRead('/');
  read.file('/a', 'before');
  read.file('/a', 'after');
  expect(new Set(read.list().map(({ sha256 }) => sha256))).toEqual(new Set([sha256('before'), sha256('after')]));
});
