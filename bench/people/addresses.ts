import type { PeopleBehind } from '../../src/web/flood/limits.ts'

/** Spreads numbers over 24 bits, each once (an odd factor), so that neighbours stand in different groups of addresses. */
const spread = (n: number): readonly number[] => {
  const bits = Math.imul(n, 0x9e3779b1) & 0xff_ffff
  return [bits >> 16, (bits >> 8) & 255, bits & 255]
}

/** Addresses of homes, each of its own. */
export const manyAddresses = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, n) => `95.${spread(from + n).join('.')}`)

/** Addresses of carriers, behind each of which many people stand. */
export const carrierAddress = (n: number): string => `2.72.${n % 16}.${n >> 4}`
/** Addresses that nobody but a forger uses. */
export const forgerAddress = (n: number): string => `185.${spread(n).join('.')}`

/** What a table of networks tells of these addresses. */
export const peopleBehind = (address: string): PeopleBehind => (address.startsWith('2.72.') ? 'many' : 'some')
