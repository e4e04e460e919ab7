import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'flows-stop-late',
  about: 'Flows of one network stop after forty kilobytes, which is not where this technique stops them.',
  services: ['wikipedia'],
  censor: [
    {
      kind: 'rules',
      filter: [
        'FORWARD -s 20.50.3.0/24 -p tcp -m connbytes --connbytes 44000: --connbytes-dir reply --connbytes-mode bytes -j DROP',
      ],
    },
  ],
  world: [{ kind: 'more-controls' }],
  expected: { kind: 'reachable' },
}
