// Puts documents into a spool without end and says each that is safe; a test kills it.
import { parseInstant } from '../../../src/core/model/units.ts'
import { Receipts } from '../../../src/probe/spool/receipts.ts'
import { Spool } from '../../../src/probe/spool/spool.ts'

const [folder = '', prefix = ''] = process.argv.slice(2)
const spool = new Spool(folder)
const receipts = new Receipts(folder)
const PROBE = '0123456789abcdef'
const at = parseInstant('2026-11-25')
await spool.clean()
for (let i = 0; ; i++) {
  const document = JSON.stringify({ name: `${prefix}-${i}`, fill: 'x'.repeat(5000) })
  const { id } = await spool.add(document, { at, scope: i % 2 === 0 ? 'core' : 'full', probe: PROBE })
  process.stdout.write(`added ${id}\n`)
  if (i % 3 !== 0) continue
  const entry = (await spool.list()).find((one) => one.id === id)
  await receipts.add({ id, leaf: i, at })
  process.stdout.write(`receipt ${id}\n`)
  if (entry !== undefined) await spool.remove(entry)
}
