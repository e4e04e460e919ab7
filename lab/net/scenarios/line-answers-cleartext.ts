import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'line-answers-cleartext',
  about: 'Whatever is asked in cleartext is answered by one page, as where a balance has run out.',
  services: ['vlast', 'telegram', 'wikipedia'],
  censor: [
    {
      kind: 'http',
      names: [
        'www.vlast-lab.net',
        'www.weather-lab.net',
        'www.recipes-lab.org',
        'www.library-lab.net',
        'www.football-lab.org',
      ],
      action: 'page',
    },
  ],
  expected: { kind: 'reachable' },
}
