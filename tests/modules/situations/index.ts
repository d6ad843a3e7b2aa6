// All situations by module.
import type { Situations } from '../situation.ts';
import apt from './apt.ts';
import aptRepository from './apt-repository.ts';
import authorizedKey from './authorized-key.ts';
import blockinfile from './blockinfile.ts';
import certbot from './certbot.ts';
import command from './command.ts';
import copy from './copy.ts';
import cron from './cron.ts';
import envFile from './env-file.ts';
import fetch from './fetch.ts';
import file from './file.ts';
import find from './find.ts';
import getUrl from './get-url.ts';
import git from './git.ts';
import group from './group.ts';
import hostname from './hostname.ts';
import http from './http.ts';
import lineinfile from './lineinfile.ts';
import mount from './mount.ts';
import nginx from './nginx.ts';
import npm from './npm.ts';
import prismaMigrate from './prisma-migrate.ts';
import proofVerify from './proof-verify.ts';
import reboot from './reboot.ts';
import release from './release.ts';
import replace from './replace.ts';
import script from './script.ts';
import shell from './shell.ts';
import slurp from './slurp.ts';
import stat from './stat.ts';
import sync from './sync.ts';
import sysctl from './sysctl.ts';
import systemd from './systemd.ts';
import template from './template.ts';
import timezone from './timezone.ts';
import ufw from './ufw.ts';
import unarchive from './unarchive.ts';
import user from './user.ts';
import waitFor from './wait-for.ts';

export const situations: ReadonlyMap<string, Situations> = new Map(
  Object.entries({
    apt,
    'apt-repository': aptRepository,
    'authorized-key': authorizedKey,
    blockinfile,
    certbot,
    command,
    copy,
    cron,
    'env-file': envFile,
    fetch,
    file,
    find,
    'get-url': getUrl,
    git,
    group,
    hostname,
    http,
    lineinfile,
    mount,
    nginx,
    npm,
    'prisma-migrate': prismaMigrate,
    'proof-verify': proofVerify,
    reboot,
    release,
    replace,
    script,
    shell,
    slurp,
    stat,
    sync,
    sysctl,
    systemd,
    template,
    timezone,
    ufw,
    unarchive,
    user,
    'wait-for': waitFor,
  }),
);
