import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'edge-name-silent-control-down',
  about:
    'The service’s own edge leaves one of its names unanswered, and the control is down, so that nobody sees it from abroad.',
  world: [
    { kind: 'control-down', how: 'refused' },
    {
      kind: 'rules',
      place: 'abroad',
      filter: ['INPUT -p tcp --dport 443 -d 20.10.1.0/24 -m string --algo bm --string "www.youtube-lab.net" -j DROP'],
    },
  ],
  expected: { kind: 'inconclusive', service: 'youtube' },
}
