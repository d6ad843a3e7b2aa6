import type { Situations } from '../harness/situation.ts';

const situations: Situations = [
  { name: 'not-required', title: 'nothing asks for it', wants: [{ when_required: true }] },
  {
    name: 'required',
    title: 'a package has asked for it',
    given: 'touch /run/reboot-required',
    wants: [{ when_required: true }],
  },
];

export default situations;
