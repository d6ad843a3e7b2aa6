import { rmSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { describeLab, LAB_START_MS } from '../../lab/describe-lab.ts';
import { exec } from '../../lab/lab-api.js';
import { lent } from '../../lab/lent.ts';
import { laws, openProject, vrun } from '../../law/law.ts';

const INSTALL =
  'apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y curl openssl >/dev/null 2>&1';
/** Of "tool\n". */
const SHA256 = '67948dd9afd6afe5043b0029d5aa7cf0f8b2824baf16f4f097d40d830edb686d';

// The host's own nginx is the server: what is fetched never leaves the host.
laws('get-url', [
  {
    title: 'a file that is fetched once',
    tasks: `
- name: Curl
  apt: { name: curl, update_cache: true, cache_valid_time: 3600 }
- name: Directory
  file: { path: /srv/bin, state: directory }
- name: Tool
  get-url: { url: "http://127.0.0.1/tool", dest: /srv/bin/, checksum: "sha256:${SHA256}", mode: "0755", owner: ops }
`,
    situations: [
      { title: 'from absent', given: 'echo tool >/var/www/html/tool', changed: ['Curl', 'Directory', 'Tool'] },
      { title: 'from drifted', given: 'echo other >/srv/bin/tool; chmod 600 /srv/bin/tool', changed: ['Tool'] },
      {
        title: 'from another mode, with the server down',
        given: 'chmod 700 /srv/bin/tool; systemctl stop nginx',
        changed: ['Tool'],
      },
    ],
    observe: `stat -c '%A %U' /srv/bin/tool; cat /srv/bin/tool; ls -A /srv/bin`,
    observed: '-rwxr-xr-x ops\ntool\ntool\n',
  },
]);

describeLab('what get-url refuses on a real host', () => {
  const lab = lent();
  beforeAll(async () => {
    const { status, stderr } = await exec(
      lab.host,
      `set -e; ${INSTALL}; echo tool >/var/www/html/tool; echo '<html>log in</html>' >/var/www/html/page; echo old >/srv/tool
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout /etc/nginx/k.pem -out /etc/nginx/c.pem -subj /CN=localhost -days 2 2>/dev/null
printf 'server { listen 443 ssl; ssl_certificate c.pem; ssl_certificate_key k.pem; root /var/www/html; }\\nserver { listen 81; return 302 /again; }\\n' >/etc/nginx/conf.d/t.conf
nginx -s reload; sleep 1`,
    );
    expect(status, stderr).toBe(0);
  }, LAB_START_MS);

  test.each([
    ['http://127.0.0.1/none', '404'],
    ['http://127.0.0.1/page', 'log in'],
    ['http://127.0.0.1:81/', 'redirect'],
    ['http://127.0.0.1:9/', 'connect'],
    ['https://localhost/tool', 'certificate'],
  ])('%s', async (url, words) => {
    const project = openProject(
      `- name: Tool\n  get-url: { url: "${url}", dest: /srv/tool, checksum: "sha256:${SHA256}" }`,
    );
    try {
      const said = await vrun(project, lab.inventory);
      expect(said.status, said.output).toBe(2);
      expect(said.output).toContain(words);
      expect((await exec(lab.host, 'cat /srv/tool; ls -A /srv')).stdout).toBe('old\nlab-repository\ntool\n');
    } finally {
      rmSync(project, { recursive: true });
    }
  });
});
