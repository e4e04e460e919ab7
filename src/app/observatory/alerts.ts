import { systemChance } from '../../runtime/random.ts'
import { createHash, createHmac } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Names } from '../../core/text/names.ts'
import { wrongOption } from '../../core/model/errors.ts'
import { checkCode } from '../../core/evidence/check-code.ts'
import type { Incident } from '../../core/model/incident/incident.ts'
import { encodeIncident } from '../../core/model/incident/incident-wire.ts'
import { millis, type Instant } from '../../core/model/units.ts'
import { openAlertJournal, type AlertLine } from '../../pipeline/alerts/alert-journal.ts'
import { deliverAlerts } from '../../pipeline/alerts/deliver-alerts.ts'
import { digestOf } from '../../site/incident/around.ts'
import { named } from '../../site/incident/route.ts'
import { publicUrl, type Frame } from '../../web/html/frame.ts'
import { isTaken, NO_REVIEWS, type SiteReviews } from '../../site/incident/reviewed.ts'
import { realIncidents } from '../../site/real-only.ts'
import { urls } from '../../site/urls.ts'
import type { IncidentStore } from '../../store/incidents/contract.ts'
import { systemClock } from '../../runtime/clock.ts'
import type { Log } from '../../runtime/log.ts'
import { postWebhook, type WebhookAddress } from '../../runtime/post/webhook.ts'
import { channelText } from '../../core/text/channel-text.ts'
import { LANGS } from '../../core/text/lang.ts'

export interface AlertSettings {
  readonly receivers: readonly WebhookAddress[]
  readonly secretFile?: string
}

/** A receiver that is slower than this has not taken it. */
const ANSWER_LIMIT = millis(10_000)
const LEAST_SECRET = 16

export interface AlertSources {
  /** The data folder. */
  readonly folder: string
  readonly incidents: IncidentStore
  /** What people did with incidents: nothing is sent of one that they hold or withdrew; absent: nothing. */
  readonly reviews?: SiteReviews
  readonly names: Names
  readonly frame: Frame
  /** Nothing simulated is sent. */
  readonly isPublic: boolean
  readonly log: Log
}

/**
 * Tells every receiver of every revision that is published from now on, until disposed. Throws InputError for a secret
 * that is none.
 */
export async function openAlerts(
  { receivers, secretFile }: AlertSettings,
  sources: AlertSources,
  signal: AbortSignal,
): Promise<AsyncDisposable> {
  const secret = secretFile === undefined ? '' : await readSecret(secretFile)
  const stop = new AbortController()
  const ended = AbortSignal.any([signal, stop.signal])
  const running = await Promise.all(receivers.map((receiver) => openReceiver({ ...sources, receiver, secret }, ended)))
  return {
    async [Symbol.asyncDispose]() {
      stop.abort(new Error('alerts are closed'))
      for (const one of running) await one[Symbol.asyncDispose]()
    },
  }
}

async function readSecret(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  const secret = text?.trim() ?? ''
  if (secret.length >= LEAST_SECRET) return secret
  const found = text === undefined ? 'it does not open' : `it holds ${secret.length} characters`
  throw wrongOption('webhook-secret', found, `a file with at least ${LEAST_SECRET} characters`)
}

type Receiver = AlertSources & { readonly receiver: WebhookAddress; readonly secret: string }

async function openReceiver(options: Receiver, signal: AbortSignal): Promise<AsyncDisposable> {
  const { receiver, log } = options
  const incidents = options.isPublic ? realIncidents(options.incidents) : options.incidents
  const reviews = options.reviews ?? NO_REVIEWS
  const sent = {
    current: async () => (await incidents.current()).filter(({ id }) => !isTaken(reviews.of(id))),
    revisions: (id: string) => incidents.revisions(id),
  }
  const name = createHash('sha256').update(receiver.url.href).digest('hex').slice(0, 16)
  const known = async (): Promise<readonly AlertLine[]> =>
    (await incidents.current()).map(({ id, revision }) => ({ id, revision, state: 'known', at: systemClock.now() }))
  const journal = await openAlertJournal({ folder: join(options.folder, 'alerts'), receiver: name }, known)
  const delivery = deliverAlerts(
    {
      incidents: sent,
      journal,
      receiver: receiver.url.host,
      post: async (revision, until) => {
        const body = Buffer.from(JSON.stringify(await alertOf(revision, options)))
        const headers = alertHeaders(body, { secret: options.secret, revision, at: systemClock.now() })
        return postWebhook(receiver, { headers, body, limit: ANSWER_LIMIT, signal: until })
      },
      clock: systemClock,
      random: systemChance,
      wait: (delay, until) => pause(delay, undefined, { signal: until }),
      log,
    },
    signal,
  ).catch((error: unknown) => log.error({ error, receiver: receiver.url.host }, 'alerts have ended'))
  return {
    async [Symbol.asyncDispose]() {
      await delivery
      await journal[Symbol.asyncDispose]()
    },
  }
}

/** Body of a post: the same bytes each time the same revision is sent. */
export async function alertOf(
  incident: Incident,
  { names, frame }: Pick<AlertSources, 'names' | 'frame'>,
): Promise<Record<string, unknown>> {
  const { measurements: _, ...rest } = encodeIncident(incident)
  const digest = await digestOf(incident)
  const one = named(incident, names)
  const code = checkCode(digest)
  const pages = LANGS.map((lang) => [lang, publicUrl(frame, urls.incident(lang, incident.id))] as const)
  return {
    type: 'incident.revision',
    key: keyOf(incident),
    simulated: incident.simulated,
    sha256: digest,
    code,
    pages: Object.fromEntries(pages),
    data: publicUrl(frame, urls.apiIncident(incident.id, incident.revision)),
    text: Object.fromEntries(pages.map(([lang, address]) => [lang, channelText(lang, one, { address, code }).trim()])),
    incident: rest,
  }
}

const keyOf = ({ id, revision }: Incident): string => `${id}#${revision}`

/**
 * Headers of a post: `v1` is HMAC-SHA-256 of the time, a full stop and the body, so that an old post cannot be sent
 * again as new.
 */
export function alertHeaders(
  body: Uint8Array,
  { secret, revision, at }: { readonly secret: string; readonly revision: Incident; readonly at: Instant },
): Record<string, string> {
  const seconds = String(Math.floor(at / 1000))
  const v1 = createHmac('sha256', secret).update(`${seconds}.`).update(body).digest('hex')
  return {
    'content-type': 'application/json; charset=utf-8',
    'user-agent': 'kuager',
    'idempotency-key': `"${encodeURIComponent(keyOf(revision))}"`,
    'x-kuager-signature': `t=${seconds},v1=${v1}`,
  }
}
