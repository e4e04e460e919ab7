import type { Place } from './netns.ts'

/** Rules of one place by table, as arguments of iptables without `-A`; the whole replaces what stood before. */
export interface Rules {
  readonly filter: readonly string[]
  readonly mangle: readonly string[]
  readonly nat: readonly string[]
}

export const NO_RULES: Rules = { filter: [], mangle: [], nat: [] }

const CHAINS = {
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
} as const

/** Rules of several causes in one, in their order. */
export const joinRules = (all: readonly Rules[]): Rules => ({
  filter: all.flatMap(({ filter }) => filter),
  mangle: all.flatMap(({ mangle }) => mangle),
  nat: all.flatMap(({ nat }) => nat),
})

const table = (name: keyof Rules, rules: readonly string[]): string =>
  [
    `*${name}`,
    ...CHAINS[name].map((chain) => `:${chain} ACCEPT [0:0]`),
    ...rules.map((rule) => `-A ${rule}`),
    'COMMIT',
    '',
  ].join('\n')

const TABLES = ['filter', 'mangle', 'nat'] as const

/** Puts rules in force in a place, at once and in place of all others. `family` 6 has no address translation. */
export async function setRules(place: Place, rules: Rules, family: 4 | 6 = 4): Promise<void> {
  const tables = TABLES.filter((name) => family === 4 || name !== 'nat')
  const input = tables.map((name) => table(name, rules[name])).join('')
  try {
    await place.run([family === 4 ? 'iptables-restore' : 'ip6tables-restore'], { input })
  } catch (error) {
    throw new Error(`Cannot set the rules of ${place.name}:\n${input}`, { cause: error })
  }
}
