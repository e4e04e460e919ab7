import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { othersReading } from '../../app/observatory/others.ts'
import { defined } from '../../core/model/defined.ts'
import { DAY_MS } from '../../core/model/duration.ts'
import { InputError, wrongOption } from '../../core/model/errors.ts'
import { instant, parseAsn, parseCountryCode, parseInstant } from '../../core/model/units.ts'
import { printable } from '../../core/text/printable.ts'
import { followOthers, followOthersOnce, type FollowOthersOptions } from '../../pipeline/follow/others/follow-others.ts'
import { OTHERS_SOURCES, OTHERS_URLS, type AskedService } from '../../pipeline/follow/others/queries.ts'
import { systemClock } from '../../runtime/clock.ts'
import { loadTables } from '../../runtime/tables/tables.ts'
import { task } from '../terminal/command.ts'
import { flag, optional, repeatable, required, wordOf, type OptionReader } from '../terminal/option.ts'
import { FOLDER } from '../terminal/shared-options.ts'

const contactOf: OptionReader<string> = (text, { name }) => {
  if (/^[!-~]{3,200}$/.test(text) && /[@.]/.test(text) && !/[()]/.test(text)) return text
  throw wrongOption(name, `found "${printable(text)}"`, 'a mail address or a web address of the operator')
}

const apiUrl: OptionReader<string> = (text, { name }) => {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.search !== '')
    throw wrongOption(name, `found "${printable(text)}"`, 'an http or https URL')
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`
}

/** Services that are asked about without --service. */
const ASKED = ['youtube', 'whatsapp', 'instagram', 'telegram', 'tiktok', 'facebook']
/** Country of the tables that say which outages count. */
const COUNTRY = 'KZ'

export const command = task({
  about: `
Fetch what OONI, IODA and Cloudflare Radar publish. Counts, outages and signals of Kazakhstan are stored month by
month in the folder "others" of a data folder. The pages of incidents show them; they are never evidence.

Nothing is fetched without --source. Each question names the contact, is asked only if something changed since, and
waits five seconds after the one before. A source that answers with an error is left alone for as long as it asks.`,
  examples: ['--source ooni --source ioda --contact operator@kuager.example'],
  options: {
    source: repeatable('NAME', `Whom to ask: ${OTHERS_SOURCES.join(', ')}.`, {
      read: wordOf(OTHERS_SOURCES),
    }),
    contact: required('WHO', 'Mail or web address of the operator, sent with each question.', 'an address', contactOf),
    service: repeatable('ID', 'Service of which OONI is asked.', { byDefault: ASKED.join(', ') }),
    network: repeatable('AS', 'Network of which IODA is asked too, such as AS9198.', {
      read: (text) => parseAsn(text),
    }),
    since: optional('DATE', 'Month to begin with the first time, UTC; later runs continue from their state.', {
      read: parseInstant,
      byDefault: '60 days ago',
    }),
    once: flag('End after one pass. Without it: a pass every six hours.'),
    'radar-token': optional(
      'FILE',
      'File with the token for the interface of Radar, which does not answer without one.',
    ),
    ooni: optional('URL', 'Interface of OONI, or a mirror of it.', { read: apiUrl, byDefault: OTHERS_URLS.ooni }),
    ioda: optional('URL', 'Interface of IODA.', { read: apiUrl, byDefault: OTHERS_URLS.ioda }),
    radar: optional('URL', 'Interface of Cloudflare Radar.', { read: apiUrl, byDefault: OTHERS_URLS.radar }),
    folder: FOLDER,
  },
  exit: { 0: 'with --once: everything was answered', 3: 'with --once: something is left for the next pass' },
  async run(values, { world }) {
    const { source, contact, service, network, since, once, ooni, ioda, radar, folder: path } = values
    const folder = resolve(world.cwd, path)
    if (source.length === 0)
      throw new InputError('Cannot follow: no --source is given, and nothing is asked by default', {
        code: 'follow.usage',
        path: '--source',
        expected: OTHERS_SOURCES.join(', '),
      })
    if (!existsSync(join(folder, 'archive')))
      throw new InputError(`Cannot follow into "${printable(path)}": it is no data folder`, {
        code: 'follow.folder',
        path: '--folder',
        expected: 'a data folder, such as "kuager import" makes',
      })
    const file = values['radar-token']
    const options: FollowOthersOptions = {
      folder,
      sources: OTHERS_SOURCES.filter((one) => source.includes(one)),
      urls: {
        ooni: ooni ?? OTHERS_URLS.ooni,
        ioda: ioda ?? OTHERS_URLS.ioda,
        radar: radar ?? OTHERS_URLS.radar,
      },
      country: parseCountryCode(COUNTRY),
      services: askedServices(service.length === 0 ? ASKED : service),
      networks: network,
      since: since ?? instant(systemClock.now() - 60 * DAY_MS),
      contact,
      ...defined({ radarToken: file === undefined ? undefined : readToken(resolve(world.cwd, file)) }),
      reading: othersReading(),
      clock: systemClock,
      signal: world.signal,
      wait: (pause, signal) => delay(pause, undefined, { signal }),
      onLine: (line) => void world.err.write(`${printable(line)}\n`),
    }
    if (!once) return followOthers(options)
    const { asked, changed, unchanged, pending } = await followOthersOnce(options)
    world.out.write(`${asked} asked: ${changed} new, ${unchanged} as before, ${pending} left for the next pass\n`)
    return pending > 0 ? 3 : 0
  },
})

/** The host of a service's page, or OONI's own test of it. */
function askedServices(ids: readonly string[]): readonly AskedService[] {
  const { services } = loadTables()
  return ids.map((id): AskedService => {
    const found = services.find((one) => one.id === id)
    const [test] = found?.tests ?? []
    if (test !== undefined) return { test }
    const domain = found?.endpoints.find(({ use }) => use === 'page')?.host
    if (domain !== undefined) return { domain }
    throw wrongOption('service', `found "${printable(id)}"`, 'the id of a service of data/services.json')
  })
}

function readToken(path: string): string {
  const text = readFileSync(path, 'utf8').trim()
  if (/^[!-~]{10,400}$/.test(text)) return text
  throw wrongOption('radar-token', 'the file holds no token', 'one word in a file')
}
