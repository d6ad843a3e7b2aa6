// The modules that ship with vrun: all that lie beside this file, by name.
import { listed } from 'vrun:modules';
import type { Module } from '../engine/module/define.ts';

export const modules: readonly Module[] = [...listed.values()];
