// The modules that ship with vrun.
import type { Module } from '../engine/module/define.ts';
import apt from './apt.ts';
import aptRepository from './apt-repository.ts';
import assert from './assert.ts';
import authorizedKey from './authorized-key.ts';
import blockinfile from './blockinfile.ts';
import certbot from './certbot.ts';
import command from './command.ts';
import copy from './copy.ts';
import cron from './cron.ts';
import debug from './debug.ts';
import envFile from './env-file.ts';
import fail from './fail.ts';
import file from './file.ts';
import group from './group.ts';
import hostname from './hostname.ts';
import http from './http.ts';
import lineinfile from './lineinfile.ts';
import meta from './meta.ts';
import nginx from './nginx.ts';
import prismaMigrate from './prisma-migrate.ts';
import proofVerify from './proof-verify.ts';
import release from './release.ts';
import setFact from './set-fact.ts';
import shell from './shell.ts';
import stat from './stat.ts';
import sysctl from './sysctl.ts';
import systemd from './systemd.ts';
import template from './template.ts';
import timezone from './timezone.ts';
import ufw from './ufw.ts';
import user from './user.ts';

export const modules: readonly Module[] = [
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
  file,
  group,
  hostname,
  http,
  lineinfile,
  meta,
  nginx,
  prismaMigrate,
  proofVerify,
  release,
  setFact,
  shell,
  stat,
  sysctl,
  systemd,
  template,
  timezone,
  ufw,
  user,
];
