import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'flows-stop-everywhere',
  about: 'Connections to every one of our own servers stop after sixteen kilobytes, as on a broken line.',
  services: ['wikipedia'],
  censor: [
    {
      kind: 'rules',
      filter: [
        'FORWARD -s 20.50.1.10/32 -p tcp -m connbytes --connbytes 16000: --connbytes-dir reply --connbytes-mode bytes -j DROP',
        'FORWARD -s 20.50.3.0/24 -p tcp -m connbytes --connbytes 16000: --connbytes-dir reply --connbytes-mode bytes -j DROP',
        'FORWARD -s 20.50.4.0/24 -p tcp -m connbytes --connbytes 16000: --connbytes-dir reply --connbytes-mode bytes -j DROP',
      ],
    },
  ],
  world: [{ kind: 'more-controls' }],
  expected: { kind: 'not interfered', reachable: 1 },
}
