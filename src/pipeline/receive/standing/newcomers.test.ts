import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { makeSigner, vouchHeader, type Signer } from '../../../../test/kit/measured/signed-submission.ts'
import { DAY_MS } from '../../../core/model/duration.ts'
import { instant, parseAsn, type Instant } from '../../../core/model/units.ts'
import { openRegistry } from '../../../store/registry/sqlite.ts'
import { Standings, type Claimed } from './standings.ts'

/**
 * An honest key that measures every day from its own network is known after so many days: docs/methods/adversaries.md.
 */
const AT_MOST_DAYS = 14
const HOME = parseAsn(9198)
const ABROAD = parseAsn(20_000)

/**
 * What unknown senders do on one day: keys from abroad, keys from other senders of the network, and how many senders.
 */
const crowd = fc.record({
  abroad: fc.nat(15),
  inside: fc.nat(15),
  senders: fc.integer({ min: 1, max: 8 }),
  again: fc.boolean(),
})

/** Keys made once: what the test is about is when they come. */
const POOL = Array.from({ length: 400 }, makeSigner)

const claim = (signer: Signer, rest: Partial<Claimed>): Claimed => ({
  asn: HOME,
  senderAsn: HOME,
  key: signer.key,
  pseudonym: signer.pseudonym,
  ...rest,
})

interface Outcome {
  /** Days until the honest key was known; undefined where it never was. */
  readonly knownAfter: number | undefined
  /** Labels under which keys of unknown senders counted. */
  readonly strangers: number
  /** Senders behind which unknown keys began, with their days. */
  readonly begun: number
  readonly rows: number
}

/** Lets an honest key measure once a day among unknown ones; its key changes with the month. */
function simulate(start: Instant, days: readonly (typeof crowd extends fc.Arbitrary<infer T> ? T : never)[]): Outcome {
  const folder = mkdtempSync(join(tmpdir(), 'kuager-newcomers-'))
  const registry = openRegistry(folder)
  try {
    const standings = new Standings({ registry, sameOwner: () => false })
    const devices = new Set<string>()
    const begun = new Set<string>()
    let honest = { key: makeSigner(), month: monthAt(start) }
    let elder: Signer | undefined
    let knownAfter: number | undefined
    let next = 0
    const stranger = (again: boolean): Signer => POOL[again ? next % 40 : next++ % POOL.length]!
    for (const [day, { abroad, inside, senders, again }] of days.entries()) {
      const at = instant(start + day * DAY_MS)
      for (let nth = 0; nth < abroad; nth++)
        standings.of(claim(stranger(again), { senderAsn: ABROAD, senderPrefix: 'abroad' }), at)
      for (let nth = 0; nth < inside; nth++) {
        const sender = `sender ${nth % senders}`
        begun.add(`${day} ${sender}`)
        const { device } = standings.of(claim(stranger(again), { senderPrefix: sender }), at) ?? {}
        if (device !== undefined) devices.add(device)
      }
      if (monthAt(at) !== honest.month) {
        elder = honest.key
        honest = { key: makeSigner(), month: monthAt(at) }
      }
      const vouch = elder === undefined ? {} : { vouch: vouchHeader(elder, honest.key, honest.month) }
      const { standing } = standings.of(claim(honest.key, { ...vouch, senderPrefix: 'home' }), at) ?? {}
      if (standing === 'known') knownAfter ??= day
      else assert.equal(knownAfter, undefined, 'a known key is known for good')
    }
    return { knownAfter, strangers: devices.size, begun: begun.size, rows: registry.keys().length }
  } finally {
    registry[Symbol.dispose]()
    rmSync(folder, { recursive: true })
  }
}

const monthAt = (at: Instant): string => new Date(at).toISOString().slice(0, 7)

describe('newcomers', () => {
  it('are known within two weeks despite any acts of unknown senders, who are at most one device for each sender and day', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 364 }),
        fc.array(crowd, { minLength: AT_MOST_DAYS + 1, maxLength: AT_MOST_DAYS + 6 }),
        (first, days) => {
          const {
            knownAfter = Infinity,
            strangers,
            begun,
            rows,
          } = simulate(instant(Date.UTC(2025, 0, 1, 12) + first * DAY_MS), days)
          assert.ok(knownAfter <= AT_MOST_DAYS, `known after ${knownAfter} days`)
          assert.ok(strangers <= begun, `${strangers} devices of ${begun} senders`)
          assert.ok(rows <= 5 * begun + 3, `${rows} rows of ${begun} senders`)
        },
      ),
      { numRuns: 25 },
    )
  })
})
