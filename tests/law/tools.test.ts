// The programs of uutils do what scripts for hosts rely on in those of coreutils.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeLab, LAB_START_MS } from '../lab/describe-lab.ts';
import { borrow, exec } from '../lab/lab-api.js';
import { GIVEN, ROWS } from '../modules/all/tool-rows.ts';

describeLab('uutils', () => {
  let host = '';
  let release = () => {};
  beforeAll(async () => {
    const loan = await borrow(1, { suite: 'uutils' });
    [host = ''] = loan.names;
    release = loan.release;
  }, LAB_START_MS);
  afterAll(() => release());

  test('is what is tried here', async () => {
    expect((await exec(host, 'stat --version; mv --version')).stdout).toMatch(/^stat \(uutils.*\nmv \(uutils/);
  });

  test.each(ROWS.map((row) => [row.run, row] as const))('%s', async (_, { run, prints }) => {
    const { stdout } = await exec(host, `rm -rf /root/row; mkdir /root/row; cd /root/row; ${GIVEN}\n${run}`);
    expect(stdout).toBe(prints);
  });
});
