import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'reset-after-handshake',
  about: 'A connection that carried a name is reset with the request, after its handshake.',
  censor: [
    {
      kind: 'rules',
      mangle: [
        'FORWARD -i acc0 -p tcp --dport 443 -m string --algo bm --string "www.youtube-lab.net" -j CONNMARK --set-mark 0x68',
      ],
      filter: [
        'FORWARD -i acc0 -p tcp -m connmark --mark 0x68 -m connbytes --connbytes 6: --connbytes-dir original --connbytes-mode packets -j REJECT --reject-with tcp-reset',
      ],
    },
  ],
  expected: { kind: 'interfered', service: 'youtube', mechanism: ['http.reset', 'http.close', 'tls.reset'] },
}
