import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'freeze-by-hosting-network',
  about: 'Connections to a block of addresses stop after sixteen kilobytes, under every name; others do not.',
  services: ['youtube', 'wikipedia'],
  censor: [
    {
      kind: 'rules',
      filter: [
        'FORWARD -s 20.10.1.0/24 -p tcp -m connbytes --connbytes 16000: --connbytes-dir reply --connbytes-mode bytes -j DROP',
      ],
    },
  ],
  world: [{ kind: 'origin', hosts: ['www.youtube-lab.net'], state: 'large-page' }],
  expected: { kind: 'inconclusive', service: 'youtube' },
}
