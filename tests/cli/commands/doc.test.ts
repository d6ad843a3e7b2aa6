// `vrun doc`: a page that fits its terminal, and is whole where it goes elsewhere.
import { expect, test } from 'vitest';
import { describeModule, pageText } from '../../../engine/module/describe.ts';
import { displayWidth } from '../../../engine/view/text/width.ts';
import { modules } from '../../../modules/index.ts';
import { Directory } from '../terminal.ts';

test.each(modules)('$name', async (module) => {
  const directory = new Directory({});
  const whole = await directory.vrun(['doc', module.name]);
  expect(whole.stdout).toBe(pageText(describeModule(module)));
  const narrow = await directory.vrun(['doc', module.name], { columns: 72 });
  const [prose = '', example] = narrow.stdout.split('\nEXAMPLE\n');
  // A word stays whole.
  expect(prose.split('\n').filter((line) => displayWidth(line) > 72 && line.trim().includes(' '))).toEqual([]);
  expect(prose.replaceAll(/\s+/g, ' ')).toBe(whole.stdout.split('\nEXAMPLE\n')[0]?.replaceAll(/\s+/g, ' '));
  expect(example).toBe(whole.stdout.split('\nEXAMPLE\n')[1]);
  directory.remove();
});
