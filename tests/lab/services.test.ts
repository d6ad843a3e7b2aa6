import { readFile } from 'node:fs/promises';
import { beforeAll, expect, it } from 'vitest';
import { describeLab, LAB_START_MS } from './describe-lab.ts';
import { ACME, ACME_CA_ON_HOST, exec, NODE_REPOSITORY, postgresOn, services, startAcme } from './lab-api.js';
import { lent } from './lent.ts';

const APT = 'DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends';

describeLab('what the lab gives its hosts', () => {
  const lab = lent();

  const output = async (command: string) => {
    const { status, stdout, stderr } = await exec(lab.host, command);
    expect(status, `${command}\n${stdout}${stderr}`).toBe(0);
    return stdout.trim();
  };
  const issue = (server: string, name: string) =>
    `REQUESTS_CA_BUNDLE=${ACME_CA_ON_HOST} certbot certonly --non-interactive --agree-tos --email ops@lab.test --webroot \
      --webroot-path /var/www/html --server ${server} --force-renewal --cert-name lab --domain ${name}`;

  beforeAll(async () => {
    await output(`apt-get -q update && ${APT} install certbot`);
  }, LAB_START_MS);

  it('runs its services as long as it is up', async () => {
    expect(await services()).toEqual(['acme', 'names', 'packages']);
  });

  it('offers Node.js with npm to those who trust its key', async () => {
    const { uri, suite, component, keyUrl, keyFile } = NODE_REPOSITORY;
    const source = (trust: string) =>
      output(`echo 'deb ${trust} ${uri} ${suite} ${component}' >/etc/apt/sources.list.d/node.list`);
    await source('');
    expect((await exec(lab.host, 'apt-get update')).stderr).toMatch(/NO_PUBKEY|Missing key/); // apt 2, apt 3
    const fetched = await output(
      `python3 -c "import urllib.request as u; print(u.urlopen('${keyUrl}').read().decode())"`,
    );
    expect(fetched).toBe((await readFile(keyFile, 'utf8')).trim());
    await output(`cat >/etc/apt/keyrings/node.asc <<'END'\n${fetched}\nEND`);
    await source('[signed-by=/etc/apt/keyrings/node.asc]');
    await output(`apt-get update && ${APT} install nodejs`);
    const [node, npm] = (await output('node --version; npm --version')).split('\n');
    expect(node).toBe(process.version);
    expect(npm).toMatch(/^\d+\.\d+/);
  });

  it.each(['', 'www.', 'app.'])(
    'issues certificates for %slabN.lab.test, of an authority that is known here',
    async (prefix) => {
      await output(issue(ACME.directory, `${prefix}${lab.host}.lab.test`));
      await output(`cat >/tmp/root.pem <<'END'\n${await readFile(ACME.rootFile, 'utf8')}END`);
      const live = '/etc/letsencrypt/live/lab';
      const verify = `openssl verify -CAfile /tmp/root.pem -untrusted ${live}/chain.pem -verify_hostname ${prefix}${lab.host}.lab.test`;
      expect(await output(`${verify} ${live}/cert.pem`)).toBe(`${live}/cert.pem: OK`);
    },
  );

  it('refuses a certificate for a name that is not of the lab', async () => {
    const { status, stdout, stderr } = await exec(lab.host, issue(ACME.directory, 'elsewhere.example'));
    expect(status).toBe(1);
    expect(stdout + stderr).toContain('could not resolve URL');
  });

  it('has ACME servers for single tests: with short certificates, and not answering', async () => {
    const acme = await startAcme({ validityDays: 9 });
    try {
      await output(issue(acme.directory, `${lab.host}.lab.test`));
      const days = (count: number) =>
        `openssl x509 -checkend ${count * 86_400} -noout -in /etc/letsencrypt/live/lab/cert.pem`;
      expect((await exec(lab.host, days(8))).status).toBe(0);
      expect((await exec(lab.host, days(10))).status).toBe(1);
      const before = await acme.root();
      await acme.stop();
      expect((await exec(lab.host, issue(acme.directory, `${lab.host}.lab.test`))).stderr).toContain(
        'Connection refused',
      );
      await acme.start();
      expect(await acme.root()).not.toBe(before);
    } finally {
      await acme.end();
    }
  });

  it('makes a host a database server that its neighbours reach', async () => {
    const { url, database } = await postgresOn(lab.host);
    const ask = `psql --no-align --tuples-only '${url}' --command`;
    expect(await output(`${ask} 'select current_database()'`)).toBe(database);
    await output(`${ask} 'create table kept (id int)'`);
    const again = await postgresOn(lab.host);
    expect(await output(`psql --tuples-only '${again.url}' --command '\\dt' 2>&1`)).toContain(
      'Did not find any relations',
    );
    expect((await exec(lab.host, `${ask} 'select 1'`)).stderr).toContain('password authentication failed');
  });
});
