import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'line-port-80-closed',
  about: 'Nothing on port 80 passes, whatever is asked there.',
  services: ['vlast', 'telegram', 'wikipedia'],
  censor: [{ kind: 'rules', filter: ['FORWARD -i acc0 -p tcp --dport 80 -j DROP'] }],
  expected: { kind: 'not interfered', reachable: 1 },
}
