import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'flows-stop-by-network',
  about: 'Connections to one hosting network stop after sixteen kilobytes; to two others they do not.',
  services: ['wikipedia'],
  censor: [
    {
      kind: 'rules',
      filter: [
        'FORWARD -s 20.50.3.0/24 -p tcp -m connbytes --connbytes 16000: --connbytes-dir reply --connbytes-mode bytes -j DROP',
      ],
    },
  ],
  world: [{ kind: 'more-controls' }],
  expected: { kind: 'flows stop' },
}
