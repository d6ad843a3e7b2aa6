// What plays look at of what tasks of earlier plays, or of other hosts, have learned: it is gone with the process that had it.
import { computesTemplate, templateFiles } from '../../language/check/names.ts';
import type { Play, Task } from '../../language/runbook/runbook.ts';
import { tasksOf } from '../../language/runbook/task-tree.ts';
import type { Registry } from '../../module/registry.ts';
import type { Sources } from '../controller/sources.ts';
import { makes } from '../list/makes.ts';
import { playsOf, type RunPlan } from '../plan/run-plan.ts';
import { eachText } from '../prepare/written.ts';

export interface Needs {
  /** Whether the play looks at what tasks of the earlier one register or set. If in doubt it does. */
  needs(play: Play, earlier: Play): boolean;
  /** Whether it may look at what other hosts have learned. */
  readsOthers(play: Play): boolean;
}

/** Each text that a play is made of, and may evaluate, is asked for the names. */
export function needsOf(
  plan: RunPlan,
  { registry, sources }: { readonly registry: Registry; readonly sources: Sources },
): Needs {
  const everywhere = textsIn([[...plan.inventory.hosts.values()].map(({ variables }) => variables), plan.extra]);
  const texts = new Map(
    playsOf(plan).map((play) => {
      const own = textsIn([play, plan.files.all(play)]);
      return [play, [...everywhere, ...own, ...tasksOf(play).flatMap(templateTexts)]] as const;
    }),
  );
  const mentions = (play: Play, name: string) => texts.get(play)?.some((text) => text.includes(name)) ?? true;
  const readsOthers = (play: Play) => mentions(play, OTHERS);
  return {
    readsOthers,
    needs: (play, earlier) => {
      const names = tasksOf(earlier).flatMap(makes);
      return names.length > 0 && (readsOthers(play) || names.some((name) => mentions(play, name)));
    },
  };

  /** A template whose name is only known on a host may look at anything. */
  function templateTexts(task: Task): readonly string[] {
    if (computesTemplate(task, registry)) return [OTHERS];
    return templateFiles(task, registry).map(({ name, at }) => sources.template(name, at.file, at).template.source);
  }
}

/** The variable by which hosts see each other: whoever names it may look at any name. */
const OTHERS = 'hostvars';

function textsIn(root: unknown): readonly string[] {
  const texts: string[] = [];
  eachText(root, (text) => texts.push(text));
  return texts;
}
