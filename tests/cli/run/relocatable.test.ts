import { expect, test } from 'vitest';
import { NO_OPTIONS } from '../../../engine/cli/run/options.ts';
import { relocatable } from '../../../engine/cli/run/relocatable.ts';

test.each([
  ['/srv/project/site.yml', 'site.yml'],
  ['/etc/vrun/site.yml', '../../etc/vrun/site.yml'],
  ['runbooks/site.yml', 'runbooks/site.yml'],
])('a runbook %s is %s', (named, near) => {
  expect(relocatable([named], NO_OPTIONS, '/srv/project').files).toEqual([near]);
});

test('so are inventories and files of options; host lists and values stay', () => {
  const { options } = relocatable(
    [],
    {
      ...NO_OPTIONS,
      inventory: ['/etc/vrun/hosts', '/a,b', '/srv/project', 'prod'],
      extraVars: ['path=/etc/x', '@/etc/vars.yml', '@near.yml', '{"a": "/b"}'],
      limit: '@/srv/project/failed',
    },
    '/srv/project',
  );
  expect(options.inventory).toEqual(['../../etc/vrun/hosts', '/a,b', '.', 'prod']);
  expect(options.extraVars).toEqual(['path=/etc/x', '@../../etc/vars.yml', '@near.yml', '{"a": "/b"}']);
  expect(options.limit).toBe('@failed');
});
