import MiniSearch from 'minisearch'
import type { Names } from '../../core/text/names.ts'
import { formatAsn, parseAsn, type Asn } from '../../core/model/units.ts'
import { say } from '../../core/text/format.ts'
import { LANGS, type Lang } from '../../core/text/lang.ts'
import { PLAIN_PAGES, type PlainPage } from '../../core/text/plain-pages.ts'
import { networkLabel } from '../../core/text/sentence/verdict.ts'
import { urls } from '../urls.ts'
import { TILES, type TileRegion } from '../map/tiles.ts'
import { latin } from './letters.ts'

/** What a search leads to. */
export type Found =
  | { readonly kind: 'service'; readonly service: string; readonly name: string; readonly host?: string }
  | { readonly kind: 'network'; readonly asn: Asn; readonly name: string }
  | { readonly kind: 'region'; readonly region: TileRegion }
  | { readonly kind: 'page'; readonly page: PlainPage }

/** How people write names of services and networks whose sound in another script differs from their letters. */
const SPOKEN: Readonly<Record<string, string>> = {
  youtube: 'ютуб ютюб ютьюб ютуп yutub utube видео',
  facebook: 'фейсбук фэйсбук фб fb feisbuk',
  messenger: 'мессенджер месенджер',
  instagram: 'инста инстаграмм insta',
  whatsapp: 'ватсап вацап вотсап уатсап вотсапп watsap vatsap',
  telegram: 'телеграмм телега тг tg',
  twitter: 'твиттер твитер икс x',
  tiktok: 'тикток тик-ток',
  google: 'гугл гугыл',
  wikipedia: 'википедия уикипедия',
  signal: 'сигнал',
  viber: 'вайбер вайбр вибер vaiber',
  imessage: 'аймессадж аймесседж имессадж айместаж фейстайм фэйстайм facetime imessage эппл apple',
  discord: 'дискорд дискор дизкорд дс ds diskord',
  vk: 'вконтакте вконтакт вк контакт вканткте vkontakte vk вэка',
  odnoklassniki: 'одноклассники одноклассник однокласники ок ok odnoklasniki',
  linkedin: 'линкедин линкдин линкедын linkdin',
  threads: 'тредс тридс трэдс threds',
  zoom: 'зум зуум zum',
  'google-meet': 'гугл мит гугл митап мит meet google meet',
  hola: 'хола ола новости hola news холаньюс',
  meduza: 'медуза meduza',
  fergana: 'фергана ферғана fergana',
  zonakz: 'зона кз zona kz',
  ratel: 'ратель рател ratel',
  azattyq: 'азаттық азаттык азатык радио свобода radio liberty',
  currenttime: 'настоящее время',
  adilsoz: 'әділ сөз адил соз',
}
const SPOKEN_NETWORKS: readonly (readonly [RegExp, string])[] = [
  [/telecom|telekom/i, 'қазақтелеком казахтелеком kazakhtelecom телеком'],
  [/kar-?tel|beeline/i, 'билайн beeline картел'],
  [/kcell/i, 'кселл ксел актив activ'],
  [/tele2|mobile telecom/i, 'теле2 алтел altel tele2'],
  [/transtelecom|ttc/i, 'транстелеком'],
]

interface Entry {
  readonly id: number
  readonly words: string
  readonly spoken: string
}

/** Results of one kind that are shown at most. */
const MOST_FOUND = 12

/** Looks names up in three scripts, with a misspelling; what fits best is first. */
export interface Finder {
  find(typed: string): readonly Found[]
}

/** Makes a finder over services, their hosts, networks and pages. */
export function makeFinder(names: Names, networks: readonly { readonly asn: Asn; readonly name: string }[]): Finder {
  const found: Found[] = []
  const entries: Entry[] = []
  const add = (one: Found, words: string, spoken = ''): void => {
    entries.push({ id: found.length, words: latin(words), spoken: latin(spoken) })
    found.push(one)
  }
  for (const { id, name, endpoints = [] } of names.services) {
    add({ kind: 'service', service: id, name }, `${id} ${name}`, SPOKEN[id])
    for (const host of new Set(
      endpoints.flatMap((one) => ('host' in one && typeof one.host === 'string' ? [one.host] : [])),
    ))
      add({ kind: 'service', service: id, name, host }, host)
  }
  for (const { asn, name } of networks) {
    const { owner = '' } = names.network?.(asn) ?? {}
    const spoken = SPOKEN_NETWORKS.filter(([pattern]) => pattern.test(`${name} ${owner}`)).map(([, words]) => words)
    add({ kind: 'network', asn, name }, `${formatAsn(asn)} ${asn} ${name} ${owner}`, spoken.join(' '))
  }
  for (const [region] of TILES)
    add({ kind: 'region', region }, LANGS.map((lang) => say(lang, `region.${region}`)).join(' '))
  for (const page of PLAIN_PAGES) add({ kind: 'page', page }, LANGS.map((lang) => say(lang, `menu.${page}`)).join(' '))
  const index = new MiniSearch<Entry>({
    fields: ['words', 'spoken'],
    tokenize: (text) => text.split(/[\s()]+/).filter((word) => word !== ''),
    processTerm: (term) => term,
  })
  index.addAll(entries)
  return {
    find(typed) {
      const text = latin(typed)
      if (text === '') return []
      const hits = index.search(text, {
        // Letters that may be wrong: none of a short word, one of a longer one, two of a long one.
        fuzzy: (term) => (term.length < 4 || /\d/.test(term) ? false : term.length < 8 ? 1 : 2),
        prefix: (term) => term.length >= 2,
        combineWith: 'AND',
        boost: { words: 2 },
      })
      return hits.slice(0, MOST_FOUND).flatMap(({ id }) => found[Number(id)] ?? [])
    },
  }
}

/** Number of a network as it was typed, `AS9198`, `as 9198` or `9198`; undefined for anything else. */
export function readAsn(typed: string): Asn | undefined {
  const [, digits] = /^(?:as[\s-]*)?(\d{3,10})$/i.exec(typed.trim()) ?? []
  return digits === undefined || Number(digits) > 0xffff_ffff ? undefined : parseAsn(Number(digits))
}

/** Where something found is, and its name. */
export function linkOf(
  lang: Lang,
  found: Found,
): { readonly href: string; readonly text: string; readonly note: string } {
  switch (found.kind) {
    case 'service':
      return {
        href: urls.service(lang, found.service),
        text: found.name,
        note: found.host === undefined ? say(lang, 'search.service') : say(lang, 'search.host', { host: found.host }),
      }
    case 'network':
      return {
        href: urls.network(lang, found.asn),
        text: networkLabel(lang, found.asn, found.name === '' ? undefined : found.name),
        note: say(lang, 'search.network'),
      }
    case 'region':
      return {
        href: urls.region(lang, found.region),
        text: say(lang, `region.${found.region}`),
        note: say(lang, 'search.region'),
      }
    case 'page':
      return {
        href: urls.plain(lang, found.page),
        text: say(lang, `menu.${found.page}`),
        note: say(lang, 'search.page'),
      }
  }
}
