import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'edge-name-reset-control-down',
  about: 'The service’s own edge resets connections under one of its names, and the control is down.',
  world: [
    { kind: 'control-down', how: 'refused' },
    {
      kind: 'rules',
      place: 'abroad',
      filter: [
        'INPUT -p tcp --dport 443 -d 20.10.1.0/24 -m string --algo bm --string "www.youtube-lab.net" -j REJECT --reject-with tcp-reset',
      ],
    },
  ],
  expected: { kind: 'inconclusive', service: 'youtube' },
}
