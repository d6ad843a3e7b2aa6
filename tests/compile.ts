// Modules come without validators here: they are compiled when they are first wanted.
import { compileAtRunTime } from '../engine/language/parameters/compile.ts';

compileAtRunTime();
