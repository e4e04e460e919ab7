import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { checkCode } from '../../core/evidence/check-code.ts'
import { HOUR_MS } from '../../core/model/duration.ts'
import { InputError } from '../../core/model/errors.ts'
import type { Incident } from '../../core/model/incident/incident.ts'
import { FEWEST_REGION_REPORTS, REGION_HOURS } from '../../core/model/people/subscription.ts'
import { instant, type Instant } from '../../core/model/units.ts'
import type { World } from '../../runtime/world.ts'
import { systemClock } from '../../runtime/clock.ts'
import { openSecrets, type Secrets } from '../../runtime/files/secrets.ts'
import type { Log } from '../../runtime/log.ts'
import { openMailFolder } from '../../runtime/mail/mail-folder.ts'
import { openMailSender } from '../../runtime/mail/mail-sender.ts'
import { systemChance } from '../../runtime/random.ts'
import type { ClientAddress } from '../../runtime/sender/from.ts'
import { openSenders } from '../../runtime/sender/sender.ts'
import { isLoopback } from '../../runtime/post/webhook.ts'
import { digestOf } from '../../site/incident/around.ts'
import { named } from '../../site/incident/route.ts'
import { TILES } from '../../site/map/tiles.ts'
import type { PeopleReports } from '../../site/place/people-reports.ts'
import type { SiteOptions } from '../../site/site-options.ts'
import { urls } from '../../site/urls.ts'
import { openChannels, type ChannelInLang } from '../../subscriptions/channels/settings.ts'
import { openSubscriberKeys, type SubscriberKeys } from '../../subscriptions/keys.ts'
import { conclusionOf, type RegionReports, type Tellable, type TellableIncident } from '../../subscriptions/news.ts'
import { openSubscriptions, type MailParts, type Subscriptions } from '../../subscriptions/open-subscriptions.ts'
import type { SubscriptionStore } from '../../subscriptions/registry/contract.ts'
import { openSubscriptionStore } from '../../subscriptions/registry/open.ts'
import { openSubscriber } from '../../subscriptions/subscriber.ts'
import type { NewsTextOptions, SayableIncident } from '../../subscriptions/texts.ts'
import { publicUrl } from '../../web/html/frame.ts'
import type { OpenFolder } from '../folder/open.ts'
import { registryFolder, registryPlace } from '../registry/place.ts'

/** How a server learns what it sends, and how. */
export type SubscriptionSettings =
  /** Folder of secrets: `mail.json`, `channels.json` and the key of subscribers. */
  | { readonly kind: 'secrets'; readonly folder: string }
  /** Of a demonstration: mails become files, and nothing goes out. */
  | { readonly kind: 'files'; readonly secrets: string; readonly mails: string }

export interface SiteSubscriptionsOptions {
  readonly settings: SubscriptionSettings
  readonly site: SiteOptions
  readonly people: PeopleReports
  readonly trustedProxies: readonly string[]
  /** Name of a sender's part of the network, in memory alone. */
  readonly partOf: (from: ClientAddress) => string | undefined
  readonly isPublic: boolean
  readonly env: World['env']
  readonly log: Log
}

const KEY = 'subscribers.key'
const CHANNELS = 'channels.json'

/**
 * Opens what a site sends: subscriptions by mail where mail is set up, and its channels; undefined where neither is.
 * Throws InputError for settings that cannot be used, for a missing public address, for a key that is not that of the
 * subscribers, and for simulated data that would leave this machine.
 */
export async function openSiteSubscriptions(
  folder: OpenFolder,
  options: SiteSubscriptionsOptions,
): Promise<Subscriptions | undefined> {
  const { settings, site, env, log } = options
  const secrets = await openSecretsOf(folder, settings)
  const channels = settings.kind === 'files' ? [] : openChannels((await secrets.text(CHANNELS)) ?? '[]', systemClock)
  const mail = await secrets.mail()
  if (settings.kind === 'secrets' && mail === undefined && channels.length === 0) return undefined
  if (site.frame.origin === undefined)
    throw new InputError('Cannot send mails or posts: the address of the site is not known', {
      code: 'subscriptions.origin',
      path: '--origin',
      expected: 'the public address of the site: links lead there',
    })
  const simulated = !options.isPublic && (await folder.realm()) === 'simulated'
  if (simulated && settings.kind === 'secrets') refuseOutside(mail?.host, channels)
  const store = await openSubscriptionStore(registryPlace(folder.engines, 'subscriptions', env))
  folder.closeWith(store)
  const parts = await mailParts(settings, secrets, store)
  const known = openKnown(options)
  return openSubscriptions({
    ...{ store, channels, log, clock: systemClock, random: systemChance, tellable: known.tellable },
    ...{ senderOf: openSenders(options.trustedProxies), partOf: options.partOf },
    ...(parts === undefined ? {} : { mail: parts }),
    texts: textsOf(options, { simulated, sayable: known.sayable }),
    leaveUrl: (link) => publicUrl(site.frame, urls.subscribeLink('kk', 'leave', link)),
    limitsKey: randomBytes(32),
    wait: (delay, signal) => pause(delay, undefined, { signal }),
  })
}

const openSecretsOf = (folder: OpenFolder, settings: SubscriptionSettings): Promise<Secrets> =>
  settings.kind === 'secrets'
    ? openSecrets(settings.folder, [folder.path, folder.engines])
    : openSecrets(settings.secrets, [registryFolder(folder.engines)])

/** Nothing simulated leaves this machine. */
function refuseOutside(host: string | undefined, channels: readonly ChannelInLang[]): void {
  if ((host === undefined || isLoopback(host)) && channels.every(({ isLocal }) => isLocal)) return
  throw new InputError('Cannot send mails or posts of simulated data to another machine', {
    code: 'subscriptions.simulated',
    path: '--secrets',
    expected: 'a mail server and channels on this machine, or a folder with real measurements and --public',
  })
}

async function mailParts(
  settings: SubscriptionSettings,
  secrets: Secrets,
  store: SubscriptionStore,
): Promise<MailParts | undefined> {
  if (settings.kind === 'files') {
    const sender = await openMailFolder(settings.mails, () => systemClock.now())
    return { keys: await keysOf(secrets, store), sender, perMinute: 6000 }
  }
  const mail = await secrets.mail()
  if (mail === undefined) return undefined
  return { keys: await keysOf(secrets, store), sender: openMailSender(mail), perMinute: mail.perMinute }
}

/** The key of subscribers, made for the first of them. Another key would make every subscription unreadable. */
async function keysOf(secrets: Secrets, store: SubscriptionStore): Promise<SubscriberKeys> {
  const refuse = (found: string): InputError =>
    new InputError(`Cannot open subscriptions: ${found}`, {
      code: 'secrets.gone',
      path: '--secrets',
      expected: `the file ${KEY} with which these subscriptions were taken`,
    })
  const [first] = await store.active('', 1)
  if (first !== undefined && (await secrets.key(KEY)) === undefined) throw refuse(`the secrets lack ${KEY}`)
  const keys = openSubscriberKeys(await secrets.makeKey(KEY))
  try {
    if (first !== undefined) openSubscriber(keys, first)
  } catch {
    throw refuse(`${KEY} is not the key of these subscriptions`)
  }
  return keys
}

/** What can be sent now, and how it is said. */
interface Known {
  readonly tellable: () => Promise<Tellable>
  readonly sayable: (incident: TellableIncident) => Promise<SayableIncident>
}

function openKnown({ site, people }: SiteSubscriptionsOptions): Known {
  const { incidents, names, clock } = site
  /** When each was published first: it never changes. */
  const published = new Map<string, Instant>()
  let latest: ReadonlyMap<string, Incident> = new Map()
  const publishedAt = async ({ id, revision, revisedAt }: Incident): Promise<Instant> => {
    const known = published.get(id)
    if (known !== undefined) return known
    const first = revision === 1 ? undefined : (await incidents?.revisions(id))?.find((one) => one.revision === 1)
    const at = first?.revisedAt ?? revisedAt
    published.set(id, at)
    return at
  }
  return {
    async tellable() {
      const current = (await incidents?.current()) ?? []
      latest = new Map(current.map((one) => [one.id, one]))
      const told: TellableIncident[] = []
      for (const one of current)
        told.push({
          ...{ id: one.id, service: one.service, asn: one.asn },
          publishedAt: await publishedAt(one),
          conclusion: conclusionOf(one),
        })
      return { incidents: told, reports: await regionReports(people, clock.now()) }
    },
    async sayable({ id }) {
      const incident = latest.get(id)
      if (incident === undefined) throw new RangeError(`there is no incident "${id}"`)
      const revision = (await incidents?.revisions(id))?.find((one) => one.revision === incident.revision)
      return {
        named: named(incident, names),
        code: checkCode(await digestOf(revision ?? incident)),
      }
    },
  }
}

/** Reports of the last hours by region and service, of cells that are published: each of five people at least. */
async function regionReports(people: PeopleReports, now: Instant): Promise<readonly RegionReports[]> {
  const since = instant(now - REGION_HOURS * HOUR_MS)
  const sums = new Map<string, RegionReports>()
  for (const { region, service, from, count } of await people.cells({ since, until: now })) {
    const known = TILES.find(([one]) => one === region)?.[0]
    if (known === undefined || from < since || service === 'other') continue
    const key = `${known} ${service}`
    sums.set(key, { region: known, service, count: count + (sums.get(key)?.count ?? 0) })
  }
  return [...sums.values()].filter(({ count }) => count >= FEWEST_REGION_REPORTS)
}

function textsOf(
  { site }: SiteSubscriptionsOptions,
  { simulated, sayable }: { readonly simulated: boolean; readonly sayable: Known['sayable'] },
): NewsTextOptions {
  const { frame, names } = site
  return {
    ...{ names, sayable, simulated },
    pages: {
      incident: (lang, id) => publicUrl(frame, urls.incident(lang, id)),
      incidents: (lang) => publicUrl(frame, urls.plain(lang, 'incidents')),
      region: (lang, region) => publicUrl(frame, urls.region(lang, region)),
      subscribe: (lang) => publicUrl(frame, urls.subscribe(lang)),
      confirm: (lang, link) => publicUrl(frame, urls.subscribeLink(lang, 'confirm', link)),
      leave: (lang, link) => publicUrl(frame, urls.subscribeLink(lang, 'leave', link)),
    },
  }
}
