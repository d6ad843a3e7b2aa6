// Offers builds of the application to the lab's hosts, over HTTP on the bridge: for tests that need one there and deploy nothing.
import { mkdir, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { buildApp } from './app-build.js';
import { CACHE, DOMAIN } from './plan.js';

/** Served at http://packages.lab.test/app/ by the lab's repository. */
const OFFERED = join(CACHE, 'served/app');

export async function offerApp(variants) {
  await mkdir(OFFERED, { recursive: true });
  for (const variant of variants) {
    const { archive } = await buildApp(variant === 'v1' ? {} : { change: variant });
    const draft = join(OFFERED, `.${variant}.${process.pid}`);
    await rm(draft, { force: true });
    await symlink(archive, draft);
    await rename(draft, join(OFFERED, `${variant}.tar.gz`));
  }
}

export const APP_ON_HOST = `
node_there() {
  mkdir -p /etc/apt/keyrings
  /usr/lib/apt/apt-helper -q download-file http://packages.${DOMAIN}/node/key.asc /etc/apt/keyrings/node.asc >/dev/null
  echo 'deb [signed-by=/etc/apt/keyrings/node.asc] http://packages.${DOMAIN}/node lab main' >/etc/apt/sources.list.d/node.list
  apt-get -qq update >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get -qq -y install nodejs "$@" >/dev/null 2>&1
}
app_there() {
  mkdir -p "$2"
  /usr/lib/apt/apt-helper -q download-file http://packages.${DOMAIN}/app/$1.tar.gz /tmp/$1.tar.gz >/dev/null
  tar -xzf /tmp/$1.tar.gz -C "$2"
}
`;
