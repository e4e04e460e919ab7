import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'drop-after-six-packets',
  about: 'A connection that carried a name is dropped after six packets, once its handshake is done.',
  censor: [
    {
      kind: 'rules',
      mangle: [
        'FORWARD -i acc0 -p tcp --dport 443 -m string --algo bm --string "www.youtube-lab.net" -j CONNMARK --set-mark 0x69',
      ],
      filter: [
        'FORWARD -i acc0 -p tcp -m connmark --mark 0x69 -m connbytes --connbytes 6: --connbytes-dir original --connbytes-mode packets -j DROP',
      ],
    },
  ],
  expected: { kind: 'interfered', service: 'youtube', mechanism: ['tls.delayed-drop.sni'] },
}
