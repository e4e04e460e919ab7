import { randomBytes } from 'node:crypto'
import { writeSync } from 'node:fs'
import { instant } from '../../../src/core/model/units.ts'
import type { RegistryPlace } from '../../../src/store/registry/database.ts'
import { openLetterStore } from '../../../src/letter/registry/open.ts'
import { openReportStore } from '../../../src/reports/registry/open.ts'
import { awaitingRow, countAct, tokenRow } from '../stores/registry-rows.ts'

// A process that writes without end into both parts of a registry and says what was acknowledged, until it is killed.
// Names of a line: `r` a report, `s` a signature, `c` one that its mailbox confirmed, `l` one that a leaf counts.
const [reportsAt, lettersAt] = process.argv.slice(2).map((text) => JSON.parse(text) as RegistryPlace)
if (reportsAt === undefined || lettersAt === undefined) throw new Error('two places')
const say = (kind: string, name: string): unknown => writeSync(1, `${kind} ${name}\n`)
const reports = await openReportStore(reportsAt)
const letters = await openLetterStore(lettersAt)

async function report(): Promise<never> {
  for (;;) {
    const id = randomBytes(16).toString('hex')
    await reports.add({
      reports: [{ id, slot: 0, service: id, problem: 'slow', state: 'counted', simulated: false }],
    })
    say('r', id)
  }
}

async function sign(): Promise<never> {
  for (;;) {
    const name = randomBytes(16).toString('hex')
    await letters.accept([awaitingRow(name, `box ${name}`)], [tokenRow(name)])
    say('s', name)
    await letters.confirm(tokenRow(name).token, instant(0))
    say('c', name)
    await letters.append([countAct(name)])
    say('l', name)
  }
}

await Promise.all(Array.from({ length: 8 }, (_, nth) => (nth % 2 === 0 ? report() : sign())))
