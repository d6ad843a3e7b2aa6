// All situations by module.
import type { Situations } from '../situation.ts';
import apt from './apt.ts';
import authorizedKey from './authorized-key.ts';
import command from './command.ts';
import copy from './copy.ts';
import cron from './cron.ts';
import file from './file.ts';
import group from './group.ts';
import http from './http.ts';
import nginx from './nginx.ts';
import shell from './shell.ts';
import stat from './stat.ts';
import systemd from './systemd.ts';
import template from './template.ts';
import ufw from './ufw.ts';
import user from './user.ts';

export const situations: ReadonlyMap<string, Situations> = new Map(
  Object.entries({
    apt,
    'authorized-key': authorizedKey,
    command,
    copy,
    cron,
    file,
    group,
    http,
    nginx,
    shell,
    stat,
    systemd,
    template,
    ufw,
    user,
  }),
);
