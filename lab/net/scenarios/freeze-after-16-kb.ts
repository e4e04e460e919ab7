import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'freeze-after-16-kb',
  about: 'A connection that carried a name is dropped after sixteen kilobytes, long after its handshake.',
  censor: [
    {
      kind: 'rules',
      mangle: [
        'FORWARD -i acc0 -p tcp --dport 443 -m string --algo bm --string "youtube-lab.net" -j CONNMARK --set-mark 0x67',
      ],
      filter: [
        'FORWARD -m connmark --mark 0x67 -m connbytes --connbytes 16000: --connbytes-dir reply --connbytes-mode bytes -j DROP',
      ],
    },
  ],
  expected: { kind: 'interfered', service: 'youtube', mechanism: ['throughput', 'tls.throttle'], partial: true },
}
