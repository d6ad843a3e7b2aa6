// Every module that Ansible has, too, and how it is tried.
import type { Subject } from '../trial.ts';
import { file } from './file.ts';

export const SUBJECTS: readonly Subject[] = [file];
