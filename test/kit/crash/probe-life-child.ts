// Lives as a daemon does, without measuring: plans, puts documents into the spool, counts, delivers. A test kills it.
import { setTimeout as delay } from 'node:timers/promises'
import { parseAsn } from '../../../src/core/model/units.ts'
import { deliver } from '../../../src/probe/deliver/deliver.ts'
import { afterPass, loadDeliveryState, saveDeliveryState } from '../../../src/probe/deliver/delivery-state.ts'
import { Introduction } from '../../../src/probe/identity/introduction.ts'
import { ProbeKeys } from '../../../src/probe/identity/keys.ts'
import { CONSENT_VERSION, saveConsent } from '../../../src/probe/consent/consent.ts'
import { takeTurn } from '../../../src/probe/measure/turn.ts'
import { savePause } from '../../../src/probe/plan/pause-file.ts'
import { reckonRun } from '../../../src/probe/plan/reckoning.ts'
import { saveSchedule } from '../../../src/probe/plan/schedule-file.ts'
import { loadSettings, saveSettings } from '../../../src/probe/plan/settings.ts'
import { addUsage } from '../../../src/probe/plan/usage.ts'
import { Receipts } from '../../../src/probe/spool/receipts.ts'
import { Spool } from '../../../src/probe/spool/spool.ts'
import { systemClock } from '../../../src/runtime/clock.ts'

const [folder = '', collector = '', life = '', consent = ''] = process.argv.slice(2)
const say = (line: string): void => void process.stdout.write(`${line}\n`)
const now = systemClock.now()
if ((await takeTurn(folder, 'schedule')).kind !== 'held') throw new Error('the lock of the killed process is left')
if (consent !== '') {
  const tiers = consent === 'withdrawn' ? [] : (['A'] as const)
  await saveConsent(folder, { version: CONSENT_VERSION, at: now, lang: 'en', tiers, by: 'answer' })
  say(consent)
}
const spool = new Spool(folder)
const keys = new ProbeKeys(folder)
const introduction = new Introduction(folder, keys)
const key = await keys.keyFor(parseAsn('AS64500'), now)
for (let run = 0; ; run++) {
  await spool.clean()
  await saveSettings(folder, { ...(await loadSettings(folder)), allowanceMb: 100 + run })
  await saveSchedule(folder, { nextCore: now, half: run })
  await savePause(folder, run % 2 === 0 ? now : undefined)
  await reckonRun(folder, now, 'core')
  for (const nth of [0, 1, 2]) {
    const document = JSON.stringify({ life, run, nth, fill: 'x'.repeat(3000) })
    const { id } = await spool.add(document, { at: now, scope: 'core', probe: key.pseudonym })
    say(`added ${id}`)
  }
  await addUsage(folder, now, { part: 'measured', scheduled: true, runs: 1, bytes: 1 })
  const report = await deliver(
    { spool, receipts: new Receipts(folder) },
    { collectors: [collector], routes: [{ kind: 'direct' }], extraRoots: [] },
    {
      clock: systemClock,
      signal: new AbortController().signal,
      random: () => 0,
      wait: (time) => delay(Math.min(time, 5)),
      introduce: (probe) => introduction.headersFor(probe),
      onAccepted: (probe) => introduction.introduced(probe),
      onBadInvitation: () => introduction.dropInvitation(),
    },
  )
  await saveDeliveryState(folder, afterPass(await loadDeliveryState(folder), report, { now, random: () => 0 }))
  await addUsage(folder, now, { part: 'sent', scheduled: true, runs: 0, bytes: 1 })
  say('run')
}
