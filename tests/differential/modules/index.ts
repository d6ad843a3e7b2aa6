// Every module that Ansible has, too, and how it is tried.
import type { Subject } from '../trial.ts';
import { apt } from './apt.ts';
import { aptRepository } from './apt-repository.ts';
import { getUrl, git, unarchive } from './archives.ts';
import { authorizedKey } from './authorized-key.ts';
import { blockinfile } from './blockinfile.ts';
import { command, script, shell } from './command.ts';
import { copy } from './copy.ts';
import { cron } from './cron.ts';
import { fetch } from './fetch.ts';
import { file } from './file.ts';
import { find, slurp } from './find.ts';
import { group } from './group.ts';
import { lineinfile } from './lineinfile.ts';
import { mount } from './mount.ts';
import { replace } from './replace.ts';
import { hostname, sysctl, timezone } from './settings.ts';
import { stat } from './stat.ts';
import { systemd } from './systemd.ts';
import { template } from './template.ts';
import { ufw } from './ufw.ts';
import { user } from './user.ts';
import { waitFor } from './wait-for.ts';
import { assert, debug, fail, setFact } from './words.ts';

export const SUBJECTS: readonly Subject[] = [
  ...[
    apt,
    aptRepository,
    assert,
    authorizedKey,
    blockinfile,
    command,
    copy,
    cron,
    debug,
    fail,
    fetch,
    file,
    find,
    getUrl,
    git,
  ],
  ...[
    group,
    hostname,
    lineinfile,
    mount,
    replace,
    script,
    setFact,
    shell,
    slurp,
    stat,
    sysctl,
    systemd,
    template,
    timezone,
    ufw,
    unarchive,
    user,
  ],
  waitFor,
];
