import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'line-without-tls-1-3',
  about: 'A box on the way drops every ClientHello that offers TLS 1.3.',
  censor: [
    {
      kind: 'rules',
      filter: [
        'FORWARD -i acc0 -p tcp --dport 443 -m string --algo bm --hex-string "|002b0003020304|" -j DROP',
        'FORWARD -i acc0 -p tcp --dport 443 -m string --algo bm --hex-string "|0304|" -j DROP',
      ],
    },
  ],
  expected: { kind: 'not interfered', reachable: 0 },
}
