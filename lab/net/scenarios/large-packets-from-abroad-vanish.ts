import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'large-packets-from-abroad-vanish',
  about: 'The links from abroad lose packets above 1,300 bytes and say so to no one; what is at home answers.',
  services: ['youtube', 'wikipedia'],
  world: [{ kind: 'rules', place: 'upstream', filter: ['FORWARD -i ab0 -p tcp -m length --length 1301: -j DROP'] }],
  expected: { kind: 'line', state: 'unstable' },
}
