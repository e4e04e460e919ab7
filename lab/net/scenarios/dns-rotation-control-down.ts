import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'dns-rotation-control-down',
  about: 'The resolver gives other addresses that serve the name as well, and the control is down.',
  world: [
    { kind: 'rotation', hosts: ['www.youtube-lab.net', 'www.facebook-lab.net'] },
    { kind: 'control-down', how: 'refused' },
  ],
  expected: { kind: 'reachable' },
}
