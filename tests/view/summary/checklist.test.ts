import { expect, test } from 'vitest';
import type { ChecklistMark } from '../../../engine/event/event.ts';
import {
  type ChecklistSummary,
  checklistText,
  markChecklist,
  newChecklist,
} from '../../../engine/view/summary/checklist.ts';

const two = () => newChecklist(['Accounts', 'Database']);

function marked(...marks: readonly [mark: ChecklistMark, host: string | null][]): ChecklistSummary {
  const event = { type: 'checklist.changed', run: 'r', check: false, line: 'Database' } as const;
  const list = two();
  for (const [mark, host] of marks) markChecklist(list, { ...event, mark, host });
  return list;
}

test.each<[string, ChecklistSummary]>([
  ['[ ] Database', two()],
  ['[-] Database', marked(['-', null])],
  ['[x] Database', marked(['-', null], ['x', null])],
  ['[-] Database (1 of 2 hosts)', marked(['-', null], ['-', 'web1'], ['-', 'web2'], ['x', 'web1'])],
  ['[x] Database', marked(['x', 'web1'], ['x', 'web2'], ['x', null])],
  ['[!] Database (failed on web2)', marked(['x', 'web1'], ['!', 'web2'], ['!', null])],
  ['[!] Database', marked(['!', null])],
  [
    '[!] Database (failed on a, b, c and 2 more)',
    marked(['!', 'a'], ['!', 'b'], ['!', 'c'], ['!', 'd'], ['!', 'e'], ['!', null]),
  ],
])('%s', (text, checklist) => {
  expect(checklist.map(checklistText)).toEqual(['[ ] Accounts', text]);
});

test('a line that was not announced joins at the end', () => {
  const event = { type: 'checklist.changed', run: 'r', check: false, line: 'New', mark: 'x', host: null } as const;
  const list = two();
  markChecklist(list, event);
  expect(list.map(checklistText)).toEqual(['[ ] Accounts', '[ ] Database', '[x] New']);
});
