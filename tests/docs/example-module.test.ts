import { table } from '../modules/harness/table.ts';
import timezone from './example-module.ts';

table(timezone, [
  {
    title: 'another zone',
    params: { name: 'Europe/Berlin' },
    transcript: { stdout: '/usr/share/zoneinfo/Etc/UTC\n' },
    changes: ['~ time zone: Etc/UTC → Europe/Berlin', '  $ timedatectl set-timezone Europe/Berlin'],
  },
  {
    title: 'the same zone',
    params: { name: 'Etc/UTC' },
    transcript: { stdout: '/usr/share/zoneinfo/Etc/UTC\n' },
    changes: [],
  },
  {
    title: 'no zone at all',
    params: { name: 'Etc/UTC' },
    transcript: { stdout: '' },
    changes: ['~ time zone:  → Etc/UTC', '  $ timedatectl set-timezone Etc/UTC'],
  },
]);
