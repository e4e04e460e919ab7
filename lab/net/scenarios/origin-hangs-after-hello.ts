import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'origin-hangs-after-hello',
  about: 'An overloaded server completes handshakes under its name and answers nothing, to everybody.',
  world: [
    {
      kind: 'rules',
      place: 'abroad',
      mangle: [
        'INPUT -p tcp --dport 443 -m string --algo bm --string "www.youtube-lab.net" -j CONNMARK --set-mark 0x69',
      ],
      filter: [
        'INPUT -p tcp -m connmark --mark 0x69 -m connbytes --connbytes 6: --connbytes-dir original --connbytes-mode packets -j DROP',
      ],
    },
  ],
  expected: { kind: 'inconclusive', service: 'youtube' },
}
