// Fifty addresses that one busy machine answers: none fails.
import { expect, test } from 'vitest';
import { describeLab, LAB_START_MS } from '../lab/describe-lab.ts';
import { borrow } from '../lab/lab-api.js';
import { CROWD, Crowd } from './crowd.ts';

describeLab('fifty addresses that one busy machine answers', () => {
  test(
    'none of them fails',
    async () => {
      const { names, release } = await borrow(1);
      const crowd = await Crowd.of(names[0] ?? '');
      try {
        const said = await crowd.vrun();
        const last = said.events.findLast((event) => event.type === 'run.finished');
        const good = Object.values(last?.hosts ?? {}).filter(
          ({ changed, failed, unreachable }) => changed === 1 && failed === 0 && !unreachable,
        );
        expect(good, said.stderr + said.stdout).toHaveLength(CROWD);
        expect(said.status).toBe(0);
      } finally {
        crowd.close();
        release();
      }
    },
    LAB_START_MS,
  );
});
