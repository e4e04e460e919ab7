import type { World } from '../../runtime/world.ts'
import { CONSENT_VERSION, loadConsent } from '../../probe/consent/consent.ts'
import type { Consent } from '../../probe/consent/consent.ts'
import { lastUpload, loadDeliveryState } from '../../probe/deliver/delivery-state.ts'
import { ProbeKeys } from '../../probe/identity/keys.ts'
import { APART_STANDINGS, Receipts, countWeek } from '../../probe/spool/receipts.ts'
import type { Week } from '../../probe/spool/receipts.ts'
import { ownResults, type OwnResults } from '../../probe/spool/own-links.ts'
import { Spool } from '../../probe/spool/spool.ts'
import { loadReckoning, reckonedBytes } from '../../probe/plan/reckoning.ts'
import { loadUsage } from '../../probe/plan/usage.ts'
import { readMetered } from '../../probe/line/metered.ts'
import { canMeasureQuic } from '../../probe/line/machine.ts'
import { formatAsn, instant } from '../../core/model/units.ts'
import { systemClock } from '../../runtime/clock.ts'
import { formatNumber } from '../../core/text/number.ts'
import { formatDateTime } from '../../core/text/time.ts'
import { printable } from '../../core/text/printable.ts'
import { allowanceOf } from './consent/consent-text.ts'
import { scheduleIsKept } from './daemon.ts'
import { packageVersion } from '../../runtime/files/package-root.ts'
import { loadUpdateState, type UpdateState } from '../../probe/update/update-state.ts'
import { updateLines } from './update/update-lines.ts'
import { teller, writeSentence } from './tell.ts'
import type { Tell } from './tell.ts'
import { task } from '../terminal/command.ts'
import { readAsked, someOptions, type Asked } from './options.ts'
import { commandLine } from '../terminal/command-line.ts'

/** What a probe's folder says of itself. */
async function look(asked: Asked): Promise<{
  readonly consent: Consent | undefined
  readonly kept: boolean
  readonly week: Week
  readonly queue: number
  readonly queueBytes: number
  readonly refused: number
  readonly reasons: readonly string[]
  readonly delivery: Awaited<ReturnType<typeof loadDeliveryState>>
  readonly usage: Awaited<ReturnType<typeof loadUsage>>
  /** Bytes that the schedule's runs are estimated to need. */
  readonly reckoned: number
  readonly keys: readonly string[]
  readonly own: readonly OwnResults[]
  /** Whether QUIC can be measured on this system. */
  readonly quic: boolean
  readonly update: UpdateState
}> {
  const { folder, lang } = asked
  const now = systemClock.now()
  const spool = new Spool(folder)
  const waiting = await spool.list()
  const refused = await spool.listRefused()
  const reasons = await Promise.all(refused.slice(-3).map((entry) => spool.reasonOf(entry)))
  return {
    consent: await loadConsent(folder),
    kept: (await scheduleIsKept(folder)) !== undefined,
    week: countWeek(await new Receipts(folder).list(), now),
    queue: waiting.length,
    queueBytes: waiting.reduce((sum, { bytes }) => sum + bytes, 0),
    refused: refused.length,
    reasons: [...new Set(reasons.filter((one) => one !== undefined))],
    delivery: await loadDeliveryState(folder),
    usage: await loadUsage(folder, now),
    reckoned: reckonedBytes(await loadReckoning(folder, now)),
    keys: (await new ProbeKeys(folder).list()).map(({ asn, month }) => `${formatAsn(asn)} ${month}`),
    own: await ownResults(folder, { lang, now, settings: asked.settings }),
    quic: canMeasureQuic(),
    update: await loadUpdateState(folder),
  }
}

export const command = task({
  about: 'Show consent, waiting measurements, and data used. Nothing is written.',
  examples: [''],
  options: someOptions('json'),
  run: async (values, call) => runStatus(await readAsked(values, call), call.world),
})

/** what the probe may do, what waits, what was received, what it cost. Writes nothing. */
async function runStatus(asked: Asked, world: World): Promise<number> {
  const { lang, folder } = asked
  const found = await look(asked)
  const { delivery, usage } = found
  const upload = lastUpload(delivery)
  if (asked.json) {
    world.out.write(
      `${JSON.stringify({
        consent: found.consent?.version === CONSENT_VERSION ? found.consent.tiers : null,
        schedule: found.kept,
        received_this_week: found.week.received,
        counted_this_week: found.week.counted,
        kept_apart_this_week: found.week.apart,
        queued: found.queue,
        queued_bytes: found.queueBytes,
        refused: found.refused,
        last_upload_utc: upload === undefined ? null : new Date(upload).toISOString(),
        scheduled_bytes: usage.scheduled.bytes,
        reckoned_bytes: found.reckoned,
        other_bytes: usage.other.bytes,
        allowance_bytes: allowanceOf(asked),
        keys: found.keys,
        own_results: found.own.map(({ network, href }) => ({ network, address: href })),
        quic: found.quic,
        version: packageVersion(),
        automatic_updates: asked.settings.autoUpdate === true,
        last_look_for_update: found.update.looked ?? null,
      })}\n`,
    )
    return 0
  }
  const tell = teller(lang, world)
  const megabytes = (bytes: number): string => formatNumber(lang, bytes / 1e6, 1)
  tell('probe.status.title')
  tellConsent(found.consent, lang, tell)
  tell(found.kept ? 'probe.status.schedule-on' : 'probe.status.schedule-off')
  if (asked.settings.metered !== true && (await readMetered(world.env)) === 'yes') {
    tell('probe.status.metered')
    tell('probe.status.metered-use', { command: commandLine('probe', 'install', '--metered') })
  }
  tellWeek(found.week, tell)
  tell('probe.status.queue', { count: String(found.queue), bytes: formatNumber(lang, found.queueBytes / 1024) })
  if (found.refused > 0) {
    tell('probe.status.refused-documents', { count: String(found.refused) })
    for (const reason of found.reasons) world.out.write(`  ${printable(reason)}\n`)
  }
  if (upload === undefined) tell('probe.status.no-upload')
  else tell('probe.status.last-upload', { date: formatDateTime(lang, upload) })
  if (delivery.next > systemClock.now())
    tell('probe.status.next-try', { date: formatDateTime(lang, instant(delivery.next)) })
  tell('probe.status.bytes', {
    reckoned: megabytes(found.reckoned),
    allowance: megabytes(allowanceOf(asked)),
    used: megabytes(usage.scheduled.bytes),
  })
  if (usage.other.bytes > 0) tell('probe.status.bytes-other', { used: megabytes(usage.other.bytes) })
  if (found.keys.length > 0) tell('probe.status.keys', { list: found.keys.join(', ') })
  tellOwn(found.own, { tell, world })
  if (!found.quic) tell('probe.status.no-quic')
  if (asked.settings.keepCopies === true) tell('probe.status.copies')
  for (const line of updateLines(asked, found.update, world)) writeSentence(line, world)
  tell('probe.status.folder', { folder })
  return 0
}

const INVITE = commandLine('probe', 'invite', '…')

/** What counted, and what does not yet: why, and what helps. */
function tellWeek({ counted, apart, untold }: Week, tell: Tell): void {
  tell('probe.status.counted', { count: counted })
  for (const standing of APART_STANDINGS) {
    const count = apart[standing]
    if (count === 0) continue
    tell('probe.status.apart', { count })
    tell(`probe.status.apart-${standing}`, { command: INVITE })
  }
  if (untold > 0) tell('probe.status.untold', { count: untold })
}

/** Where this month's measurements are shown to the person who has the link. */
function tellOwn(own: readonly OwnResults[], { tell, world }: { readonly tell: Tell; readonly world: World }): void {
  if (own.length === 0) return
  tell('probe.status.own')
  for (const { network, href } of own) world.out.write(`  ${network}: ${href}\n`)
}

function tellConsent(consent: Consent | undefined, lang: Asked['lang'], tell: Tell): void {
  if (consent === undefined) tell('probe.status.no-consent')
  else if (consent.tiers.length === 0) tell('probe.status.refused')
  else {
    tell('probe.status.consent', { date: formatDateTime(lang, consent.at), tiers: consent.tiers.join(', ') })
    if (consent.version !== CONSENT_VERSION) tell('probe.status.outdated')
  }
}
