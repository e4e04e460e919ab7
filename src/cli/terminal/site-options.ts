import { isIP } from 'node:net'
import { resolve } from 'node:path'
import type { FrameSettings } from '../../app/web/frame.ts'
import { defined } from '../../core/model/defined.ts'
import { wrongOption, type InputError } from '../../core/model/errors.ts'
import { printable } from '../../core/text/printable.ts'
import {
  fromEnvironment,
  under,
  optional,
  repeatable,
  type OptionPlace,
  type OptionReader,
  type OptionValues,
} from './option.ts'
import { filePath } from './shared-options.ts'

/** Most addresses that a page lists. */
const MOST_MIRRORS = 20

/** An onion service of version 3: 56 letters and digits of base 32. */
const ONION = /^[a-z2-7]{56}\.onion$/

const onionAddress: OptionReader<string> = (text, { name }) => {
  const expected = 'http://….onion of version 3, without a path'
  const url = parsed(name, text, expected)
  if (!ONION.test(url.hostname) || !isBare(url) || !/^https?:$/.test(url.protocol)) throw wrong(name, text, expected)
  return url.origin
}

/** An address of the open web over https, or over http on this machine for trying things out; a mirror may be a folder. */
const clearAddress =
  ({ path }: { readonly path: boolean }): OptionReader<string> =>
  (text: string, { name }: OptionPlace): string => {
    const expected = path ? 'https://…, a folder with "/" at its end, without a query' : 'https://…, without a path'
    const url = parsed(name, text, expected)
    if (ONION.test(url.hostname) && path && url.protocol === 'http:' && isBare(url)) return url.origin
    const local = url.hostname === 'localhost' || (isIP(url.hostname) === 4 && url.hostname.startsWith('127.'))
    if (url.protocol !== 'https:' && !(url.protocol === 'http:' && local)) throw wrong(name, text, expected)
    if (!isBare(url) && !(path && hasOnlyPath(url))) throw wrong(name, text, expected)
    return isBare(url) ? url.origin : url.href
  }

const hasOnlyPath = (url: URL): boolean =>
  url.username === '' && url.password === '' && url.search === '' && url.hash === '' && url.href.endsWith('/')
const isBare = (url: URL): boolean => url.href === `${url.origin}/`

function parsed(option: string, text: string, expected: string): URL {
  const url = URL.parse(text)
  if (url === null) throw wrong(option, text, expected)
  return url
}

const wrong = (option: string, text: string, expected: string): InputError =>
  wrongOption(option, `found "${printable(text)}"`, expected)

/** How the public address of a site is read. */
export const SITE_ORIGIN = { read: clearAddress({ path: false }) }

/** Who runs the server: for every command that names a site's operator, or looks whether one is named. */
export const ABOUT = fromEnvironment<string | undefined>(
  'FILE',
  'Who runs the server. --public refuses to start without it.',
  {
    read: filePath,
    byDefault: 'KUAGER_ABOUT, else about.json of the data folder',
    without: (world) => {
      const path = world.env['KUAGER_ABOUT'] ?? ''
      return path === '' ? undefined : resolve(world.cwd, path)
    },
  },
)

/** Where a site is found, and who runs it. */
export const SITE_OPTIONS = under('Where the site is found, and who runs it', {
  origin: optional(
    'URL',
    'Public address of the site, such as https://kuager.example: for citations and share cards.',
    SITE_ORIGIN,
  ),
  mirror: repeatable('URL', 'Another address of the same pages, shown on each.', {
    read: clearAddress({ path: true }),
  }),
  onion: optional('URL', 'Its onion address, http://….onion: shown on each page, and sent as Onion-Location.', {
    read: onionAddress,
  }),
  about: ABOUT,
})

/** What the options say, as the site takes it. Throws InputError for more mirrors than a page lists. */
export function siteSettings({ about, origin, onion, mirror }: OptionValues<typeof SITE_OPTIONS>): FrameSettings {
  if (mirror.length > MOST_MIRRORS)
    throw wrongOption('mirror', `found ${mirror.length}`, `at most ${MOST_MIRRORS}: more do not fit a page`)
  return {
    ...defined({ about, origin, onion }),
    mirrors: mirror,
  }
}
