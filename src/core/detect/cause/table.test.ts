import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CAUSES } from '../../model/incident/cause.ts'
import { causeTableSchema, type CauseTableFile } from '../../model/tables/cause-table.ts'
import { InputError } from '../../model/errors.ts'
import { parseDerivationTables } from '../../derive/derivation-tables.ts'
import { digest as sha256 } from '../../../pipeline/judge/judge-bytes.ts'
import { loadCauseFile } from '../../../runtime/tables/cause-files.ts'
import { readDerivationFiles } from '../../../runtime/tables/derivation-files.ts'
import { ITEMS, makeCauseTable, outcomesOf, leastOf } from './table.ts'

const { file, digest } = loadCauseFile()

/** The bundled file with one row changed. */
const changed = (change: (p: Record<string, Record<string, number>>) => void): CauseTableFile => {
  const copy = structuredClone(file)
  change(copy.causes[0]!.p) // the bundled file has rows
  return copy
}

describe('the table of causes', () => {
  it('has every outcome of every item for every cause, summing to 1 and within the bounds of the file', () => {
    const table = makeCauseTable(file, digest)
    for (const item of ITEMS)
      CAUSES.forEach((cause, at) => {
        const values = outcomesOf(item).map((outcome) => table.p[item].get(outcome)?.[at] ?? Number.NaN)
        assert.ok(Math.abs(values.reduce((sum, value) => sum + value, 0) - 1) < 1e-12, `${cause} ${item}`)
        // Normalising moves an entry at the bound a little.
        assert.ok(
          values.every((value) => value >= leastOf(item) * 0.95 && value <= 1 - leastOf(item) * 0.95),
          `${cause} ${item}: ${values.join(' ')}`,
        )
      })
  })

  it('keeps the entries of the published table where they sum to 1', () => {
    const table = makeCauseTable(file, digest)
    const of = (item: 'vpn' | 'artefact' | 'owners', outcome: string, cause: string): number =>
      table.p[item].get(outcome)?.[CAUSES.findIndex((one) => one === cause)] ?? Number.NaN
    assert.equal(of('vpn', 'cures', 'congestion'), 0.35)
    assert.equal(of('artefact', 'seen', 'interception'), 0.8)
    assert.ok(Math.abs(of('owners', 'apart', 'name-block') - 0.1) < 1e-12)
    assert.equal(table.digest, digest)
  })

  it('says in the file that it is the judgement of its authors and not fitted to the world', () => {
    assert.match(file.note, /authors' judgement.*not fitted to the world/s)
  })

  it('refuses a missing row, a missing column, an unknown outcome and outcomes that do not sum to 1', () => {
    const refused = (broken: CauseTableFile, path: RegExp): void =>
      assert.throws(
        () => makeCauseTable(broken, digest),
        (error) => error instanceof InputError && path.test(error.path),
      )
    refused({ ...file, causes: file.causes.slice(1) }, /name-block$/)
    refused({ ...file, causes: [...file.causes, file.causes[0]!] }, /causes/) // the bundled file has rows
    refused(
      changed((p) => delete p['vpn']),
      /name-block\/vpn$/,
    )
    refused(
      changed((p) => (p['vpn'] = { heals: 0.9 })),
      /vpn\/heals$/,
    )
    refused(
      changed((p) => (p['politics'] = { seen: 0.5 })),
      /politics$/,
    )
    refused(
      changed((p) => (p['stage'] = { ...p['stage'], tcp: 0.5 })),
      /stage$/,
    )
    refused(
      changed((p) => (p['pair'] = { 'fail-pass': 0.5 })),
      /pair$/,
    )
  })

  it('is refused by its schema with an entry outside of .02 to .98', () => {
    for (const value of [0, 0.019, 0.981, 1])
      assert.equal(causeTableSchema.safeParse(changed((p) => (p['vpn'] = { cures: value }))).success, false)
  })

  it('has entries of less than .02 only for the item with twenty outcomes', () => {
    assert.equal(leastOf('rows'), 0.005)
    for (const item of ITEMS) if (item !== 'rows') assert.equal(leastOf(item), 0.02)
    const rows = (value: number) => causeTableSchema.safeParse(changed((p) => (p['rows'] = { '0-5': value }))).success
    assert.deepEqual([rows(0.004), rows(0.005), rows(0.996)], [false, true, false])
  })

  it('every service of the list of owners stands once', () => {
    const { serviceOwner } = parseDerivationTables(readDerivationFiles(), sha256).weigh
    assert.equal(serviceOwner('youtube'), serviceOwner('google'))
    assert.notEqual(serviceOwner('youtube'), serviceOwner('telegram'))
  })
})
