import type { Asn } from '../../../core/model/units.ts'
import type { RunEvent, RunResult, RunSettings } from '../../../probe/measure/contract.ts'
import { instant } from '../../../core/model/units.ts'
import { openWithdrawalWatch } from '../../../probe/consent/withdrawal-watch.ts'
import { ProbeKeys } from '../../../probe/identity/keys.ts'
import { pause } from '../../../probe/measure/pause.ts'
import { measureRun } from '../../../probe/measure/run.ts'
import { Spool } from '../../../probe/spool/spool.ts'
import { waitTurn } from '../../../probe/measure/turn.ts'
import { addUsage } from '../../../probe/plan/usage.ts'
import { openLinked } from '../../../runtime/deadline.ts'
import { systemClock } from '../../../runtime/clock.ts'
import type { Asked } from '../options.ts'
import { random } from './setup.ts'
import { Writer } from './write-down.ts'
import type { WrittenMeasurement } from './write-down.ts'

interface MeasureOptions {
  readonly signal: AbortSignal
  readonly onEvent: (event: RunEvent) => void
  /** A measurement is signed and safe. */
  readonly onWritten: (written: WrittenMeasurement) => void
  /** Another process measures: this run waits. */
  readonly onWait: () => void
}

/** A run whose measurements are in the spool. */
export interface MeasuredRun {
  readonly result: RunResult
  readonly written: readonly WrittenMeasurement[]
  /** Pseudonym of the key of this network; empty if it is not known or the machine slept meanwhile, then what waits is of other networks. */
  readonly probe: string
}

/**
 * One run under the turn to measure: what `measureRun` tells as final is signed and spooled while the rest goes on. A run
 * interrupted, also by a withdrawal of consent, keeps what was final by then and rejects with the reason.
 */
export async function measure(asked: Asked, settings: RunSettings, options: MeasureOptions): Promise<MeasuredRun> {
  const agreed = new AbortController()
  using linked = openLinked([options.signal], agreed)
  using _watch = await openWithdrawalWatch(asked.folder, (reason) => agreed.abort(reason))
  const { signal } = linked
  await using _turn = await waitTurn(asked.folder, 'measure', { signal, wait: pause, onWait: options.onWait })
  const keys = new ProbeKeys(asked.folder)
  const spool = new Spool(asked.folder)
  await spool.clean()
  const writer = new Writer(asked, { keys, spool })
  const written: WrittenMeasurement[] = []
  let writing = Promise.resolve()
  const write = (run: Parameters<Writer['write']>[0], own: readonly string[]): void => {
    writing = writing.then(async () => {
      const one = await writer.write(run, own)
      written.push(one)
      options.onWritten(one)
    })
    writing.catch(() => undefined) // awaited below
  }
  const onEvent = (event: RunEvent): void => {
    options.onEvent(event)
    if (event.kind === 'service') write(event.run, event.ownAddresses)
  }
  let result: RunResult
  try {
    const coverSecret = (asn: Asn): Promise<Uint8Array> => writer.coverSecret(asn, systemClock.now())
    result = await measureRun(settings, { clock: systemClock, signal, random, onEvent, coverSecret })
  } finally {
    await writing
  }
  if (result.lineRun !== undefined && result.network.asn !== 0) write(result.lineRun, result.ownAddresses)
  await writing
  // By the time that other clocks tell: one that runs months ahead would delete the keys of today.
  await keys.forgetOld(instant(systemClock.now() + (result.line.clock?.offset ?? 0)))
  const bytes = result.bytes.sent + result.bytes.received
  await addUsage(asked.folder, systemClock.now(), {
    part: 'measured',
    scheduled: settings.kind === 'scheduled',
    runs: 1,
    bytes,
  })
  return { result, written, probe: result.slept ? '' : (writer.probe ?? '') }
}
