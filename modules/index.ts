// All modules that ship with vrun: those that lie beside this file, by name.
import { listed } from 'vrun:modules';
import type { Module } from '../engine/module/define.ts';

export const modules: readonly Module[] = [...listed.values()].map((load) => load());
