import { isIP } from 'node:net'
import { join, resolve } from 'node:path'
import { InputError } from '../../core/model/errors.ts'
import { PLAIN_FRAME, type Frame } from '../../web/html/frame.ts'
import { loadOperator, operatorMissing } from '../../runtime/tables/operator.ts'

/** Options of parseArgs that say where a site is found and who runs it. */
export const FRAME_OPTIONS = {
  about: { type: 'string' },
  origin: { type: 'string' },
  mirror: { type: 'string', multiple: true, default: [] as string[] },
  onion: { type: 'string' },
} as const

export const FRAME_HELP = `Where the site is found, and who runs it:
  --origin URL      public address of the site, such as https://kuager.example: for citations
                    and share cards
  --mirror URL      another address of the same pages, shown on each; may be given several times
  --onion URL       its onion address, http://….onion: shown on each page, and sent as
                    Onion-Location
  --about FILE      who runs the server (default about.json of the folder); --public refuses
                    to start without`

/** Most addresses that a page lists. */
const MOST_MIRRORS = 20

/** What somebody said of the addresses of a site. */
export interface FrameSettings {
  /** File that says who runs it; absent: `about.json` of the folder. */
  readonly about?: string
  readonly origin?: string
  readonly onion?: string
  readonly mirrors: readonly string[]
}

/** Reads the options. Throws InputError for an address that is none. */
export function readFrameOptions(
  values: {
    readonly about?: string
    readonly origin?: string
    readonly onion?: string
    readonly mirror: readonly string[]
  },
  { cwd }: { readonly cwd: string },
): FrameSettings {
  if (values.mirror.length > MOST_MIRRORS)
    throw new InputError(`Cannot list ${values.mirror.length} mirrors: at most ${MOST_MIRRORS} fit a page`, {
      code: 'argument.invalid',
      path: '--mirror',
      expected: `at most ${MOST_MIRRORS}`,
    })
  return {
    ...(values.about === undefined ? {} : { about: resolve(cwd, values.about) }),
    ...(values.origin === undefined ? {} : { origin: clearAddress('--origin', values.origin, { path: false }) }),
    ...(values.onion === undefined ? {} : { onion: onionAddress(values.onion) }),
    mirrors: values.mirror.map((text) => clearAddress('--mirror', text, { path: true })),
  }
}

/** The frame of a live site. Throws InputError where a public one does not say who runs it, or says it in a wrong form. */
export function liveFrame(
  { about, origin, onion, mirrors }: FrameSettings,
  site: { readonly folder: string; readonly isPublic: boolean },
): Frame {
  const file = about ?? join(site.folder, 'about.json')
  const operator = loadOperator(file)
  if (operator === undefined && (site.isPublic || about !== undefined)) throw operatorMissing(file)
  return {
    ...PLAIN_FRAME,
    mirrors,
    ...(origin === undefined ? {} : { origin }),
    ...(onion === undefined ? {} : { onion }),
    ...(operator === undefined ? {} : { operator }),
  }
}

/** An onion service of version 3: 56 letters and digits of base 32. */
const ONION = /^[a-z2-7]{56}\.onion$/

function onionAddress(text: string): string {
  const url = parsed('--onion', text, 'http://….onion of version 3, without a path')
  if (!ONION.test(url.hostname) || !isBare(url) || !/^https?:$/.test(url.protocol))
    throw wrong('--onion', text, 'http://….onion of version 3, without a path')
  return url.origin
}

/** An address of the open web over https, or over http on this machine for trying things out; a mirror may lie in a folder. */
function clearAddress(option: string, text: string, { path }: { readonly path: boolean }): string {
  const expected = path ? 'https://…, a folder with "/" at its end, without a query' : 'https://…, without a path'
  const url = parsed(option, text, expected)
  if (ONION.test(url.hostname) && path && url.protocol === 'http:' && isBare(url)) return url.origin
  const local = url.hostname === 'localhost' || (isIP(url.hostname) === 4 && url.hostname.startsWith('127.'))
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && local)) throw wrong(option, text, expected)
  if (!isBare(url) && !(path && hasPathAlone(url))) throw wrong(option, text, expected)
  return isBare(url) ? url.origin : url.href
}

const hasPathAlone = (url: URL): boolean =>
  url.username === '' && url.password === '' && url.search === '' && url.hash === '' && url.href.endsWith('/')
const isBare = (url: URL): boolean => url.href === `${url.origin}/`

function parsed(option: string, text: string, expected: string): URL {
  const url = URL.parse(text)
  if (url === null) throw wrong(option, text, expected)
  return url
}

const wrong = (option: string, text: string, expected: string): InputError =>
  new InputError(`Cannot read ${option}: found "${text}", expected ${expected}`, {
    code: 'argument.invalid',
    path: option,
    expected,
  })
