import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Broker } from '../../../engine/dispatch/broker/broker.ts';
import { ask, serve } from '../../../engine/dispatch/broker/talk.ts';
import { bytes, describeServers, newRun, Server, text, until } from './server.ts';

describeServers('questions', (release) => {
  let server: Server;
  let asker: Broker;
  let asked: Broker;
  beforeAll(async () => {
    server = await Server.start({ release });
    [asker, asked] = [await server.connect({ name: 'asker' }), await server.connect({ name: 'asked' })];
  });
  afterAll(async () => {
    await Promise.all([asker?.close(), asked?.close()]);
    await server?.remove();
  });

  const options = (signal = AbortSignal.timeout(20_000)) => ({ timeout: 200, signal });
  const unexpected = (error: unknown): void => expect.unreachable(String(error));

  test('are answered', async () => {
    const names = ['eu', newRun(), 'cancel'];
    const stop = serve(asked, names, async (question) => bytes(`${text(question)}!`), unexpected);
    expect(text(await ask(asker, names, bytes('really?'), options()))).toBe('really?!');
    stop();
  });

  test('wait for whoever will answer', async () => {
    const names = [newRun()];
    const asking = ask(asker, names, bytes('anybody?'), options());
    await asker.nc.flush();
    const stop = serve(asked, names, async () => bytes('now'), unexpected);
    expect(text(await asking)).toBe('now');
    stop();
  });

  test('that take long are asked again and answered once, each question for itself', async () => {
    const names = [newRun()];
    let tries = 0;
    let answers = 0;
    let release: () => void = () => undefined;
    const person = new Promise<void>((resolve) => (release = resolve));
    const counting = asked.nc.subscribe(`vrun.talk.>`, { callback: () => void tries++ });
    const stop = serve(
      asked,
      names,
      async (question) => {
        answers++;
        await person;
        return question;
      },
      unexpected,
    );
    const asking = ['a', 'b'].map((each) => ask(asker, names, bytes(each), options()));
    await until(() => tries >= 6);
    release();
    expect((await Promise.all(asking)).map(text)).toEqual(['a', 'b']);
    expect(answers).toBe(2);
    stop();
    counting.unsubscribe();
  });

  test('whose answer fails are told where they are asked, and asked again', async () => {
    const names = [newRun()];
    const errors: unknown[] = [];
    const stop = serve(
      asked,
      names,
      async () => {
        if (errors.length < 2) throw new Error('not yet');
        return bytes('done');
      },
      (error) => errors.push(error),
    );
    expect(text(await ask(asker, names, bytes('x'), options()))).toBe('done');
    expect(errors).toHaveLength(2);
    stop();
  });

  test('reach over SIGKILL, where a plain publish would be lost', async () => {
    const names = [newRun(), 'cancel'];
    const cancelled: string[] = [];
    const stop = serve(
      asked,
      names,
      async (question) => {
        cancelled.push(text(question));
        return bytes('');
      },
      unexpected,
    );
    await server.stop();
    await until(() => !asker.isConnected && !asked.isConnected);
    const asking = ask(asker, names, bytes('stop'), options());
    await server.start();
    await asking;
    expect(cancelled).toEqual(['stop']);
    stop();
  });

  test('end with the abort, there or away', async () => {
    await expect(ask(asker, [newRun()], bytes('x'), options(AbortSignal.timeout(60)))).rejects.toThrow(/timeout/);
    const names = [newRun()];
    const stop = serve(asked, names, () => new Promise(() => undefined), unexpected);
    await expect(ask(asker, names, bytes('x'), { timeout: 60_000, signal: AbortSignal.timeout(60) })).rejects.toThrow(
      /timeout/,
    );
    stop();
    await server.stop();
    await until(() => !asker.isConnected);
    await expect(ask(asker, [newRun()], bytes('x'), options(AbortSignal.timeout(60)))).rejects.toThrow(/timeout/);
    await server.start();
  });
});
