import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'allow-list-hello',
  about: 'Connections abroad are opened, and the first data of each is dropped; what is at home answers.',
  services: ['youtube', 'wikipedia'],
  censor: [{ kind: 'rules', filter: ['FORWARD -i acc0 -p tcp -d 20.0.0.0/8 --tcp-flags PSH PSH -j DROP'] }],
  expected: { kind: 'line', state: 'abroad-filtered' },
}
