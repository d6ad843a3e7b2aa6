// The modules that ship with vrun.
import type { Module } from '../engine/module/define.ts';
import apt from './apt/apt.ts';
import aptRepository from './apt-repository.ts';
import assert from './assert.ts';
import authorizedKey from './authorized-key.ts';
import blockinfile from './blockinfile/blockinfile.ts';
import certbot from './certbot/certbot.ts';
import command from './command.ts';
import copy from './copy.ts';
import cron from './cron/cron.ts';
import debug from './debug.ts';
import { DIFFERENCES } from './differences.ts';
import envFile from './env-file/env-file.ts';
import fail from './fail.ts';
import fetch from './fetch.ts';
import file from './file/file.ts';
import find from './find/find.ts';
import getUrl from './get-url/get-url.ts';
import git from './git/git.ts';
import group from './group.ts';
import hostname from './hostname.ts';
import http from './http.ts';
import lineinfile from './lineinfile/lineinfile.ts';
import meta from './meta.ts';
import mount from './mount/mount.ts';
import nginx from './nginx/nginx.ts';
import npm from './npm/npm.ts';
import pause from './pause.ts';
import prismaMigrate from './prisma-migrate/prisma-migrate.ts';
import proofVerify from './proof-verify/proof-verify.ts';
import reboot from './reboot.ts';
import release from './release/release.ts';
import replace from './replace/replace.ts';
import script from './script.ts';
import setFact from './set-fact.ts';
import shell from './shell.ts';
import slurp from './slurp.ts';
import stat from './stat/stat.ts';
import sync from './sync.ts';
import sysctl from './sysctl/sysctl.ts';
import systemd from './systemd/systemd.ts';
import template from './template.ts';
import timezone from './timezone.ts';
import ufw from './ufw/ufw.ts';
import unarchive from './unarchive/unarchive.ts';
import user from './user/user.ts';
import waitFor from './wait-for/wait-for.ts';

const shipped: readonly Module[] = [
  apt,
  aptRepository,
  assert,
  authorizedKey,
  blockinfile,
  certbot,
  command,
  copy,
  cron,
  debug,
  envFile,
  fail,
  fetch,
  file,
  find,
  getUrl,
  git,
  group,
  hostname,
  http,
  lineinfile,
  meta,
  mount,
  nginx,
  pause,
  npm,
  prismaMigrate,
  proofVerify,
  reboot,
  release,
  replace,
  setFact,
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
  waitFor,
];

export const modules: readonly Module[] = shipped.map((module) => ({
  ...module,
  differences: DIFFERENCES[module.name] ?? [],
}));
