import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'allow-list-cidr',
  about: 'Nothing reaches an address abroad but questions to resolvers; what is at home answers.',
  services: ['youtube', 'wikipedia'],
  censor: [
    {
      kind: 'rules',
      filter: ['FORWARD -i acc0 -p udp -d 20.0.0.0/8 --dport 53 -j ACCEPT', 'FORWARD -i acc0 -d 20.0.0.0/8 -j DROP'],
    },
  ],
  expected: { kind: 'line', state: 'abroad-filtered' },
}
