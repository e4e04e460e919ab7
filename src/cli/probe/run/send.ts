import { defined } from '../../../core/model/defined.ts'
import { consentedTiers, loadConsent } from '../../../probe/consent/consent.ts'
import { openWithdrawalWatch } from '../../../probe/consent/withdrawal-watch.ts'
import { deliver } from '../../../probe/deliver/deliver.ts'
import type { DeliveryReport } from '../../../probe/deliver/deliver.ts'
import { afterPass, loadDeliveryState, saveDeliveryState } from '../../../probe/deliver/delivery-state.ts'
import { parseRoute } from '../../../probe/deliver/route.ts'
import { Introduction } from '../../../probe/identity/introduction.ts'
import { ProbeKeys } from '../../../probe/identity/keys.ts'
import { pause } from '../../../probe/measure/pause.ts'
import { Receipts } from '../../../probe/spool/receipts.ts'
import { Spool } from '../../../probe/spool/spool.ts'
import { waitTurn } from '../../../probe/measure/turn.ts'
import { addUsage } from '../../../probe/plan/usage.ts'
import { openLinked } from '../../../runtime/deadline.ts'
import { openSleepWatch } from '../../../probe/line/sleep-watch.ts'
import { systemClock } from '../../../runtime/clock.ts'
import type { Asked } from '../options.ts'
import { extraRoots } from './setup.ts'

interface SendOptions {
  readonly signal: AbortSignal
  /** Whether what is sent counts as the schedule's. */
  readonly scheduled: boolean
  /** Pseudonym of the key of the network on which the line is now. */
  readonly here: string | undefined
}

/**
 * One pass over the spool under the turn to send; undefined where no collector is known, and after consent was withdrawn:
 * what waits then stays on this machine. Keeps how delivery stands.
 */
export async function send(asked: Asked, options: SendOptions): Promise<DeliveryReport | undefined> {
  const { folder, settings } = asked
  const { here } = options
  const collectors = settings.collector ?? []
  if (collectors.length === 0) return undefined
  await using _turn = await waitTurn(folder, 'send', { signal: options.signal, wait: pause })
  const consent = await loadConsent(folder)
  if (consent !== undefined && consentedTiers(consent).length === 0) return undefined
  // A machine that slept may be on another network, to which what was measured here must not be tied.
  const awake = new AbortController()
  using linked = openLinked([options.signal], awake)
  using _watch = openSleepWatch(systemClock, () => awake.abort(new Error('The machine slept')))
  using _agreed = await openWithdrawalWatch(folder, (reason) => awake.abort(reason))
  const { signal } = linked
  const introduction = new Introduction(folder, new ProbeKeys(folder))
  const receipts = new Receipts(folder)
  await receipts.forgetOld(systemClock.now())
  const report = await deliver(
    { spool: new Spool(folder), receipts },
    { collectors, routes: (settings.route ?? ['direct']).map(parseRoute), extraRoots: extraRoots(asked) },
    {
      clock: systemClock,
      signal,
      random: Math.random,
      wait: pause,
      introduce: (probe) => introduction.headersFor(probe),
      onAccepted: (probe) => introduction.introduced(probe),
      onBadInvitation: () => introduction.dropInvitation(),
      ...defined({ here }),
    },
  )
  const now = systemClock.now()
  await saveDeliveryState(folder, afterPass(await loadDeliveryState(folder), report, { now, random: Math.random }))
  await addUsage(folder, now, { part: 'sent', scheduled: options.scheduled, runs: 0, bytes: report.sent })
  return report
}
