import { defined } from '../../../core/model/defined.ts'
import type { World } from '../../../runtime/world.ts'
import type { Service } from '../../../core/model/tables/service.ts'
import type { Verdict } from '../../../core/model/measured/verdict.ts'
import type { RunSettings } from '../../../probe/measure/contract.ts'
import { judgeBytes } from '../../../pipeline/judge/judge-bytes.ts'
import type { JudgeTools } from '../../../pipeline/judge/judge-bytes.ts'
import type { DeliveryReport } from '../../../probe/deliver/deliver.ts'
import { Spool } from '../../../probe/spool/spool.ts'
import { openCertificates } from '../../../runtime/certificates.ts'
import { systemClock } from '../../../runtime/clock.ts'
import { loadTables } from '../../../runtime/tables/tables.ts'
import { failureWords } from '../../../core/text/failure.ts'
import { say, type PlainKey } from '../../../core/text/format.ts'
import { formatNumber } from '../../../core/text/number.ts'
import { serviceSentence } from '../../../core/text/sentence/probe.ts'
import { fingerprintFiles } from '../../../app/folder/fingerprint-files.ts'
import { permission } from '../consent/consent.ts'
import { measure } from './measure.ts'
import type { MeasuredRun } from './measure.ts'
import { task } from '../../terminal/command.ts'
import { json } from '../../terminal/shared-options.ts'
import { MEASURING, readAsked, someOptions, type Asked } from '../options.ts'
import { RunView } from './run-view.ts'
import { send } from './send.ts'
import { knownServices, runSettings } from './setup.ts'
import { teller, writeSentence } from '../tell.ts'
import type { Tell } from '../tell.ts'
import type { WrittenMeasurement } from './write-down.ts'
import { commandLine } from '../../terminal/command-line.ts'

const OPTIONS = {
  ...someOptions('yes', 'json', 'tiers', 'scope', 'services', 'no-submit', ...MEASURING),
  json: json('Print one line of JSON for each service, and one about the run.'),
}
const EXIT = { 3: 'nothing was measured: the connection is unusable, or there is no consent' }

export const command = task({
  about: 'Measure once, now.',
  examples: [
    '--collector https://kuager.example --control https://control.example',
    '--services youtube,telegram --no-submit',
  ],
  options: OPTIONS,
  exit: EXIT,
  run: async (values, call) => runOnce(await readAsked(values, call), call.world, 'manual'),
})

export const extra = task({
  about: 'Measure once, as an extra run of the schedule. For scripts.',
  examples: ['--yes --json'],
  options: OPTIONS,
  exit: EXIT,
  run: async (values, call) => runOnce(await readAsked(values, call), call.world, 'extra'),
})

/**
 * One run that a person begins. Gives 0 if services were measured, 3 if the connection does not permit measuring (no
 * result of a service is shown then) or nothing was agreed to.
 */
async function runOnce(asked: Asked, world: World, kind: 'manual' | 'extra'): Promise<number> {
  const services = knownServices(asked)
  const permitted = await permission(asked, services, world)
  if (permitted.kind === 'refused') return 3
  const settings = await runSettings(asked, { tiers: permitted.tiers, scope: asked.scope, kind, services }, world)
  const show = new Show(asked, world, settings.services)
  const measured = await show.measure(settings)
  const report = asked.submit
    ? await send(asked, { signal: world.signal, scheduled: false, here: measured.probe })
    : undefined
  await show.end(settings, measured, report)
  return measured.result.lineRun === undefined ? 0 : 3
}

/** What a run says: pictures on `err`, results on `out`, as sentences or as lines of JSON. */
class Show {
  readonly #asked: Asked
  readonly #world: World
  readonly #services: ReadonlyMap<string, Service>
  readonly #out: Tell
  readonly #view: RunView
  readonly #tools: JudgeTools

  constructor(asked: Asked, world: World, services: readonly Service[]) {
    this.#asked = asked
    this.#world = world
    this.#services = new Map(services.map((service) => [service.id, service]))
    this.#out = teller(asked.lang, world)
    this.#view = new RunView(world, asked.lang, services)
    this.#tools = {
      tables: loadTables({ fingerprintFiles: fingerprintFiles([], world) }),
      certificates: openCertificates(),
    }
  }

  async measure(settings: RunSettings): Promise<MeasuredRun> {
    try {
      return await measure(this.#asked, settings, {
        signal: this.#world.signal,
        onEvent: (event) => this.#view.show(event, systemClock.monotonic()),
        onWritten: (written) => this.#written(written),
        onWait: () => this.#err('probe.run.turn'),
      })
    } catch (error) {
      this.#view.end()
      if (this.#world.signal.aborted) this.#err('probe.run.interrupted')
      throw error
    } finally {
      this.#view.end()
    }
  }

  /** What was sent and what waits, after the sentences about services. */
  async end(
    settings: RunSettings,
    { result, written }: MeasuredRun,
    report: DeliveryReport | undefined,
  ): Promise<void> {
    const queued = (await new Spool(this.#asked.folder).list()).length
    const bytes = result.bytes.sent + result.bytes.received + (report?.sent ?? 0)
    if (this.#asked.json) {
      const line = {
        line: result.line.state,
        network: `AS${result.network.asn}`,
        measured: written.length,
        ...(result.unfinished.length === 0 ? {} : { unfinished: result.unfinished }),
        ...(result.slept ? { slept: true } : {}),
        submitted: report?.accepted ?? 0,
        refused: report?.refused ?? 0,
        queued,
        seconds: Math.round(result.took / 100) / 10,
        bytes,
      }
      this.#world.out.write(`${JSON.stringify(line)}\n`)
      return
    }
    const { lang } = this.#asked
    if (result.lineRun !== undefined) this.#out('probe.run.no-service')
    else {
      if (settings.tiers.has('C') && settings.scope === 'full' && settings.responders === undefined)
        this.#out('probe.run.no-responders', { tier: 'C' })
      if (result.network.asn === 0) this.#out('probe.run.network-unknown', { option: '--asn N --cc KZ' })
    }
    if (result.slept) this.#out('probe.run.slept')
    else if (result.unfinished.length > 0) this.#out('probe.run.unfinished', { services: result.unfinished.join(', ') })
    this.#delivered(report, queued)
    const dropped = written.reduce((sum, one) => sum + one.dropped, 0)
    if (dropped > 0) this.#out('probe.run.dropped', { count: String(dropped) })
    this.#out('probe.run.bytes', {
      bytes: formatNumber(lang, bytes / 1024),
      seconds: formatNumber(lang, result.took / 1000),
    })
  }

  #delivered(report: DeliveryReport | undefined, queued: number): void {
    if (!this.#asked.submit) this.#out('probe.run.not-submitted')
    else if (report === undefined) this.#out('probe.run.no-collector', { option: '--collector URL' })
    else {
      this.#out('probe.run.sent', { count: String(report.accepted) })
      if (report.refused > 0)
        this.#out('probe.run.refused', { count: String(report.refused), command: commandLine('probe', 'status') })
      if (report.stopped?.kind === 'unreachable')
        this.#out('probe.run.unreachable', { failure: failureWords(this.#asked.lang, report.stopped.failure) })
      if (report.stopped?.kind === 'busy') this.#out('probe.run.busy')
      if (report.held > 0) this.#out('probe.run.held', { count: String(report.held) })
    }
    if (queued > 0) this.#out('probe.run.queued', { count: String(queued) })
  }

  /** One sentence, or one line of JSON, as soon as a measurement is final. */
  #written({ id, service, document }: WrittenMeasurement): void {
    const judged = judgeBytes(Buffer.from(document), this.#tools)
    if (judged.kind === 'aside') return
    const { verdict } = judged
    // Of the line itself only what was found about a network is written here, and not as that of a service.
    if (service === 'line' && !(this.#asked.json && verdict.rule === 'tcp.freeze.as')) return
    this.#view.end()
    if (this.#asked.json) this.#world.out.write(`${JSON.stringify(lineOf(service, id, verdict))}\n`)
    else {
      const about = this.#services.get(service) ?? { name: service, kind: 'platform' }
      writeSentence(serviceSentence(this.#asked.lang, about, verdict), this.#world)
    }
    this.#view.resume()
  }

  #err(key: PlainKey): void {
    this.#world.err.write(`${say(this.#asked.lang, key)}\n`)
  }
}

const lineOf = (service: string, id: string, { kind, mechanism }: Verdict): Record<string, unknown> => ({
  service,
  verdict: kind,
  ...defined({ mechanism }),
  id,
})
